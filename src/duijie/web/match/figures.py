"""What matching brought, as a page and as a sheet; each figure opens exactly the records that it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, NotFound
from duijie.core.language import Label, t
from duijie.match.figures import FIGURES, Fact, Line, facts, figures
from duijie.members.models import Member
from duijie.publish.models import Listing
from duijie.publish.queries import SeenListing, seen
from duijie.web.kit.names import industry_name
from duijie.web.kit.pages import Pages
from duijie.web.kit.tables import Cell, Column, Table, sort_of
from duijie.web.match.downloads import FORMATS, Value, download, exports_of
from duijie.web.members.forms import for_people, viewer_of_page

COLUMNS = [
    Column("name", Label("名称", "Name"), sortable=True),
    Column("shown", Label("展示的匹配", "Matches shown"), "number", sortable=True),
    Column("interests", Label("感兴趣", "Interest"), "number", sortable=True),
    Column("agreed", Label("双方同意", "Agreed"), "number", sortable=True),
    Column("introductions", Label("对接", "Introductions"), "number", sortable=True),
    Column("answers", Label("答复天数（中位）", "Days to answer (median)"), "number", sortable=True),
    Column("needs", Label("需求", "Needs"), "number", sortable=True),
    Column("served", Label("有好匹配的需求", "Needs with a good match"), "number", sortable=True),
]
NAMES = {column.key: column.label for column in COLUMNS}
RECORD_COLUMNS = [
    Column("title", Label("我方信息", "Own listing")),
    Column("other", Label("对方信息", "The other listing")),
    Column("member", Label("成员", "Member")),
    Column("on", Label("日期", "Day"), "date"),
    Column("days", Label("天数", "Days"), "number"),
]
_PAGES = {"interest": "match_interest", "introduction": "introduction", "listing": "listing"}
SIZE = 50


def _day(request: HttpRequest, name: str) -> dt.date | None:
    given = request.GET.get(name, "").strip()
    return parse_date(given) if given else None


def _asked(request: HttpRequest) -> tuple[str, dt.date | None, dt.date | None, str]:
    """(by, first day, last day, a sentence on what could not be read)."""
    by = "industry" if request.GET.get("by") == "industry" else "member"
    try:
        return by, _day(request, "from"), _day(request, "until"), ""
    except Fault as fault:
        return by, None, None, fault.sentence


def _value(line: Line, name: str) -> float | int | None:
    if name == "answers":
        return line.median_days
    return line.share_percent if name == "served" else getattr(line, name)


def _shown_value(line: Line, name: str) -> str | float | int:
    found = _value(line, name)
    if found is None:
        return "—"
    return f"{found} % ({line.needs_with_good_match}/{line.needs})" if name == "served" else found


def _named(keys: list[str], by: str) -> dict[str, str]:
    if by == "member":
        return {str(m.pk): m.name for m in Member.objects.filter(pk__in=keys)}
    return {key: industry_name(key) if key else t("未填行业", "No industry") for key in keys}


def _records_address(request: HttpRequest, by: str, key: str, figure: str) -> str:
    kept = {name: request.GET[name] for name in ("from", "until") if request.GET.get(name)}
    return reverse("match_figure_records") + "?" + urlencode({"figure": figure, "by": by, "key": key} | kept)


@for_people
def figures_page(request: HttpRequest) -> HttpResponse:
    """Figures by member, or with `?by=industry` by industry, of the members in one's charge; `from`, `until` bound the days."""
    by, start, end, problem = _asked(request)
    found = figures(viewer_of_page(request), by=by, start=start, end=end)
    names = _named(list(found), by)
    sort = sort_of(request, [column.key for column in COLUMNS], "name")
    lines = _sorted(found, names, sort)
    if request.GET.get("format") in FORMATS:
        head = [str(column.label) for column in COLUMNS]
        head[-1] += " %"
        sheet: list[list[Value]] = [
            [names[key], *(_value(line, name) for name in FIGURES_SHOWN)] for key, line in lines
        ]
        return download("match-figures", request.GET["format"], head, sheet, t("匹配的成效", "What matching brought"))
    rows = [
        [names[key], *(Cell(_shown_value(line, name), url=_records_address(request, by, key, name)) for name in FIGURES_SHOWN)]
        for key, line in lines
    ]  # fmt: skip
    table = Table(
        COLUMNS, rows, request, sort=sort, exports=exports_of(request), caption=t("匹配的成效", "What matching brought"),
        empty=t("还没有数字。", "No figures yet."),
    )  # fmt: skip
    request.nav_key = "worklist"  # type: ignore[attr-defined]
    context = {"table": table, "by": by, "problem": problem, "asked": request.GET}
    return render(request, "match/figures.html", context, status=422 if problem else 200)


FIGURES_SHOWN = [column.key for column in COLUMNS[1:]]


def _sorted(found: Mapping[str, Line], names: Mapping[str, str], sort: str) -> list[tuple[str, Line]]:
    name = sort.removeprefix("-")

    def place(item: tuple[str, Line]) -> tuple[float, str]:
        return (0.0 if name == "name" else float(_value(item[1], name) or 0), names[item[0]])

    return sorted(found.items(), key=place, reverse=sort.startswith("-"))


@for_people
def figure_records(request: HttpRequest) -> HttpResponse:
    """The records behind one figure."""
    viewer = viewer_of_page(request)
    by, start, end, problem = _asked(request)
    figure, key = request.GET.get("figure", ""), request.GET.get("key", "")
    if figure not in FIGURES or problem:
        raise NotFound
    rows = [one for one in facts(viewer, start=start, end=end) if one.figure == figure and key in one.keys(by)]
    rows.sort(key=lambda one: (one.on, one.uid), reverse=True)
    members = _named([str(one.member_id) for one in rows], "member")
    pages = Pages.of(request, total=len(rows), size=SIZE)
    sheet = request.GET.get("format", "")
    part = rows if sheet in FORMATS else rows[pages.start : pages.stop]
    ids = {listing.pk for one in part for listing in (one.own, one.other) if listing is not None}
    visible = Listing.objects.visible_to(viewer).filter(pk__in=ids).select_related("owner_member", "owner_organisation")
    listings = {one.record.pk: one for one in seen(visible, viewer)}
    title = str(NAMES[figure])
    if sheet in FORMATS:
        head = [str(column.label) for column in RECORD_COLUMNS]
        values = [_values(one, listings, members) for one in part]
        return download(f"match-{figure}", sheet, head, values, title)
    lines = [_cells(one, _values(one, listings, members)) for one in part]
    table = Table(RECORD_COLUMNS, lines, request, pages, caption=title, exports=exports_of(request))
    request.nav_key = "worklist"  # type: ignore[attr-defined]
    context = {"table": table, "title": title, "name": _named([key], by).get(key, ""), "total": len(rows)}
    return render(request, "match/figure_records.html", context)


def _values(one: Fact, listings: Mapping[int, SeenListing], members: Mapping[str, str]) -> list[Value]:
    own, other = (
        listings[listing.pk].title if listing is not None and listing.pk in listings else "—"
        for listing in (one.own, one.other)
    )
    return [own, other, members.get(str(one.member_id), ""), one.on, None if one.days is None else round(one.days, 1)]


def _cells(one: Fact, values: list[Value]) -> list[Cell]:
    if one.kind == "suggestion":
        address = f"{reverse('match_inbox')}?listing={one.own.uid}&answered=1" if one.own else ""
    else:
        address = reverse(_PAGES[one.kind], args=[one.uid])
    return [Cell(values[0], url=address), *(Cell("" if value is None else value) for value in values[1:])]
