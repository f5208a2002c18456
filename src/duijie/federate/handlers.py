"""What happens by itself: sources that are due are harvested."""

from __future__ import annotations

from duijie.core.access import SYSTEM
from duijie.core.worker import every
from duijie.federate.actions import run_due


@every(30)
def harvest_what_is_due() -> None:
    run_due(actor=SYSTEM)
