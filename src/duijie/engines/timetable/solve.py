"""Arrange an event: which meetings, then when and where, then at which table.

Small events end with a proof for every goal; large ones with the bound of the selection, local search and neighbourhoods that
are solved exactly. Work is counted, not timed, so that the same seed and effort give the same timetable; `stop` ends it early with
the best so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .arrangement import Arrangement, breaks_of
from .bound_search import UNLIMITED, BoundSearch
from .candidates import Board, build_board
from .conflicts import explain_fixed
from .event import Event
from .faults import check_event
from .joint import Joint, choose_jointly
from .local_search import LocalSearch
from .neighbourhoods import Neighbourhoods
from .reasons import unserved_wishes
from .result import GoalFigures, Meeting, Timetable, break_bound, meetings_of, people_figures
from .seat_problem import whole_problem
from .selection import Row, Selection, floors_of, rows_of, select
from .slot_problem import Proof
from .slot_search import Limits, Progress, SlotResult, solve_slots
from .tables import Tables, assign_tables

EXACT_CELLS = 7_000  # meetings times slots up to which breaks are proven
MUST_VALUE = 1_000_000


@dataclass(frozen=True)
class Report:
    """Progress: the stage (selection, seating, breaks, idle, tables), the share of all work done, and the best so far.

    best: the meetings as they stand, when called.
    """

    stage: str
    share: float
    held: int
    worth: float
    breaks: int
    best: Callable[[], tuple[Meeting, ...]]


@dataclass(frozen=True)
class Effort:
    """How much work to do. scale: 1.0 is about two minutes for 1,200 participants. seconds: a wall-clock limit per exact stage
    (results may then differ from run to run). conflicts: limit per exact stage and process."""

    scale: float = 1.0
    seed: int = 0
    workers: int = 1
    conflicts: int | None = 150_000
    seconds: float | None = None
    report: Callable[[Report], None] | None = None
    stop: Callable[[], bool] | None = None


def arrange(event: Event, effort: Effort | None = None) -> Timetable:
    """The timetable of an event. Raises FaultyEvent where the input is faulty; an input that is sound but cannot be satisfied
    gives a Timetable with a `conflict`."""
    effort = effort or Effort()
    check_event(event)
    board = build_board(event)
    conflict = explain_fixed(board)
    if conflict:
        return Timetable((), conflict=conflict)
    return _Run(board, effort).run()


class _Run:
    def __init__(self, board: Board, effort: Effort) -> None:
        self.board, self.effort = board, effort
        self.arrangement = Arrangement(board, most_breaks=board.event.rules.fairness)
        self.rows = rows_of(board)
        self.joint: Joint | None = None

    def tell(self, stage: str, share: float) -> None:
        if self.effort.report is None:
            return
        arrangement = self.arrangement
        worth = sum(self.board.candidates[n].worth for n in arrangement.seats) / 1_000
        self.effort.report(
            Report(
                stage,
                share,
                len(arrangement.seats),
                worth,
                arrangement.total_breaks(),
                lambda: meetings_of(arrangement, assign_tables(arrangement)),
            )
        )

    def stopped(self) -> bool:
        return self.effort.stop is not None and self.effort.stop()

    def run(self) -> Timetable:
        self.tell("selection", 0.0)
        selection = select(self.board)
        self.tell("selection", 0.05)
        self._seat(selection)
        self._choose_exactly(selection)
        exact = self._prove_breaks()
        if exact is None:
            self._polish()
        self._add_more()
        self.tell("tables", 0.97)
        tables = assign_tables(self.arrangement)
        goals = _goals(self.arrangement, selection, self.joint, exact, tables)
        self.tell("tables", 1.0)
        return finish(self.arrangement, tables, goals)

    def value(self, number: int) -> int:
        candidate = self.board.candidates[number]
        if candidate.required:
            return 1_000 * MUST_VALUE
        return MUST_VALUE * candidate.musts + 10 * candidate.worth

    def _seat(self, selection: Selection) -> None:
        """Seat the selection, the busiest people's meetings first; anneal; seat again what had no room."""
        board, arrangement = self.board, self.arrangement
        load = Counter(party for n in selection.chosen for party in board.candidates[n].parties)
        order = sorted(
            selection.chosen,
            key=lambda n: (
                not board.candidates[n].required,
                board.candidates[n].slots.bit_count() > 2,
                -max(load[p] for p in board.candidates[n].parties),
                -self.value(n),
                n,
            ),
        )
        self._seat_required()
        search = LocalSearch(arrangement, self.value, seed=self.effort.seed)
        left = search.seat_all(order)
        rounds = 5
        for turn in range(rounds):
            if self.stopped():
                break
            steps = int(self.effort.scale * min(200_000, 500 * max(len(arrangement.seats), 1)))
            search.anneal(steps, hot=30.0 if turn == 0 else 12.0, stop=self.effort.stop)
            left = search.seat_all(left)
            self.tell("seating", 0.05 + 0.35 * (turn + 1) / rounds)
        self._keep_fair(search)

    def _seat_required(self) -> None:
        """Fixed meetings begin in seats that are known to go together."""
        required = [n for n, candidate in enumerate(self.board.candidates) if candidate.required]
        if not required:
            return
        search = BoundSearch(whole_problem(self.board, required, fairness=None), seed=self.effort.seed)
        try:
            schedule = search.ask(None, UNLIMITED).schedule
        finally:
            search.close()
        for number, seat in zip(required, schedule or [], strict=True):
            self.arrangement.force(number, seat)

    def _keep_fair(self, search: LocalSearch) -> None:
        """Nobody keeps more breaks than fairness allows: move, else give up the meeting that is worth least."""
        arrangement = self.arrangement
        most = arrangement.most_breaks
        if most is None:
            return
        for person, _ in enumerate(arrangement.mask):
            while breaks_of(arrangement.mask[person]) > most:
                numbers = [n for n in arrangement.meeting_at[person] if n >= 0 and arrangement.movable[n]]
                movable = [n for n in numbers if not self.board.candidates[n].required]
                if Neighbourhoods(arrangement, seed=self.effort.seed).mend(person):
                    continue
                if not movable:
                    break
                arrangement.take(min(movable, key=lambda n: (self.value(n), n)))

    def _choose_exactly(self, selection: Selection) -> None:
        """Where not all that was selected found a seat, and the event is small: choose and seat in one model."""
        arrangement = self.arrangement
        if all(n in arrangement.seats for n in selection.chosen) or self.stopped():
            return
        self.joint = choose_jointly(arrangement, self.rows, seed=self.effort.seed)
        if self.joint is not None:
            for number in list(arrangement.seats):
                arrangement.take(number)
            for number, seat in self.joint.seats.items():
                arrangement.force(number, seat)

    def _prove_breaks(self) -> SlotResult | None:
        """The fewest breaks and idle slots of what is seated, proven, where the size allows it."""
        board, arrangement = self.board, self.arrangement
        seated = sorted(arrangement.seats)
        cells = sum(board.candidates[n].slots.bit_count() for n in seated)
        if not seated or cells > EXACT_CELLS or self.stopped():
            return None
        problem = whole_problem(board, seated, fairness=board.event.rules.fairness)

        def told(progress: Progress) -> None:
            self.tell("breaks" if progress.stage == "breaks" else "idle", 0.45 if progress.stage == "breaks" else 0.7)

        limits = Limits(
            conflicts=self.effort.conflicts,
            seconds=self.effort.seconds,
            workers=self.effort.workers,
            seed=self.effort.seed,
            progress=told,
            stop=self.effort.stop,
        )
        start = [arrangement.seats[number] for number in seated]
        result = solve_slots(problem, limits, idle=True, start=start)
        if result.schedule is not None:
            for number in seated:
                arrangement.take(number)
            for number, seat in zip(seated, result.schedule, strict=True):
                arrangement.force(number, seat)
        return result

    def _polish(self) -> None:
        tries = int(self.effort.scale * 90)
        count = 0

        def told() -> None:
            nonlocal count
            count += 1
            self.tell("breaks", min(0.95, 0.45 + 0.5 * count / max(tries, 1)))

        Neighbourhoods(self.arrangement, seed=self.effort.seed).run(tries, stop=self.effort.stop, told=told)

    def _add_more(self) -> None:
        """Hold further candidates where that costs no fairness: selection plans no more than it must."""
        add_candidates(self.arrangement, self.rows, sorted(self._left(), key=lambda n: (-self.value(n), n)))

    def _left(self) -> Iterable[int]:
        return (n for n, c in enumerate(self.board.candidates) if n not in self.arrangement.seats and c.worth > 0)


class Limiter:
    """How much each limit on numbers of meetings leaves."""

    def __init__(self, arrangement: Arrangement, rows: list[Row]) -> None:
        self._left: list[int] = []
        self._of: dict[int, list[int]] = {}
        for index, row in enumerate(rows):
            self._left.append(row.bound - sum(n in arrangement.seats for n in row.candidates))
            for number in row.candidates:
                self._of.setdefault(number, []).append(index)

    def allow(self, number: int) -> bool:
        """Whether one more candidate may be held."""
        return all(self._left[index] > 0 for index in self._of.get(number, ()))

    def count(self, number: int, change: int = 1) -> None:
        """It is held (with -1: no longer)."""
        for index in self._of.get(number, ()):
            self._left[index] -= change


def add_candidates(arrangement: Arrangement, rows: list[Row], numbers: Iterable[int]) -> list[int]:
    """Seat candidates that break no row and nobody's fairness; returns those that were seated."""
    limiter = Limiter(arrangement, rows)
    added = []
    search = LocalSearch(arrangement, lambda _: 0)
    most = arrangement.most_breaks
    for number in numbers:
        if not limiter.allow(number) or not search.seat_best(number):
            continue
        people = arrangement.seats[number].people
        if most is not None and any(breaks_of(arrangement.mask[p]) > most for p in people):
            arrangement.take(number)
            continue
        limiter.count(number)
        added.append(number)
    return added


def finish(arrangement: Arrangement, tables: Tables, goals: dict[str, GoalFigures]) -> Timetable:
    """The result of an arrangement."""
    breaks = [breaks_of(mask) for mask in arrangement.mask]
    return Timetable(
        meetings_of(arrangement, tables),
        goals,
        people_figures(arrangement, tables),
        unserved_wishes(arrangement),
        most_breaks=max(breaks, default=0),
        spread=max(breaks, default=0) - min(breaks, default=0),
    )


def _goals(
    arrangement: Arrangement, selection: Selection, joint: Joint | None, exact: SlotResult | None, tables: Tables
) -> dict[str, GoalFigures]:
    board, seats = arrangement.board, arrangement.seats
    reached = {
        "musts": float(sum(board.candidates[n].musts for n in seats)),
        "floor": _floor(arrangement),
        "worth": sum(board.candidates[n].worth for n in seats) / 1_000,
    }
    whole = all(n in seats for n in selection.chosen)
    goals = {}
    exact_so_far = True
    for stage in selection.stages:
        scale = 1_000 if stage.name == "worth" else 1
        # The bound of a later goal holds for those that reach the earlier ones, so it stands only while these are met.
        bound = stage.bound / scale
        if joint is not None:
            bound = min(bound, joint.bounds[stage.name] / scale) if exact_so_far else bound
        value = reached[stage.name]
        exact_so_far = exact_so_far and (value >= bound - 1e-6 or (whole and stage.optimal))
        goals[stage.name] = GoalFigures(value, bound, Proof.OPTIMAL if exact_so_far else Proof.BOUND)
    added = exact is not None and len(exact.schedule or ()) != len(seats)
    breaks, idle = arrangement.total_breaks(), arrangement.total_idle()
    low = break_bound(board, sorted(seats))
    if exact is not None and not added:
        low = max(low, exact.break_bound)
    goals["breaks"] = GoalFigures(breaks, low, Proof.OPTIMAL if breaks <= low else Proof.BOUND)
    idle_low = low
    if exact is not None and not added and exact.proof is Proof.OPTIMAL:
        idle_low = max(low, exact.idle_bound)
    goals["idle"] = GoalFigures(idle, idle_low, Proof.OPTIMAL if idle <= idle_low else Proof.BOUND)
    proof = Proof.OPTIMAL if tables.changes <= tables.bound else Proof.BOUND
    goals["place_changes"] = GoalFigures(tables.changes, tables.bound, proof)
    return goals


def _floor(arrangement: Arrangement) -> float:
    return float(
        sum(
            min(floor.bound, sum(n in arrangement.seats for n in floor.candidates))
            for floor in floors_of(arrangement.board)
        )
    )
