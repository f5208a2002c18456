"""Every write of this app: one function each, with the actor first."""

from duijie.meet.actions.calls import decide_entry, open_call, review_entry, submit_entry
from duijie.meet.actions.day import call_meeting, check_in, mark_absent
from duijie.meet.actions.events import (
    add_document,
    cancel_event,
    change_event,
    close_event,
    create_event,
    event_values,
    publish_event,
    remove_document,
    set_conflict_levels,
    upsert_event,
)
from duijie.meet.actions.limits import set_precedences, set_quotas
from duijie.meet.actions.outcomes import (
    add_follow_up,
    finish_follow_up,
    keep_note,
    propose_intent,
    remind_of_follow_ups,
    sign_intent,
    withdraw_intent,
)
from duijie.meet.actions.planning import (
    discard_draft,
    finish_draft,
    fix_meeting,
    lock_meetings,
    move_meeting,
    publish_draft,
    start_draft,
    undo_step,
    unfix_meeting,
)
from duijie.meet.actions.programme import (
    add_places,
    add_slots,
    change_place,
    set_places,
    set_programme,
    set_slots,
    set_walking,
)
from duijie.meet.actions.registrations import (
    change_registration,
    decide_registration,
    mark_availability,
    register,
    withdraw_registration,
)
from duijie.meet.actions.repairs import confirm_repair, propose_repair
from duijie.meet.actions.sheets import import_sheet, import_timetable
from duijie.meet.actions.wishes import answer_wish, expire_wishes, make_wish, remind_wishers, take_back_wish

__all__ = [
    "add_document", "add_follow_up", "add_places", "add_slots", "answer_wish", "call_meeting", "cancel_event",
    "change_event", "change_place", "change_registration", "check_in", "close_event", "confirm_repair", "create_event",
    "decide_entry", "decide_registration", "discard_draft", "event_values", "expire_wishes", "finish_draft",
    "finish_follow_up", "fix_meeting", "import_sheet", "import_timetable", "keep_note", "lock_meetings", "make_wish", "mark_absent", "mark_availability",
    "move_meeting", "open_call", "propose_intent", "propose_repair", "publish_draft", "publish_event", "register",
    "remind_of_follow_ups", "remind_wishers", "remove_document", "review_entry", "set_conflict_levels", "set_places", "set_precedences",
    "set_programme", "set_quotas", "set_slots", "set_walking", "sign_intent", "start_draft", "submit_entry", "take_back_wish",
    "undo_step", "unfix_meeting", "upsert_event", "withdraw_intent", "withdraw_registration",
]  # fmt: skip
