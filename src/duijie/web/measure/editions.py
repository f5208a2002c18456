"""Published indices: the list, one edition, a unit's profile, a comparison of two, and the way from a number to its record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.engines.composite import Index, decompose_change, decompose_gap, effective_weights, unit_profile
from duijie.engines.composite.decomposition import can_decompose
from duijie.measure import queries
from duijie.measure.indices.composite import Data, as_faults, index_of_content
from duijie.measure.models import Edition, IndexDesign
from duijie.members.models import Member
from duijie.web.kit import Cell, Column, Pages, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.measure.deal_edition import deal_edition_page
from duijie.web.measure.frame import (
    DOWNLOADS,
    crumb,
    element_name,
    note_parts,
    rows_with_a_score,
    scored,
    shown,
    tabs_of,
    under_measure,
)
from duijie.web.members.forms import viewer_of_page


@lru_cache(maxsize=8)
def _index(digest: str, uid: str) -> Index:
    """The index inside an edition. It never changes, so the last few are kept."""
    return index_of_content(Edition.objects.unscoped("asked for by its reader").get(uid=uid, digest=digest).content)


def index_of(edition: Edition) -> Index:
    """The index inside an edition, its units named in the language in force."""
    index = _index(edition.digest, edition.uid)
    final = index.log[-1].writes
    panel = index.panels[final]
    return replace(index, panels={**index.panels, final: replace(panel, names=names_of(panel.names))})


def names_of(names: Mapping[str, str]) -> dict[str, str]:
    """Names of units (slugs of members): those of the edition, or in English where the reader speaks it."""
    if t("zh", "en") == "zh":
        return dict(names)
    english = dict(Member.objects.filter(slug__in=list(names)).values_list("slug", "name_en"))
    return {slug: english.get(slug) or name for slug, name in names.items()}


def description_of(design: IndexDesign) -> str:
    return t(design.description, design.description_en or design.description)


def edition_title(edition: Edition) -> str:
    return t(edition.title, edition.title_en or edition.title)


def indices(request: HttpRequest) -> HttpResponse:
    """The latest edition of each index, and every edition below."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.editions(viewer)
    pages = Pages.of(request, total=found.count(), size=20)
    every = list(found[pages.start : pages.stop])
    latest: dict[int, Edition] = {}
    for edition in every:
        latest.setdefault(edition.design_id, edition)
    cards = [_card(edition) for edition in latest.values()]
    columns = [
        Column("title", Label("版本", "Edition")), Column("number", Label("版次", "Number"), "number"), Column("period", Label("期间", "Period")),
        Column("published", Label("发布", "Published"), "date"), Column("digest", Label("指纹", "Fingerprint")),
    ]  # fmt: skip
    rows = [
        [
            Cell(edition_title(e), reverse("measure:edition", args=[e.uid])),
            e.number,
            e.period,
            e.published_at.date().isoformat(),
            e.digest[:12],
        ]
        for e in every
    ]
    context = {
        "tabs": tabs_of(viewer, "indices"),
        "cards": cards,
        "table": Table(columns, rows, request, pages, caption=t("所有版本", "Every edition")),
    }
    return render(request, "measure/indices.html", context)


def _card(edition: Edition) -> dict[str, Any]:
    top = [
        {
            "name": row["name"],
            "score": scored(row["score"]),
            "url": reverse("measure:edition_unit", args=[edition.uid, row["unit"]]),
        }
        for row in edition.summary.get("rows", [])[:3]
    ]
    return {
        "edition": edition, "title": edition_title(edition), "name": t(edition.design.name, edition.design.name_en or edition.design.name),
        "description": t(edition.design.description, edition.design.description_en or edition.design.description), "top": top,
        "last": scored(edition.summary.get("last")) if "last" in edition.summary else "",
    }  # fmt: skip


def edition_page(request: HttpRequest, edition: str) -> HttpResponse:
    """Results with ranks and intervals, the parts, the course over the periods, the method note, the files."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.edition(viewer, edition)
    if found.kind == IndexDesign.Kind.DEALS:
        return deal_edition_page(request, viewer, found)
    index = index_of(found)
    period = _period_asked(request, index)
    context = {
        "edition": found, "title": edition_title(found), "design": found.design, "lead": description_of(found.design), "period": period, "periods": index.final.period_list(),
        "table": results_of(found, index, period), "chart": _ranking(found, index, period), "course": _course(found, index),
        "weights": _weights(index), "units": [(r["unit"], index.final.names.get(r["unit"], r["name"])) for r in found.summary["rows"]],
        "note": note_parts(t(found.note_zh, found.note_en)), "crumbs": [crumb("indices"), (edition_title(found), "")], "downloads": DOWNLOADS,
        "editions": list(queries.editions(viewer, slug=found.design.slug)[:12]),
    }  # fmt: skip
    return render(request, "measure/edition.html", context)


def _period_asked(request: HttpRequest, index: Index) -> str:
    """The period of the address, the last where it names none. Raises NotFound for one that the edition does not have."""
    periods = index.final.period_list()
    asked = request.GET.get("period") or periods[-1]
    if asked not in periods:
        raise NotFound
    return asked


def number_url(edition: Edition, unit: str, period: str, code: str) -> str:
    return (
        reverse("measure:edition_number", args=[edition.uid])
        + "?"
        + urlencode({"unit": unit, "period": period, "code": code})
    )


def results_of(edition: Edition, index: Index, period: str) -> Table:
    """Rank, unit, result, interval of ranks, and the parts of the result; every figure opens."""
    framework, panel = index.framework, index.final
    parts = [code for code in framework.children[framework.result] if code in panel.columns]
    ranks, scores = index.ranks(), index.scores()
    intervals = (
        {row["unit"]: (row["low"], row["high"]) for row in edition.summary["rows"]} if period == edition.period else {}
    )
    rows = rows_with_a_score(index, period)
    columns = [
        Column("unit", Label("成员", "Member")), Column("rank", Label("名次", "Rank"), "number"), Column("score", element_name(index, framework.result), "number"),
        Column("interval", Label("名次区间（90%）", "Rank, 90 % interval"), "centre"), *(Column(c, element_name(index, c), "number") for c in parts),
    ]  # fmt: skip
    body = []
    for row in rows:
        unit = panel.units[row]
        low, high = intervals.get(unit, (None, None))
        body.append(
            [
                Cell(panel.names.get(unit, unit), reverse("measure:edition_unit", args=[edition.uid, unit])),
                int(ranks[row]),
                Cell(
                    scored(float(scores[row])),
                    number_url(edition, unit, period, framework.result),
                    exact=float(scores[row]),
                ),
                f"{low:.0f} – {high:.0f}" if low is not None and high is not None else "—",
                *(Cell(scored(float(panel.column(c)[row])), number_url(edition, unit, period, c)) for c in parts),
            ]
        )
    return Table(columns, body, caption=t("结果和名次", "Results and ranks"), as_cards=False, tight=True)


def _ranking(edition: Edition, index: Index, period: str) -> Chart:
    panel, scores = index.final, index.scores()
    rows = rows_with_a_score(index, period)
    names = [panel.names.get(panel.units[r], panel.units[r]) for r in rows]
    urls = [reverse("measure:edition_unit", args=[edition.uid, panel.units[r]]) for r in rows]
    series = Series(element_name(index, index.framework.result), [round(float(scores[r]), 2) for r in rows], urls)
    return Chart("hbar", t("{p} 结果", "Results {p}", p=period), names, [series], height=max(14, 1.6 * len(rows)))


def _course(edition: Edition, index: Index) -> Chart | None:
    periods, panel, scores = index.final.period_list(), index.final, index.scores()
    if len(periods) < 2:
        return None
    at = {(panel.units[r], panel.periods[r]): float(scores[r]) for r in range(panel.size)}
    lines = [
        Series(
            panel.names.get(row["unit"], row["name"]),
            [round(v, 2) if (v := at.get((row["unit"], p))) is not None and v == v else None for p in periods],
        )
        for row in edition.summary["rows"][:6]
    ]
    return Chart("line", t("前六名的变化", "The first six over time"), periods, lines)


def _weights(index: Index) -> Chart:
    framework, weights = index.framework, effective_weights(index.framework, index.used_weights())
    parts = framework.children[framework.result]
    return Chart(
        "donut", t("各部分的权重", "Weights of the parts"), [element_name(index, c) for c in parts],
        [Series(t("权重", "Weight"), [round(100 * weights[c], 1) for c in parts])], unit="%",
    )  # fmt: skip


def unit_page(request: HttpRequest, edition: str, unit: str) -> HttpResponse:
    """One member: every score with its rank, strengths, weaknesses, peers, and what its change is made of."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.edition(viewer, edition)
    if found.kind != IndexDesign.Kind.COMPOSITE:
        raise NotFound
    index = index_of(found)
    periods = index.final.period_list()
    period = _period_asked(request, index)
    if unit not in {index.final.units[r] for r in index.final.rows_of(period)}:
        raise NotFound
    with as_faults():
        profile = unit_profile(index, unit, period=period, top=4, peers=4)
    name = index.final.names.get(unit, unit)
    lines = [
        [
            Cell(("　" * max(0, index.framework.height - line.level)) + element_name(index, line.code), number_url(found, unit, period, line.code)),
            scored(line.score), f"{line.rank} / {line.count}" if line.rank else "—",
        ]
        for line in profile.lines
    ]  # fmt: skip
    columns = [
        Column("name", Label("项目", "Item")),
        Column("score", Label("得分", "Score"), "number"),
        Column("rank", Label("名次", "Rank"), "number"),
    ]
    parts = index.framework.children[index.framework.result]
    context = {
        "edition": found, "title": name, "over": edition_title(found), "period": period, "periods": periods,
        "lines": Table(columns, lines, caption=t("得分", "Scores"), tight=True, as_cards=False),
        "score": scored(profile.lines[0].score), "rank": profile.lines[0].rank, "count": profile.lines[0].count,
        "strengths": [_standing(found, index, unit, period, s) for s in profile.strengths],
        "weaknesses": [_standing(found, index, unit, period, s) for s in profile.weaknesses],
        "peers": [(p, index.final.names.get(p, p), reverse("measure:edition_compare", args=[found.uid]) + f"?a={unit}&b={p}") for p in profile.peers],
        "radar": _radar(index, [unit], period, list(parts)), "change": _change(found, index, unit, periods, period),
        "crumbs": [crumb("indices"), (edition_title(found), reverse("measure:edition", args=[found.uid])), (name, "")],
    }  # fmt: skip
    return render(request, "measure/edition_unit.html", context)


def _standing(edition: Edition, index: Index, unit: str, period: str, standing: Any) -> dict[str, Any]:
    return {
        "name": element_name(index, standing.code), "rank": standing.rank, "value": shown(standing.value, 2), "unit": index.framework[standing.code].unit,
        "url": number_url(edition, unit, period, standing.code),
    }  # fmt: skip


def _radar(index: Index, units: list[str], period: str, parts: list[str]) -> Chart | None:
    if len(parts) < 3:
        return None
    panel = index.final
    series = []
    for unit in units:
        row = next(int(r) for r in panel.rows_of(period) if panel.units[r] == unit)
        series.append(
            Series(
                panel.names.get(unit, unit),
                [round(v, 1) if (v := float(panel.column(c)[row])) == v else None for c in parts],
            )
        )
    rows = panel.rows_of(period)
    series.append(
        Series(t("平均", "Mean"), [round(float(np.nanmean(panel.column(c)[rows])), 1) for c in parts], dashed=True)
    )
    high = max((v for one in series for v in one.values if v is not None), default=100)
    return Chart(
        "radar",
        t("各部分得分", "Scores of the parts"),
        [element_name(index, c) for c in parts],
        series,
        maximum=float(np.ceil(high / 10) * 10),
    )


def _change(edition: Edition, index: Index, unit: str, periods: list[str], period: str) -> dict[str, Any] | None:
    """What the change on the period before is made of; the parts sum to it exactly."""
    at = periods.index(period)
    if at == 0 or not can_decompose(index):
        return None
    panel = index.final
    if unit not in {panel.units[r] for r in panel.rows_of(periods[at - 1])}:
        return None
    with as_faults():
        found = decompose_change(index, unit, periods[at - 1], period)
    parts = sorted((leaf for leaf in found.leaves), key=lambda leaf: -abs(leaf.contribution))
    rows = [
        [
            Cell(element_name(index, p.code), number_url(edition, unit, period, p.code)),
            scored(p.before),
            scored(p.after),
            f"{p.contribution:+.2f}",
        ]
        for p in parts
    ]
    columns = [
        Column("name", Label("指标", "Indicator")), Column("before", periods[at - 1], "number"), Column("after", period, "number"),
        Column("part", Label("贡献（点）", "Contribution, points"), "number"),
    ]  # fmt: skip
    return {
        "change": f"{found.change:+.2f}", "before": scored(found.before), "after": scored(found.after), "from": periods[at - 1],
        "table": Table(columns, rows, caption=t("变化的构成", "What the change is made of"), foot=[t("合计", "Sum"), "", "", f"{found.change:+.2f}"], tight=True, as_cards=False),
    }  # fmt: skip


def compare_page(request: HttpRequest, edition: str) -> HttpResponse:
    """Two members side by side: where one leads, and what the lead is made of."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.edition(viewer, edition)
    if found.kind != IndexDesign.Kind.COMPOSITE:
        raise NotFound
    index = index_of(found)
    period, units = found.period, [r["unit"] for r in found.summary["rows"]]
    first, second = request.GET.get("a", ""), request.GET.get("b", "")
    if not (first or second):
        first, second = units[0], units[min(1, len(units) - 1)]
    if first not in units or second not in units:
        raise NotFound
    names = dict(index.final.names)
    parts = list(index.framework.children[index.framework.result])
    table = gap = None
    if first != second and can_decompose(index):
        with as_faults():
            found_gap = decompose_gap(index, first, second, period)
        rows = [
            [
                Cell(element_name(index, p.code), number_url(found, first, period, p.code)),
                scored(p.after),
                scored(p.before),
                f"{p.contribution:+.2f}",
            ]
            for p in sorted(found_gap.leaves, key=lambda leaf: -leaf.contribution)
        ]
        columns = [
            Column("name", Label("指标", "Indicator")), Column("a", names.get(first, first), "number"), Column("b", names.get(second, second), "number"),
            Column("part", Label("对差距的贡献", "Part of the lead"), "number"),
        ]  # fmt: skip
        gap = f"{found_gap.change:+.2f}"
        table = Table(
            columns,
            rows,
            caption=t("差距的构成", "What the lead is made of"),
            foot=[t("合计", "Sum"), "", "", gap],
            tight=True,
            as_cards=False,
        )
    context = {
        "edition": found, "units": [(r["unit"], index.final.names.get(r["unit"], r["name"])) for r in found.summary["rows"]], "a": first, "b": second, "table": table, "gap": gap,
        "a_name": names.get(first, first), "b_name": names.get(second, second), "radar": _radar(index, list(dict.fromkeys([first, second])), period, parts),
        "crumbs": [crumb("indices"), (edition_title(found), reverse("measure:edition", args=[found.uid])), (t("比较", "Compare"), "")],
    }  # fmt: skip
    return render(request, "measure/edition_compare.html", context)


def number_page(request: HttpRequest, edition: str) -> HttpResponse:
    """Behind one number of an edition: what it is made of; an indicator's score leads to the observation it came from."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = queries.edition(viewer, edition)
    if found.kind != IndexDesign.Kind.COMPOSITE:
        raise NotFound
    unit, period, code = (request.GET.get(name, "") for name in ("unit", "period", "code"))
    index = index_of(found)
    row = next((int(r) for r in index.final.period_rows().get(period, []) if index.final.units[r] == unit), None)
    if row is None or code not in index.final.columns:
        raise NotFound
    if request.GET.get("open") == "record":
        source = found.sources.get(Data.key(unit, period, code))
        if source is None:
            raise NotFound
        return HttpResponseRedirect(reverse("measure:observation", args=[source]))
    context = _number(found, index, unit, period, code, row)
    return render(request, "measure/edition_number.html", context)


def _number(edition: Edition, index: Index, unit: str, period: str, code: str, row: int) -> dict[str, Any]:
    name, framework = index.final.names.get(unit, unit), index.framework
    weights, shares = index.used_weights(), effective_weights(framework, index.used_weights())
    children = [c for c in framework.children.get(code, ()) if c in index.final.columns]
    total = sum(weights[c] for c in children) or 1
    parts = [
        [
            Cell(element_name(index, c), number_url(edition, unit, period, c)), shown(float(index.final.column(c)[row]), 2), f"{100 * weights[c] / total:.1f}%",
        ]
        for c in children
    ]  # fmt: skip
    columns = [
        Column("name", Label("组成", "Part")),
        Column("score", Label("得分", "Score"), "number"),
        Column("weight", Label("权重", "Weight"), "number"),
    ]
    stages = []
    for entry in index.log:
        panel = index.panels[entry.writes]
        at = next((int(r) for r in panel.period_rows().get(period, []) if panel.units[r] == unit), None)
        if (
            at is not None
            and code in panel.columns
            and entry.kind in {"denominate", "impute", "treat", "normalise", "adjust", "derive"}
        ):
            stages.append([step_word(entry.kind), shown(float(panel.column(code)[at]), 4)])
    raw_row = next((int(r) for r in index.raw.period_rows().get(period, []) if index.raw.units[r] == unit), None)
    is_indicator = code in framework.indicators
    raw = (
        float(index.raw.column(code)[raw_row])
        if is_indicator and raw_row is not None and code in index.raw.columns
        else None
    )
    source = edition.sources.get(Data.key(unit, period, code))
    return {
        "edition": edition, "title": element_name(index, code), "over": f"{name} · {period}", "score": shown(float(index.final.column(code)[row]), 2),
        "share": f"{100 * shares[code]:.1f}%" if code in shares else "—", "parts": Table(columns, parts, caption=t("组成", "Parts"), tight=True) if parts else None,
        "stages": stages, "raw": shown(raw, 4) if raw is not None else None, "unit": framework[code].unit if is_indicator else "",
        "source_url": reverse("measure:observation", args=[source]) if source else "", "is_indicator": is_indicator,
        "crumbs": [
            crumb("indices"), (edition_title(edition), reverse("measure:edition", args=[edition.uid])),
            (name, reverse("measure:edition_unit", args=[edition.uid, unit])), (element_name(index, code), ""),
        ],
    }  # fmt: skip


def step_word(kind: str) -> str:
    from duijie.measure.indices.words import STEPS

    return t(*STEPS[kind])


def content_of(edition: Edition) -> dict[str, Any]:
    """The document inside an edition."""
    found: dict[str, Any] = json.loads(edition.content)
    return found
