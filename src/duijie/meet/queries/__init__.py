"""Every read of this app: each takes the viewer and returns what the viewer may see."""

from duijie.meet.queries.calls import entries, get_entry
from duijie.meet.queries.events import (
    EventFilter,
    bare_event,
    events,
    get_document,
    get_event,
    hosts_of,
    may_see_documents,
    planned_members,
)
from duijie.meet.queries.figures import EventFigures, figures_of_event, person_rows
from duijie.meet.queries.outcomes import (
    follow_ups,
    get_follow_up,
    get_intent,
    intents,
    notes_of,
    open_follow_ups,
)
from duijie.meet.queries.registrations import (
    catalogue,
    get_registration,
    own_registrations,
    participants,
    person_by_feed,
    registration_values,
    registrations,
    upcoming,
)
from duijie.meet.queries.timetables import (
    PersonalMeeting,
    board,
    draft_meetings,
    drafts,
    free_then,
    get_draft,
    get_meeting,
    meetings_of_person,
    meetings_of_registration,
    targets,
)
from duijie.meet.queries.wishes import (
    PartnerLine,
    partners,
    received_requests,
    wishes_of_event,
)

__all__ = [
    "EventFigures", "EventFilter", "PartnerLine", "PersonalMeeting", "bare_event", "board", "catalogue", "draft_meetings",
    "drafts", "entries", "events", "figures_of_event", "follow_ups", "free_then", "get_document", "get_draft",
    "get_entry", "get_event", "get_follow_up", "get_intent", "get_meeting", "get_registration", "hosts_of", "intents",
    "may_see_documents", "meetings_of_person", "meetings_of_registration", "notes_of", "open_follow_ups",
    "own_registrations", "participants", "partners", "person_by_feed", "person_rows", "planned_members",
    "received_requests", "registration_values", "registrations", "targets", "upcoming", "wishes_of_event",
]  # fmt: skip
