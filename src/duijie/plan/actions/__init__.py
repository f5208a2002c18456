"""Every write of this app: each is one function that takes its actor."""

from duijie.plan.actions.actuals import report_actual, return_actual, verify_actual
from duijie.plan.actions.calls import change_call, decline, open_call, submit_project, take_in, withdraw_project
from duijie.plan.actions.evidence import add_evidence
from duijie.plan.actions.indicators import (
    add_period,
    close_period,
    indicator_record_of,
    remove_indicator,
    remove_period,
    remove_target,
    reopen_period,
    set_baseline,
    set_target,
    write_indicator,
)
from duijie.plan.actions.plans import (
    approve_plan,
    change_plan,
    close_plan,
    draft_plan,
    drop_amendment,
    open_amendment,
    plan_record_of,
    publish_plan,
    return_plan,
    submit_plan,
)
from duijie.plan.actions.reports import make_report
from duijie.plan.actions.tree import item_record_of, order_items, remove_item, set_state, write_item

__all__ = [
    "add_evidence",
    "add_period",
    "approve_plan",
    "change_call",
    "change_plan",
    "close_period",
    "close_plan",
    "decline",
    "draft_plan",
    "drop_amendment",
    "indicator_record_of",
    "item_record_of",
    "make_report",
    "open_amendment",
    "open_call",
    "order_items",
    "plan_record_of",
    "publish_plan",
    "remove_indicator",
    "remove_item",
    "remove_period",
    "remove_target",
    "reopen_period",
    "report_actual",
    "return_actual",
    "return_plan",
    "set_baseline",
    "set_state",
    "set_target",
    "submit_plan",
    "submit_project",
    "take_in",
    "verify_actual",
    "withdraw_project",
    "write_indicator",
    "write_item",
]
