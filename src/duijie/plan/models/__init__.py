"""Tables of plans: what was promised, by whom, measured by what, and what was reported of it."""

from duijie.plan.models.calls import PlanCall, PlannedProject
from duijie.plan.models.indicators import Actual, Baseline, Evidence, PlanIndicator, PlanPeriod, Target
from duijie.plan.models.plans import ItemMember, Plan, PlanEdition, PlanItem
from duijie.plan.models.reports import PlanReport

__all__ = [
    "Actual",
    "Baseline",
    "Evidence",
    "ItemMember",
    "Plan",
    "PlanCall",
    "PlanEdition",
    "PlanIndicator",
    "PlanItem",
    "PlanPeriod",
    "PlanReport",
    "PlannedProject",
    "Target",
]
