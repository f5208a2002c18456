"""Jobs in their lanes: nothing that people wait for stands behind what nobody waits for, and nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from duijie.core import jobs
from duijie.core.access import SYSTEM
from duijie.core.jobs import AWAITED, MATCHING, Progress, enqueue, job
from duijie.core.models.jobs import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two kinds of job that exist in these tests only."""
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))
    monkeypatch.setattr(jobs, "_lanes", dict(jobs._lanes))

    def done(progress: Progress) -> dict[str, Any]:
        return {"done": progress.params["what"]}

    job("test.awaited")(done)
    job("test.long", lane=MATCHING)(done)
    yield


def states() -> list[tuple[str, str]]:
    return list(Job.objects.order_by("id").values_list("kind", "status"))


def test_each_lane_does_its_own_jobs() -> None:
    enqueue("test.long", actor=SYSTEM, what=1)
    enqueue("test.awaited", actor=SYSTEM, what=2)
    jobs.work_off(AWAITED)
    assert states() == [("test.long", "waiting"), ("test.awaited", "done")]
    jobs.work_off(MATCHING)
    assert states() == [("test.long", "done"), ("test.awaited", "done")]
    assert list(Job.objects.order_by("id").values_list("result", flat=True)) == [{"done": 1}, {"done": 2}]


def test_a_job_that_waits_long_is_not_asked_for_again() -> None:
    waiting = enqueue("test.long", actor=SYSTEM, what=1)
    Job.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert jobs.revive_dead() == 0
    DBTaskResult.objects.all().delete()  # its task was lost: the process died between the two commits
    assert jobs.revive_dead() == 1
    assert jobs.revive_dead() == 0
    jobs.work_off(MATCHING)
    waiting.refresh_from_db()
    assert waiting.status == Job.Status.DONE


def test_a_job_whose_worker_died_goes_on_in_its_lane() -> None:
    record = enqueue("test.long", actor=SYSTEM, what=1)
    jobs.work_off(MATCHING)
    Job.objects.filter(pk=record.pk).update(status="running", heartbeat_at=timezone.now() - timedelta(hours=1))
    assert jobs.revive_dead() == 1
    jobs.work_off(AWAITED)
    assert states() == [("test.long", "running")]
    jobs.work_off(MATCHING)
    assert states() == [("test.long", "done")]


def test_the_background_stands_still_while_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.01)
    beats: list[int] = []

    class Background(Progress):
        def to(self, done: int, *args: Any, **named: Any) -> None:
            beats.append(done)
            if len(beats) == 3:  # the other job ends
                jobs._nobody_waits.set()

    def awaited(progress: Progress) -> dict[str, Any]:
        other = Background(Job(kind="test.long", done=7))
        other.give_way()
        return {}

    job("test.awaited")(awaited)
    enqueue("test.awaited", actor=SYSTEM)
    jobs.work_off(AWAITED)
    assert beats == [7, 7, 7]
    Background(Job(kind="test.long", done=7)).give_way()
    assert (states(), beats) == ([("test.awaited", "done")], [7, 7, 7])
