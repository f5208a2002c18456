"""Every write of this app."""

from duijie.land.actions.deals import (
    change_deal,
    correct_move,
    create_deal,
    deal_record_of,
    known_deal,
    move_deal,
    upsert_deal,
)
from duijie.land.actions.figures import Given, correct_figure, record_figure
from duijie.land.actions.handing import hand_over_deals
from duijie.land.actions.periods import close_period, closed_periods, reopen_period
from duijie.land.actions.projects import (
    cancel_project,
    change_project,
    create_project,
    find_project,
    known_project,
    project_record_of,
    relocate,
    set_milestone,
    set_risk,
    upsert_project,
)
from duijie.land.actions.rates import keep_rate
from duijie.land.actions.talk import clear_blocker, comment, raise_blocker, set_next_step
from duijie.land.actions.zones import write_zone, zone_record_of

__all__ = [
    "Given",
    "cancel_project",
    "change_deal",
    "change_project",
    "clear_blocker",
    "close_period",
    "closed_periods",
    "comment",
    "correct_figure",
    "correct_move",
    "create_deal",
    "create_project",
    "deal_record_of",
    "find_project",
    "hand_over_deals",
    "keep_rate",
    "known_deal",
    "known_project",
    "move_deal",
    "project_record_of",
    "raise_blocker",
    "record_figure",
    "relocate",
    "reopen_period",
    "set_milestone",
    "set_next_step",
    "set_risk",
    "upsert_deal",
    "upsert_project",
    "write_zone",
    "zone_record_of",
]
