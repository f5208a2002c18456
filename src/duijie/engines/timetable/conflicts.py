"""A smallest set of demands that cannot all be met, in words.

Only what the organiser demands can conflict: fixed meetings, their slots and places, precedences. Everything else gives way.
The set is smallest in the sense that it can be satisfied as soon as any one of its demands is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from pysat.solvers import Cadical195

from .bound_search import BoundSearch
from .candidates import Board
from .event import WishLevel
from .seat_problem import SeatProblem, bits, whole_problem
from .slot_cnf import SlotEncoding
from .slot_problem import SlotProblem

Sentence = tuple[str, str]
Demand = TypeVar("Demand", bound=Hashable)
CONFLICTS = 20_000


def shrink(demands: Sequence[Demand], satisfiable: Callable[[Sequence[Demand]], bool | None]) -> list[Demand]:
    """Drop demands as long as the rest stays unsatisfiable; what cannot be decided is kept."""
    kept = list(demands)
    for demand in demands:
        rest = [one for one in kept if one != demand]
        if satisfiable(rest) is False:
            kept = rest
    return kept


def explain_fixed(board: Board) -> tuple[Sentence, ...]:
    """Why the fixed meetings of an event cannot all be held; empty where they can."""
    required = [n for n, candidate in enumerate(board.candidates) if candidate.required]
    if not required:
        return ()
    for check in (_veto, _nowhere):
        for number in required:
            sentences = check(board, number)
            if sentences:
                return sentences
    sentences = _over_limits(board, required)
    if sentences:
        return sentences
    orders = [("order", a, b) for a, b in board.before if a in required and b in required]
    demands: list[tuple[object, ...]] = [("meeting", n) for n in required] + list(orders)

    def satisfiable(some: Sequence[tuple[object, ...]], *, places: bool = True) -> bool | None:
        return _holds(_problem(board, some, places=places))

    if satisfiable(demands) is not False:
        return ()
    core = shrink(demands, satisfiable)
    return _words(board, core, scarce=satisfiable(core, places=False) is not False)


def _problem(board: Board, demands: Sequence[tuple[object, ...]], *, places: bool) -> SeatProblem:
    chosen = [int(str(one[1])) for one in demands if one[0] == "meeting"]
    problem = whole_problem(board, chosen, fairness=board.event.rules.fairness)
    position = {number: n for n, number in enumerate(chosen)}
    wanted = {(one[1], one[2]) for one in demands if one[0] == "order"}
    before = tuple((position[a], position[b]) for a, b in wanted if a in position and b in position)  # type: ignore[index]
    capacity = problem.capacity if places else tuple((len(chosen),) * len(row) for row in problem.capacity)
    return SeatProblem(
        people=problem.people,
        slots=problem.slots,
        free=problem.free,
        meetings=problem.meetings,
        capacity=capacity,
        areas=problem.areas,
        reachable=problem.reachable,
        before=before,
        # Other meetings can fill a break, so that fixed ones alone never conflict by fairness.
        fairness=None,
    )


def _holds(problem: SeatProblem) -> bool | None:
    search = BoundSearch(problem)
    try:
        return search.ask(None, CONFLICTS).holds
    finally:
        search.close()


def _name(board: Board, number: int) -> str:
    participants = board.event.participants
    return " – ".join(participants[party].label for party in board.candidates[number].parties)


def _veto(board: Board, number: int) -> tuple[Sentence, ...]:
    ids = [board.event.participants[party].id for party in board.candidates[number].parties]
    for wish in board.event.wishes:
        if wish.level is WishLevel.NO and wish.wisher in ids and wish.wanted in ids:
            name, who = (
                _name(board, number),
                board.event.participants[[p.id for p in board.event.participants].index(wish.wisher)],
            )
            return (
                (f"固定会面“{name}”必须举行", f"the fixed meeting {name} must be held"),
                (f"但“{who.label}”不愿与对方会面", f"but {who.label} does not want to meet the other"),
            )
    return ()


def _nowhere(board: Board, number: int) -> tuple[Sentence, ...]:
    candidate = board.candidates[number]
    if candidate.slots and candidate.classes:
        return ()
    name = _name(board, number)
    sentences: list[Sentence] = [(f"固定会面“{name}”必须举行", f"the fixed meeting {name} must be held")]
    fixed = next(one for one in board.event.fixed if one.id == candidate.id)
    if fixed.slot is not None:
        sentences.append((f"时段定为“{fixed.slot}”", f"in slot {fixed.slot}"))
    if not candidate.classes:
        sentences.append(("没有场地坐得下或合用", "no place seats it or is of a kind that suits it"))
    for party in candidate.parties:
        sentences.append(_availability(board, party))
    return tuple(sentences)


def _slot_names(board: Board, mask: int) -> str:
    return "、".join(board.slot_ids[slot] for slot in bits(mask)) or "无 (none)"


def _availability(board: Board, party: int) -> Sentence:
    anybody = 0
    for person in board.people_of[party]:
        anybody |= board.free[person]
    label, slots = board.event.participants[party].label, _slot_names(board, anybody)
    count = len(board.people_of[party])
    return (
        f"“{label}”有 {count} 位代表, 可到时段: {slots}",
        f"{label} has {count} representative(s), available in: {slots}",
    )


def _over_limits(board: Board, required: list[int]) -> tuple[Sentence, ...]:
    for party, participant in enumerate(board.event.participants):
        mine = [n for n in required if party in board.candidates[n].parties]
        limits = [participant.most_meetings] if participant.most_meetings is not None else []
        limits += [
            q.most
            for q in board.event.quotas
            if q.kind == participant.kind and q.with_kind is None and q.most is not None
        ]
        if limits and len(mine) > min(limits):
            names = "、".join(_name(board, n) for n in mine)
            return (
                (f"“{participant.label}”有 {len(mine)} 场固定会面: {names}",
                 f"{participant.label} has {len(mine)} fixed meetings: {names}"),
                (f"但会面上限为 {min(limits)}", f"but its limit is {min(limits)}"),
            )  # fmt: skip
    return ()


def _words(board: Board, core: list[tuple[object, ...]], *, scarce: bool) -> tuple[Sentence, ...]:
    meetings = [int(str(one[1])) for one in core if one[0] == "meeting"]
    sentences: list[Sentence] = []
    for number in meetings:
        name, slots = _name(board, number), _slot_names(board, board.candidates[number].slots)
        sentences.append(
            (
                f"固定会面“{name}”必须举行, 可用时段: {slots}",
                f"the fixed meeting {name} must be held, in one of: {slots}",
            )
        )
    for one in core:
        if one[0] == "order":
            first, then = (_name(board, int(str(n))) for n in one[1:])
            sentences.append((f"“{first}”须早于“{then}”", f"{first} must be before {then}"))
    parties = [party for number in meetings for party in board.candidates[number].parties]
    for party in sorted({party for party in parties if parties.count(party) > 1}):
        sentences.append(_availability(board, party))
    if scarce:
        usable = sorted({c for number in meetings for c in board.candidates[number].classes})
        count = sum(len(board.classes[c].places) for c in usable)
        sentences.append((f"但它们可用的场地只有 {count} 个", f"but only {count} place(s) can take them"))
    else:
        sentences.append(("但这些要求不能同时满足", "but these cannot all be met"))
    return tuple(sentences)


def explain_slots(problem: SlotProblem) -> tuple[Sentence, ...]:
    """A smallest conflicting set of an infeasible slot problem, in 1-based numbers; empty where none is found in time."""
    encoding = SlotEncoding(problem, explain=True)
    solver = Cadical195(bootstrap_with=encoding.clauses)
    try:
        label_of = {selector: label for label, selector in encoding.selectors.items()}

        def satisfiable(selectors: Sequence[int]) -> bool | None:
            solver.conf_budget(CONFLICTS)
            return solver.solve_limited(assumptions=list(selectors))

        everything = list(label_of)
        if satisfiable(everything) is not False:
            return ()
        core = shrink(sorted(solver.get_core() or []), satisfiable)
    finally:
        solver.delete()
    return tuple(_slot_words(problem, label_of[selector]) for selector in core)


def _slot_words(problem: SlotProblem, label: Hashable) -> Sentence:
    parts: tuple[Any, ...] = label  # type: ignore[assignment]
    kind, numbers = parts[0], parts[1:]
    if kind == "meeting":
        number = numbers[0]
        members = "-".join(str(p + 1) for p in problem.meetings[number])
        slots = ", ".join(str(t + 1) for t in problem.allowed[number]) or "无 (none)"
        return (
            f"会面 {number + 1} (参会者 {members}) 只能在时段 {slots}",
            f"meeting {number + 1} (participants {members}) can only be in slots {slots}",
        )
    if kind == "participant":
        return f"参会者 {numbers[0] + 1} 同时只能参加一场", f"participant {numbers[0] + 1} is in one meeting at a time"
    if kind == "tables":
        count = problem.capacity[numbers[0]]
        return f"时段 {numbers[0] + 1} 只有 {count} 张桌子", f"slot {numbers[0] + 1} has {count} tables"
    if kind == "before":
        return (
            f"会面 {numbers[0] + 1} 须早于会面 {numbers[1] + 1}",
            f"meeting {numbers[0] + 1} must be before meeting {numbers[1] + 1}",
        )
    if kind == "fairness":
        return (
            f"任意两人的空档次数相差不超过 {problem.fairness}",
            f"numbers of breaks of any two differ by at most {problem.fairness}",
        )
    return f"每人空档不超过 {problem.most_breaks} 次", f"nobody has more than {problem.most_breaks} breaks"
