"""The records behind a figure, as they stood on its date and as the viewer may see them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from duijie.core.access import Viewer
from duijie.core.language import t
from duijie.core.measures import Counted
from duijie.plan.figures import Figure, Reckoning
from duijie.plan.measuring import measure_named, question_of
from duijie.plan.models import Actual

MOST_LISTED = 2_000


@dataclass(frozen=True)
class Behind:
    """records: those the viewer may see; counted_only: how many more count, with `hidden_value` among them; total: all values."""

    records: list[Counted]
    counted_only: int
    hidden_value: int
    total: int
    cut_off: bool

    @property
    def note(self) -> str:
        """另有 3 条未公开的记录只计数、不列出。"""
        if not self.counted_only:
            return ""
        n = self.counted_only
        return t("另有 {n} 条未公开的记录只计数、不列出。", "{n} records that are not open are counted only.", n=n)


def records_behind(viewer: Viewer, reckoning: Reckoning, figure: Figure, *, most: int = MOST_LISTED) -> Behind:
    """What makes up a computed figure: its measure's records under the same question; a reported figure has its own row."""
    indicator = figure.indicator
    if not indicator.measure:
        return _reported(figure)
    question = question_of(
        reckoning.content,
        reckoning.circle,
        indicator,
        figure.start,
        figure.end,
        cut=figure.cut,
        known_at=figure.known_at,
    )
    seen: list[Counted] = []
    hidden = hidden_value = total = number = 0
    for record in islice(measure_named(indicator.measure).records(question, viewer), 100_000):
        number += 1
        total += record.value
        if not record.title:
            hidden, hidden_value = hidden + 1, hidden_value + record.value
        elif len(seen) < most:
            seen.append(record)
    return Behind(seen, hidden, hidden_value, total, number - hidden > len(seen))


def _reported(figure: Figure) -> Behind:
    if figure.actual is None:
        return Behind([], 0, 0, figure.value or 0, False)
    row = Actual.objects.select_related("indicator", "period").get(pk=figure.actual)
    title = f"{row.period.code} {row.indicator.title}"
    day = (row.decided_at or row.reported_at).date()
    return Behind([Counted("actual", row.uid, title, f"/plan/actuals/{row.uid}/", day, row.member_id, row.value)], 0, 0, row.value, False)  # fmt: skip
