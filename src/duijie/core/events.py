"""The outbox: events written with what they report, and handlers that receive each at least once.

An app names its handlers in `handlers.py` with `@handles("listing.published")`. `emit` writes the event and, in the same
transaction, one Delivery for each handler: nothing is derived from "ids greater than the last", so late commits lose nothing.
The dispatcher claims deliveries by status, runs the handler and marks it done in the handler's own transaction. A handler
whose effect lies outside the database (an index, a mail) is registered with `outside=True`: it gets all its claimed events in
one list, outside any transaction, and must be safe to repeat.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
import traceback
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from duijie.core.models.events import Delivery, Event

logger = logging.getLogger(__name__)

CLAIM_FOR = timedelta(minutes=1)
MAX_ATTEMPTS = 12
wake = threading.Event()


@dataclass(frozen=True)
class Registered:
    """A handler with its name. outside: its effect lies outside the database; it takes a list of events and may be repeated."""

    name: str
    run: Callable[..., None]
    priority: int
    outside: bool


_by_event: dict[str, list[Registered]] = {}
_by_name: dict[str, Registered] = {}


AnyHandler = TypeVar("AnyHandler", bound=Callable[..., None])


def handles(*event_names: str, priority: int = 5, outside: bool = False) -> Callable[[AnyHandler], AnyHandler]:
    """Register a function for events; lower priority numbers are run first among those due."""

    def register(function: AnyHandler) -> AnyHandler:
        name = f"{function.__module__.removeprefix('duijie.')}.{function.__name__}"
        registered = Registered(name, function, priority, outside)
        _by_name[name] = registered
        for event_name in event_names:
            _by_event.setdefault(event_name, []).append(registered)
        return function

    return register


def load_handlers(app: str) -> None:
    """Import `<app>.handlers`, `.jobs` and `.privacy` where they exist, so that every process knows what they register."""
    for part in ("handlers", "jobs", "privacy"):
        if importlib.util.find_spec(f"{app}.{part}") is not None:
            importlib.import_module(f"{app}.{part}")


def emit(name: str, **payload: Any) -> Event:
    """Write an event and what is owed to its handlers. Must run inside the transaction of the action that it reports."""
    event = Event.objects.create(name=name, payload=payload)
    now = timezone.now()
    Delivery.objects.bulk_create(
        [Delivery(event=event, handler=h.name, due_at=now) for h in _by_event.get(name, ())],
    )
    transaction.on_commit(wake.set)
    return event


def _claim(worker: str, limit: int, only: Iterable[str] | None) -> list[Delivery]:
    """Take up to `limit` due deliveries for `worker`; a claim whose worker died is taken again after CLAIM_FOR."""
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(status__in=[Delivery.Status.WAITING, Delivery.Status.CLAIMED], due_at__lte=now)
        if only is not None:
            due = due.filter(handler__in=list(only))
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.order_by("due_at", "id").values_list("id", flat=True)[:limit])
        if not ids:
            return []
        Delivery.objects.filter(id__in=ids).update(
            status=Delivery.Status.CLAIMED, claimed_by=worker, due_at=now + CLAIM_FOR
        )
    claimed = list(Delivery.objects.filter(id__in=ids).select_related("event"))
    claimed.sort(key=lambda d: (_by_name[d.handler].priority if d.handler in _by_name else 99, d.handler, d.id))
    return claimed


def _mine(deliveries: list[Delivery], worker: str) -> models.QuerySet[Delivery]:
    ids = [d.id for d in deliveries]
    return Delivery.objects.filter(id__in=ids, status=Delivery.Status.CLAIMED, claimed_by=worker)


def _put_back(deliveries: list[Delivery], worker: str, error: Exception) -> None:
    """Try again later, more and more slowly; after MAX_ATTEMPTS the delivery is left as failed for a person to see."""
    for delivery in deliveries:
        attempts = delivery.attempts + 1
        over = attempts >= MAX_ATTEMPTS
        _mine([delivery], worker).update(
            status=Delivery.Status.FAILED if over else Delivery.Status.WAITING,
            attempts=attempts,
            due_at=timezone.now() + timedelta(seconds=min(2**attempts, 900)),
            claimed_by="",
            error="".join(traceback.format_exception_only(error))[:2000],
        )


def _deliver(registered: Registered, deliveries: list[Delivery], worker: str) -> None:
    """Run a handler: inside a transaction that also marks the delivery done, or outside and marked after."""
    if registered.outside:
        try:
            registered.run([d.event for d in deliveries])
            _mine(deliveries, worker).update(status=Delivery.Status.DONE, error="")
        except Exception as error:
            logger.exception("handler %s failed on %s events", registered.name, len(deliveries))
            _put_back(deliveries, worker, error)
        return
    for delivery in deliveries:
        try:
            with transaction.atomic():
                # Marking comes first: if another worker took the delivery over, nothing is run twice.
                if _mine([delivery], worker).update(status=Delivery.Status.DONE, error=""):
                    registered.run(delivery.event)
        except Exception as error:
            logger.exception("handler %s failed on event %s", registered.name, delivery.event_id)
            _put_back([delivery], worker, error)


def dispatch(*, limit: int = 50, worker: str | None = None, only: Iterable[str] | None = None) -> int:
    """Deliver what is due, once. Returns how many deliveries were taken (0: nothing was due)."""
    worker = worker or f"once-{uuid.uuid4().hex[:12]}"
    claimed = _claim(worker, limit, only)
    for handler, group in groupby(claimed, key=lambda d: d.handler):
        deliveries = list(group)
        if handler in _by_name:
            _deliver(_by_name[handler], deliveries, worker)
        else:  # a handler of an app that this process does not run
            later = timezone.now() + timedelta(minutes=1)
            _mine(deliveries, worker).update(status=Delivery.Status.WAITING, due_at=later, claimed_by="")
    return len(claimed)


def dispatch_all(*, rounds: int = 1000) -> int:
    """Deliver until nothing is due; for tests, commands and the demonstration. Returns how many were taken."""
    total = 0
    for _ in range(rounds):
        taken = dispatch(limit=200)
        total += taken
        if not taken:
            break
    return total


def release_claims() -> int:
    """Give back what a dead worker of this single-worker installation had claimed (called once when the worker starts)."""
    return Delivery.objects.filter(status=Delivery.Status.CLAIMED).update(
        status=Delivery.Status.WAITING, due_at=timezone.now(), claimed_by=""
    )


def run_dispatcher(stop: threading.Event, *, interval_seconds: float = 0.1) -> None:
    """The dispatcher's loop, until `stop` is set."""
    from django.db import close_old_connections

    worker = f"dispatcher-{uuid.uuid4().hex[:12]}"
    while not stop.is_set():
        try:
            taken = dispatch(worker=worker)
        except Exception:
            logger.exception("dispatching failed; going on")
            taken = 0
            stop.wait(1.0)
        if not taken:
            close_old_connections()
            wake.wait(interval_seconds)
            wake.clear()
