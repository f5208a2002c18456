"""Joint zones and closed periods: their pages and forms."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.land import actions, queries
from duijie.land.choices import ZoneKind
from duijie.land.models import JointZone
from duijie.land.rules import may
from duijie.land.schemas import ZoneRecord
from duijie.members.models import Member
from duijie.members.queries import get_member, name_of
from duijie.web.kit import Chart, Column, MapView, Point, Series, Table
from duijie.web.land.deals import _tabs as tabs_of
from duijie.web.land.projects import project_map
from duijie.web.land.words import badges, milestone_name, money, project_flags, version_of
from duijie.web.members.forms import FormPage, for_people, viewer_of_page


def _under(request: HttpRequest) -> None:
    request.nav_key = "projects"  # type: ignore[attr-defined]


def zone_name(zone: JointZone) -> str:
    return t(zone.name, zone.name_en or zone.name)


def area(square_metres: int | None) -> str:
    """7.1 平方公里, or mu and square metres where it is small."""
    if square_metres is None:
        return "—"
    if square_metres >= 100_000:
        return t("{n} 平方公里", "{n} km²", n=f"{square_metres / 1_000_000:g}")
    return t("{n} 平方米", "{n} m²", n=square_metres)


def _crumb() -> tuple[str, str]:
    return t("共建区", "Joint zones"), reverse("zones")


def zones(request: HttpRequest) -> HttpResponse:
    """Corridors, demonstration zones, shared zones of an industry, co-built parks."""
    _under(request)
    viewer = viewer_of_page(request)
    found = list(queries.zones(viewer))
    points = [
        Point(zone_name(z), z.longitude, z.latitude, None, ZoneKind.named(z.kind), reverse("zone", args=[z.slug]))
        for z in found
        if z.longitude is not None and z.latitude is not None
    ]
    cards = [
        (z, zone_name(z), ZoneKind.named(z.kind), area(z.area_square_metres), [p.member.name if p.member else p.name for p in z.partners.all()])
        for z in found
    ]  # fmt: skip
    own = Member.objects.filter(pk__in=viewer.member_ids)
    context = {
        "zones": cards, "map": MapView(t("共建区分布", "Where they are"), points, height=22) if points else None,
        "tabs": tabs_of("zones") if not viewer.is_guest else [], "may_create": any(may(viewer, "zone.change", {m.pk}) for m in own),
    }  # fmt: skip
    return render(request, "land/zones.html", context)


def zone_page(request: HttpRequest, zone: str) -> HttpResponse:
    """One joint zone: partners, areas, shares, its projects and what they come to."""
    _under(request)
    viewer = viewer_of_page(request)
    found = queries.get_zone(viewer, zone)
    figures = queries.zone_figures(viewer, found)
    partners = list(found.partners.select_related("member"))
    columns = [Column("name", Label("共建方", "Partner")), Column("area", Label("面积", "Area"), "number"), Column("share", Label("份额", "Share"), "number")]  # fmt: skip
    rows = [
        [name_of(p.member) if p.member else p.name, area(p.area_square_metres), f"{p.share_basis_points / 100:g}%" if p.share_basis_points is not None else "—"]
        for p in partners
    ]  # fmt: skip
    parts = [
        (p.member.short_name or p.member.name if p.member else p.name, (p.area_square_metres or 0) / 1_000_000)
        for p in partners
    ]
    chart = None
    if sum(v > 0 for _, v in parts) > 1:
        chart = Chart("donut", t("面积构成", "Area by partner"), [n for n, _ in parts], [Series(t("面积", "Area"), [v for _, v in parts])], unit=t("平方公里", "km²"), height=16)  # fmt: skip
    members = {p.member_id for p in partners if p.member_id}
    projects = [
        (p, milestone_name(p.stage), money(p.total_cny_minor), badges(project_flags(p))) for p in figures.projects
    ]
    context = {
        "zone": found, "name": zone_name(found), "kind": ZoneKind.named(found.kind), "area": found.area_square_metres / 1_000_000 if found.area_square_metres else None,
        "partners": Table(columns, rows, caption=t("共建方", "Partners"), tight=True, as_cards=False), "chart": chart,
        "figures": figures, "total": figures.total_cny_minor / 100, "paid": figures.paid_cny_minor / 100, "projects": projects,
        "map": project_map(figures.projects) if figures.projects else None,
        "may_change": bool(members) and may(viewer, "zone.change", members), "crumbs": [_crumb(), (zone_name(found), "")],
    }  # fmt: skip
    return render(request, "land/zone.html", context)


def _form(request: HttpRequest, zone: JointZone | None) -> HttpResponse:
    _under(request)
    viewer = viewer_of_page(request)

    def save(record: ZoneRecord, posted: QueryDict) -> str:
        made = actions.write_zone(actor=viewer, record=record, zone=zone, version=version_of(posted))
        return reverse("zone", args=[made.slug])

    title = t("修改共建区", "Change the joint zone") if zone else t("登记共建区", "Register a joint zone")
    return FormPage(
        request, ZoneRecord, title, save, crumbs=[_crumb()], done=Label("已保存。", "Saved."),
        values=actions.zone_record_of(zone) if zone else {}, version=zone.version if zone else None,
    ).response()  # fmt: skip


@for_people
def new_zone(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@for_people
def edit_zone(request: HttpRequest, zone: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_zone(viewer, zone)
    members = {m for m in found.partners.values_list("member_id", flat=True) if m}
    if not members or not may(viewer, "zone.change", members):
        raise NotAllowed
    return _form(request, found)


@for_people
def periods(request: HttpRequest, slug: str) -> HttpResponse:
    """What was closed and opened again at a member, and the button for it."""
    _under(request)
    viewer = viewer_of_page(request)
    member = get_member(viewer, slug)
    rows = queries.closings(viewer, member)
    refusal = ""
    if request.method == "POST":
        try:
            close = request.POST.get("do") == "close"
            change = actions.close_period if close else actions.reopen_period
            change(
                actor=viewer,
                member=member,
                period=request.POST.get("period", ""),
                reason=request.POST.get("reason", ""),
            )
            messages.success(request, t("已结账。", "Closed.") if close else t("已重新打开。", "Open again."))
            return HttpResponseRedirect(reverse("periods", args=[slug]))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            refusal = fault.sentence
    columns = [
        Column("period", Label("期间", "Period")), Column("what", Label("操作", "What")), Column("at", Label("时间", "When"), "date"),
        Column("by", Label("经办", "By")), Column("why", Label("原因", "Why")),
    ]  # fmt: skip
    table = Table(
        columns,
        [[r.period, t("结账", "closed") if r.closed else t("重新打开", "opened again"), f"{r.at:%Y-%m-%d}", r.by.name if r.by else "—", r.reason or "—"] for r in rows],
        caption=t("结账记录", "Closed periods"), tight=True, empty=t("还没有结过账。", "No period was closed yet."),
    )  # fmt: skip
    context = {
        "member": member, "name": name_of(member), "table": table, "refusal": refusal, "closed": [r.period for r in queries.closed_periods(member.pk)],
        "may_close": may(viewer, "period.close", {member.pk}), "may_reopen": may(viewer, "period.reopen", {member.pk}),
        "crumbs": [(name_of(member), reverse("members:member", args=[slug])), (t("结账", "Closed periods"), "")],
    }  # fmt: skip
    return render(request, "land/periods.html", context, status=422 if refusal else 200)
