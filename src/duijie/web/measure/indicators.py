"""Indicators, their values, one value with its vintages and the record behind it; files in and out."""

from __future__ import annotations

import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.calendar import last_day_before, parse_instant
from duijie.core.errors import Fault, Faults, NotAllowed, NotFound
from duijie.core.files import XLSX
from duijie.core.indicators import (
    Indicator,
    IndicatorRecord,
    Observation,
    history,
    indicator_by_code,
    name_of_indicator,
    observations,
    unit_label,
)
from duijie.core.indicators import indicators as all_indicators
from duijie.core.indicators import observation as observation_of
from duijie.core.indicators.queries import unit_words
from duijie.core.language import Label, t
from duijie.core.models.indicators import plain_figures
from duijie.measure import actions
from duijie.measure.interchange import read_values, to_sdmx_csv, write_tidy
from duijie.measure.models import Submission
from duijie.measure.rules import anywhere, may
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.web.kit import Cell, Column, Pages, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.measure.frame import (
    OBSERVATION_STATUS,
    crumb,
    demand_exportable,
    shown,
    tabs_of,
    under_measure,
    value_words,
)
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

MOST_EXPORTED = 100_000
_FREQUENCY = {
    "A": Label("年", "yearly"),
    "S": Label("半年", "half-yearly"),
    "Q": Label("季", "quarterly"),
    "M": Label("月", "monthly"),
}


def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators, found by words and theme."""
    under_measure(request)
    viewer = viewer_of_page(request)
    asked = request.GET
    found = all_indicators(
        text=asked.get("q", "")[:80], theme=asked.get("theme", "")[:80], retired=asked.get("retired") == "1"
    )
    pages = Pages.of(request, total=found.count(), size=40)
    rows = [
        [
            Cell(name_of_indicator(i), reverse("measure:indicator", args=[i.code])),
            i.code, i.theme, unit_label(i), _FREQUENCY[i.frequency], _source(i),
        ]
        for i in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("name", Label("指标", "Indicator")), Column("code", Label("代码", "Code")), Column("theme", Label("类别", "Theme")),
        Column("unit", Label("单位", "Unit")), Column("frequency", Label("频率", "Frequency")), Column("source", Label("来源", "From")),
    ]  # fmt: skip
    exports = {form: reverse("measure:export_values", args=[form]) for form in ("xlsx", "csv", "sdmx.csv")}
    table = Table(
        columns,
        rows,
        request,
        pages,
        caption=t("指标", "Indicators"),
        exports={"Excel": exports["xlsx"], "CSV": exports["csv"], "SDMX-CSV": exports["sdmx.csv"]},
    )
    themes = list(Indicator.objects.exclude(theme="").order_by("theme").values_list("theme", flat=True).distinct())
    context = {
        "tabs": tabs_of(viewer, "indicators"), "table": table, "q": asked.get("q", ""), "themes": themes, "theme": asked.get("theme", ""),
        "may_define": may(viewer, "indicator.define", anywhere(viewer)),
    }  # fmt: skip
    return render(request, "measure/indicators.html", context)


def _source(indicator: Indicator) -> str:
    if indicator.formula:
        return t("公式", "formula")
    if indicator.measure_code:
        return t("平台统计", "the platform")
    return indicator.source or t("填报", "reported")


def member_names(rows: list[Observation]) -> dict[int, str]:
    """Names of the members that observations are of, in the language in force."""
    ids = {o.member_id for o in rows if o.member_id is not None}
    return {
        m.pk: m.short_name or name_of(m) if t("zh", "en") == "zh" else name_of(m)
        for m in Member.objects.filter(pk__in=ids)
    }


def indicator_page(request: HttpRequest, indicator: str) -> HttpResponse:
    """What it is, and its values by member and period, as they stand or as they were known on a day."""
    under_measure(request)
    viewer = viewer_of_page(request)
    found = indicator_by_code(indicator)
    known_at = parse_instant(request.GET.get("known", ""))
    day = last_day_before(known_at).isoformat() if known_at else ""
    rows = list(observations(viewer, codes=[found.code], known_at=known_at))
    names = member_names(rows)
    periods = sorted({o.period for o in rows}, key=lambda p: next(o.effective_on for o in rows if o.period == p))[-8:]
    by_unit: dict[str, dict[str, Observation]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, {})[row.period] = row
    units = sorted(by_unit, key=lambda u: unit_words(u, names))
    columns = [Column("unit", Label("单位或地区", "Area")), *(Column(f"p{p}", p, "number") for p in periods)]
    body = [[unit_words(u, names), *(_cell(found, by_unit[u].get(p)) for p in periods)] for u in units]
    exports = {"Excel": _export(found, "xlsx"), "CSV": _export(found, "csv"), "SDMX-CSV": _export(found, "sdmx.csv")}
    context = {
        "indicator": found, "name": name_of_indicator(found), "unit": unit_label(found), "frequency": _FREQUENCY[found.frequency],
        "definition": t(found.definition, found.definition_en or found.definition), "source": _source(found),
        "bounds": _bounds(found), "table": Table(columns, body, caption=name_of_indicator(found), exports=exports, as_cards=False, tight=True),
        "chart": _chart(found, units, by_unit, periods, names) if len(periods) > 1 and units else None,
        "day": day, "may_define": may(viewer, "indicator.define", anywhere(viewer)), "crumbs": [crumb("indicators"), (name_of_indicator(found), "")],
        "direction": {1: t("越高越好", "higher is better"), -1: t("越低越好", "lower is better"), 0: t("不分好坏", "neither")}[found.direction],
    }  # fmt: skip
    return render(request, "measure/indicator.html", context)


def _export(indicator: Indicator, form: str) -> str:
    return reverse("measure:export_values", args=[form]) + f"?code={indicator.code}"


def _bounds(indicator: Indicator) -> str:
    low = plain_figures(indicator.lower) if indicator.lower is not None else ""
    high = plain_figures(indicator.upper) if indicator.upper is not None else ""
    return f"{low} … {high}" if low or high else ""


def _cell(indicator: Indicator, row: Observation | None) -> Cell:
    if row is None:
        return Cell("—")
    word = t("缺失", "missing") if row.value is None else value_words(indicator, row.value)
    return Cell(
        word,
        reverse("measure:observation", args=[row.uid]),
        exact="" if row.value is None else plain_figures(row.value),
    )


def _chart(
    indicator: Indicator,
    units: list[str],
    by_unit: dict[str, dict[str, Observation]],
    periods: list[str],
    names: dict[int, str],
) -> Chart:
    last = periods[-1]

    def height(unit: str) -> float:
        row = by_unit[unit].get(last)
        return float(row.value) if row is not None and row.value is not None else float("-inf")

    series = []
    for unit in sorted(units, key=height, reverse=True)[:6]:
        values = [
            float(o.value) if (o := by_unit[unit].get(p)) is not None and o.value is not None else None for p in periods
        ]
        series.append(Series(unit_words(unit, names), values))
    return Chart(
        "line",
        t("最近一期最高的六个", "The six that are highest in the last period"),
        periods,
        series,
        unit=unit_label(indicator),
    )


def observation_page(request: HttpRequest, observation: str) -> HttpResponse:
    """One value: its definition, its vintages, and the record it came from."""
    under_measure(request)
    viewer = viewer_of_page(request)
    row = observation_of(viewer, observation)
    names = member_names([row])
    where = unit_words(row.unit, names)
    indicator = row.indicator
    columns = [
        Column("recorded", Label("入库时间", "Recorded")), Column("value", Label("数值", "Value"), "number"), Column("status", Label("状态", "Status")),
        Column("vintage", Label("版次", "Vintage")), Column("reason", Label("说明", "Comment")),
    ]  # fmt: skip
    body = [
        [
            Cell(f"{o.recorded_at:%Y-%m-%d %H:%M}", reverse("measure:observation", args=[o.uid])), value_words(indicator, o.value),
            OBSERVATION_STATUS[o.status], t(o.vintage.title, o.vintage.title_en or o.vintage.title), o.reason,
        ]
        for o in history(viewer, row)
    ]  # fmt: skip
    words, address = source_of(viewer, row)
    context = {
        "row": row, "indicator": indicator, "name": name_of_indicator(indicator), "unit": unit_label(indicator), "where": where,
        "member": Member.objects.filter(pk=row.member_id).first() if row.member_id else None,
        "value": value_words(indicator, row.value), "status": OBSERVATION_STATUS[row.status],
        "definition": t(indicator.definition, indicator.definition_en or indicator.definition),
        "vintages": Table(columns, body, caption=t("各版次", "Vintages"), tight=True), "source_words": words, "source_url": address,
        "crumbs": [crumb("indicators"), (name_of_indicator(indicator), reverse("measure:indicator", args=[indicator.code])), (f"{where} {row.period}", "")],
    }  # fmt: skip
    return render(request, "measure/observation.html", context)


def source_of(viewer: Viewer, row: Observation) -> tuple[str, str]:
    """Where a value came from in words, and the address of that record where this viewer may open it."""
    vintage = row.vintage
    title = t(vintage.title, vintage.title_en or vintage.title)
    if row.source_ref == "formula" or vintage.source_kind == "formula":
        return t("由公式计算：{formula}", "Computed: {formula}", formula=row.indicator.formula), reverse(
            "measure:indicator", args=[row.indicator.code]
        )
    if vintage.source_kind == "round":
        filled = Submission.objects.visible_to(viewer).filter(uid=row.source_ref).first()
        address = reverse("measure:submission", args=[filled.uid]) if filled is not None else ""
        return t(
            "采集“{title}”，由成员填报并经秘书处核验",
            "Round “{title}”: reported by the member, verified by the secretariat",
            title=title,
        ), address
    if vintage.source_kind == "measure":
        return t("平台按口径“{code}”自动统计", "Counted by the platform as “{code}”", code=row.source_ref), ""
    return t("导入“{title}”", "Imported: {title}", title=title), ""


def export_values(request: HttpRequest, form: str) -> HttpResponse:
    """Values in force (or every vintage with ?vintages=1) as Excel, tidy CSV or SDMX-CSV."""
    viewer = viewer_of_page(request)
    if form not in {"xlsx", "csv", "sdmx.csv"}:
        raise NotFound
    codes = request.GET.getlist("code") or None
    rows = observations(viewer, codes=codes, every_vintage=request.GET.get("vintages") == "1")
    demand_exportable(rows.count(), MOST_EXPORTED)
    if form == "sdmx.csv":
        response = HttpResponse(
            to_sdmx_csv(rows), content_type="application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
        )
    else:
        out = io.BytesIO()
        write_tidy(rows, out, form=form)
        response = HttpResponse(out.getvalue(), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="values.{form}"'
    return response


@for_people
def import_page(request: HttpRequest) -> HttpResponse:
    """Values by tidy table or SDMX-CSV: checked whole; written by the second button only."""
    under_measure(request)
    viewer = viewer_of_page(request)
    if not may(viewer, "values.import", anywhere(viewer)):
        raise NotAllowed
    faults: list[Fault] = []
    checked = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)
            rows = read_values(file.read())
            dry = request.POST.get("write") != "1"
            checked = actions.import_values(
                actor=viewer, rows=rows, title=request.POST.get("title", "") or file.name or "import", dry_run=dry
            )
            if not dry:
                messages.success(
                    request,
                    t(
                        "已写入 {n} 个值，{m} 个没有变化。",
                        "{n} values written, {m} unchanged.",
                        n=checked.written,
                        m=checked.unchanged,
                    ),
                )
                return HttpResponseRedirect(reverse("measure:indicators"))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            faults = fault.faults if isinstance(fault, Faults) else [fault]
    columns = [Column("place", Label("位置", "Place")), Column("fault", Label("问题", "What is wrong"))]
    table = Table(columns, [[f.place or "", f.sentence] for f in faults], tight=True) if faults else None
    context = {
        "crumbs": [crumb("indicators"), (t("导入观测值", "Import values"), "")],
        "faults": table,
        "checked": checked,
        "shown": shown,
    }
    return render(request, "measure/import_values.html", context, status=422 if faults else 200)


@for_people
def new_indicator(request: HttpRequest) -> HttpResponse:
    under_measure(request)
    viewer = viewer_of_page(request)
    if not may(viewer, "indicator.define", anywhere(viewer)):
        raise NotAllowed

    def save(record: IndicatorRecord, posted: QueryDict) -> str:
        return reverse("measure:indicator", args=[actions.define_indicator(actor=viewer, record=record).code])

    return FormPage(
        request, IndicatorRecord, t("新指标", "New indicator"), save, crumbs=[crumb("indicators")], done=Label("指标已建立。", "The indicator is made."),
        draft="indicator-new",
    ).response()  # fmt: skip


def record_of(indicator: Indicator) -> dict[str, object]:
    """An indicator as its schema takes it."""
    values = {
        name: getattr(indicator, name) for name in IndicatorRecord.model_fields if name not in {"direction", "retired"}
    }
    plain = {
        k: plain_figures(v) if k in {"lower", "upper", "change_limit", "measure_scale"} and v is not None else v
        for k, v in values.items()
    }
    return plain | {"direction": str(indicator.direction), "retired": indicator.is_retired}


@for_people
def edit_indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    under_measure(request)
    viewer = viewer_of_page(request)
    found = indicator_by_code(indicator)
    if not may(viewer, "indicator.define", anywhere(viewer)):
        raise NotAllowed

    def save(record: IndicatorRecord, posted: QueryDict) -> str:
        actions.change_indicator(actor=viewer, indicator=found, record=record, version=posted_version(posted))
        return reverse("measure:indicator", args=[found.code])

    return FormPage(
        request, IndicatorRecord, t("修改指标", "Change the indicator"), save, values=record_of(found), version=found.version,
        crumbs=[crumb("indicators"), (name_of_indicator(found), reverse("measure:indicator", args=[found.code]))], done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip
