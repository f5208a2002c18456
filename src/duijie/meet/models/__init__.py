"""Tables of meetings: events, who comes, who wishes whom, timetables, what came of it."""

from duijie.meet.models.calls import Call, Entry, EntryReview
from duijie.meet.models.events import Document, Event, Place, Session, Slot
from duijie.meet.models.outcomes import CheckIn, FollowUp, Intent, Note
from duijie.meet.models.registrations import Registration, Representative
from duijie.meet.models.timetables import Draft, DraftStep, FixedMeeting, Meeting, MeetingParty
from duijie.meet.models.wishes import Wish

__all__ = [
    "Call",
    "CheckIn",
    "Document",
    "Draft",
    "DraftStep",
    "Entry",
    "EntryReview",
    "Event",
    "FixedMeeting",
    "FollowUp",
    "Intent",
    "Meeting",
    "MeetingParty",
    "Note",
    "Place",
    "Registration",
    "Representative",
    "Session",
    "Slot",
    "Wish",
]
