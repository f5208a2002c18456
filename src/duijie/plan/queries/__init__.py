"""Every read of this app: each takes the viewer and returns what the viewer may see."""

from duijie.plan.queries.plans import (
    actuals,
    calls,
    content,
    current_plan,
    editions,
    get_actual,
    get_call,
    get_plan,
    get_report,
    get_submission,
    plans,
    reports,
    sees_working_copy,
    states,
    submissions,
)
from duijie.plan.queries.records import Behind, records_behind

__all__ = [
    "Behind",
    "actuals",
    "calls",
    "content",
    "current_plan",
    "editions",
    "get_actual",
    "get_call",
    "get_plan",
    "get_report",
    "get_submission",
    "plans",
    "records_behind",
    "reports",
    "sees_working_copy",
    "states",
    "submissions",
]
