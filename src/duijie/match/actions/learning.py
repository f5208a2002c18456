"""Learning from the exchange's own answers: asked for, adopted where it is better, taken back."""

from __future__ import annotations

from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, NotAllowed
from duijie.core.jobs import enqueue
from duijie.core.models import Job
from duijie.match.learning import in_force
from duijie.match.models import LearntRanking

JOB = "match.train"


def demand_ranking(viewer: Viewer) -> None:
    """The weights rank for everybody: only the platform's administrators see and change them."""
    if viewer.key_id is not None or not viewer.is_platform:
        raise NotAllowed(
            "排序权重由平台管理员管理。请联系平台管理员。",
            "The platform's administrators look after the ranking. Ask one of them.",
        )


def start_training(*, actor: Viewer) -> Job:
    """Ask for a training on all answers; one at a time."""
    demand_ranking(actor)
    if Job.objects.filter(kind=JOB, status__in=[Job.Status.WAITING, Job.Status.RUNNING]).exists():
        raise Conflict(
            "ranking.training", "正在学习，请等它完成。", "It is learning already; wait until it has finished."
        )
    with acting(actor, "ranking.train") as act:
        job = enqueue(JOB, actor=actor)
        act.done(job, ids=[job.pk])
    return job


def note_training(*, actor: Viewer, found: LearntRanking) -> LearntRanking:
    """Keep what a training came to; it comes into force where it is better with certainty."""
    demand_ranking(actor)
    with acting(actor, "ranking.learn") as act:
        if found.better:
            LearntRanking.objects.filter(in_force=True).update(in_force=False)
            found.in_force, found.adopted_at = True, timezone.now()
        found.save()
        act.done(found, ids=[found.pk], detail={"adopted": found.better, "difference": round(found.difference, 4)})
        if found.better:
            _rank_anew()
    return found


def take_back(*, actor: Viewer) -> LearntRanking | None:
    """Go back to what was in force before the last adoption; None stands for the weights that ship with the project."""
    demand_ranking(actor)
    with acting(actor, "ranking.take_back") as act:
        current = LearntRanking.objects.select_for_update().filter(in_force=True).first()
        if current is None:
            raise Conflict(
                "ranking.shipped", "现在用的就是随产品提供的权重。", "The shipped weights are in force already."
            )
        LearntRanking.objects.filter(pk=current.pk).update(in_force=False, taken_back_at=timezone.now())
        before = current.before
        if before is not None:
            LearntRanking.objects.filter(pk=before.pk).update(in_force=True)
        act.done(current, ids=[current.pk])
        _rank_anew()
    return in_force()


def _rank_anew() -> None:
    from duijie.match.upkeep import all_published_ids

    ids = all_published_ids()
    if ids:
        enqueue("match.find", actor=SYSTEM, total=len(ids), ids=ids)
