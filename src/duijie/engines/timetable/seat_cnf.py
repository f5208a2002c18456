"""The seat problem as clauses for a SAT solver.

Variables beyond those of the slot problem: meeting m uses a place of class u; person p comes to meeting m for an open party;
person p is in area a in slot t, which walking restricts between two slots.
"""

from __future__ import annotations

from collections.abc import Sequence

from pysat.card import EncType

from .arrangement import Seat
from .break_cnf import BreakEncoding
from .seat_problem import SeatProblem
from .slot_cnf import star_clusters
from .slot_problem import BreakModel


class SeatEncoding(BreakEncoding):
    """The clauses of a seat problem. at[m, t], uses[m, u], comes[m, p]: the variables of a meeting's choices."""

    def __init__(self, problem: SeatProblem, *, model: BreakModel = BreakModel.HOLE) -> None:
        super().__init__(problem.slots, model=model)
        self.problem = problem
        self.at = {(m, t): self.new() for m, one in enumerate(problem.meetings) for t in one.slots}
        self.uses = {
            (m, u): self.new() for m, one in enumerate(problem.meetings) if len(one.classes) > 1 for u in one.classes
        }
        self.comes = {
            (m, p): self.new() for m, one in enumerate(problem.meetings) for group in one.groups for p in group
        }
        self._settled: list[list[int]] = [[] for _ in range(problem.people)]
        self._optional: list[list[int]] = [[] for _ in range(problem.people)]
        self._choices_of_meetings()
        self._busy_people()
        self._places()
        self._walking()
        self._precedences()
        self._breaks(
            [
                (self._sure(person), len(self._settled[person]) + len(self._optional[person]))
                for person in range(problem.people)
            ]
        )
        self._fairness(problem.fairness, problem.most_breaks)

    def _choices_of_meetings(self) -> None:
        for m, one in enumerate(self.problem.meetings):
            for person in one.settled:
                self._settled[person].append(m)
            if one.optional:
                self.at_most([self.at[m, t] for t in one.slots], 1)
            else:
                self._one_of([self.at[m, t] for t in one.slots])
            if len(one.classes) != 1:
                self._one_of([self.uses[m, u] for u in one.classes])
            for group in one.groups:
                self._one_of([self.comes[m, p] for p in group])
                for person in group:
                    self._optional[person].append(m)

    def _sure(self, person: int) -> int:
        """The meetings a person surely has."""
        return sum(not self.problem.meetings[m].optional for m in self._settled[person])

    def _one_of(self, literals: list[int]) -> None:
        if literals:
            self.exactly(literals, 1)
        else:
            self.add([])

    def _busy_people(self) -> None:
        for person in range(self.problem.people):
            row: list[int | None] = []
            for slot in range(self.slots):
                literals = [self.at[m, slot] for m in self._settled[person] if (m, slot) in self.at]
                literals += self._optional_presence(person, slot)
                row.append(self._either(literals))
                if len(literals) > 1:
                    self.at_most(literals, 1, EncType.seqcounter if len(literals) > 5 else EncType.pairwise)
            self.busy.append(row)
            if (
                self._settled[person]
                and not self._optional[person]
                and self._sure(person) == len(self._settled[person])
            ):
                literals = [literal for literal in row if literal is not None]
                if len(literals) < len(self._settled[person]):
                    self.add([])
                else:
                    self.exactly(literals, len(self._settled[person]))

    def _optional_presence(self, person: int, slot: int) -> list[int]:
        found = []
        for m in self._optional[person]:
            at, comes = self.at.get((m, slot)), self.comes[m, person]
            if at is None:
                continue
            if not self.problem.free[person] >> slot & 1:
                self.add([-at, -comes])
                continue
            both = self.new()
            self.clauses += [[-both, at], [-both, comes], [-at, -comes, both]]
            found.append(both)
        return found

    def _places(self) -> None:
        problem = self.problem
        # A meeting without settled people is a cluster of its own, under a number beyond the people's.
        stars = [one.settled or (problem.people + m,) for m, one in enumerate(problem.meetings)]
        clusters = star_clusters(stars, problem.people + len(stars))
        pairs_only = all(len(one.settled) + len(one.groups) == 2 for one in problem.meetings)
        for slot in range(self.slots):
            whole = []
            for place_class, capacity in enumerate(problem.capacity[slot]):
                counted = []
                for _, cluster in clusters:
                    literal = self._uses_in(cluster, slot, place_class)
                    if literal is not None:
                        counted.append(literal)
                if len(counted) > capacity:
                    self.at_most(counted, capacity)
                whole.append(capacity)
            if pairs_only:
                self._even_busy(slot, 2 * sum(whole))

    def _uses_in(self, cluster: list[int], slot: int, place_class: int) -> int | None:
        """A literal that is true where a meeting of the cluster takes a place of the class in the slot."""
        found: list[list[int]] = []
        for m in cluster:
            at = self.at.get((m, slot))
            classes = self.problem.meetings[m].classes
            if at is None or place_class not in classes:
                continue
            found.append([at] if len(classes) == 1 else [at, self.uses[m, place_class]])
        if not found:
            return None
        if len(found) == 1 and len(found[0]) == 1:
            return found[0][0]
        literal = self.new()
        self.clauses += [[*(-one for one in both), literal] for both in found]
        return literal

    def _even_busy(self, slot: int, most: int) -> None:
        literals = [row[slot] for row in self.busy]
        count = self.sorted_count([literal for literal in literals if literal is not None], most + 1)
        if len(count) > most:
            self.add([-count[most]])
        for index in range(0, min(most, len(count)), 2):
            self.add([-count[index], *count[index + 1 : index + 2]])

    def _walking(self) -> None:
        problem = self.problem
        if problem.reachable is None:
            return
        for person in range(problem.people):
            here: dict[tuple[int, int], int] = {}
            for m in [*self._settled[person], *self._optional[person]]:
                for slot in problem.meetings[m].slots:
                    for place_class in problem.meetings[m].classes:
                        self._in_area(person, m, slot, place_class, here)
            for (slot, area), literal in here.items():
                for (later, other), far in here.items():
                    if slot < later and not problem.reachable[slot][later][area] >> other & 1:
                        self.add([-literal, -far])

    def _in_area(self, person: int, m: int, slot: int, place_class: int, here: dict[tuple[int, int], int]) -> None:
        key = (slot, self.problem.areas[place_class])
        if key not in here:
            here[key] = self.new()
        clause = [-self.at[m, slot], here[key]]
        if (m, place_class) in self.uses:
            clause.append(-self.uses[m, place_class])
        if (m, person) in self.comes:
            clause.append(-self.comes[m, person])
        self.add(clause)

    def _precedences(self) -> None:
        for first, second in self.problem.before:
            for later in self.problem.meetings[second].slots:
                for earlier in self.problem.meetings[first].slots:
                    if earlier >= later:
                        self.add([-self.at[second, later], -self.at[first, earlier]])

    def schedule(self, model: Sequence[int]) -> list[Seat]:
        """The seat of each meeting in a model of the formula; meetings left out are left out."""
        return [seat for seat in self.seats(model) if seat is not None]

    def seats(self, model: Sequence[int]) -> list[Seat | None]:
        """The seat of each meeting in a model of the formula; None for one that is left out."""
        seats: list[Seat | None] = []
        for m, one in enumerate(self.problem.meetings):
            slot = next((t for t in one.slots if model[self.at[m, t] - 1] > 0), None)
            if slot is None:
                seats.append(None)
                continue
            place_class = next(u for u in one.classes if len(one.classes) == 1 or model[self.uses[m, u] - 1] > 0)
            people = [next(p for p in group if model[self.comes[m, p] - 1] > 0) for group in one.groups]
            seats.append(Seat(slot, place_class, (*one.settled, *people)))
        return seats

    def choices(self, schedule: Sequence[Seat]) -> list[int]:
        """The literals that say a schedule."""
        said = [v if schedule[m].slot == t else -v for (m, t), v in self.at.items()]
        said += [v if schedule[m].place_class == u else -v for (m, u), v in self.uses.items()]
        return said + [v if p in schedule[m].people else -v for (m, p), v in self.comes.items()]
