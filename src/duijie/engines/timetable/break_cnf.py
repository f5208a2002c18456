"""Clauses about who is busy when: cardinalities, breaks, idle slots. The base of the encodings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

from pysat.card import CardEnc, EncType

from .slot_problem import BreakModel

Clause = list[int]


class BreakEncoding:
    """Clauses with fresh variables, cardinalities, and the breaks of people whose busy slots are literals.

    clauses: the formula. busy[p][t]: a literal, or None where p is surely free. holes[p]: sorted literals, the k-th true
    exactly when p has more than k breaks. selectors: with `explain`, an assumption literal per group of constraints; a core
    of them is a conflicting set.
    """

    def __init__(self, slots: int, *, model: BreakModel, explain: bool = False) -> None:
        self.slots = slots
        self.clauses: list[Clause] = []
        self.top = 0
        self.selectors: dict[Hashable, int] = {}
        self.busy: list[list[int | None]] = []
        self.holes: list[list[int]] = []
        self._guard: int | None = None
        self._explain = explain
        self._model = model

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

    # -- breaks ---------------------------------------------------------------------------------------------------
    def _breaks(self, loads: Sequence[tuple[int, int]]) -> None:
        """Sort the breaks of each person. loads: the fewest and the most meetings each can have."""
        self._guard = None
        for participant, (fewest, highest) in enumerate(loads):
            most = min(highest - 1, self.slots - fewest)
            if most <= 0:
                self.holes.append([])
            elif self._model is BreakModel.HOLE or fewest == 0:
                self.holes.append(self.sorted_count(self._hole_literals(self.busy[participant]), most))
            else:
                runs = self.sorted_count(self._start_literals(self.busy[participant]), most + 1)
                self.clauses.append(runs[:1])
                self.holes.append(runs[1:])

    def _hole_literals(self, busy: list[int | None]) -> list[int]:
        holes: list[int] = []
        before: int | None = None
        for now, after in pairwise(busy):
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

    def _fairness(self, fairness: int | None, most_breaks: int | None) -> None:
        """Limit the breaks of each person, and the difference between any two."""
        holes = self.holes
        if most_breaks is not None:
            self._group(("most breaks",))
            for row in holes:
                self._limit(row, most_breaks)
        if fairness is None or not holes:
            return
        self._group(("fairness",))
        if any(not row for row in holes):  # somebody surely has no break, so nobody has more than the bound
            for row in holes:
                self._limit(row, fairness)
            self.holes = [row[:fairness] for row in holes] if not self._explain else holes
            return
        least = [self.new() for _ in range(max(len(row) for row in holes))]  # everybody has more than k breaks
        for row in holes:
            for level, everybody in enumerate(least):
                self.add([-everybody, *row[level : level + 1]])
                if level + fairness < len(row):
                    self.add([-row[level + fairness], everybody])

    def _limit(self, row: list[int], limit: int) -> None:
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
            for slot in range(1, self.slots - 1):
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
