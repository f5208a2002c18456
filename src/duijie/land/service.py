"""Days in a stage against the service level, in working days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from duijie.core.workdays import unannounced_years, working_days
from duijie.land.models import Deal
from duijie.land.moves import SERVICE_LEVEL


@dataclass(frozen=True)
class InStage:
    """How long a deal has been in its stage. level: the working days it may take; None where it may rest.

    unannounced: the years whose holidays were not announced when the days were counted.
    """

    days: int
    level: int | None
    unannounced: list[int] = field(default_factory=list)

    @property
    def over(self) -> int:
        """By how many working days it is overdue."""
        return max(self.days - self.level, 0) if self.level is not None else 0


def in_stage(deal: Deal, today: dt.date) -> InStage:
    since = deal.stage_since
    return InStage(working_days(since, today), SERVICE_LEVEL[deal.stage], unannounced_years(since, today))
