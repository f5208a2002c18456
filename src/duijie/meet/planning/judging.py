"""The figures of a timetable that was changed by hand, computed from its meetings. Pure."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from duijie.engines import timetable as engine


def judge(built: engine.Event, meetings: Sequence[engine.Meeting]) -> tuple[dict[str, float], dict[str, Any]]:
    """(musts, worth, breaks, idle, place_changes) and the figures by person."""
    order = {s.id: n for n, s in enumerate(sorted(built.slots, key=lambda s: s.start))}
    area = {p.id: p.area for p in built.places}
    musts = {(w.wisher, w.wanted) for w in built.wishes if w.level is engine.WishLevel.MUST}
    served = {pair for one in meetings for pair in itertools.permutations(one.participants, 2)} & musts
    days: dict[str, list[engine.Meeting]] = {p.id: [] for one in built.participants for p in one.people}
    owner = {p.id: one.id for one in built.participants for p in one.people}
    loads: dict[str, int] = defaultdict(int)
    for one in sorted(meetings, key=lambda m: order[m.slot]):
        for uid in one.participants:
            loads[uid] += 1
        for person in one.representatives:
            days.setdefault(person, []).append(one)
    people: list[dict[str, Any]] = []
    for person, day in days.items():
        ways = list(itertools.pairwise(day))
        gaps = [order[b.slot] - order[a.slot] - 1 for a, b in ways]
        people.append(
            {
                "person": person, "participant": owner.get(person, ""), "meetings": len(day),
                "breaks": sum(g > 0 for g in gaps), "idle": sum(gaps), "changes": sum(a.place != b.place for a, b in ways),
                "walking": round(sum(built.minutes(area[a.place], area[b.place]) for a, b in ways), 1),
            }
        )  # fmt: skip
    breaks = [p["breaks"] for p in people]
    goals = {
        "musts": float(len(served)),
        "worth": round(sum(m.worth for m in meetings), 3),
        "breaks": float(sum(breaks)),
        "idle": float(sum(p["idle"] for p in people)),
        "place_changes": float(sum(p["changes"] for p in people)),
    }
    figures = {
        "meetings": len(meetings),
        "with_meetings": sum(n > 0 for n in loads.values()),
        "participants": len(built.participants),
        "most_breaks": max(breaks, default=0),
        "spread": max(breaks, default=0) - min(breaks, default=0),
        "walking": round(sum(p["walking"] for p in people), 1),
        "people": people,
    }
    return goals, figures
