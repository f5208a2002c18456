"""The league table of members: values, progress on own targets, ties; as Excel and CSV too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from duijie.core.language import Label, t
from duijie.core.sheets import Column as SheetColumn
from duijie.plan.choices import unit_label
from duijie.plan.content import IndicatorPart
from duijie.plan.fields import plain_figure, shown_figure
from duijie.plan.league import MIXED, Place, league
from duijie.web.kit import Cell, Column, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.kit.parts import badge
from duijie.web.plan.downloads import csv_answer, xlsx_answer
from duijie.web.plan.showing import Asked, light_badge, plan_crumb, plans_crumb


def league_page(request: HttpRequest, plan: str) -> HttpResponse:
    """Members in the order of ?sort=: by progress on own targets, or by the value of one indicator."""
    asked = Asked.of(request, plan)
    indicators = _indicators(asked)
    period = asked.period()
    codes = {i.code for i in indicators}
    by = request.GET.get("sort", "").removeprefix("-")
    by = by if by in codes else MIXED
    reckoning = asked.reckoning()
    places = league(reckoning, indicators, period, by=by) if period is not None else []
    form = request.GET.get("form", "")
    if form in ("csv", "xlsx"):
        return _download(asked, indicators, places, form)
    here = reverse("plans:league", args=[asked.plan.uid])
    kept = request.GET.urlencode()
    exports = {"Excel": f"{here}?{kept}&form=xlsx", "CSV": f"{here}?{kept}&form=csv"}
    context = {
        "asked": asked, "plan": asked.plan, "period": period, "periods": asked.content.periods, "day": asked.day, "by": by,
        "table": _table(asked, indicators, places, by, exports), "chart": _chart(asked, places), "notice": asked.notice(),
        "crumbs": [plans_crumb(), plan_crumb(asked.plan), (t("成员排名", "League table"), "")],
    }  # fmt: skip
    return render(request, "plan/league.html", context)


def _indicators(asked: Asked) -> list[IndicatorPart]:
    kept = [i for i in asked.content.indicators if not i.retired and i.unit != "percent"]
    return [i for i in kept if i.headline] or kept[:6]


def _rank(place: Place) -> str:
    if place.rank is None:
        return "—"
    return f"{place.rank}" + (t("（并列）", "=") if place.tied else "")


def _table(
    asked: Asked, indicators: list[IndicatorPart], places: list[Place], by: str, exports: dict[str, str]
) -> Table:
    columns = [
        Column("rank", Label("名次", "Rank")), Column("member", Label("成员", "Member")),
        Column(MIXED, Label("自身目标完成", "Own targets"), "number", sortable=True), Column("met", Label("达标", "Met"), "number"),
        *(Column(i.code, i.name, "number", sortable=True) for i in indicators), Column("light", Label("各目标", "Each target")),
    ]  # fmt: skip
    rows = []
    for place in places:
        slug = asked.members[place.member].slug
        cells: list[Any] = [
            _rank(place), Cell(asked.name(place.member), reverse("members:member", args=[slug])),
            f"{place.progress * 100:.1f}%" if place.progress is not None else t("无目标", "no target"),
            f"{place.met}/{len(place.targets)}" if place.targets else "—",
        ]  # fmt: skip
        for i in indicators:
            value = place.values.get(i.code)
            address = reverse("plans:indicator", args=[asked.plan.uid, i.uid]) + asked.query(member=slug, period=asked.request.GET.get("period", ""))  # fmt: skip
            cells.append(Cell(shown_figure(value, i.unit, i.unit_name), address, exact=plain_figure(value, i.unit)))
        cells.append(_lights(place))
        rows.append(cells)
    foot: list[Any] = [
        "",
        t("合计", "Total"),
        "",
        f"{sum(p.met for p in places)}/{sum(len(p.targets) for p in places)}",
    ]
    foot += [shown_figure(sum(p.values.get(i.code) or 0 for p in places), i.unit, i.unit_name) for i in indicators]
    return Table(
        columns, rows, asked.request, caption=t("成员排名", "League table"), sort=f"-{by}", exports=exports, foot=[*foot, ""],
        empty=t("这个期间没有成员或数据。", "There are no members or figures in this period."),
    )  # fmt: skip


def _lights(place: Place) -> Any:
    if not place.targets:
        return badge(Label("未设目标", "No target"), "line")
    each = format_html_join(
        " ", '<span title="{}">{}</span>', ((f.indicator.name, light_badge(f.light)) for f in place.targets)
    )
    return format_html("<span>{}</span>", each)


def _chart(asked: Asked, places: list[Place]) -> Chart | None:
    counted = [p for p in places if p.progress is not None]
    if not counted:
        return None
    return Chart(
        "hbar", t("自身目标完成（各目标封顶 100%，取平均）", "Own targets reached (each at most 100%, mean)"),
        [asked.name(p.member) for p in counted],
        [Series(t("完成", "Reached"), [round((p.progress or 0) * 100, 1) for p in counted])], unit="%",
        height=min(36, 5 + 2 * len(counted)),
    )  # fmt: skip


def _download(asked: Asked, indicators: list[IndicatorPart], places: list[Place], form: str) -> HttpResponse:
    head = [t("名次", "Rank"), t("成员", "Member"), t("自身目标完成 %", "Own targets %"), t("达标数", "Met"), t("目标数", "Targets")]  # fmt: skip
    head += [f"{i.name} ({unit_label(i.unit, i.unit_name) or i.unit})" for i in indicators]
    rows = [
        [
            p.rank, asked.name(p.member), round(p.progress * 100, 1) if p.progress is not None else None, p.met, len(p.targets),
            *(plain_figure(p.values.get(i.code), i.unit) for i in indicators),
        ]
        for p in places
    ]  # fmt: skip
    name = f"{t('成员排名', 'league')}-{asked.day}.{form}"
    if form == "csv":
        return csv_answer(name, head, rows)
    columns = [SheetColumn(f"c{n}", h, h) for n, h in enumerate(head)]
    return xlsx_answer(name, columns, ({f"c{n}": v for n, v in enumerate(row)} for row in rows))
