"""The worker process: the dispatcher, the sealer, the lanes of jobs and the sweep of what is due, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connection

from duijie.core import audit, events, jobs

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 30.0


@dataclass(frozen=True)
class Due:
    """Something that the sweep does when its time has come."""

    name: str
    every_seconds: float
    run: Callable[[], object]


_due: list[Due] = []
_at_start: list[Callable[[], object]] = []


def every(seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a function that the sweep calls about every `seconds` (in <app>/handlers.py or jobs.py)."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        _due.append(Due(f"{function.__module__}.{function.__name__}", seconds, function))
        return function

    return register


def at_start(function: Callable[[], object]) -> Callable[[], object]:
    """Register a function that the worker calls once before anything else: healing what a kill left behind."""
    _at_start.append(function)
    return function


def sweep(last: dict[str, float]) -> None:
    """Call what is due; `last` remembers when each was called."""
    now = time.monotonic()
    for due in _due:
        if now - last.get(due.name, float("-inf")) < due.every_seconds:
            continue
        last[due.name] = now
        try:
            due.run()
        except Exception:
            logger.exception("the sweep's %s failed; going on", due.name)


def _run_sweep(stop: threading.Event) -> None:
    last: dict[str, float] = {}
    while not stop.is_set():
        try:
            jobs.revive_dead()
            sweep(last)
        except Exception:
            logger.exception("the sweep failed; going on")
        close_old_connections()
        stop.wait(min(SWEEP_SECONDS, 1.0))


def take_over() -> None:
    """What a killed worker left claimed is taken over at once where there can be no other worker (SQLite);
    elsewhere its claims and heartbeats run out by themselves."""
    if connection.vendor == "sqlite":
        events.release_claims()
        jobs.adopt_orphans()


def work(stop: threading.Event) -> None:
    """Work until `stop` is set."""
    take_over()
    for function in _at_start:
        try:
            function()
        except Exception:
            logger.exception("%s failed at the start; going on", function.__name__)
    loops: list[Callable[[threading.Event], None]] = [
        events.run_dispatcher,
        audit.run_sealer,
        jobs.run_worker,
        jobs.run_matching,
        jobs.run_gathering,
        _run_sweep,
    ]
    threads = [threading.Thread(target=loop, args=(stop,), name=loop.__name__, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        for thread in threads:
            if not thread.is_alive():
                raise SystemExit(f"{thread.name} ended; the supervisor starts the worker again")
    for thread in threads:
        thread.join(timeout=8)


def work_once() -> None:
    """Do everything that is waiting: jobs, events, seals. For commands, tests and the demonstration."""
    for _ in range(20):
        jobs.run_all()
        if not events.dispatch_all():
            break
    while audit.seal():
        pass
