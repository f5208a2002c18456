"""Large-neighbourhood search with proof inside: some meetings are loosened and seated again by SAT, the rest stands.

A neighbourhood grows from a person with breaks along shared meetings. Inside it "fewer breaks?" is answered exactly, up to a
limit of conflicts; then, with no more breaks, "fewer idle slots?".
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .arrangement import Arrangement, Seat, breaks_of, idle_of
from .bound_search import BoundSearch, Goal
from .seat_problem import part_problem

CONFLICTS = 1_500
SIZE = 45


class Neighbourhoods:
    """Improves an arrangement in place."""

    def __init__(self, arrangement: Arrangement, *, seed: int = 0) -> None:
        self.arrangement = arrangement
        self.random = random.Random(seed)

    def grow(self, person: int, size: int) -> list[int]:
        """Movable meetings around a person, at most about `size`, in a fixed order."""
        arrangement = self.arrangement
        found: list[int] = []
        seen: set[int] = set()
        queue, asked = [person], {person}
        while queue and len(found) < size:
            now = queue.pop(0)
            numbers = [n for n in arrangement.meeting_at[now] if n >= 0 and n not in seen and arrangement.movable[n]]
            for number in numbers:
                seen.add(number)
                found.append(number)
            others = [p for n in numbers for p in arrangement.seats[n].people if p not in asked]
            self.random.shuffle(others)
            others.sort(key=lambda p: -breaks_of(arrangement.mask[p]))
            asked.update(others)
            queue += others
        return sorted(found[:size])

    def improve(self, goal: Goal, person: int, *, size: int = SIZE) -> bool:
        """Loosen the surroundings of a person and look for fewer breaks or idle slots; says whether it found any."""
        arrangement = self.arrangement
        loose = self.grow(person, size)
        if not loose:
            return False
        problem, people = part_problem(arrangement, loose)
        breaks = sum(breaks_of(arrangement.mask[p]) for p in people)
        idle = sum(idle_of(arrangement.mask[p]) for p in people)
        value = breaks if goal is Goal.BREAKS else idle
        if value == 0:
            return False
        search = BoundSearch(problem, goal=goal, breaks_at_most=None if goal is Goal.BREAKS else breaks, highest=value)
        try:
            answer = search.ask(value - 1, CONFLICTS)
        finally:
            search.close()
        if answer.schedule is None:
            return False
        self._apply(loose, people, answer.schedule)
        return True

    def mend(self, person: int, *, size: int = SIZE) -> bool:
        """Seat the surroundings of a person anew so that nobody in them has more breaks than fairness allows."""
        loose = self.grow(person, size)
        if not loose:
            return False
        problem, people = part_problem(self.arrangement, loose)
        search = BoundSearch(problem)
        try:
            schedule = search.ask(None, 4 * CONFLICTS).schedule
        finally:
            search.close()
        if schedule is None:
            return False
        self._apply(loose, people, schedule)
        return True

    def _apply(self, loose: list[int], people: list[int], schedule: list[Seat]) -> None:
        for number in loose:
            self.arrangement.take(number)
        for number, seat in zip(loose, schedule[: len(loose)], strict=True):
            inside = tuple(people[p] for p in seat.people)
            self.arrangement.force(number, Seat(seat.slot, seat.place_class, inside))

    def run(
        self,
        tries: int,
        *,
        size: int = SIZE,
        stop: Callable[[], bool] | None = None,
        told: Callable[[], None] | None = None,
    ) -> None:
        """Try up to `tries` neighbourhoods around people with breaks; ends early where a whole round helps nobody."""
        done = 0
        while done < tries:
            people = [p for p, mask in enumerate(self.arrangement.mask) if breaks_of(mask)]
            if not people:
                return
            self.random.shuffle(people)
            better = False
            for person in people:
                if done >= tries or (stop is not None and stop()):
                    return
                if not breaks_of(self.arrangement.mask[person]):
                    continue
                done += 1
                goal = Goal.IDLE if done % 5 == 0 else Goal.BREAKS
                if self.improve(goal, person, size=size):
                    better = True
                    if told is not None:
                        told()
            if not better:
                return
