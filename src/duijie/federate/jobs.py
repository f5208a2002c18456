"""Long work: harvesting a source."""

from __future__ import annotations

from typing import Any

from duijie.core.jobs import GATHERING, Progress, job
from duijie.federate.running import harvest


@job("federate.harvest", lane=GATHERING)
def run_harvest(progress: Progress) -> dict[str, Any]:
    """Gather, fetch, map, publish; goes on where it was after a kill."""
    return harvest(progress)
