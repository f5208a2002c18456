"""The editions of a plan, and what an amendment changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.core.language import Label, t
from duijie.plan import queries
from duijie.plan.choices import ItemKind, Relation
from duijie.plan.content import Content, IndicatorPart, ItemPart
from duijie.plan.fields import shown_figure
from duijie.plan.measuring import filter_words, measure_named
from duijie.web.kit import Cell, Column, Table
from duijie.web.kit.records import difference
from duijie.web.plan.showing import Asked, plan_crumb, plans_crumb


def editions(request: HttpRequest, plan: str) -> HttpResponse:
    """Every edition, and the difference between two: ?from=1&to=2; ?to=draft for an amendment that is being written."""
    asked = Asked.of(request, plan)
    record, viewer = asked.plan, asked.viewer
    every = queries.editions(viewer, record)
    to = request.GET.get("to", "")
    may_draft = queries.sees_working_copy(viewer, record)
    wants_draft = to == "draft" and may_draft
    newer = _number(to) or record.edition
    older = _number(request.GET.get("from", "")) or (record.edition if wants_draft else max(1, newer - 1))
    changes: list[dict[str, Any]] = []
    if record.edition and (wants_draft or older != newer):
        before = queries.content(viewer, record, edition=older)
        after = queries.content(viewer, record, draft=True) if wants_draft else queries.content(viewer, record, edition=newer)  # fmt: skip
        names = {pk: asked.name(pk) for pk in asked.reckoning().circle.ids}
        changes = changes_between(before, after, names)
    columns = [
        Column("number", Label("版本", "Edition")), Column("at", Label("通过时间", "Approved"), "date"),
        Column("resolution", Label("会议文号", "Resolution")), Column("reason", Label("说明", "Reason")), Column("diff", Label("变化", "Changes")),
    ]  # fmt: skip
    here = reverse("plans:editions", args=[record.uid])
    rows = [
        [
            Cell(t("第 {n} 版", "Edition {n}", n=e.number), reverse("plans:plan", args=[record.uid]) + f"?edition={e.number}"),
            e.approved_at.strftime("%Y-%m-%d"), e.resolution, e.reason,
            Cell(t("与上一版比较", "Against the one before"), f"{here}?from={e.number - 1}&to={e.number}") if e.number > 1 else "",
        ]
        for e in every
    ]  # fmt: skip
    context = {
        "plan": record, "table": Table(columns, rows, caption=t("版本", "Editions")), "changes": changes, "older": older,
        "newer": t("正在编制", "working copy") if wants_draft else newer, "may_draft": may_draft and bool(record.amendment),
        "crumbs": [plans_crumb(), plan_crumb(record), (t("版本与调整", "Editions"), "")],
        "compared": bool(record.edition and (wants_draft or older != newer)),
    }  # fmt: skip
    return render(request, "plan/editions.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def changes_between(before: Content, after: Content, names: dict[int, str]) -> list[dict[str, Any]]:
    """What differs, as lines: {"what", "kind" (added, removed, changed), "parts": [(field, difference)]}."""
    found = []
    head_before, head_after = _head(before), _head(after)
    parts = _parts(head_before, head_after)
    if parts:
        found.append({"what": t("计划", "Plan"), "kind": "changed", "parts": parts})
    found += _compared({x.uid: (f"{x.code} {x.name}", _item(before, x, names)) for x in before.items}, {x.uid: (f"{x.code} {x.name}", _item(after, x, names)) for x in after.items})  # fmt: skip
    found += _compared({x.uid: (f"{x.code} {x.name}", _indicator(before, x, names)) for x in before.indicators if not x.retired}, {x.uid: (f"{x.code} {x.name}", _indicator(after, x, names)) for x in after.indicators if not x.retired})  # fmt: skip
    return found


def _compared(
    before: dict[str, tuple[str, dict[str, str]]], after: dict[str, tuple[str, dict[str, str]]]
) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for uid, (name, values) in after.items():
        old = before.get(uid)
        if old is None:
            lines.append({"what": name, "kind": "added", "parts": _parts({}, values)})
        elif parts := _parts(old[1], values):
            lines.append({"what": name, "kind": "changed", "parts": parts})
    lines += [{"what": name, "kind": "removed", "parts": []} for uid, (name, _) in before.items() if uid not in after]
    return lines


def _parts(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, Any]]:
    names = [*after, *(n for n in before if n not in after)]
    return [(n, difference(before.get(n, ""), after.get(n, ""))) for n in names if before.get(n, "") != after.get(n, "")]  # fmt: skip


def _head(content: Content) -> dict[str, str]:
    return {
        t("名称", "Title"): content.title, t("总体要求", "Summary"): content.summary,
        t("起止", "Days"): f"{content.starts_on} – {content.ends_on}",
    }  # fmt: skip


def _item(content: Content, item: ItemPart, names: dict[int, str]) -> dict[str, str]:
    parent = content.item(item.parent)
    return {
        t("名称", "Title"): f"{item.code} {item.title}", t("类型", "Kind"): ItemKind.named(item.kind),
        t("上级", "Above"): parent.code if parent else "", t("内容", "Description"): item.description,
        t("责任成员", "Responsible"): "、".join(names.get(m, "") for m in item.responsible),
        t("配合成员", "Supporting"): "、".join(names.get(m, "") for m in item.supporting),
        t("时间", "Days"): f"{item.starts_on or ''} – {item.ends_on or ''}",
    }  # fmt: skip


def _indicator(content: Content, x: IndicatorPart, names: dict[int, str]) -> dict[str, str]:
    measure = measure_named(x.measure) if x.measure else None
    values = {
        t("名称", "Title"): f"{x.code} {x.title}", t("要求", "Relation"): str(Relation(x.relation).label),
        t("统计口径", "Measure"): str(measure.label) if measure else "", t("筛选条件", "Filters"): filter_words(measure, x.filters) if measure else "",
    }  # fmt: skip
    for target in x.targets:
        period = content.period(target.period)
        name = f"{t('目标', 'Target')} {period.code if period else ''} {names.get(target.cut.member or 0, '')} {target.cut.breakdown}".strip()  # fmt: skip
        high = f" – {shown_figure(target.value_high, x.unit, x.unit_name)}" if target.value_high is not None else ""
        values[name] = shown_figure(target.value, x.unit, x.unit_name) + high
    for base in x.baselines:
        values[f"{t('基期', 'Baseline')} {base.on} {names.get(base.cut.member or 0, '')}".strip()] = shown_figure(base.value, x.unit, x.unit_name)  # fmt: skip
    return values
