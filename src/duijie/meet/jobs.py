"""Long work of meetings: arranging a timetable, with progress, the best so far and a stop; proposing a repair."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.jobs import Progress, Stopped, job
from duijie.engines import timetable as engine
from duijie.meet.actions.planning import ARRANGE, finish_draft
from duijie.meet.actions.repairs import REPAIR, finish_repair
from duijie.meet.models import Draft
from duijie.meet.planning.building import build_input, engine_meetings, locks_of

STAGES = {
    "selection": ("选择会面", "choosing meetings"),
    "seating": ("排入时段", "seating"),
    "breaks": ("减少空档", "removing breaks"),
    "idle": ("减少空闲", "removing idle slots"),
    "tables": ("安排桌位", "assigning tables"),
}
TELL_EVERY_SECONDS = 1.0


class _Told:
    """Between the engine, which reports often, and the job, which writes once a second and hears the wish to stop."""

    def __init__(self, progress: Progress, draft: Draft) -> None:
        self.progress, self.draft = progress, draft
        self.stopped, self._last = False, 0.0

    def report(self, report: engine.Report) -> None:
        now = time.monotonic()
        if now - self._last < TELL_EVERY_SECONDS:
            return
        self._last = now
        so_far = {
            "stage": report.stage,
            "meetings": report.held,
            "worth": round(report.worth, 1),
            "breaks": report.breaks,
        }
        Draft.objects.filter(pk=self.draft.pk).update(progress=so_far)
        zh, en = STAGES.get(report.stage, (report.stage, report.stage))
        self._tell(
            int(100 * report.share),
            f"{zh}：{report.held} 场，空档 {report.breaks} 次",
            f"{en}: {report.held} meetings, {report.breaks} breaks",
        )

    def stop(self) -> bool:
        now = time.monotonic()
        if not self.stopped and now - self._last >= TELL_EVERY_SECONDS:
            self._last = now
            self._tell(self.progress.job.done, "", "")
        return self.stopped

    def _tell(self, done: int, zh: str, en: str) -> None:
        try:
            self.progress.job.done = max(done, self.progress.job.done)
            self.progress.to(self.progress.job.done, 100, zh, en, force=True)
        except Stopped:
            self.stopped = True


@job(ARRANGE)
def arrange(progress: Progress) -> dict[str, Any]:
    """Arrange a draft. Stopped, it keeps the best so far."""
    draft = Draft.objects.select_related("event", "based_on").get(pk=progress.params["draft"])
    if draft.status != Draft.Status.RUNNING:
        return {"draft": draft.uid}
    locks: Sequence[engine.FixedMeeting] = ()
    if draft.based_on is not None:
        locks = locks_of(draft.based_on, part_slots=progress.params["part_slots"], part=progress.params["part"])
    built = build_input(draft.event, locks)
    told = _Told(progress, draft)
    effort = engine.Effort(scale=draft.scale, seed=draft.seed, report=told.report, stop=told.stop)
    try:
        timetable = engine.arrange(built, effort)
    except Exception:
        Draft.objects.filter(pk=draft.pk).update(status=Draft.Status.FAILED)
        raise
    locked = (
        set(draft.based_on.meetings.filter(locked=True).values_list("code", flat=True)) if draft.based_on else set()
    )
    done = finish_draft(
        actor=SYSTEM, draft=draft, built=built, timetable=timetable, stopped=told.stopped, locked=sorted(locked)
    )
    return {"draft": done.uid, "status": done.status, "meetings": len(timetable.meetings)}


@job(REPAIR)
def propose(progress: Progress) -> dict[str, Any]:
    """Find out how to go on after a disruption."""
    draft = Draft.objects.select_related("event__timetable").get(pk=progress.params["draft"])
    if draft.status != Draft.Status.RUNNING or draft.event.timetable is None:
        return {"draft": draft.uid}
    given = draft.disruption
    published = engine_meetings(draft.event.timetable)
    disruption = engine.Disruption(
        frozenset(given["absent"]), dict(given["late"]), frozenset(given["closed"]), given["from_slot"]
    )
    try:
        repaired = engine.repair(build_input(draft.event), published, disruption, seed=draft.seed)
    except Exception:
        Draft.objects.filter(pk=draft.pk).update(status=Draft.Status.FAILED)
        raise
    finish_repair(actor=SYSTEM, draft=draft, published=published, repaired=repaired)
    return {"draft": draft.uid}
