"""Rounds of collection: the list, one round with how far each member is, preparing, opening, publishing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import NotAllowed, NotFound
from duijie.core.language import Label, t
from duijie.measure import actions, queries
from duijie.measure.models import Round, Submission
from duijie.measure.queries.rounds import alliances_served
from duijie.measure.rules import may, place_in
from duijie.measure.schemas import RoundRecord
from duijie.members.queries import name_of
from duijie.web.kit import Cell, Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.measure.frame import (
    ROUND_STATUS,
    crumb,
    posted,
    round_name,
    submission_badge,
    tabs_of,
    under_measure,
)
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

_DONE = {
    "open": Label("已开始，成员会收到通知。", "Open; the members are told."),
    "close": Label("已结束填报。", "Closed."),
    "publish": Label("已发布，数据已入库。", "Published; the values are on record."),
}


@for_people
def rounds(request: HttpRequest) -> HttpResponse:
    """What waits for this person first, then all rounds."""
    request.nav_key = "reports"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    found = queries.rounds(viewer)
    pages = Pages.of(request, total=found.count(), size=20)
    rows = [
        [
            Cell(round_name(r), reverse("measure:round", args=[r.uid])), name_of(r.alliance), r.period, r.due_on.isoformat(),
            badge(ROUND_STATUS[r.status], {"open": "river", "closed": "", "draft": "line"}[r.status]),
        ]
        for r in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("title", Label("采集", "Round")), Column("alliance", Label("联盟", "Alliance")), Column("period", Label("期间", "Period")),
        Column("due", Label("截止日", "Due"), "date"), Column("state", Label("状态", "State")),
    ]  # fmt: skip
    waiting = [
        {
            "row": s,
            "title": round_name(s.round),
            "member": name_of(s.member),
            "badge": submission_badge(s),
            "late": s.round.due_on < timezone.localdate(),
        }
        for s in queries.waiting_for(viewer)[:20]
    ]
    context = {
        "tabs": tabs_of(viewer, "rounds"), "table": Table(columns, rows, request, pages, caption=t("采集轮次", "Rounds")), "waiting": waiting,
        "may_prepare": any(may(viewer, "round.prepare", place_in(a)) for a in alliances_served(viewer)),
    }  # fmt: skip
    return render(request, "measure/rounds.html", context)


@for_people
def round_page(request: HttpRequest, round: str) -> HttpResponse:
    """One round: its indicators, how far each member is, and the buttons of the secretariat."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.round_by_uid(viewer, round)
    items = list(found.items.select_related("indicator"))
    shown = list(queries.submissions(viewer, round=found))
    may_run = may(viewer, "round.prepare", place_in(found.alliance_id))
    columns = [
        Column("member", Label("成员", "Member")), Column("state", Label("状态", "State")), Column("submitted", Label("提交", "Submitted"), "date"),
        Column("verified", Label("核验", "Verified"), "date"),
    ]  # fmt: skip
    rows = [
        [
            Cell(name_of(s.member), reverse("measure:submission", args=[s.uid])), submission_badge(s),
            s.submitted_at.date().isoformat() if s.submitted_at else "—", s.verified_at.date().isoformat() if s.verified_at else "—",
        ]
        for s in shown
    ]  # fmt: skip
    counts = {status: sum(1 for s in shown if s.status == status) for status in Submission.Status.values}
    asked = Table(
        [Column("name", Label("指标", "Indicator")), Column("unit", Label("单位", "Unit")), Column("needed", Label("必填", "Required"))],
        [
            [Cell(t(i.indicator.name, i.indicator.name_en or i.indicator.name), reverse("measure:indicator", args=[i.indicator.code])), i.indicator.unit, t("是", "yes") if i.required else ""]
            for i in items
        ],
        caption=t("指标", "Indicators"), tight=True,
    )  # fmt: skip
    context = {
        "round": found, "title": round_name(found), "state": ROUND_STATUS[found.status], "asked": asked, "counts": counts, "total": len(shown),
        "table": Table(columns, rows, caption=t("各成员进度", "How far each member is")), "may_run": may_run, "alliance": name_of(found.alliance),
        "crumbs": [crumb("rounds"), (round_name(found), "")],
    }  # fmt: skip
    return render(request, "measure/round.html", context)


@require_POST
@for_people
def act(request: HttpRequest, round: str) -> HttpResponse:
    """Open, close or publish a round."""
    viewer = viewer_of_page(request)
    found = queries.round_by_uid(viewer, round)
    verb = request.POST.get("verb", "")
    deeds = {"open": actions.open_round, "close": actions.close_round, "publish": actions.publish_round}
    if verb not in deeds:
        raise NotFound
    return posted(
        request, lambda: deeds[verb](actor=viewer, round=found), _DONE[verb], reverse("measure:round", args=[found.uid])
    )  # type: ignore[operator]


@for_people
def new_round(request: HttpRequest) -> HttpResponse:
    under_measure(request)
    viewer = viewer_of_page(request)
    own = [a for a in alliances_served(viewer) if may(viewer, "round.prepare", place_in(a))]
    if not own:
        raise NotAllowed

    def save(record: RoundRecord, data: QueryDict) -> str:
        return reverse("measure:round", args=[actions.prepare_round(actor=viewer, record=record).uid])

    return FormPage(
        request, RoundRecord, t("新一轮采集", "A new round"), save, values={"alliance": own[0].name}, crumbs=[crumb("rounds")],
        done=Label("已建立，检查后即可开始。", "Prepared; open it when it is right."), draft="round-new",
    ).response()  # fmt: skip


def record_of(found: Round) -> dict[str, object]:
    """A round as its schema takes it."""
    items = list(found.items.select_related("indicator"))
    rows = Submission.objects.unscoped("the round's own members").filter(round=found).select_related("member")
    return {
        "title": found.title, "title_en": found.title_en, "alliance": found.alliance.slug, "period": found.period, "due_on": found.due_on,
        "indicators": [i.indicator.code for i in items], "optional": [i.indicator.code for i in items if not i.required],
        "members": [s.member.slug for s in rows.order_by("pk")], "audience": found.audience, "note": found.note,
    }  # fmt: skip


@for_people
def edit_round(request: HttpRequest, round: str) -> HttpResponse:
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.round_by_uid(viewer, round)
    if not may(viewer, "round.prepare", place_in(found.alliance_id)):
        raise NotAllowed

    def save(record: RoundRecord, data: QueryDict) -> str:
        actions.change_round(actor=viewer, round=found, record=record, version=posted_version(data))
        return reverse("measure:round", args=[found.uid])

    return FormPage(
        request, RoundRecord, t("修改采集", "Change the round"), save, values=record_of(found), version=found.version,
        crumbs=[crumb("rounds"), (round_name(found), reverse("measure:round", args=[found.uid]))], done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip
