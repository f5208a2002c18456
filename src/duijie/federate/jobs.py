"""Long work: harvesting a source."""

from __future__ import annotations

from typing import Any

from duijie.core.jobs import Progress, job
from duijie.federate.running import harvest


@job("federate.harvest", background=True)
def run_harvest(progress: Progress) -> dict[str, Any]:
    """Gather, fetch, map, publish; goes on where it was after a kill."""
    return harvest(progress)
