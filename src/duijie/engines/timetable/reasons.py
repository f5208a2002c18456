"""Why a wish is not served, found in the finished timetable."""

from __future__ import annotations

from .arrangement import Arrangement
from .candidates import Board
from .event import WishLevel
from .result import Unserved
from .selection import quota_members


def unserved_wishes(arrangement: Arrangement) -> tuple[Unserved, ...]:
    """Every must or want without a meeting, with its reason, in the order of the wishes."""
    board = arrangement.board
    served = {wish for number in arrangement.seats for wish in board.candidates[number].served}
    candidate_of = {wish: n for n, candidate in enumerate(board.candidates) for wish in candidate.served}
    no = {(w.wisher, w.wanted) for w in board.event.wishes if w.level is WishLevel.NO}
    name = {participant.id: participant.label for participant in board.event.participants}
    party = {participant.id: n for n, participant in enumerate(board.event.participants)}
    held = _held(arrangement)
    found = []
    for number, wish in enumerate(board.event.wishes):
        if wish.level is WishLevel.NO or number in served:
            continue
        if candidate_of.get(number) is None:
            vetoed = (wish.wanted, wish.wisher) in no or (wish.wisher, wish.wanted) in no
            if not vetoed and (wish.wisher, wish.wanted) in _seated_pairs(arrangement):
                continue  # a second line of the same wish
            code, zh, en = _VETO if vetoed else _UNSUGGESTED
        else:
            code, zh, en = _reason(arrangement, held, candidate_of[number], party[wish.wisher], party[wish.wanted])
        names = {"a": name[wish.wisher], "b": name[wish.wanted]}
        found.append(Unserved(wish.wisher, wish.wanted, wish.level.value, code, zh.format(**names), en.format(**names)))
    return tuple(found)


_VETO = ("veto", "“{b}”与“{a}”中有一方不愿会面", "{a} or {b} does not want to meet the other")
_UNSUGGESTED = ("unsuggested", "“{b}”没有回应, 匹配也未推荐", "{b} has not answered and matching does not suggest it")


def _seated_pairs(arrangement: Arrangement) -> set[tuple[str, str]]:
    participants = arrangement.board.event.participants
    pairs = set()
    for number in arrangement.seats:
        ids = [participants[p].id for p in arrangement.board.candidates[number].parties]
        pairs |= {(a, b) for a in ids for b in ids if a != b}
    return pairs


def _held(arrangement: Arrangement) -> list[int]:
    held = [0] * len(arrangement.board.event.participants)
    for number in arrangement.seats:
        for party in arrangement.board.candidates[number].parties:
            held[party] += 1
    return held


def _reason(arrangement: Arrangement, held: list[int], number: int, wisher: int, wanted: int) -> tuple[str, str, str]:
    board, candidate = arrangement.board, arrangement.board.candidates[number]
    if not candidate.classes:
        return "no_place", "没有“{a}”与“{b}”都能用的场地", "no place suits both {a} and {b}"
    if not candidate.slots:
        return "no_common_slot", "“{a}”与“{b}”没有共同可到的时段", "{a} and {b} are never available at the same time"
    for party, code, who in ((wisher, "full", "a"), (wanted, "other_full", "b")):
        if _full(arrangement, held, party):
            return (
                code,
                "“{" + who + f"}}”已排满 {held[party]} 场更重要的会面",
                "{" + who + f"}} is full with {held[party]} meetings that count for more",
            )
    quota = _quota(arrangement, number)
    if quota is not None:
        return "quota", f"已达到“{quota}”类单位的会面上限", f"the limit of meetings for the kind {quota!r} is reached"
    slots = arrangement.open_slots(number)
    if not slots:
        return "no_common_slot", "“{a}”与“{b}”剩下的空闲时段没有重合", "the free slots left to {a} and {b} do not meet"
    if all(arrangement.room[t][u] <= 0 for t in range(board.slots) if slots >> t & 1 for u in candidate.classes):
        return "tables", "双方都空闲的时段里场地已满", "every place is taken in the slots that suit both {a} and {b}"
    return (
        "fairness",
        "加入这场会面会超出空档的公平上限、步行时间或先后次序",
        "one more meeting would break the fairness of breaks, the time to walk or an order",
    )


def _full(arrangement: Arrangement, held: list[int], party: int) -> bool:
    board = arrangement.board
    limit = board.event.participants[party].most_meetings
    if limit is not None and held[party] >= limit:
        return True
    return all(not board.free[p] & ~arrangement.mask[p] for p in board.people_of[party])


def _quota(arrangement: Arrangement, number: int) -> str | None:
    board: Board = arrangement.board
    for quota in board.event.quotas:
        for party in board.candidates[number].parties:
            if quota.most is None or board.event.participants[party].kind != quota.kind:
                continue
            if number not in quota_members(board, party, quota.with_kind, [number]):
                continue
            mine = [n for n in arrangement.seats if party in board.candidates[n].parties]
            if len(quota_members(board, party, quota.with_kind, mine)) >= quota.most:
                return quota.kind
    return None
