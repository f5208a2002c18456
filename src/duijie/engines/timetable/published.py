"""Reader of the published B2B meeting-scheduling instances (MiniZinc data files, .dzn).

Format: `requested` lists (participant, participant, session: 1 morning, 2 afternoon, 3 any), 1-based; `forbidden` lists
the slots a participant cannot use and `fixed` (in some files `fixat`) the slot of a meeting, 0 for none; `precedences[m]`
lists the meetings that must be before m. Blocks that a file lacks, or whose length does not fit, count as empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from .slot_problem import SlotProblem, TimetableInputError

MORNING, AFTERNOON = 1, 2


@dataclass(frozen=True)
class PublishedInstance:
    """A published instance as a slot problem, with what the reader had to leave aside."""

    name: str
    problem: SlotProblem
    notes: tuple[str, ...] = ()

    def with_fairness(self, fairness: int | None) -> PublishedInstance:
        """The same instance under another fairness bound."""
        return replace(self, problem=replace(self.problem, fairness=fairness))


def _number(text: str, name: str) -> int:
    found = re.search(rf"\b{name}\s*=\s*(\d+)\s*;?", text)
    if not found:
        raise TimetableInputError(f"{name} is missing")
    return int(found.group(1))


def _block(text: str, *names: str) -> str:
    for name in names:
        found = re.search(rf"\b{name}\s*=\s*([^;]*)", text, re.S)
        if found:
            return found.group(1)
    return ""


def _integers(body: str) -> list[int]:
    """The integers of a block; `array1d(1..9, [...])` and `array2d(...)` lose their index sets first."""
    inner = body[body.index("[") :] if "[" in body else body
    return [int(value) for value in re.findall(r"\d+", inner)]


def _sets(body: str) -> list[set[int]]:
    """The positive members of each set of a block; a set is `{1,2}` or a range `1..3`."""
    inner = body[body.index("[") + 1 :] if "[" in body else body
    found = []
    for part in re.findall(r"\{[^}]*\}|\d+\s*\.\.\s*\d+", inner):
        members: set[int] = set()
        for low, high in re.findall(r"(\d+)(?:\s*\.\.\s*(\d+))?", part):
            members.update(range(int(low), int(high or low) + 1))
        found.append(members - {0})
    return found


def read_published(text: str, *, name: str = "", fairness: int | None = 2) -> PublishedInstance:
    """Read the text of a .dzn file; raises TimetableInputError where it is damaged."""
    text = re.sub(r"%[^\n]*", "", text)
    participants, count = _number(text, "nBusiness"), _number(text, "nMeetings")
    slots, morning, tables = _number(text, "nTotalSlots"), _number(text, "nMorningSlots"), _number(text, "nTables")
    flat = _integers(_block(text, "requested"))
    if len(flat) != 3 * count:
        raise TimetableInputError(f"requested: {len(flat)} numbers, but {count} meetings need {3 * count}")
    meetings = [(flat[i] - 1, flat[i + 1] - 1, flat[i + 2]) for i in range(0, len(flat), 3)]
    for number, (first, second, session) in enumerate(meetings, 1):
        if not (0 <= first < participants and 0 <= second < participants):
            raise TimetableInputError(f"requested: meeting {number} names a participant outside 1..{participants}")
        if session not in (1, 2, 3):
            raise TimetableInputError(f"requested: meeting {number} has session {session}; 1, 2 or 3 is known")

    notes: list[str] = []
    forbidden = _sets(_block(text, "forbidden"))
    forbidden += [set() for _ in range(participants - len(forbidden))]
    fixed = _integers(_block(text, "fixed", "fixat"))
    if len(fixed) != count:
        if fixed:
            notes.append(f"fixed: {len(fixed)} entries for {count} meetings; left aside")
        fixed = [0] * count
    earlier = _sets(_block(text, "precedences"))
    if len(earlier) != count:
        if earlier:
            notes.append(f"precedences: {len(earlier)} entries for {count} meetings; left aside")
        earlier = [set() for _ in range(count)]
    before = [(other - 1, number) for number, others in enumerate(earlier) for other in sorted(others)]
    if any(other >= count for other, _ in before):
        raise TimetableInputError(f"precedences: a meeting outside 1..{count}")

    def allowed(number: int) -> tuple[int, ...]:
        first, second, session = meetings[number]
        low = morning if session == AFTERNOON else 0
        high = morning if session == MORNING else slots
        window = range(fixed[number] - 1, fixed[number]) if fixed[number] else range(slots)
        shut = forbidden[first] | forbidden[second]
        return tuple(slot for slot in window if low <= slot < high and slot + 1 not in shut)

    problem = SlotProblem(
        participants=participants,
        slots=slots,
        meetings=tuple((first, second) for first, second, _ in meetings),
        allowed=tuple(allowed(number) for number in range(count)),
        capacity=(tables,) * slots,
        before=tuple(before),
        fairness=fairness,
    )
    return PublishedInstance(name, problem, tuple(notes))


def read_published_file(path: Path, *, fairness: int | None = 2) -> PublishedInstance:
    """Read a .dzn file from disk."""
    return read_published(path.read_text(encoding="utf-8", errors="replace"), name=path.stem, fairness=fairness)
