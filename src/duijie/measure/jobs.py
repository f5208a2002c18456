"""Long work of this app: sensitivity runs, reading the platform's measures, reminding members of what is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.calendar import Period, PeriodKind, period_of
from duijie.core.errors import Fault
from duijie.core.jobs import Progress, enqueue, job
from duijie.core.models import Indicator, Job
from duijie.core.notifications import tell
from duijie.core.worker import every
from duijie.engines.composite.uncertainty.tables import ahead_table, intervals_table, sensitivity_table
from duijie.measure.actions.values import record_computed, record_measures
from duijie.measure.indices import composite
from duijie.measure.models import IndexDesign
from duijie.measure.queries.rounds import overdue
from duijie.measure.rules import demand, place_in
from duijie.members.queries.people import staff_of_member

VARY, MEASURE, REMIND = "measure.uncertainty", "measure.measures", "measure.remind"
LEAST_REPLICATIONS, MOST_REPLICATIONS = 16, 4096


def start_uncertainty(*, actor: Viewer, design: IndexDesign, replications: int = 256) -> Job:
    """Ask how much the ranks hang on each choice: a job with progress and stop. Raises NotAllowed, Fault "replications.range"."""
    demand(actor, "index.design", place_in(design.alliance_id))
    if not LEAST_REPLICATIONS <= replications <= MOST_REPLICATIONS:
        raise Fault(
            "replications.range", f"重复次数应在 {LEAST_REPLICATIONS} 到 {MOST_REPLICATIONS} 之间。",
            f"Between {LEAST_REPLICATIONS} and {MOST_REPLICATIONS} replications.", place="replications", status=422,
        )  # fmt: skip
    return enqueue(VARY, actor=actor, design=design.pk, replications=replications)


@job(VARY)
def run_uncertainty_job(progress: Progress) -> dict[str, Any]:
    """Run the replications in the Saltelli design; result: intervals, sensitivity, who stays ahead of whom."""
    design = IndexDesign.objects.unscoped("a job runs what was allowed").get(pk=progress.params["design"])
    reader = Viewer(tokens=frozenset({"public", f"alliance:{design.alliance_id}"}))
    data = composite.data_of(reader, design)
    plan = composite.plan_of(design.document, replications=int(progress.params["replications"]), sobol=True)

    def report(done: int, total: int) -> None:
        progress.to(done, total, zh=f"已重复 {done} 次", en=f"{done} replications")

    found = composite.vary(design.document, data.panel, plan, progress=report)
    with composite.as_faults():
        tables = {
            "intervals": intervals_table(found),
            "sensitivity": sensitivity_table(found),
            "ahead": ahead_table(found),
        }
    return {
        "design": design.slug, "version": design.version, "period": found.period, "runs": found.runs,
        "steady": found.steady,
        "names": dict(data.panel.names),
        **{name: {"header": list(t.header), "rows": [list(row) for row in t.rows]} for name, t in tables.items()},
    }  # fmt: skip


@job(MEASURE)
def run_measures(progress: Progress) -> dict[str, Any]:
    """Read the platform's own figures of the running and the last year, quarter and month, and compute the formulas anew."""
    periods = recent_periods(timezone.localdate())
    system = replace(SYSTEM, via="system")
    read = record_measures(actor=system, periods=periods)
    progress.to(1, 2, zh="已读取平台统计", en="measures read", force=True)
    computed = record_computed(actor=system, periods=[p.code for p in periods])
    return {"measured": read.written, "computed": computed.written}


def recent_periods(today: dt.date) -> list[Period]:
    """This and the last period of each length."""
    now = [period_of(today, kind) for kind in (PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)]
    return [p for one in now for p in (one.shifted(-1), one)]


@job(REMIND)
def run_reminders(progress: Progress) -> dict[str, Any]:
    """Tell the staff of members whose submissions are due within a week or past due; once for each of the two."""
    return {"told": remind(timezone.localdate())}


def remind(today: dt.date) -> int:
    """Tell them; how many people heard it for the first time."""
    told = 0
    for row in overdue(today):
        late = row.round.due_on < today
        words = (
            (
                f"“{row.round.title}”已过截止日 {row.round.due_on}，请尽快填报。",
                f"“{row.round.title_en or row.round.title}” was due on {row.round.due_on}.",
            )
            if late
            else (
                f"“{row.round.title}”将在 {row.round.due_on} 截止。",
                f"“{row.round.title_en or row.round.title}” is due on {row.round.due_on}.",
            )
        )
        told += tell(
            staff_of_member(row.member_id), kind="measure.reminder", zh=words[0], en=words[1],
            address=f"/submissions/{row.uid}/", key=f"{'late' if late else 'due'}:{row.uid}",
        )  # fmt: skip
    return told


@every(12 * 3600)
def remind_of_rounds() -> None:
    """Twice a day; each person hears each thing once."""
    remind(timezone.localdate())


@every(6 * 3600)
def read_measures() -> None:
    """Four times a day, where an indicator takes a figure of the platform."""
    if Indicator.objects.exclude(measure_code="").filter(is_retired=False).exists():
        enqueue(MEASURE, actor=SYSTEM)
