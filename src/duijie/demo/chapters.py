"""What follows once members, listings and conversations are there, a module for each part of the flow, in its order."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from duijie.core.events import dispatch_all

CHAPTERS = ("govern", "federate", "meet", "land", "plan", "measure", "atlas")


def load_chapters(*, tell: Callable[[str], object] = lambda line: None, today: dt.date | None = None) -> None:
    """Run `duijie.demo.<chapter>.load(tell=, today=)` for each, in a transaction of its own, and deliver its events."""
    today = today or timezone.localdate()
    for chapter in CHAPTERS:
        if importlib.util.find_spec(f"duijie.demo.{chapter}") is None:
            continue
        with transaction.atomic():
            importlib.import_module(f"duijie.demo.{chapter}").load(tell=tell, today=today)
        dispatch_all()
