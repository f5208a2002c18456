"""What a meeting in a slot at a place would break, in four levels. Pure: works on plain data that `loading` reads.

Somebody who is busy is a warning to a planner, who may know better, and a wall to the machine.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

from duijie.core.language import t

BLOCK_PLANNING, BLOCK_PUBLICATION, WARN, IGNORE = "block_planning", "block_publication", "warn", "ignore"
ORDER = {IGNORE: 0, WARN: 1, BLOCK_PUBLICATION: 2, BLOCK_PLANNING: 3}
LEVELS: dict[str, str] = {
    "person_twice": BLOCK_PLANNING,
    "place_twice": BLOCK_PLANNING,
    "pair_twice": BLOCK_PLANNING,
    "veto": BLOCK_PLANNING,
    "place_closed": BLOCK_PUBLICATION,
    "seats": BLOCK_PUBLICATION,
    "unavailable": WARN,
    "walking": WARN,
    "limit": WARN,
    "place_kind": WARN,
    "order": WARN,
    "unfair": WARN,
}


@dataclass(frozen=True)
class Time:
    """A slot. number: its position in the day's order."""

    code: str
    number: int
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class Table:
    """A place."""

    code: str
    capacity: int
    kind: str
    area: str
    closed: frozenset[str]


@dataclass(frozen=True)
class Guest:
    """A participant. busy: slots by person (and by its own uid for all of it)."""

    uid: str
    name: str
    people: Mapping[str, str]
    busy: Mapping[str, frozenset[str]]
    most: int | None
    place_kinds: tuple[str, ...]
    kind: str = ""

    def is_busy(self, person: str, slot: str) -> bool:
        return slot in self.busy.get(self.uid, frozenset()) or slot in self.busy.get(person, frozenset())


@dataclass
class Held:
    """A meeting as it stands. parties: people by participant."""

    id: int
    code: str
    slot: str
    place: str
    parties: dict[str, tuple[str, ...]]
    locked: bool = False

    @property
    def people(self) -> set[str]:
        return {person for people in self.parties.values() for person in people}


@dataclass(frozen=True)
class Conflict:
    """Something that is broken, how strictly it is taken, and the sentence."""

    kind: str
    level: str
    zh: str
    en: str

    def __str__(self) -> str:
        return t(self.zh, self.en)


@dataclass
class Day:
    """Everything that a check looks at."""

    times: dict[str, Time]
    tables: dict[str, Table]
    guests: dict[str, Guest]
    meetings: dict[int, Held]
    vetoes: set[frozenset[str]]
    walking: Mapping[tuple[str, str], float] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    fairness: int | None = None
    orders: Sequence[tuple[str, str]] = ()
    quotas: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        self._at_place: dict[tuple[str, str], list[Held]] = defaultdict(list)
        self._of_person: dict[str, list[Held]] = defaultdict(list)
        for held in self.meetings.values():
            self._at_place[held.slot, held.place].append(held)
            for person in held.people:
                self._of_person[person].append(held)

    def minutes(self, area: str, other: str) -> float:
        return 0.0 if area == other else self.walking.get((area, other), self.walking.get((other, area), 0.0))

    def _conflict(self, kind: str, zh: str, en: str) -> Conflict:
        return Conflict(kind, self.levels.get(kind, LEVELS[kind]), zh, en)

    def conflicts(self, held: Held, slot: str, place: str) -> list[Conflict]:
        """What would be broken if `held` were in that slot at that place, all else staying; the gravest first."""
        found = [
            *self._twice(held, slot, place),
            *self._at_table(held, slot, place),
            *self._of_people(held, slot, place),
            *self._in_order(held, slot),
            *self._fair(held, slot),
        ]
        told = [one for one in found if one.level != IGNORE]
        return sorted(told, key=lambda one: -ORDER[one.level])

    def _twice(self, held: Held, slot: str, place: str) -> list[Conflict]:
        found = []
        for other in self._at_place[slot, place]:
            if other.id != held.id:
                names = "、".join(self.guests[uid].name for uid in other.parties)
                found.append(
                    self._conflict(
                        "place_twice",
                        f"{place} 在 {slot} 已有会面：{names}。",
                        f"{place} has a meeting in {slot}: {names}.",
                    )
                )
        for uid, people in held.parties.items():
            guest = self.guests[uid]
            for person in people:
                if any(o.slot == slot and o.id != held.id for o in self._of_person[person]):
                    name = guest.people.get(person, guest.name)
                    found.append(
                        self._conflict(
                            "person_twice",
                            f"{name}（{guest.name}）在 {slot} 有另一场会面。",
                            f"{name} ({guest.name}) has another meeting in {slot}.",
                        )
                    )
        for one, other_uid in combinations(held.parties, 2):
            if frozenset((one, other_uid)) in self.vetoes:
                a, b = self.guests[one].name, self.guests[other_uid].name
                found.append(
                    self._conflict(
                        "veto", f"{a} 与 {b} 有一方不愿见面。", f"{a} and {b}: one side does not want to meet."
                    )
                )
        return found

    def _at_table(self, held: Held, slot: str, place: str) -> list[Conflict]:
        table = self.tables[place]
        found = []
        if slot in table.closed:
            found.append(self._conflict("place_closed", f"{place} 在 {slot} 不开放。", f"{place} is closed in {slot}."))
        if len(held.people) > table.capacity:
            found.append(
                self._conflict(
                    "seats",
                    f"{place} 有 {table.capacity} 个座位，这场要 {len(held.people)} 个。",
                    f"{place} seats {table.capacity}; this meeting needs {len(held.people)}.",
                )
            )
        for uid in held.parties:
            guest = self.guests[uid]
            if guest.place_kinds and table.kind not in guest.place_kinds:
                wanted = "、".join(guest.place_kinds)
                found.append(
                    self._conflict("place_kind", f"{guest.name} 只用{wanted}。", f"{guest.name} uses only {wanted}.")
                )
        return found

    def _of_people(self, held: Held, slot: str, place: str) -> list[Conflict]:
        found = []
        time = self.times[slot]
        for uid, people in held.parties.items():
            guest = self.guests[uid]
            for person in people:
                name = guest.people.get(person, guest.name)
                if guest.is_busy(person, slot):
                    found.append(
                        self._conflict(
                            "unavailable",
                            f"{name}（{guest.name}）说 {slot} 没空。",
                            f"{name} ({guest.name}) is busy in {slot}.",
                        )
                    )
                found += self._walks(held, person, name, time, place)
        return found

    def _walks(self, held: Held, person: str, name: str, time: Time, place: str) -> list[Conflict]:
        found = []
        area = self.tables[place].area
        others = [o for o in self._of_person[person] if o.id != held.id and o.slot != time.code]
        near = [o for o in others if abs(self.times[o.slot].number - time.number) == 1]
        for other in near:
            there = self.times[other.slot]
            first, then = (there, time) if there.number < time.number else (time, there)
            needed = self.minutes(area, self.tables[other.place].area)
            if needed > max((then.starts_at - first.ends_at).total_seconds() / 60, 0):
                found.append(
                    self._conflict(
                        "walking",
                        f"{name} 在 {other.place} 和 {place} 之间要走 {needed:g} 分钟，来不及。",
                        f"{name} needs {needed:g} minutes between {other.place} and {place}.",
                    )
                )
        return found

    def _in_order(self, held: Held, slot: str) -> list[Conflict]:
        """Meetings that are to be earlier or later than this one, and would not be."""
        found = []
        by_code = {other.code: other for other in self.meetings.values()}
        here = self.times[slot].number
        for first, then in self.orders:
            other = by_code.get(then if held.code == first else first if held.code == then else "")
            if other is None or other.id == held.id:
                continue
            there = self.times[other.slot].number
            if (here >= there) if held.code == first else (here <= there):
                names = ["、".join(self.guests[uid].name for uid in one.parties) for one in (held, other)]
                one, two = names if held.code == first else reversed(names)
                found.append(
                    self._conflict("order", f"{one} 的会面应早于 {two} 的。", f"{one} should meet before {two} do.")
                )
        return found

    def _breaks(self, person: str, *, without: int | None = None, slot: str | None = None) -> int:
        numbers = {self.times[o.slot].number for o in self._of_person[person] if o.id != without}
        numbers |= {self.times[slot].number} if slot is not None else set()
        return sum(b - a > 1 for a, b in pairwise(sorted(numbers)))

    def _fair(self, held: Held, slot: str) -> list[Conflict]:
        """People whom the change would give more breaks than is fair, and than they have."""
        if self.fairness is None or slot == held.slot:
            return []
        found = []
        for uid, people in held.parties.items():
            for person in people:
                after = self._breaks(person, without=held.id, slot=slot)
                if after > self.fairness and after > self._breaks(person):
                    found.append(self._too_many(self.guests[uid], person, after))
        return found

    def _too_many(self, guest: Guest, person: str, breaks: int) -> Conflict:
        name = guest.people.get(person, guest.name)
        return self._conflict(
            "unfair",
            f"{name}（{guest.name}）有 {breaks} 次空档，公平上限是 {self.fairness} 次。",
            f"{name} ({guest.name}) has {breaks} breaks; {self.fairness} is what is fair.",
        )

    def all_conflicts(self) -> list[tuple[Held, Conflict]]:
        """Everything that is broken as it stands, the gravest first; what stops publication is among it."""
        found = [(held, one) for held in self.meetings.values() for one in self.conflicts(held, held.slot, held.place)]
        found += self._limits()
        return sorted(found, key=lambda pair: -ORDER[pair[1].level])

    def _limits(self) -> list[tuple[Held, Conflict]]:
        loads: Counter[str] = Counter()
        last: dict[str, Held] = {}
        pairs: dict[frozenset[str], Held] = {}
        found = []
        for held in self.meetings.values():
            for uid in held.parties:
                loads[uid] += 1
                last[uid] = held
            if len(held.parties) == 2:
                pair = frozenset(held.parties)
                if pair in pairs:
                    names = "、".join(self.guests[uid].name for uid in sorted(pair))
                    found.append((held, self._conflict("pair_twice", f"{names} 见两次。", f"{names} meet twice.")))
                pairs[pair] = held
        for uid, count in loads.items():
            guest = self.guests[uid]
            if guest.most is not None and count > guest.most:
                found.append(
                    (
                        last[uid],
                        self._conflict(
                            "limit",
                            f"{guest.name} 有 {count} 场，上限 {guest.most} 场。",
                            f"{guest.name} has {count} meetings, over its limit of {guest.most}.",
                        ),
                    )
                )
        found += self._over_quota(last) + self._unfair()
        return [(held, one) for held, one in found if one.level != IGNORE]

    def _unfair(self) -> list[tuple[Held, Conflict]]:
        if self.fairness is None:
            return []
        found = []
        for person, meetings in self._of_person.items():
            breaks = self._breaks(person)
            if breaks > self.fairness:
                owner = next(uid for uid, people in meetings[-1].parties.items() if person in people)
                found.append((meetings[-1], self._too_many(self.guests[owner], person, breaks)))
        return found

    def _over_quota(self, last: Mapping[str, Held]) -> list[tuple[Held, Conflict]]:
        """Participants with more meetings with a kind than its quota allows; too few is the machine's goal, not a conflict."""
        found = []
        for quota in self.quotas:
            most, kind, other = quota.get("most"), quota["kind"], quota.get("with_kind")
            for uid, held in last.items():
                guest = self.guests[uid]
                if most is None or guest.kind != kind:
                    continue
                own = [m for m in self.meetings.values() if uid in m.parties]
                count = sum(
                    other is None or any(self.guests[p].kind == other for p in m.parties if p != uid) for m in own
                )
                if count > most:
                    whom = (f"与{other}", f" with {other}") if other else ("", "")
                    found.append(
                        (held, self._conflict("limit", f"{guest.name} {whom[0]}有 {count} 场，配额 {most} 场。", f"{guest.name} has {count} meetings{whom[1]}, over the quota of {most}."))
                    )  # fmt: skip
        return found

    def free_place(self, held: Held, slot: str) -> str | None:
        """The place for a meeting that is dropped on a slot: its own where that is free, else the first that fits."""

        def grave(code: str) -> int:
            return max((ORDER[c.level] for c in self.conflicts(held, slot, code)), default=0)

        best = min([held.place, *self.tables], key=lambda code: (grave(code), code != held.place), default=None)
        return best if best is not None and not self._others_at(held, slot, best) else None

    def _others_at(self, held: Held, slot: str, place: str) -> bool:
        return any(o.id != held.id for o in self._at_place[slot, place])

    def worst(self, held: Held, slot: str, place: str) -> str:
        """The gravest level of what would be broken; "" where nothing would."""
        found = self.conflicts(held, slot, place)
        return found[0].level if found else ""

    def free_in(self, slot: str) -> list[Guest]:
        """Who is free then: participants with somebody who has no meeting and is not busy in the slot."""
        taken = {person for o in self.meetings.values() if o.slot == slot for person in o.people}
        return [
            guest
            for guest in self.guests.values()
            if any(p not in taken and not guest.is_busy(p, slot) for p in (guest.people or {guest.uid: guest.name}))
        ]
