"""Administration for the secretariat and the platform: the overview, the audit trail with filter and export, jobs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core import jobs as core_jobs
from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.core.models import AuditLine, Job
from duijie.members import queries
from duijie.members.models import Alliance, ApiKey, Member, Organisation, User
from duijie.web.kit import Choice, Column, Pages, Table
from duijie.web.kit.names import date_filter
from duijie.web.members.forms import for_people, viewer_of_page


def may_administer(viewer: Viewer) -> bool:
    return viewer.has_role("secretariat", "alliance") or viewer.has_role("platform", "platform")


@for_people
def administration(request: HttpRequest) -> HttpResponse:
    """What there is to look after, each figure with the page of its records."""
    viewer = viewer_of_page(request)
    if not may_administer(viewer):
        raise NotAllowed(
            "管理页面供联盟秘书处和平台管理员使用。请联系联盟秘书处。",
            "Administration is for the secretariat and the platform's administrators. Ask the secretariat.",
        )
    alliances = queries.alliances_served_by(viewer)
    waiting = queries.organisations(viewer, verified=False).count()
    context = {
        "alliances": alliances,
        "figures": [
            (t("成员", "Members"), Member.objects.count(), reverse("members:directory")),
            (t("联盟与子联盟", "Alliances"), Alliance.objects.count(), reverse("members:directory")),
            (t("已核验单位", "Verified organisations"), Organisation.objects.filter(verified_at__isnull=False).count(), reverse("members:organisations") + "?verified=yes"),
            (t("待核验单位", "Waiting organisations"), waiting, reverse("members:organisations") + "?verified=no"),
            (t("在用账号", "Accounts in use"), User.objects.filter(is_active=True).count(), reverse("members:people")),
            (t("有效协议", "Agreements in force"), queries.agreements(viewer, on=_today()).count(), reverse("members:agreements")),
        ],
        "is_platform": viewer.is_platform,
        "live_keys": ApiKey.objects.filter(revoked_at__isnull=True).count() if viewer.is_platform else None,
        "recent": list(queries.audit_lines(viewer)[:10]),
    }  # fmt: skip
    return render(request, "members/administration.html", context)


def _today() -> date:
    return timezone.localdate()


def _asked(request: HttpRequest) -> QuerySet[AuditLine]:
    """The audit lines that the filter asks for."""
    asked = request.GET
    member = Member.objects.filter(slug=asked.get("member", "")).first()
    return queries.audit_lines(
        viewer_of_page(request),
        verb=asked.get("verb", "").strip(),
        actor=asked.get("actor", "").strip(),
        object_ref=asked.get("object", "").strip(),
        member_id=member.pk if member else None,
        since=_day(asked.get("since", ""), "since"),
        until=_day(asked.get("until", ""), "until"),
    )


def _day(text: str, place: str) -> date | None:
    try:
        return parse_date(text)
    except Fault as fault:
        raise fault.at(place) from None


@for_people
def audit(request: HttpRequest) -> HttpResponse:
    problem = ""
    try:
        found = _asked(request)
    except Fault as fault:
        if fault.status == 403:
            raise
        problem, found = fault.sentence, queries.audit_lines(viewer_of_page(request))
    size = 50
    probe = Pages.of(request, size=size, has_next=True)
    lines = list(found[probe.start : probe.stop + 1])
    pages = Pages.of(request, size=size, has_next=len(lines) > size)
    columns = [
        Column("at", Label("时间", "When"), "date"),
        Column("actor", Label("操作者", "Who")),
        Column("verb", Label("操作", "What")),
        Column("object", Label("对象", "Which record")),
        Column("via", Label("途径", "Door")),
        Column("detail", Label("内容", "Detail")),
        Column("seal", Label("封存", "Sealed")),
    ]
    names = _actor_names(lines)
    rows = [
        [
            date_filter(line.at, "time"),
            f"{names[line.actor]} ({line.actor})" if line.actor in names else line.actor,
            line.verb,
            f"{line.object_kind} {line.object_ref}",
            line.via,
            ", ".join(f"{k}={v}" for k, v in line.detail.items()),
            "✓" if hasattr(line, "seal") else "…",
        ]
        for line in lines[:size]
    ]
    query = request.GET.urlencode()
    exports = {"CSV": reverse("members:audit_csv") + (f"?{query}" if query else "")}
    members = queries.members_served_by(viewer_of_page(request), "audit.read")
    context = {
        "table": Table(
            columns, rows, request, pages, caption=t("操作记录", "Audit trail"), exports=exports, tight=True
        ),
        "asked": request.GET,
        "problem": problem,
        "members": [Choice("", t("全部成员", "All members")), *(Choice(m.slug, m.name) for m in members)],
    }
    return render(request, "members/audit.html", context, status=422 if problem else 200)


def _actor_names(lines: list[AuditLine]) -> dict[str, str]:
    """Names for the people among the actors; the trail itself holds references only, and an erased person has none."""
    numbers = {line.actor.removeprefix("user:") for line in lines if line.actor.startswith("user:")}
    people = User.objects.filter(pk__in=[int(n) for n in numbers if n.isdigit()], erased_at__isnull=True)
    return {f"user:{person.pk}": str(person) for person in people}


@for_people
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered trail as CSV that Excel opens, streamed. What begins a formula is kept from being one."""
    rows = queries.audit_rows(_asked(request))
    response = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _csv(rows: Iterator[list[str]]) -> Iterator[str]:
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in row])
        yield line.getvalue()


@for_people
def jobs(request: HttpRequest) -> HttpResponse:
    """Long work: all for the platform's administrator, one's own for everybody else."""
    found = queries.jobs(viewer_of_page(request), status=request.GET.get("status", ""))
    pages = Pages.of(request, total=found.count(), size=20)
    states = [Choice("", t("全部", "All")), *(Choice(s.value, _status(s.value)) for s in Job.Status)]
    context = {
        "jobs": list(found[pages.start : pages.stop]),
        "pages": pages,
        "states": states,
        "status": request.GET.get("status", ""),
    }
    return render(request, "members/jobs.html", context)


def _status(value: str) -> Any:
    return {
        "waiting": Label("等待", "Waiting"),
        "running": Label("进行中", "Running"),
        "done": Label("完成", "Done"),
        "failed": Label("失败", "Failed"),
        "stopped": Label("已停止", "Stopped"),
    }[value]


@for_people
def job_progress(request: HttpRequest, uid: str) -> HttpResponse:
    """The progress of one job, for the page that polls it."""
    job = get_object_or_404(queries.jobs(viewer_of_page(request)), uid=uid)
    return render(request, "members/job.html", {"job": job})


@require_POST
@for_people
def stop_job(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    job = get_object_or_404(queries.jobs(viewer), uid=uid)
    with acting(viewer, "job.stop") as act:
        core_jobs.request_stop(job)
        act.done(job, member_id=job.owner_member_id)
    if request.headers.get("HX-Request"):
        job.refresh_from_db()
        return render(request, "members/job.html", {"job": job})
    messages.success(request, t("已请求停止。", "Asked to stop."))
    return HttpResponseRedirect(reverse("members:jobs"))
