"""The slot problem as clauses for a SAT solver.

Variables: meeting m in slot t; participant p busy in t; p busy at or before t; a break of p ends before t. Beyond the
plain constraints, three implied ones make it easy (JAIR 2022, 4.4 and 4.5): a participant uses exactly as many slots
as it has meetings; the busy participants of a slot are at most 2L and even (meetings of two only); tables are counted over
clusters of mutually exclusive meetings instead of single meetings.
"""

from __future__ import annotations

from collections.abc import Sequence

from pysat.card import EncType

from .break_cnf import BreakEncoding
from .slot_problem import BreakModel, SlotProblem


def star_clusters(meetings: Sequence[Sequence[int]], participants: int) -> list[tuple[int, list[int]]]:
    """Greedy cover of the meetings by participants: (participant, meetings counted through it), largest first.

    Meetings of one cluster share their participant, so at most one of them takes a table in a slot.
    """
    left: list[set[int]] = [set() for _ in range(participants)]
    for number, members in enumerate(meetings):
        for participant in members:
            left[participant].add(number)
    clusters: list[tuple[int, list[int]]] = []
    while True:
        centre = max(range(participants), key=lambda p: len(left[p]), default=0)
        if participants == 0 or not left[centre]:
            return clusters
        cluster = sorted(left[centre])
        clusters.append((centre, cluster))
        for number in cluster:
            for participant in meetings[number]:
                left[participant].discard(number)


class SlotEncoding(BreakEncoding):
    """The clauses of a slot problem. place[m, t]: the variable of meeting m in slot t."""

    def __init__(
        self, problem: SlotProblem, *, model: BreakModel = BreakModel.HOLE, explain: bool = False, breaks: bool = True
    ) -> None:
        super().__init__(problem.slots, model=model, explain=explain)
        self.problem = problem
        self._meetings_of = problem.meetings_of()
        self.place = {(m, t): self.new() for m, slots in enumerate(problem.allowed) for t in slots}
        self._one_slot_each()
        self._busy_participants()
        self._tables()
        self._precedences()
        if breaks:
            self._breaks([(len(meetings), len(meetings)) for meetings in self._meetings_of])
            self._fairness(problem.fairness, problem.most_breaks)
        self._guard = None

    # -- constraints ----------------------------------------------------------------------------------------------
    def _one_slot_each(self) -> None:
        for meeting, slots in enumerate(self.problem.allowed):
            self._group(("meeting", meeting))
            literals = [self.place[meeting, slot] for slot in slots]
            if literals:
                self.exactly(literals, 1)
            else:
                self.add([])

    def _busy_participants(self) -> None:
        for participant, meetings in enumerate(self._meetings_of):
            self._group(("participant", participant))
            row: list[int | None] = []
            for slot in range(self.problem.slots):
                literals = [self.place[m, slot] for m in meetings if (m, slot) in self.place]
                row.append(self._either(literals))
                if len(literals) > 1:
                    self.at_most(literals, 1, EncType.seqcounter if len(literals) > 5 else EncType.pairwise)
            self.busy.append(row)
            literals = [literal for literal in row if literal is not None]
            if self._explain or not meetings:
                continue
            if len(literals) < len(meetings):
                self.add([])
            else:
                self.exactly(literals, len(meetings))

    def _tables(self) -> None:
        problem = self.problem
        clusters = star_clusters(problem.meetings, problem.participants)
        pairs_only = all(len(members) == 2 for members in problem.meetings)
        for slot in range(problem.slots):
            self._group(("tables", slot))
            counted = []
            for centre, cluster in clusters:
                inside = [self.place[m, slot] for m in cluster if (m, slot) in self.place]
                whole = len(cluster) == len(self._meetings_of[centre])
                # Where the cluster's exclusion can be switched off, it must be counted meeting by meeting.
                if self._explain:
                    counted += inside
                    continue
                literal = self.busy[centre][slot] if whole else self._either(inside)
                if literal is not None:
                    counted.append(literal)
            if len(counted) > problem.capacity[slot]:
                self.at_most(counted, problem.capacity[slot])
            if pairs_only and not self._explain:
                self._even_busy(slot)

    def _even_busy(self, slot: int) -> None:
        literals = [row[slot] for row in self.busy]
        most = 2 * self.problem.capacity[slot]
        count = self.sorted_count([literal for literal in literals if literal is not None], most + 1)
        if len(count) > most:
            self.add([-count[most]])
        for index in range(0, min(most, len(count)), 2):
            self.add([-count[index], *count[index + 1 : index + 2]])

    def _precedences(self) -> None:
        for first, second in self.problem.before:
            self._group(("before", first, second))
            for later in self.problem.allowed[second]:
                for earlier in self.problem.allowed[first]:
                    if earlier >= later:
                        self.add([-self.place[second, later], -self.place[first, earlier]])

    def schedule(self, model: Sequence[int]) -> list[int]:
        """The slot of each meeting in a model of the formula."""
        slots = [-1] * len(self.problem.meetings)
        for (meeting, slot), variable in self.place.items():
            if model[variable - 1] > 0:
                slots[meeting] = slot
        return slots

    def choices(self, schedule: Sequence[int]) -> list[int]:
        """The literals that say a schedule."""
        return [
            variable if schedule[meeting] == slot else -variable for (meeting, slot), variable in self.place.items()
        ]
