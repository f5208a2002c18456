"""Timetables for matchmaking days."""

from __future__ import annotations

from .published import PublishedInstance, read_published, read_published_file
from .slot_problem import Figures, Proof, SlotProblem, TimetableInputError, figures, violations
from .slot_search import Limits, Progress, SlotResult, solve_slots

__all__ = [
    "Figures",
    "Limits",
    "Progress",
    "Proof",
    "PublishedInstance",
    "SlotProblem",
    "SlotResult",
    "TimetableInputError",
    "figures",
    "read_published",
    "read_published_file",
    "solve_slots",
    "violations",
]
