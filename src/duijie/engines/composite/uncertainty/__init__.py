"""Uncertainty and sensitivity: run the chain thousands of times with choices varied, and say what matters."""

from __future__ import annotations

from duijie.engines.composite.uncertainty.inputs import Input, Plan, read_plan
from duijie.engines.composite.uncertainty.replications import Stopped, Uncertainty, run_uncertainty
from duijie.engines.composite.uncertainty.sobol import Sensitivity, estimate, saltelli_design

__all__ = [
    "Input",
    "Plan",
    "Sensitivity",
    "Stopped",
    "Uncertainty",
    "estimate",
    "read_plan",
    "run_uncertainty",
    "saltelli_design",
]
