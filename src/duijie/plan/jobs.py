"""Long work of this app: a report of results."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from duijie.core.access import SYSTEM
from duijie.core.calendar import SHANGHAI
from duijie.core.events import emit
from duijie.core.files import XLSX, store
from duijie.core.jobs import Progress, job
from duijie.core.language import speaking
from duijie.core.word import MEDIA_TYPE
from duijie.members.queries import name_of
from duijie.plan import reporting
from duijie.plan.actions.reports import JOB
from duijie.plan.content import PeriodPart
from duijie.plan.models import Plan, PlanReport
from duijie.plan.queries.plans import content, states

_FORMS = {
    "word": ("docx", MEDIA_TYPE, reporting.report),
    "excel": ("xlsx", XLSX, reporting.workbook),
    "brief": ("docx", MEDIA_TYPE, reporting.brief),
    "data": ("zip", "application/zip", reporting.data_package),
}


@job(JOB)
def run_report(progress: Progress) -> dict[str, Any]:
    """Gather what the report says (once; again gives the same files of the same content), write its files, keep them."""
    report = PlanReport.objects.unscoped("its job").select_related("plan__alliance", "plan__member").get(pk=progress.params["report"])  # fmt: skip
    if not report.content:
        gathered = gather(report, progress)
        PlanReport.objects.unscoped("its job").filter(pk=report.pk).update(content=gathered)
        report.content = gathered
    progress.to(90, 100, "写成文件", "writing the files", force=True)
    files = {form: _kept(report, form) for form in _FORMS}
    with transaction.atomic():
        PlanReport.objects.unscoped("its job").filter(pk=report.pk).update(files=files)
        emit("report.made", ids=[report.pk])
    return {"report": report.uid, "files": {form: made["sha256"] for form, made in files.items()}}


def gather(report: PlanReport, progress: Progress | None = None) -> dict[str, Any]:
    """What the report says. Each measure that is asked moves the progress on; a stop is heard there."""
    plan: Plan = report.plan
    found = content(SYSTEM, plan, edition=report.edition)
    code = period_code(report)
    part = found.period(code)
    if part is None or (part.starts_on, part.ends_on) != (report.starts_on, report.ends_on):
        part = PeriodPart("", code, report.starts_on, report.ends_on)
    asked_so_far = 0
    likely = 4 * max(1, len(found.indicators)) + 8

    def tick() -> None:
        nonlocal asked_so_far
        asked_so_far += 1
        if progress is not None:
            progress.to(min(88, 88 * asked_so_far // likely), 100, "计算指标", "computing the figures")

    with speaking(report.language):
        owner = name_of(plan.owner)
    standing = {uid: (item.state, item.state_note) for uid, item in states(plan).items() if item.state_at is None or item.state_at <= report.known_at}  # fmt: skip
    asked = reporting.Asked(found, part, report.known_at, report.language, report.audience, owner, standing)
    return reporting.gather(asked, tick=tick)


def period_code(report: PlanReport) -> str:
    """2026Q1 and the like, for reports of calendar periods."""
    from duijie.core.calendar import PeriodKind, period_of

    for kind in PeriodKind:
        found = period_of(report.starts_on, kind)
        if (found.first_day, found.last_day) == (report.starts_on, report.ends_on):
            return found.code
    own = report.plan.periods.filter(starts_on=report.starts_on, ends_on=report.ends_on).first()
    return own.code if own else f"{report.starts_on}/{report.ends_on}"


def _kept(report: PlanReport, form: str) -> dict[str, Any]:
    suffix, media_type, make = _FORMS[form]
    data = make(report.content)
    day = report.known_at.astimezone(SHANGHAI).strftime("%Y%m%d")
    name = f"{report.plan.title[:60]}-{period_code(report).replace('/', '_')}-{form}-{day}.{suffix}"
    kept = store(
        [data], name=name, media_type=media_type, audience=[report.audience],
        created_by_id=report.created_by_id,
    )  # fmt: skip
    return {"file": kept.uid, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "name": kept.name}
