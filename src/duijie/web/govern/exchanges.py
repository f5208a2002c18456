"""Exchanges: the list with its facets and sheets, one exchange, its form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from duijie.core.errors import NotAllowed
from duijie.core.language import Label, t
from duijie.govern import actions, queries
from duijie.govern.choices import ExchangeKind, ExchangeStatus
from duijie.govern.models import Exchange
from duijie.govern.schemas import ExchangeRecord
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.web.govern.sheets import sheet_answer
from duijie.web.kit import Cell, Column, Option, Pages, Table
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

BADGES = {"planned": "line", "held": "river", "reported": "good", "cancelled": ""}


def exchanges_crumb() -> tuple[str, str]:
    return t("交流互访", "Exchanges"), reverse("govern:exchanges")


def exchanges(request: HttpRequest) -> HttpResponse:
    viewer, asked = viewer_of_page(request), request.GET
    member = Member.objects.filter(slug=asked.get("member", "")).first()
    year = asked.get("year", "")
    found = queries.exchanges(
        viewer, member=member, kind=asked.get("kind", ""), status=asked.get("status", ""), text=asked.get("q", ""),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
    )  # fmt: skip
    if asked.get("format") in {"xlsx", "csv"}:
        return _sheet(found, asked["format"])
    pages = Pages.of(request, total=found.count(), size=30)
    columns = [
        Column("title", Label("交流", "Exchange")), Column("kind", Label("类型", "Kind")), Column("from", Label("派出", "Sent by")),
        Column("to", Label("接待", "Host")), Column("on", Label("开始", "From"), "date"), Column("people", Label("人数", "People"), "number"),
        Column("status", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(x.title, reverse("govern:exchange", args=[x.uid])), Cell(ExchangeKind.named(x.kind), css="text-nowrap"), name_of(x.sender), host_of(x),
            x.first_day.isoformat(), x.head_count, status_badge(x),
        ]
        for x in found[pages.start : pages.stop]
    ]  # fmt: skip
    query = request.GET.copy()
    exports = {}
    for label, form in (("Excel", "xlsx"), ("CSV", "csv")):
        query["format"] = form
        exports[label] = f"{request.path}?{query.urlencode()}"
    facets = [
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in ExchangeKind], many=False),
        Facet.of(
            request, "status", Label("状态", "State"), [Option(k.value, k.label) for k in ExchangeStatus], many=False
        ),
    ]
    context: dict[str, Any] = {
        "title": t("交流互访", "Exchanges"),
        "lead": t("挂职、互访、讲座：计划了什么，办成了什么，带来了什么。", "Secondments, visits, lectures: what is planned, what was held, what came of it."),
        "table": Table(columns, rows, request, pages, caption=t("交流互访", "Exchanges"), exports=exports, empty=t("没有符合条件的交流。", "No exchange fits.")),
        "facets": facets, "active": ActiveFilter.from_facets(facets),
        "actions": [(reverse("govern:new_exchange"), t("登记交流", "Record an exchange"), "btn-primary")] if queries.may_write_exchange(viewer) else [],
    }  # fmt: skip
    return render(request, "govern/list.html", context)


def host_of(exchange: Exchange) -> str:
    return name_of(exchange.host) if exchange.host else exchange.host_name


def status_badge(exchange: Exchange) -> str:
    return badge(ExchangeStatus.named(exchange.status), BADGES[exchange.status])


def _sheet(found: Any, form: str) -> HttpResponse:
    heads = [
        (Label("类型", "Kind"), "line"), (Label("名称", "Title"), "line"), (Label("派出成员", "Sent by"), "line"), (Label("接待方", "Host"), "line"),
        (Label("开始", "From"), "date"), (Label("结束", "Until"), "date"), (Label("人数", "People"), "whole"), (Label("地点", "Place"), "line"),
        (Label("状态", "Status"), "line"), (Label("成果", "Outcome"), "text"), (Label("编号", "External id"), "line"),
    ]  # fmt: skip
    rows = (
        [ExchangeKind.named(x.kind), x.title, x.sender.name, x.host.name if x.host else x.host_name, x.first_day, x.last_day, x.head_count, x.place, ExchangeStatus.named(x.status), x.outcome, x.external_id]
        for x in found
    )  # fmt: skip
    return sheet_answer("exchanges", heads, rows, form)


def exchange(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_exchange(viewer, uid)
    context = {
        "exchange": found,
        "kind": ExchangeKind.named(found.kind),
        "status": status_badge(found),
        "people": queries.people_of_exchange(viewer, found),
        "may_write": queries.may_write_exchange(viewer, found),
        "crumbs": [exchanges_crumb(), (found.title, "")],
    }
    return render(request, "govern/exchange.html", context)


@for_people
def new_exchange(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    if not queries.may_write_exchange(viewer):
        raise NotAllowed("交流由双方成员的工作人员登记。", "Exchanges are recorded by staff of either member.")
    own = Member.objects.filter(pk__in=viewer.member_ids).order_by("name").first()

    def save(record: ExchangeRecord, form: QueryDict) -> str:
        return reverse("govern:exchange", args=[actions.plan_exchange(actor=viewer, record=record).uid])

    return FormPage(
        request, ExchangeRecord, t("登记交流", "Record an exchange"), save, values={"sender": own.name if own else "", "status": "planned"},
        crumbs=[exchanges_crumb()], done=Label("交流已登记。", "On record."), draft="exchange-new",
    ).response()  # fmt: skip


@for_people
def edit_exchange(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_exchange(viewer, uid)
    if not queries.may_write_exchange(viewer, found):
        raise NotAllowed
    people = [f"{p.name}（{p.title}）" if p.title else p.name for p in queries.people_of_exchange(viewer, found)]

    def save(record: ExchangeRecord, form: QueryDict) -> str:
        actions.change_exchange(actor=viewer, exchange=found, record=record, version=posted_version(form))
        return reverse("govern:exchange", args=[found.uid])

    return FormPage(
        request, ExchangeRecord, t("修改交流", "Change the exchange"), save, values=actions.exchange_record_of(found) | {"people": people},
        crumbs=[exchanges_crumb(), (found.title, reverse("govern:exchange", args=[found.uid]))], version=found.version,
        done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip
