"""An indicator: its periods with targets and values, the chart of a period, the records behind a figure; reporting and verifying."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import NotAllowed, NotFound
from duijie.core.language import Label, t
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.plan import actions, queries
from duijie.plan.actions.evidence import LARGEST_BYTES as EVIDENCE_BYTES
from duijie.plan.actions.evidence import MEDIA_TYPES as EVIDENCE_TYPES
from duijie.plan.choices import ActualStatus, DateRule, Relation, unit_label
from duijie.plan.content import Cut, IndicatorPart, PeriodPart
from duijie.plan.fields import plain_figure, shown_figure
from duijie.plan.figures import Figure, Reckoning, months
from duijie.plan.measuring import filter_words, measure_named
from duijie.plan.models import Actual, Plan
from duijie.plan.rules import may, may_report_for
from duijie.plan.schemas import ActualRecord
from duijie.plan.sentences import chance_words, sentence, target_words
from duijie.web.kit import Cell, Choice, Column, FormField, Pages, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.plan.downloads import csv_answer, file_answer
from duijie.web.plan.plans import go_on
from duijie.web.plan.showing import Asked, light_badge, plan_crumb, plans_crumb, whole_or_member

ACTUAL_KINDS = {"reported": "warn", "verified": "good", "returned": "bad"}


def indicator_page(request: HttpRequest, plan: str, plan_indicator: str) -> HttpResponse:
    """One indicator as of a day: ?period= and ?member= choose the figure whose sentence, chart and records are shown."""
    asked = Asked.of(request, plan)
    indicator = asked.content.indicator(plan_indicator)
    if indicator is None:
        raise NotFound
    reckoning = asked.reckoning()
    period = _period(asked, indicator)
    cut = whole_or_member(asked, request.GET.get("member", ""))
    context: dict[str, Any] = {
        "asked": asked, "plan": asked.plan, "indicator": indicator, "item": asked.content.item(indicator.item),
        "crumbs": [plans_crumb(), plan_crumb(asked.plan), (indicator.name, "")], "notice": asked.notice(),
        "periods": _periods_table(asked, reckoning, indicator, cut), "definition": _definition(indicator),
        "facts": _facts(indicator), "baselines": _baselines(asked, indicator), "day": asked.day,
        "may_report": _may_report(asked, indicator), "who": asked.name(cut.member), "may_write": may(asked.viewer, "plan.write", asked.plan),
    }  # fmt: skip
    if period is not None:
        figure = reckoning.figure(indicator, period, cut, outlook=True)
        context |= _of_figure(asked, reckoning, figure)
    if not indicator.measure:
        context["actuals"] = _actuals(asked, indicator)
    return render(request, "plan/indicator.html", context)


def _period(asked: Asked, indicator: IndicatorPart) -> PeriodPart | None:
    chosen = asked.content.period(asked.request.GET.get("period", ""))
    if chosen is not None:
        return chosen
    used = {x.period for x in indicator.targets}
    own = [p for p in asked.content.periods if p.uid in used and p.starts_on <= asked.day <= p.ends_on]
    return max(own, key=lambda p: p.ends_on - p.starts_on) if own else asked.content.current_period(asked.day)


def _of_figure(asked: Asked, reckoning: Reckoning, figure: Figure) -> dict[str, Any]:
    """What the page says about the chosen figure."""
    behind = queries.records_behind(asked.viewer, reckoning, figure)
    pages = Pages.of(asked.request, total=len(behind.records), size=50)
    return {
        "figure": figure, "period": figure.period, "sentence": sentence(figure, asked.name(figure.cut.member)),
        "light": light_badge(figure.light), "value": shown_figure(figure.value, figure.indicator.unit, figure.indicator.unit_name),
        "target": target_words(figure), "behind": behind, "records": _records(asked, figure, behind, pages),
        "chart": _chart(asked, reckoning, figure), "members": _members(asked, reckoning, figure),
        "known": figure.known_at, "percent": round(figure.standing.share * 100, 1) if figure.standing.share is not None else None,
        "elapsed": round(figure.standing.elapsed * 100, 1),
        "chance": chance_words(figure.outlook.chance) if figure.outlook and figure.outlook.chance is not None else None,
        "expected": shown_figure(round(figure.outlook.expected), figure.indicator.unit, figure.indicator.unit_name) if figure.outlook else "",
    }  # fmt: skip


def _records(asked: Asked, figure: Figure, behind: queries.Behind, pages: Pages) -> Table:
    unit, name = figure.indicator.unit, figure.indicator.unit_name
    columns = [
        Column("on", Label("日期", "Day")), Column("title", Label("记录", "Record")), Column("member", Label("成员", "Member")),
        Column("value", Label("计入", "Counts"), "number"),
    ]  # fmt: skip
    extra = {m.pk: m for m in Member.objects.filter(pk__in={r.member_id for r in behind.records if r.member_id} - set(asked.members))}  # fmt: skip
    rows = [
        [
            r.effective_on.isoformat(), Cell(r.title, r.url),
            asked.name(r.member_id) or (name_of(extra[r.member_id]) if r.member_id in extra else ""),
            Cell(shown_figure(r.value, unit, name), exact=plain_figure(r.value, unit)),
        ]
        for r in behind.records[pages.start : pages.stop]
    ]  # fmt: skip
    address = reverse("plans:records_csv", args=[asked.plan.uid, figure.indicator.uid]) + "?" + asked.request.GET.urlencode()  # fmt: skip
    return Table(
        columns, rows, asked.request, pages, caption=t("计入的记录", "The records that count"), exports={"CSV": address},
        empty=t("这个数背后没有可列出的记录。", "No record behind this figure can be listed."), tight=True,
    )  # fmt: skip


def _chart(asked: Asked, reckoning: Reckoning, figure: Figure) -> Chart | None:
    """The figure growing through the period month by month, with the straight path to its target."""
    indicator, period = figure.indicator, figure.period
    if not indicator.measure or figure.value is None or not measure_named(indicator.measure).additive:
        return None
    every = months(period.starts_on, period.ends_on)
    if len(every) < 2:
        return None
    start = asked.content.starts_on if indicator.date_rule == "cumulative" else period.starts_on
    values: list[float | None] = []
    for first, last in every:
        end = min(last, figure.end)
        values.append(plain_figure(reckoning.between(indicator, period, start, end, figure.cut), indicator.unit) if first <= figure.end else None)  # fmt: skip
    series = [Series(t("累计", "So far"), values)]
    target = figure.target.value if figure.target else None
    if target is not None and indicator.date_rule == "period":
        days = (period.ends_on - period.starts_on).days + 1
        goal = plain_figure(target, indicator.unit) or 0
        path = [round(goal * ((last - period.starts_on).days + 1) / days, 2) for _, last in every]
        series.append(Series(t("时间进度", "On schedule"), path, dashed=True))
    return Chart(
        "line", t("{period}走势", "{period}", period=period.label), [f"{last:%Y-%m}" for _, last in every], series,
        unit=_chart_unit(indicator), target=plain_figure(target, indicator.unit), target_name=t("目标", "Target"),
        as_of=figure.end, height=18,
    )  # fmt: skip


def _chart_unit(indicator: IndicatorPart) -> str:
    return unit_label(indicator.unit, indicator.unit_name)


def _members(asked: Asked, reckoning: Reckoning, figure: Figure) -> Table | None:
    """The whole figure by member, each opening its own."""
    if not figure.cut.is_whole or not figure.totals:
        return None
    indicator, period = figure.indicator, figure.period
    columns = [
        Column("member", Label("成员", "Member")), Column("value", Label("数值", "Value"), "number"),
        Column("target", Label("目标", "Target"), "number"), Column("light", Label("状态", "State")),
    ]  # fmt: skip
    rows = []
    for pk in reckoning.circle.ids:
        own = reckoning.figure(indicator, period, Cut(pk))
        if not own.value and own.target is None:
            continue
        slug = asked.members[pk].slug
        address = reverse("plans:indicator", args=[asked.plan.uid, indicator.uid]) + asked.query(period=period.code, member=slug)  # fmt: skip
        rows.append(
            [Cell(asked.name(pk), address), Cell(shown_figure(own.value, indicator.unit, indicator.unit_name), exact=plain_figure(own.value, indicator.unit)),
             target_words(own) or "—", light_badge(own.light) if own.target else ""]
        )  # fmt: skip
    total = shown_figure(figure.value, indicator.unit, indicator.unit_name)
    return Table(columns, rows, caption=t("各成员", "By member"), foot=[t("合计", "Total"), total, "", ""], tight=True)


def _periods_table(asked: Asked, reckoning: Reckoning, indicator: IndicatorPart, cut: Cut) -> Table:
    """Every period that has begun or has a target: value, target, state."""
    columns = [
        Column("period", Label("期间", "Period")), Column("value", Label("数值", "Value"), "number"),
        Column("target", Label("目标", "Target"), "number"), Column("share", Label("完成率", "Reached"), "number"),
        Column("light", Label("状态", "State")), Column("closed", Label("数据", "Data")),
    ]  # fmt: skip
    rows = []
    slug = asked.request.GET.get("member", "")
    for period in asked.content.periods:
        figure = reckoning.figure(indicator, period, cut)
        if figure.target is None and period.starts_on > asked.day:
            continue
        address = reverse("plans:indicator", args=[asked.plan.uid, indicator.uid]) + asked.query(period=period.code, member=slug)  # fmt: skip
        share = figure.standing.share
        rows.append(
            [
                Cell(period.label, address), Cell(shown_figure(figure.value, indicator.unit, indicator.unit_name), exact=plain_figure(figure.value, indicator.unit)),
                target_words(figure) or "—", f"{share * 100:.1f}%" if share is not None and figure.target else "—",
                light_badge(figure.light) if figure.target else "",
                badge(Label("已封存", "Closed"), "line", "lock") if figure.closed else "",
            ]
        )  # fmt: skip
    return Table(columns, rows, caption=t("各期间", "By period"), tight=True)


def _definition(indicator: IndicatorPart) -> str:
    if indicator.definition:
        return indicator.definition
    if indicator.measure:
        return str(measure_named(indicator.measure).definition)
    return t(
        "由成员上报，另一位工作人员核实后计入。", "Reported by members; counted once somebody else has verified it."
    )


def _facts(indicator: IndicatorPart) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = [
        (t("编号", "Code"), indicator.code), (t("要求", "Relation"), Relation(indicator.relation).label),
        (t("时间口径", "Date rule"), DateRule(indicator.date_rule).label),
    ]  # fmt: skip
    if indicator.measure:
        measure = measure_named(indicator.measure)
        found.append((t("统计口径", "Measure"), measure.label))
        if indicator.filters:
            found.append((t("筛选条件", "Filters"), filter_words(measure, indicator.filters)))
    return found


def _baselines(asked: Asked, indicator: IndicatorPart) -> list[tuple[str, str, str]]:
    unit, name = indicator.unit, indicator.unit_name
    return [
        (b.on.isoformat(), f"{asked.name(b.cut.member)} {shown_figure(b.value, unit, name)}".strip(), b.comment)
        for b in indicator.baselines
    ]


# --- what members report ----------------------------------------------------------------------------------------------------


def _may_report(asked: Asked, indicator: IndicatorPart) -> bool:
    if indicator.measure or asked.plan.status != Plan.Status.PUBLISHED or asked.viewer.is_guest:
        return False
    own = [asked.members[pk] for pk in asked.viewer.member_ids if pk in asked.members]
    return any(may_report_for(asked.viewer, m, asked.plan) for m in own) or may(asked.viewer, "plan.write", asked.plan)


def _actuals(asked: Asked, indicator: IndicatorPart) -> list[dict[str, Any]]:
    rows = queries.actuals(asked.viewer, asked.plan).filter(indicator__uid=indicator.uid)[:50]
    verifies = may(asked.viewer, "plan.verify", asked.plan)
    return [actual_row(row, verifies and row.reported_by_id != asked.viewer.user_id) for row in rows]


def actual_row(row: Actual, may_decide: bool) -> dict[str, Any]:
    """A reported figure as a page shows it."""
    return {
        "row": row, "value": shown_figure(row.value, row.indicator.unit, row.indicator.unit_name),
        "status": badge(ActualStatus(row.status).label, ACTUAL_KINDS[row.status]), "who": name_of(row.member) if row.member else "",
        "may_decide": may_decide and row.status == Actual.Status.REPORTED,
    }  # fmt: skip


@for_people
def report_actual(request: HttpRequest, plan: str, plan_indicator: str) -> HttpResponse:
    """The form in which a member reports its figure of a period."""
    asked = Asked.of(request, plan)
    indicator = asked.content.indicator(plan_indicator)
    if indicator is None:
        raise NotFound
    if not _may_report(asked, indicator):
        raise NotAllowed
    own = [pk for pk in sorted(asked.viewer.member_ids) if pk in asked.members]
    writes = may(asked.viewer, "plan.write", asked.plan)
    who = [Choice(asked.members[pk].slug, asked.name(pk)) for pk in (sorted(asked.members) if writes else own)]
    back = reverse("plans:indicator", args=[asked.plan.uid, indicator.uid])

    def save(record: ActualRecord, posted: QueryDict) -> str:
        file = request.FILES.get("file")
        with transaction.atomic():  # a file that is refused refuses its figure too: both are sent again
            made = actions.report_actual(actor=asked.viewer, plan=asked.plan, record=record)
            if file is not None:
                actions.add_evidence(actor=asked.viewer, record=made, chunks=file.chunks(), name=file.name or "file")  # type: ignore[union-attr]
        return back + asked.query(period=made.period.code, member=made.member.slug if made.member else "")

    period = asked.period()
    begun = [p for p in asked.content.periods if p.starts_on <= timezone.localdate()]
    return FormPage(
        request, ActualRecord, t("上报：{title}", "Report: {title}", title=indicator.name), save,
        values={"indicator": indicator.code, "member": asked.members[own[0]].slug if own else "", "period": period.code if period else ""},
        options={"member": who, "period": [Choice(p.code, p.label) for p in begun]},
        extra=[FormField("file", t("佐证材料", "Evidence"), "file", accept=",".join(EVIDENCE_TYPES), max_bytes=EVIDENCE_BYTES)],
        only=[n for n in ActualRecord.model_fields if n != "indicator"],
        crumbs=[plans_crumb(), plan_crumb(asked.plan), (indicator.name, back)], submit=t("上报", "Report"),
        lead=t("上报后由秘书处核实，核实后计入。", "The secretariat verifies it; then it counts."),
        done=Label("已上报，等待核实。", "Reported; it waits for verification."), draft=f"actual-{indicator.uid}",
    ).response()  # fmt: skip


def actual_page(request: HttpRequest, plan_actual: str) -> HttpResponse:
    """A reported figure with its evidence and what it replaced."""
    viewer = viewer_of_page(request)
    request.nav_key = "plans"  # type: ignore[attr-defined]
    row = queries.get_actual(viewer, plan_actual)
    plan = row.indicator.plan
    trail, before = [], row.replaces
    while before is not None:
        trail.append(actual_row(before, False))
        before = before.replaces
    address = reverse("plans:indicator", args=[plan.uid, row.indicator.uid])
    verifies = may(viewer, "plan.verify", plan) and row.reported_by_id != viewer.user_id
    context = {
        "actual": actual_row(row, verifies), "plan": plan, "trail": trail, "version": row.version,
        "evidence": [e for e in row.evidence.select_related("file") if set(e.file.audience) & viewer.tokens],
        "crumbs": [plans_crumb(), plan_crumb(plan), (row.indicator.title, address), (row.period.code, "")],
    }  # fmt: skip
    return render(request, "plan/actual.html", context)


@require_POST
@for_people
def decide_actual(request: HttpRequest, plan_actual: str) -> HttpResponse:
    viewer, posted = viewer_of_page(request), request.POST
    row = queries.get_actual(viewer, plan_actual)
    address = reverse("plans:actual", args=[row.uid])
    version = posted_version(posted)
    if posted.get("decision") == "verify":
        return go_on(request, lambda: actions.verify_actual(actor=viewer, actual=row, version=version), Label("已核实并计入。", "Verified; it counts."), address)  # fmt: skip
    return go_on(request, lambda: actions.return_actual(actor=viewer, actual=row, reason=posted.get("reason", ""), version=version), Label("已退回。", "Sent back."), address)  # fmt: skip


def records_csv(request: HttpRequest, plan: str, plan_indicator: str) -> HttpResponse:
    """The records behind a figure as CSV."""
    asked = Asked.of(request, plan)
    indicator = asked.content.indicator(plan_indicator)
    period = _period(asked, indicator) if indicator is not None else None
    if indicator is None or period is None:
        raise NotFound
    reckoning = asked.reckoning()
    figure = reckoning.figure(indicator, period, whole_or_member(asked, request.GET.get("member", "")))
    behind = queries.records_behind(asked.viewer, reckoning, figure, most=50_000)
    head = ["kind", "id", "title", "day", "member", "value"]
    rows = [[r.kind, r.uid, r.title, r.effective_on.isoformat(), asked.name(r.member_id), r.value] for r in behind.records]  # fmt: skip
    return csv_answer(f"{indicator.code}-{period.code}-records.csv", head, rows)


def attachment(request: HttpRequest, plan_actual: str, number: int) -> HttpResponse:
    """A file of evidence, for those in its audience; always as a download."""
    viewer = viewer_of_page(request)
    row = queries.get_actual(viewer, plan_actual)
    found = row.evidence.select_related("file").filter(pk=number).first()
    if found is None:
        raise NotFound
    return file_answer(found.file.uid, viewer)
