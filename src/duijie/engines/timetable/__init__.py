"""Timetables for matchmaking days: who meets whom, when, where, at which table; proven where that is possible.

    from duijie.engines.timetable import Event, arrange
    timetable = arrange(event)                       # Timetable: meetings, goals with bounds, figures, reasons
    timetable = repair(event, timetable.meetings, Disruption(no_shows=frozenset({"P0007"})))

`arrange` takes an `Event` (slots, places, participants with representatives, wishes, suggestions, fixed meetings, precedences,
quotas, walking minutes) and an `Effort` (work, seed, progress and stop callbacks). `find_faults` lists what is wrong with an event
before anything is solved. `verify` checks any list of meetings against an event, independently of the search. `solve_slots` is the
published core problem (fewest breaks by incremental SAT). No clock and no randomness that is not passed in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .candidates import worth_of
    from .conflicts import explain_slots
    from .event import (
        Event,
        FixedMeeting,
        Participant,
        Place,
        Precedence,
        Quota,
        Representative,
        Rules,
        Slot,
        Suggestion,
        Wish,
        WishLevel,
        pair_id,
    )
    from .faults import Fault, FaultyEvent, check_event, find_faults
    from .published import PublishedInstance, read_published, read_published_file
    from .repairing import Disruption, Repaired, disrupted, repair
    from .result import GoalFigures, Meeting, PersonFigures, Timetable, Unserved
    from .slot_problem import Figures, Proof, SlotProblem, TimetableInputError, figures, violations
    from .slot_search import Limits, Progress, SlotResult, solve_slots
    from .solve import Effort, Report, arrange
    from .verifying import verify

# Loaded when first used: a published instance needs the SAT solver only, not pandas, scipy and OR-Tools.
_MODULES = {
    "candidates": ("worth_of",),
    "conflicts": ("explain_slots",),
    "event": (
        "Event",
        "FixedMeeting",
        "Participant",
        "Place",
        "Precedence",
        "Quota",
        "Representative",
        "Rules",
        "Slot",
        "Suggestion",
        "Wish",
        "WishLevel",
        "pair_id",
    ),
    "faults": (
        "Fault",
        "FaultyEvent",
        "check_event",
        "find_faults",
    ),
    "published": (
        "PublishedInstance",
        "read_published",
        "read_published_file",
    ),
    "repairing": (
        "Disruption",
        "Repaired",
        "disrupted",
        "repair",
    ),
    "result": (
        "GoalFigures",
        "Meeting",
        "PersonFigures",
        "Timetable",
        "Unserved",
    ),
    "slot_problem": (
        "Figures",
        "Proof",
        "SlotProblem",
        "TimetableInputError",
        "figures",
        "violations",
    ),
    "slot_search": (
        "Limits",
        "Progress",
        "SlotResult",
        "solve_slots",
    ),
    "solve": (
        "Effort",
        "Report",
        "arrange",
    ),
    "verifying": ("verify",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


__all__ = [
    "Disruption",
    "Effort",
    "Event",
    "Fault",
    "FaultyEvent",
    "Figures",
    "FixedMeeting",
    "GoalFigures",
    "Limits",
    "Meeting",
    "Participant",
    "PersonFigures",
    "Place",
    "Precedence",
    "Progress",
    "Proof",
    "PublishedInstance",
    "Quota",
    "Repaired",
    "Report",
    "Representative",
    "Rules",
    "Slot",
    "SlotProblem",
    "SlotResult",
    "Suggestion",
    "Timetable",
    "TimetableInputError",
    "Unserved",
    "Wish",
    "WishLevel",
    "arrange",
    "check_event",
    "disrupted",
    "explain_slots",
    "figures",
    "find_faults",
    "pair_id",
    "read_published",
    "read_published_file",
    "repair",
    "solve_slots",
    "verify",
    "violations",
    "worth_of",
]
