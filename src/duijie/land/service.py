"""Days in a stage against the service level, in working days (Monday to Friday; public holidays are not known here)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from duijie.land.models import Deal
from duijie.land.moves import SERVICE_LEVEL


def working_days(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and with `end`; 0 where end is not after start."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    extra = sum(1 for n in range(1, rest + 1) if (start + dt.timedelta(days=n)).weekday() < 5)
    return weeks * 5 + extra


@dataclass(frozen=True)
class InStage:
    """How long a deal has been in its stage. level: the working days it may take; None where it may rest."""

    days: int
    level: int | None

    @property
    def over(self) -> int:
        """By how many working days it is overdue."""
        return max(self.days - self.level, 0) if self.level is not None else 0


def in_stage(deal: Deal, today: dt.date) -> InStage:
    return InStage(working_days(deal.stage_since, today), SERVICE_LEVEL[deal.stage])
