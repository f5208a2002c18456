"""Every write of this app."""

from duijie.measure.actions.consultations import adopt_weights, invite_experts, judge
from duijie.measure.actions.deals import import_deals
from duijie.measure.actions.designs import change_design, make_design, rename_design
from duijie.measure.actions.editions import publish_edition
from duijie.measure.actions.indicators import change_indicator, define_indicator, upsert_indicator
from duijie.measure.actions.rounds import change_round, close_round, open_round, prepare_round, publish_round
from duijie.measure.actions.submissions import (
    Cell,
    answer,
    ask,
    fill,
    reopen,
    return_submission,
    settle,
    submit,
    verify,
)
from duijie.measure.actions.values import import_values, record_computed, record_measures

__all__ = [
    "Cell",
    "adopt_weights",
    "answer",
    "ask",
    "change_design",
    "change_indicator",
    "change_round",
    "close_round",
    "define_indicator",
    "fill",
    "import_deals",
    "import_values",
    "invite_experts",
    "judge",
    "make_design",
    "open_round",
    "prepare_round",
    "publish_edition",
    "publish_round",
    "record_computed",
    "record_measures",
    "rename_design",
    "reopen",
    "return_submission",
    "settle",
    "submit",
    "upsert_indicator",
    "verify",
]
