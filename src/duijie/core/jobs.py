"""Long work with progress and stop: kinds registered by apps, run by the worker through django-tasks.

    @job("listing.import")
    def run_import(progress: Progress) -> dict: ...

A job whose worker was killed is taken up again by the sweep: `progress.state` says how far it had come.

The worker has lanes, each doing one job after the other: what people wait for, and two kinds of work that may take hours,
matching and gathering; so that an import never stands behind finding everybody's partners anew. Where several would run, those
two give way between two of their steps: all share an interpreter.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from duijie.core.access import Viewer
from duijie.core.errors import Fault, Faults
from duijie.core.models.jobs import Job

logger = logging.getLogger(__name__)
T = TypeVar("T")
HEARTBEAT_SECONDS = 1.0
DEAD_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 5
AWAITED, MATCHING, GATHERING = "default", "matching", "gathering"
_nobody_waits = threading.Event()  # cleared while this process does a job of the lane AWAITED
_nobody_waits.set()


class Stopped(Exception):
    """The job was asked to stop."""


class Progress:
    """A running job's hand on its row: says how far it is, hears the wish to stop, keeps where to go on."""

    def __init__(self, job: Job) -> None:
        self.job, self.params, self.state = job, job.params, job.state
        self._last = 0.0
        self._done = job.done

    def to(self, done: int, total: int | None = None, zh: str = "", en: str = "", *, force: bool = False) -> None:
        """Report `done` of `total`; written at most once a second. Raises Stopped when somebody pressed stop."""
        now = time.monotonic()
        if not force and now - self._last < HEARTBEAT_SECONDS:
            return
        self._last, self._done = now, done
        values: dict[str, Any] = {"done": done, "heartbeat_at": timezone.now(), "state": self.state}
        if total is not None:
            values["total"] = total
        if zh:
            values |= {"message_zh": zh[:200], "message_en": en[:200]}
        Job.objects.filter(pk=self.job.pk).update(**values)
        if Job.objects.filter(pk=self.job.pk, stop_requested=True).exists():
            raise Stopped

    def give_way(self) -> None:
        """Stand still while this process does something that people wait for. Not inside a transaction or a lock."""
        while not _nobody_waits.wait(HEARTBEAT_SECONDS):
            self.to(self._done, force=True)

    def over(self, items: Iterable[T], total: int | None = None, zh: str = "", en: str = "") -> Iterator[T]:
        """Pass `items` through while reporting."""
        for number, item in enumerate(items):
            self.to(number, total, zh, en)
            yield item


JobFunction = Callable[[Progress], dict[str, Any] | None]
_kinds: dict[str, JobFunction] = {}
_lanes: dict[str, str] = {}


def job(kind: str, *, lane: str = AWAITED) -> Callable[[JobFunction], JobFunction]:
    """Register the function that does jobs of `kind` in a lane; it returns the job's result."""

    def register(function: JobFunction) -> JobFunction:
        _kinds[kind] = function
        _lanes[kind] = lane
        return function

    return register


@task()
def _run(job_id: int) -> None:
    run_job(job_id)


def _start(record: Job) -> None:
    _run.using(queue_name=_lanes.get(record.kind, AWAITED)).enqueue(record.pk)


def enqueue(kind: str, *, actor: Viewer, member_id: int | None = None, total: int | None = None, **params: Any) -> Job:
    """Ask for a job. It starts when the surrounding transaction has committed."""
    if kind not in _kinds:
        raise KeyError(f"no job of kind {kind}")
    record = Job.objects.create(
        kind=kind, params=params, owner_user_id=actor.user_id, owner_member_id=member_id, total=total
    )
    transaction.on_commit(lambda: _start(record))
    return record


def request_stop(record: Job) -> None:
    """Ask a job to stop: a waiting one ends at once, a running one at its next report."""
    Job.objects.filter(pk=record.pk, status=Job.Status.WAITING).update(
        status=Job.Status.STOPPED, finished_at=timezone.now(), stop_requested=True
    )
    Job.objects.filter(pk=record.pk, status=Job.Status.RUNNING).update(stop_requested=True)


def run_job(job_id: int) -> None:
    """Run one job to its end. Never raises: what went wrong stands in the job."""
    now = timezone.now()
    stale = now - DEAD_AFTER
    claimed = Job.objects.filter(pk=job_id, status=Job.Status.WAITING).update(
        status=Job.Status.RUNNING, started_at=now, heartbeat_at=now
    ) or Job.objects.filter(pk=job_id, status=Job.Status.RUNNING, heartbeat_at__lt=stale).update(heartbeat_at=now)
    if not claimed:
        return
    record = Job.objects.get(pk=job_id)
    Job.objects.filter(pk=job_id).update(attempts=record.attempts + 1)
    progress = Progress(record)
    awaited = _lanes.get(record.kind) == AWAITED
    if awaited:
        _nobody_waits.clear()
    try:
        result = _kinds[record.kind](progress) or {}
        values: dict[str, Any] = {"status": Job.Status.DONE, "result": result}
        if record.total is None:
            record.refresh_from_db(fields=["total"])
        if record.total:
            values["done"] = record.total
    except Stopped:
        values = {"status": Job.Status.STOPPED}
    except Fault as fault:
        each = fault.faults if isinstance(fault, Faults) else [fault]
        values = {
            "status": Job.Status.FAILED,
            "error": {
                "code": fault.code,
                "zh": fault.zh,
                "en": fault.en,
                "place": fault.place,
                "faults": [{"code": f.code, "zh": f.zh, "en": f.en, "place": f.place} for f in each[:1000]],
            },
        }
    except Exception as error:
        logger.exception("job %s of kind %s failed", record.uid, record.kind)
        values = {
            "status": Job.Status.FAILED,
            "error": {
                "code": "internal",
                "zh": "系统内部出错，已记录；请把编号告诉管理员。",
                "en": "An internal error occurred and is on record; quote the number to the administrator.",
                "trace": "".join(traceback.format_exception_only(error))[:500],
            },
        }
    finally:
        if awaited:
            _nobody_waits.set()
    Job.objects.filter(pk=job_id).update(finished_at=timezone.now(), state=progress.state, **values)


def revive_dead() -> int:
    """Take up again the jobs whose worker died (no heartbeat), and those whose task was lost before it started."""
    revived = 0
    stale = timezone.now() - DEAD_AFTER
    for record in Job.objects.filter(status=Job.Status.RUNNING, heartbeat_at__lt=stale):
        if record.attempts >= MAX_ATTEMPTS:
            Job.objects.filter(pk=record.pk, status=Job.Status.RUNNING).update(
                status=Job.Status.FAILED,
                finished_at=timezone.now(),
                error={
                    "code": "died",
                    "zh": "处理进程多次中断，已停止重试。",
                    "en": "The worker died several times over this job; no further attempt is made.",
                },
            )
            continue
        _start(record)
        revived += 1
    queued = {arguments["args"][0] for arguments in DBTaskResult.objects.ready().values_list("args_kwargs", flat=True)}
    for record in Job.objects.filter(status=Job.Status.WAITING, created_at__lt=stale).exclude(pk__in=queued):
        _start(record)
        revived += 1
    return revived


def adopt_orphans() -> int:
    """When the only worker starts, every job marked running is an orphan: put it back to waiting and run it again."""
    orphans = list(Job.objects.filter(status=Job.Status.RUNNING))
    Job.objects.filter(pk__in=[x.pk for x in orphans]).update(status=Job.Status.WAITING)
    for record in orphans:
        _start(record)
    return len(orphans)


def run_worker(stop: threading.Event) -> None:
    """Do what people wait for, until `stop` is set."""
    _run_lane(AWAITED, stop, interval_seconds=0.2)


def run_matching(stop: threading.Event) -> None:
    """Find and learn for many at once, until `stop` is set."""
    _run_lane(MATCHING, stop, interval_seconds=1.0)


def run_gathering(stop: threading.Event) -> None:
    """Harvest, until `stop` is set."""
    _run_lane(GATHERING, stop, interval_seconds=0.5)


def _run_lane(lane: str, stop: threading.Event, interval_seconds: float) -> None:
    while not stop.is_set():
        try:
            work_off(lane)
        except Exception:
            logger.exception("worker failed; going on")
        stop.wait(interval_seconds)


def work_off(lane: str) -> None:
    """Do the jobs of a lane one after the other until none waits, by django-tasks' own worker in this thread."""
    from django_tasks_db.management.commands.db_worker import Worker

    from duijie.core.ids import new_id

    Worker(
        queue_names=[lane],
        interval=0.2,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=new_id(),
        excluded_queue_names=[],
    ).run()


def run_all() -> None:
    """Run every waiting job in this process; for tests, commands and the demonstration."""
    while True:
        waiting = list(Job.objects.filter(status=Job.Status.WAITING).values_list("pk", flat=True))
        if not waiting:
            return
        for job_id in waiting:
            run_job(job_id)
