"""Projects: list, map, a page for each, their forms and figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core import industries, regions
from duijie.core.access import Viewer
from duijie.core.calendar import SHANGHAI, last_day_before, parse_date, parse_instant
from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.core.language import Label, t
from duijie.core.money import Money, format_money
from duijie.land import actions, queries
from duijie.land.choices import CapitalSource, DealKind, FigureKind, Milestone, Relation
from duijie.land.measuring import region_prefix
from duijie.land.models import Figure, Project
from duijie.land.rules import may
from duijie.land.schemas import FigureRecord, MilestoneRecord, ProjectRecord, RelocationRecord
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.web.kit import (
    Cell,
    Chart,
    Choice,
    Column,
    FormField,
    MapView,
    Option,
    Pages,
    Point,
    Row,
    Series,
    Table,
    sort_of,
)
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.land.deals import _tabs as tabs_of
from duijie.web.land.exports import sheet
from duijie.web.land.words import badges, kind_of, milestone_name, money, project_flags, source_of, version_of
from duijie.web.members.forms import FormPage, for_people, viewer_of_page
from duijie.web.members.places import spot

MOST_OPTIONS = 200  # of a list to choose from
SORTS = ("name", "signed_on", "total_cny_minor", "paid_cny_minor", "late_days")


def projects_crumb() -> tuple[str, str]:
    return t("签约项目", "Projects"), reverse("projects")


def _under(request: HttpRequest) -> None:
    request.nav_key = "projects"  # type: ignore[attr-defined]


def _narrowed(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    foreign = {"1": True, "0": False}.get(asked.get("foreign", ""))
    return {
        "member": asked.get("member", ""), "stage": asked.get("stage", ""), "kind": asked.get("kind", ""),
        "zone": asked.get("zone", ""), "origin": asked.get("origin", "") if regions.get(asked.get("origin", "")) else "",
        "region": asked.get("region", "") if regions.get(asked.get("region", "")) else "",
        "foreign": foreign, "flag": asked.get("flag", ""), "text": asked.get("q", ""),
    }  # fmt: skip


def _facets(request: HttpRequest) -> list[Facet]:
    viewer = viewer_of_page(request)
    rows = queries.projects(viewer).order_by()
    members = Member.objects.filter(pk__in=list(rows.values_list("owner_member_id", flat=True).distinct())).order_by(
        "name"
    )
    origins = sorted(
        {region_prefix(o[:2] + "0000") for o in rows.values_list("origin", flat=True).distinct() if o[:2].isdigit()}
    )
    provinces = [r for r in (regions.get(f"{p}0000") for p in origins) if r]
    flags = (("risk", Label("有风险", "At risk")), ("late", Label("进度滞后", "Late")), ("cancelled", Label("已撤销", "Called off")), ("repeat", Label("升级、增资、重复", "Upgrades, increases, repeats")))  # fmt: skip
    return [
        Facet.of(request, "member", Label("落地成员", "Member"), [Option(m.slug, name_of(m)) for m in members], many=False),
        Facet.of(request, "stage", Label("进度", "Milestone"), [Option(m.value, m.label) for m in Milestone], many=False),
        Facet.of(request, "flag", Label("关注", "Watch"), [Option(v, label) for v, label in flags], many=False),
        Facet.of(request, "origin", Label("来自", "From"), [Option(r.code, r.label()) for r in provinces], many=False),
        Facet.of(request, "foreign", Label("内外资", "Capital"), [Option("0", Label("内资", "Domestic")), Option("1", Label("外资", "Foreign"))], many=False),
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in DealKind], many=False, is_open=False),
        Facet.of(request, "zone", Label("共建区", "Joint zone"), [Option(z.slug, z.name) for z in queries.zones(viewer)], many=False, is_open=False),
    ]  # fmt: skip


def projects(request: HttpRequest) -> HttpResponse:
    """Every project in sight, on the map and in a table; `?format=xlsx` and `csv` give the sheet."""
    _under(request)
    viewer = viewer_of_page(request)
    sort = sort_of(request, SORTS, "-signed_on")
    narrowed = _narrowed(request)
    rows = queries.projects(viewer, sort=sort, **narrowed)
    form = request.GET.get("format", "")
    if form in ("xlsx", "csv"):
        return sheet("projects", rows, form, viewer)
    if form == "figures":
        return sheet("figures", rows.filter(owner_member__in=viewer.member_ids), "xlsx", viewer)
    pages = Pages.of(request, total=rows.count(), size=30)
    facets = _facets(request)
    query = request.GET.copy()
    exports = {}
    for name, kind in (("Excel", "xlsx"), ("CSV", "csv")):
        query["format"] = kind
        exports[name] = f"?{query.urlencode()}"
    if viewer.member_ids:
        query["format"] = "figures"
        exports[t("本成员月度数据", "Own monthly figures")] = f"?{query.urlencode()}"
    columns = [
        Column("name", Label("项目", "Project"), sortable=True), Column("stage", Label("进度", "Milestone")),
        Column("signed_on", Label("签约日", "Signed"), "date", True),
        Column("total_cny_minor", Label("总投资", "Total"), "number", True),
        Column("paid_cny_minor", Label("实到", "Paid in"), "number", True),
        Column("member", Label("落地成员", "Member")), Column("origin", Label("来自", "From")),
        Column("late_days", Label("关注", "Watch"), sortable=True),
    ]  # fmt: skip
    table = Table(
        columns, [_row(p) for p in rows[pages.start : pages.stop]], request, pages, caption=t("签约项目", "Projects"),
        sort=sort, exports=exports, empty=t("没有符合条件的项目。", "No project fits."),
    )  # fmt: skip
    context = {
        "table": table, "facets": facets, "active": ActiveFilter.from_facets(facets), "total": pages.total,
        "q": narrowed["text"], "tabs": tabs_of("projects") if not viewer.is_guest else [],
        "map": project_map(queries.dots(viewer, rows, limit=600)), "may_create": _creates(request),
    }  # fmt: skip
    return render(request, "land/projects.html", context)


def _creates(request: HttpRequest) -> list[Member]:
    viewer = viewer_of_page(request)
    own = Member.objects.filter(pk__in=viewer.member_ids).order_by("name")
    return [m for m in own if may(viewer, "project.create", {m.pk})]


def _row(project: Project) -> Row:
    region = regions.get(project.origin) if project.origin else None
    return Row(
        [
            Cell(project.name, reverse("project", args=[project.uid])),
            Cell(milestone_name(project.stage), css="text-nowrap"),
            project.signed_on.isoformat() if project.signed_on else "—",
            Cell(money(project.total_cny_minor), exact=project.total_cny_minor / 100),
            Cell(money(project.paid_cny_minor), exact=project.paid_cny_minor / 100),
            project.owner_member.short_name or project.owner_member.name, Cell(region.label() if region else "—", css="text-nowrap"),
            badges(project_flags(project)) or "—",
        ]
    )  # fmt: skip


def project_map(rows: list[Project], title: str = "") -> MapView:
    """A dot for each project, as large as its total investment in 10,000 yuan; those without a place stand at their member's,
    spread a little so that none hides the other."""
    points = []
    for place, project in enumerate(rows):
        lon, lat = project.longitude, project.latitude
        if lon is None or lat is None:
            where = spot(project.owner_member)
            if where is None:
                continue
            ring, step = divmod(place, 12)
            turn = (step * 0.5236) + ring * 0.26
            reach = 0.012 + 0.004 * (ring % 12)
            from math import cos, sin

            lon, lat = round(where[0] + reach * cos(turn), 4), round(where[1] + reach * 0.85 * sin(turn), 4)
        value = project.total_cny_minor / 1_000_000 or None
        points.append(Point(project.name, lon, lat, value, kind_of(project), reverse("project", args=[project.uid])))
    return MapView(title or t("项目分布", "Where the projects are"), points, unit=t("万元", "CNY 10,000"), height=24)


def _asked(request: HttpRequest) -> tuple[dt.date | None, dt.datetime | None]:
    """`?on=` a day, said above the page where it cannot be read; `?known=` an instant, or a day up to whose end things were known.

    Raises Fault "instant.unreadable".
    """
    on, known = None, parse_instant(request.GET.get("known", ""))
    try:
        on = parse_date(request.GET.get("on", ""))
    except Fault as fault:
        messages.error(request, fault.sentence)
    return on, known


def project_page(request: HttpRequest, uid: str) -> HttpResponse:
    """One project as it stood on a day, as known on another; today where none is asked for."""
    _under(request)
    viewer = viewer_of_page(request)
    on, known = _asked(request)
    page = queries.project_page(viewer, uid, on=on, known_at=known)
    project = page.project
    context = {
        "page": page, "project": project, "kind": kind_of(project), "flags": badges(project_flags(project)),
        "source": source_of(project), "sums": _sums(page.sums), "slips": _slip_table(page),
        "region": regions.full_name(project.region) if regions.get(project.region) else "",
        "origin": regions.full_name(project.origin) if project.origin and regions.get(project.origin) else "",
        "industry": _industry(project.industry), "relation": Relation.named(project.relation),
        "figures": _figure_table(page), "chart": _chart(page), "on": on, "known": last_day_before(known).isoformat() if known else "",
        "relocations": [(_name(r.origin), _name(r.destination), r.effective_on, r.reason) for r in page.relocations],
        "deal": project.deal if project.deal_id and queries.deals(viewer).filter(pk=project.deal_id).exists() else None,
        "crumbs": [projects_crumb(), (project.name, "")],
    }  # fmt: skip
    return render(request, "land/project.html", context)


def _name(code: str) -> str:
    return regions.full_name(code) if regions.get(code) else code


def _industry(code: str) -> str:
    found = industries.get(code) if code else None
    return found.label() if found else ""


def _sums(sums: dict[tuple[str, str], dict[str, int]]) -> list[tuple[str, float, str, str]]:
    """(name, value, unit, note): each kind of sum for itself, foreign capital in dollars with its worth in yuan beside it."""
    found: list[tuple[str, float, str, str]] = []
    yuan, dollars = t("元", "CNY"), t("美元", "USD")
    for kind in FigureKind:
        for source in ("", "domestic", "foreign"):
            held = sums.get((kind.value, source))
            if held is None:
                continue
            with_source = source and kind.value != "contracted"
            name = str(kind.label) + (f"（{CapitalSource.named(source)}）" if with_source else "")
            if kind.value in ("jobs", "land"):
                unit = t("人", "people") if kind.value == "jobs" else t("平方米", "m²")
                found.append((name, held["amount"], unit, ""))
            elif source == "foreign":
                found.append((name, held["usd"] / 100, dollars, format_money(Money(held["cny"]))))
            else:
                found.append((name, held["cny"] / 100, yuan, ""))
    return found


def _slip_table(page: queries.ProjectPage) -> Table:
    columns = [
        Column("milestone", Label("节点", "Milestone")), Column("planned", Label("计划", "Planned"), "date"),
        Column("actual", Label("实际", "Actual"), "date"), Column("days", Label("偏差", "Slip"), "number"),
    ]  # fmt: skip
    rows = []
    for slip in page.slips:
        days = t("—", "—") if slip.planned is None or not slip.days else t("晚 {n} 天", "{n} days late", n=slip.days) if slip.days > 0 else t("早 {n} 天", "{n} days early", n=-slip.days)  # fmt: skip
        late = slip.days > 0
        rows.append([Milestone.named(slip.milestone), slip.planned.isoformat() if slip.planned else "—", slip.actual.isoformat() if slip.actual else t("未到", "not yet"), Cell(days, problem=days if late else "")])  # fmt: skip
    return Table(
        columns,
        rows,
        caption=t("计划与实际", "Planned and actual"),
        tight=True,
        as_cards=False,
        empty=t("还没有节点。", "No milestone yet."),
    )


def _figure_table(page: queries.ProjectPage) -> Table:
    columns = [
        Column("day", Label("日期", "Day")), Column("kind", Label("指标", "Figure")),
        Column("amount", Label("数额", "Amount"), "number"), Column("recorded", Label("登记", "Recorded"), "date"),
        Column("state", Label("状态", "State")), Column("evidence", Label("依据与说明", "Evidence and remarks")),
    ]  # fmt: skip
    rows = [_figure_row(page, f) for f in page.history]
    return Table(
        columns,
        rows,
        caption=t("数据与更正", "Figures and corrections"),
        tight=True,
        empty=t("还没有数据。", "No figure yet."),
    )


def _figure_row(page: queries.ProjectPage, figure: Figure) -> list[Any]:
    name = FigureKind.named(figure.kind) + (f"（{CapitalSource.named(figure.source)}）" if figure.source else "")
    amount = format_money(Money(figure.amount, figure.currency)) if figure.currency else str(figure.amount)
    if figure.rate is not None:
        amount += f" × {figure.rate.normalize():f}"
    state = t("有效", "stands")
    if figure.cancelled:
        state = t("撤回", "taken back")
    elif figure.pk in page.replaced:
        state = t("已更正", "corrected since")
    elif figure.corrects_id:
        state = t("更正", "correction")
    url = ""
    if page.may_correct and figure.pk not in page.replaced and not figure.cancelled and page.known_at is None:
        url = reverse("correct_figure", args=[page.project.uid, figure.uid])
    remark = "；".join(filter(None, [figure.evidence, figure.reason]))
    day = figure.effective_on.isoformat() if figure.effective_on else t("签约时", "at signing")
    return [
        day,
        Cell(name, url),
        amount,
        figure.recorded_at.astimezone(SHANGHAI).date().isoformat(),
        state,
        remark or "—",
    ]


def _chart(page: queries.ProjectPage) -> Chart | None:
    if not page.monthly:
        return None
    months = [m for m, _ in page.monthly]
    names = (("paid_in", t("实到资金", "Paid in")), ("output", t("产值", "Output")), ("tax", t("税收", "Tax")))
    series = [Series(name, [sums[key] / 1_000_000 for _, sums in page.monthly]) for key, name in names if any(s[key] for _, s in page.monthly)]  # fmt: skip
    return Chart("bar", t("按月", "By month"), months, series, unit=t("万元", "CNY 10,000"), height=16)


@for_people
def new_project(request: HttpRequest) -> HttpResponse:
    _under(request)
    own = _creates(request)
    if not own:
        raise NotAllowed("项目由成员的编辑、联络员或管理员登记。", "Projects are registered by a member's officers.")

    def save(record: ProjectRecord, posted: QueryDict) -> str:
        member = next((m for m in own if m.slug == posted.get("member")), own[0])
        made = actions.create_project(actor=viewer_of_page(request), member=member, record=record)
        return reverse("project", args=[made.uid])

    member = FormField("member", Label("落地成员", "Member"), "choice", own[0].slug, choices=tuple(Choice(m.slug, name_of(m)) for m in own), required=True)  # fmt: skip
    return FormPage(
        request, ProjectRecord, t("登记项目", "Register a project"), save, crumbs=[projects_crumb()],
        values={"kind": "investment", "openness": "alliance", "relation": "first"}, extra=[member] if len(own) > 1 else (),
        draft="project-new", done=Label("已登记。", "Registered."), options=_options(viewer_of_page(request), {m.pk for m in own}),
    ).response()  # fmt: skip


def _options(viewer: Viewer, members: set[int], but: Project | None = None) -> dict[str, list[Choice]]:
    """Joint zones, and the members' own projects where they are few enough to choose from; else one is named or numbered."""
    found = {"zone": [Choice(z.slug, t(z.name, z.name_en or z.name)) for z in queries.zones(viewer)]}
    own = queries.projects(viewer).filter(owner_member__in=members).exclude(pk=but.pk if but else 0).order_by("name")
    rows = list(own.values_list("uid", "name")[: MOST_OPTIONS + 1])
    if len(rows) <= MOST_OPTIONS:
        found["relates_to"] = [Choice(uid, name) for uid, name in rows]
    return found


def _changing(request: HttpRequest, uid: str, verb: str) -> Project:
    viewer = viewer_of_page(request)
    project = queries.get_project(viewer, uid)
    if not may(viewer, verb, {project.owner_member_id}):
        raise NotAllowed
    return project


@for_people
def edit_project(request: HttpRequest, uid: str) -> HttpResponse:
    _under(request)
    project = _changing(request, uid, "project.change")

    def save(record: ProjectRecord, posted: QueryDict) -> str:
        actions.change_project(
            actor=viewer_of_page(request), project=project, record=record, version=version_of(posted)
        )
        return reverse("project", args=[uid])

    return FormPage(
        request, ProjectRecord, t("修改项目", "Change the project"), save, values=actions.project_record_of(project),
        crumbs=_crumbs(project), version=project.version, done=Label("已保存。", "Saved."),
        only=[n for n in ProjectRecord.model_fields if n not in ("source", "source_label", "external_id")],
        options=_options(viewer_of_page(request), {project.owner_member_id}, but=project),
    ).response()  # fmt: skip


def _crumbs(project: Project) -> list[tuple[str, str]]:
    return [projects_crumb(), (project.name, reverse("project", args=[project.uid]))]


@for_people
def report_figure(request: HttpRequest, uid: str) -> HttpResponse:
    """Report a figure of a project for a month or a day."""
    _under(request)
    project = _changing(request, uid, "project.figures")

    def save(record: FigureRecord, posted: QueryDict) -> str:
        actions.record_figure(actor=viewer_of_page(request), project=project, record=record)
        return reverse("project", args=[uid])

    return FormPage(
        request, FigureRecord, t("填报数据", "Report a figure"), save, crumbs=_crumbs(project),
        values={"kind": "paid_in", "source": "foreign" if project.foreign else "domestic"}, done=Label("已填报。", "Reported."),
        only=[n for n in FigureRecord.model_fields if n != "project"],
    ).response()  # fmt: skip


@for_people
def correct_figure(request: HttpRequest, uid: str, figure_uid: str) -> HttpResponse:
    """Another amount in a figure's place, with the reason."""
    _under(request)
    project = _changing(request, uid, "project.correct")
    figure = queries.get_figure(project, figure_uid)

    def save(record: FigureRecord, posted: QueryDict) -> str:
        from duijie.land.actions.figures import given_of

        cancel = posted.get("take_back") == "true"
        given = None if cancel else given_of(record)
        actions.correct_figure(actor=viewer_of_page(request), figure=figure, given=given, reason=record.reason or "")
        return reverse("project", args=[uid])

    amount = format_money(Money(figure.amount, figure.currency), exact=True) if figure.currency else str(figure.amount)
    return FormPage(
        request, FigureRecord, t("更正数据", "Correct a figure"), save, crumbs=_crumbs(project), done=Label("已更正。", "Corrected."),
        values={"kind": figure.kind, "source": figure.source, "on": figure.effective_on, "amount": amount, "evidence": figure.evidence},
        only=["amount", "on", "rate", "evidence", "reason"],
        extra=[FormField("take_back", Label("撤回这个数据，不再计入", "Take it back: it no longer counts"), "yes_no")],
    ).response()  # fmt: skip


@for_people
def milestone(request: HttpRequest, uid: str) -> HttpResponse:
    """The planned or actual day of a milestone."""
    _under(request)
    project = _changing(request, uid, "project.change")

    def save(record: MilestoneRecord, posted: QueryDict) -> str:
        actions.set_milestone(actor=viewer_of_page(request), project=project, record=record, version=version_of(posted))
        return reverse("project", args=[uid])

    return FormPage(
        request, MilestoneRecord, t("时间节点", "Milestone"), save, crumbs=_crumbs(project), version=project.version,
        values={"milestone": request.GET.get("milestone", "construction")}, done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip


@for_people
def relocation(request: HttpRequest, uid: str) -> HttpResponse:
    """The project moved from one region to another."""
    _under(request)
    project = _changing(request, uid, "project.change")

    def save(record: RelocationRecord, posted: QueryDict) -> str:
        actions.relocate(actor=viewer_of_page(request), project=project, record=record)
        return reverse("project", args=[uid])

    return FormPage(
        request, RelocationRecord, t("登记迁移", "Record a relocation"), save, crumbs=_crumbs(project),
        values={"origin": project.origin, "destination": project.region}, done=Label("已登记。", "On record."),
    ).response()  # fmt: skip


@require_POST
@for_people
def act(request: HttpRequest, uid: str) -> HttpResponse:
    """The risk flag, or calling a project off."""
    viewer, posted = viewer_of_page(request), request.POST
    project = queries.get_project(viewer, uid)
    try:
        if posted.get("do") == "risk":
            risky = posted.get("risky") == "true"
            actions.set_risk(
                actor=viewer, project=project, risky=risky, reason=posted.get("reason", ""), version=version_of(posted)
            )
        elif posted.get("do") == "cancel":
            day = parse_date(posted.get("on", "")) or timezone.localdate()
            actions.cancel_project(
                actor=viewer, project=project, on=day, reason=posted.get("reason", ""), version=version_of(posted)
            )
        else:
            raise NotFound
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(reverse("project", args=[uid]))
