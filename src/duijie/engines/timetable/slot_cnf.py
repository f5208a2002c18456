"""The slot problem as clauses for a SAT solver.

Variables: meeting m in slot t; participant p busy in t; p busy at or before t; a break of p ends before t. Beyond the
plain constraints, three implied ones make it easy (JAIR 2022, 4.4 and 4.5): a participant uses exactly as many slots
as it has meetings; the busy participants of a slot are at most 2L and even (meetings of two only); tables are counted over
clusters of mutually exclusive meetings instead of single meetings.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Sequence
from enum import StrEnum

from pysat.card import CardEnc, EncType

from .slot_problem import SlotProblem

Clause = list[int]


class BreakModel(StrEnum):
    """How a break is recognised. Both are exact; they search differently, which a portfolio uses."""

    HOLE = "hole"  # free now, busy next, and busy some time before
    START = "start"  # one break less than runs of busy slots


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


class SlotEncoding:
    """Clauses, variables and objective literals of a slot problem.

    clauses: the formula. place[m, t]: the variable of meeting m in slot t. busy[p][t]: a literal, or None where p is
    surely free. holes[p]: sorted literals, the k-th true exactly when p has more than k breaks. selectors: with
    `explain`, an assumption literal per group of constraints; a core of them is a conflicting set.
    """

    def __init__(
        self, problem: SlotProblem, *, model: BreakModel = BreakModel.HOLE, explain: bool = False, breaks: bool = True
    ) -> None:
        self.problem = problem
        self.clauses: list[Clause] = []
        self.top = 0
        self.selectors: dict[Hashable, int] = {}
        self._guard: int | None = None
        self._explain = explain
        self._model = model
        self._meetings_of = problem.meetings_of()
        self.place = {(m, t): self.new() for m, slots in enumerate(problem.allowed) for t in slots}
        self.busy: list[list[int | None]] = []
        self.holes: list[list[int]] = []
        self._one_slot_each()
        self._busy_participants()
        self._tables()
        self._precedences()
        if breaks:
            self._breaks()
            self._fairness()
        self._guard = None

    # -- plumbing -------------------------------------------------------------------------------------------------
    def new(self) -> int:
        """A fresh variable."""
        self.top += 1
        return self.top

    def add(self, clause: Iterable[int]) -> None:
        """Add one clause, under the guard of the current group."""
        literals = list(clause)
        self.clauses.append(literals if self._guard is None else [*literals, -self._guard])

    def _group(self, label: Hashable) -> None:
        """Following clauses belong to this group; only with `explain` does that show."""
        if self._explain:
            self._guard = self.selectors.setdefault(label, 0) or self.new()
            self.selectors[label] = self._guard

    def at_most(self, literals: Sequence[int], bound: int, encoding: int = EncType.seqcounter) -> None:
        """At most `bound` of the literals are true."""
        self._cardinality(CardEnc.atmost(list(literals), bound=bound, top_id=self.top, encoding=encoding))

    def exactly(self, literals: Sequence[int], bound: int) -> None:
        """Exactly `bound` of the literals are true."""
        self._cardinality(CardEnc.equals(list(literals), bound=bound, top_id=self.top, encoding=EncType.seqcounter))

    def _cardinality(self, formula: object) -> None:
        self.top = max(self.top, formula.nv)  # type: ignore[attr-defined]
        for clause in formula.clauses:  # type: ignore[attr-defined]
            self.add(clause)

    def sorted_count(self, literals: Sequence[int], most: int) -> list[int]:
        """Literals o[0..]: o[k] is true exactly when more than k of the inputs are; at most `most` of them (totalizer)."""
        if len(literals) <= 1:
            return list(literals)
        half = len(literals) // 2
        left, right = self.sorted_count(literals[:half], most), self.sorted_count(literals[half:], most)
        size = min(most, len(left) + len(right))
        out = [self.new() for _ in range(size)]
        for i in range(len(left) + 1):
            for j in range(len(right) + 1):
                if i + j >= 1:
                    reached = [out[min(i + j, size) - 1]]
                    self.add(reached + [-left[i - 1]] * (i > 0) + [-right[j - 1]] * (j > 0))
                if i + j < size:
                    self.add([-out[i + j], *left[i : i + 1], *right[j : j + 1]])
        for higher, lower in zip(out[1:], out, strict=False):
            self.add([-higher, lower])
        return out

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

    def _either(self, literals: list[int]) -> int | None:
        """A literal equal to the disjunction. It only names, so that it stands outside every group."""
        if not literals:
            return None
        if len(literals) == 1:
            return literals[0]
        either = self.new()
        self.clauses += [[-literal, either] for literal in literals]
        self.clauses.append([-either, *literals])
        return either

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

    # -- breaks ---------------------------------------------------------------------------------------------------
    def _breaks(self) -> None:
        self._guard = None
        for participant, meetings in enumerate(self._meetings_of):
            most = min(len(meetings) - 1, self.problem.slots - len(meetings))
            if most <= 0:
                self.holes.append([])
            elif self._model is BreakModel.HOLE:
                self.holes.append(self.sorted_count(self._hole_literals(self.busy[participant]), most))
            else:
                runs = self.sorted_count(self._start_literals(self.busy[participant]), most + 1)
                self.clauses.append(runs[:1])
                self.holes.append(runs[1:])

    def _hole_literals(self, busy: list[int | None]) -> list[int]:
        holes: list[int] = []
        before: int | None = None
        for now, after in itertools.pairwise(busy):
            if now is not None and before is None:
                before = now
            elif now is not None and before is not None:
                reached = self.new()
                self.clauses += [[-now, reached], [-before, reached], [-reached, now, before]]
                before = reached
            if before is None or after is None or before == now:
                continue
            hole = self.new()
            free = [] if now is None else [now]
            self.clauses += [[-before, *free, -after, hole], [-hole, before], [-hole, after]]
            self.clauses += [[-hole, -literal] for literal in free]
            holes.append(hole)
        return holes

    def _start_literals(self, busy: list[int | None]) -> list[int]:
        starts: list[int] = []
        before: int | None = None
        for now in busy:
            if now is not None and before is None:
                starts.append(now)
            elif now is not None and before is not None:
                start = self.new()
                self.clauses += [[-now, before, start], [-start, now], [-start, -before]]
                starts.append(start)
            before = now
        return starts

    def _fairness(self) -> None:
        problem, holes = self.problem, self.holes
        if problem.most_breaks is not None:
            self._group(("most breaks",))
            for row in holes:
                self.clauses_for_limit(row, problem.most_breaks)
        if problem.fairness is None or not holes:
            return
        self._group(("fairness",))
        if any(not row for row in holes):  # somebody surely has no break, so nobody has more than the bound
            for row in holes:
                self.clauses_for_limit(row, problem.fairness)
            self.holes = [row[: problem.fairness] for row in holes] if not self._explain else holes
            return
        least = [self.new() for _ in range(max(len(row) for row in holes))]  # everybody has more than k breaks
        for row in holes:
            for level, everybody in enumerate(least):
                self.add([-everybody, *row[level : level + 1]])
                if level + problem.fairness < len(row):
                    self.add([-row[level + problem.fairness], everybody])

    def clauses_for_limit(self, row: list[int], limit: int) -> None:
        """No more than `limit` breaks for the participant whose sorted breaks are given."""
        if limit < len(row):
            self.add([-row[limit]])

    # -- objectives -----------------------------------------------------------------------------------------------
    def break_literals(self) -> list[int]:
        """One literal per break; their number is the total of breaks."""
        return [literal for row in self.holes for literal in row]

    def idle_literals(self) -> list[int]:
        """One literal per participant and slot that lies idle: free, with a meeting before and one after."""
        self._guard = None
        idle: list[int] = []
        for row in self.busy:
            before, after = self._reached(row), self._reached(row[::-1])[::-1]
            for slot in range(1, self.problem.slots - 1):
                past, to_come, now = before[slot - 1], after[slot + 1], row[slot]
                if past is None or to_come is None:
                    continue
                literal = self.new()
                self.clauses.append([-past, -to_come, *([] if now is None else [now]), literal])
                idle.append(literal)
        return idle

    def _reached(self, row: list[int | None]) -> list[int | None]:
        """Literals: busy in this slot or one before it."""
        out: list[int | None] = []
        for now in row:
            last = out[-1] if out else None
            if last is None or now is None:
                out.append(now if last is None else last)
                continue
            reached = self.new()
            self.clauses += [[-now, reached], [-last, reached], [-reached, now, last]]
            out.append(reached)
        return out

    def schedule(self, model: Sequence[int]) -> list[int]:
        """The slot of each meeting in a model of the formula."""
        slots = [-1] * len(self.problem.meetings)
        for (meeting, slot), variable in self.place.items():
            if model[variable - 1] > 0:
                slots[meeting] = slot
        return slots
