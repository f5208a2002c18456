"""What an organiser knows before a matchmaking day: the typed input of the full problem.

All ids are strings chosen by the caller. A *participant* is an organisation; its *representatives* are the people who sit
at tables, and no person is in two places at once. A place holds one meeting at a time. Instants are naive or aware
datetimes, as long as all are of one sort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WishLevel(StrEnum):
    """What a participant says about another. NO is a veto."""

    MUST = "must"
    WANT = "want"
    NO = "no"


@dataclass(frozen=True)
class Slot:
    """A stretch of time in which one round of meetings is held. session: a name such as 上午; breaks lie between sessions."""

    id: str
    start: datetime
    end: datetime
    session: str = ""


@dataclass(frozen=True)
class Place:
    """A table or room. capacity: people it seats. area: where it stands, for walking. closed: ids of slots it is shut."""

    id: str
    capacity: int
    name: str = ""
    kind: str = ""
    area: str = ""
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Representative:
    """A person of an organisation. unavailable: ids of slots."""

    id: str
    name: str = ""
    unavailable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Participant:
    """An organisation. representatives: at least one (an organisation without any stands for itself as one person).

    unavailable: ids of slots when nobody of it can come. most_meetings: its own limit. place_kinds: kinds of places it
    can use; empty for any.
    """

    id: str
    name: str = ""
    kind: str = ""
    representatives: tuple[Representative, ...] = ()
    unavailable: frozenset[str] = frozenset()
    most_meetings: int | None = None
    place_kinds: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[Representative, ...]:
        """The representatives, or the organisation itself as one."""
        return self.representatives or (Representative(self.id, self.name),)

    @property
    def label(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.id


@dataclass(frozen=True)
class Wish:
    """What one participant says of another. representatives: who must sit there, of either side; empty for anybody."""

    wisher: str
    wanted: str
    level: WishLevel
    representatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A pair that matching proposes, for those who say nothing. score: 0 to 1."""

    first: str
    second: str
    score: float


@dataclass(frozen=True)
class FixedMeeting:
    """A meeting that must be held, of two or more participants; slot and place where they are settled too."""

    id: str
    participants: tuple[str, ...]
    slot: str | None = None
    place: str | None = None
    representatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Precedence:
    """Where both meetings are held, `first` is in an earlier slot than `then`. Ids as in `FixedMeeting`, or `pair_id`."""

    first: str
    then: str


@dataclass(frozen=True)
class Quota:
    """Meetings of each participant of a kind (with those of `with_kind`, where given): at most `most`, and, as far as
    wishes and time allow, at least `fewest`."""

    kind: str
    with_kind: str | None = None
    most: int | None = None
    fewest: int = 0


@dataclass(frozen=True)
class Rules:
    """How an event is judged.

    fairness: greatest difference between two people's numbers of breaks; None leaves it free. floor: meetings that everybody
    should get before others get more. met_before: factor on the worth of a pair that has met already. silent: worth of the
    side that says nothing, times the score of the suggestion. unsuggested: whether a wish alone, that the other side has not
    answered and matching does not suggest, makes a candidate.
    """

    fairness: int | None = 2
    floor: int = 1
    met_before: float = 0.25
    silent: float = 0.5
    unsuggested: bool = True


@dataclass(frozen=True)
class Event:
    """The whole input. walking: minutes between two areas (either order); areas that are not named are next to each other."""

    slots: tuple[Slot, ...]
    places: tuple[Place, ...]
    participants: tuple[Participant, ...]
    wishes: tuple[Wish, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    met_before: tuple[tuple[str, str], ...] = ()
    fixed: tuple[FixedMeeting, ...] = ()
    precedences: tuple[Precedence, ...] = ()
    quotas: tuple[Quota, ...] = ()
    walking: Mapping[tuple[str, str], float] = field(default_factory=dict)
    rules: Rules = Rules()

    def minutes(self, area: str, other: str) -> float:
        """Walking minutes between two areas."""
        if area == other:
            return 0.0
        return self.walking.get((area, other), self.walking.get((other, area), 0.0))


def pair_id(first: str, second: str) -> str:
    """The id of the meeting of two participants: both ids in order, joined by `~`."""
    return "~".join(sorted((first, second)))
