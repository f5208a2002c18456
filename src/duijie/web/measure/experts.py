"""Experts' judgements: inviting, the expert's own form, what they say together, taking it into the design."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.measure import actions, queries
from duijie.measure.actions.consultations import CONSISTENT, day_over, group_weights
from duijie.measure.models import Consultation, Judgement
from duijie.measure.schemas import ConsultationRecord
from duijie.web.kit import Cell, Column, Table
from duijie.web.measure import views_of_data as views
from duijie.web.measure.frame import posted
from duijie.web.measure.workbench import design_name, design_of, frame
from duijie.web.members.forms import for_people, posted_version, refusals, viewer_of_page

_METHODS = {
    "budget": Label("分配点数", "Budget allocation"),
    "ahp": Label("两两比较（AHP）", "Comparison in pairs (AHP)"),
}
SCALE = ("9", "7", "5", "3", "1", "1/3", "1/5", "1/7", "1/9")


@for_people
def consultations(request: HttpRequest, design: str) -> HttpResponse:
    """Consultations of a design, and the form that opens another."""
    viewer, found = design_of(request, design)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("node", "method", "experts", "due_on")}
        try:
            actions.invite_experts(actor=viewer, design=found, record=parse(ConsultationRecord, given))
            messages.success(request, t("已邀请专家。", "The experts are invited."))
            return HttpResponseRedirect(reverse("measure:design_experts", args=[found.slug]))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            at, others = refusals(fault)
            errors = {**at, "": others}
    rows = [_consultation(viewer, c, found.document) for c in queries.consultations(viewer, found)]
    nodes = [
        (code, views.label_of(found.document, code))
        for code in {
            str(e.get("parent"))
            for e in found.document.get("indicators", []) + found.document.get("framework", [])
            if e.get("parent")
        }
    ]
    context = frame(found, "design_experts", viewer) | {
        "rows": rows, "nodes": sorted(nodes, key=lambda n: n[0]), "methods": [(k, str(v)) for k, v in _METHODS.items()],
        "errors": [sentence for told in errors.values() for sentence in told], "given": request.POST,
    }  # fmt: skip
    return render(request, "measure/design_experts.html", context, status=422 if errors else 200)


def _consultation(viewer: Any, row: Consultation, document: dict[str, Any]) -> dict[str, Any]:
    found = [j for j in queries.judgements(viewer, row) if j.submitted_at is not None]
    columns = [
        Column("who", Label("专家", "Expert")),
        *(Column(c, views.label_of(document, c), "number") for c in row.codes),
    ]
    if row.method == Consultation.Method.AHP:
        columns.append(Column("ratio", Label("一致性比率", "Consistency"), "number"))
    body = []
    for judgement in found:
        cells: list[Any] = [str(judgement.expert), *(f"{100 * judgement.weights.get(c, 0):.1f}%" for c in row.codes)]
        if row.method == Consultation.Method.AHP:
            cells.append(f"{judgement.consistency or 0:.3f}")
        body.append(cells)
    together: list[str] = []
    if found:
        weights = group_weights(row, found)
        together = [
            t("平均", "Mean"),
            *(f"{weights[c]:.1f}%" for c in row.codes),
            *([""] if row.method == "ahp" else []),
        ]
    return {
        "row": row, "node": views.label_of(document, row.node), "method": _METHODS[row.method], "count": len(found),
        "table": Table(columns, body, caption=t("专家意见", "Judgements"), foot=together, tight=True) if found else None,
    }  # fmt: skip


@require_POST
@for_people
def adopt(request: HttpRequest, consultation: str) -> HttpResponse:
    """Take what the experts say together into the design."""
    viewer = viewer_of_page(request)
    found = queries.consultation(viewer, consultation)
    back = reverse("measure:design_experts", args=[found.design.slug])
    return posted(
        request,
        lambda: actions.adopt_weights(actor=viewer, consultation=found),
        Label("权重已采用。", "The weights are taken over."),
        back,
    )


@for_people
def judgements(request: HttpRequest) -> HttpResponse:
    """What is asked of this person as an expert."""
    request.nav_key = "judgements"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    today = timezone.localdate()
    columns = [
        Column("index", Label("指数", "Index")), Column("method", Label("方法", "Method")), Column("due", Label("截止日", "Due"), "date"),
        Column("state", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(design_name(j.consultation.design), reverse("measure:judgement", args=[j.uid])), str(_METHODS[j.consultation.method]),
            j.consultation.due_on.isoformat(),
            t("已提交", "Handed in") if j.submitted_at else t("已结束", "Over") if day_over(j.consultation, today) else t("等您填写", "Waits for you"),
        ]
        for j in queries.my_judgements(viewer)[:100]
    ]  # fmt: skip
    return render(
        request,
        "measure/judgements.html",
        {
            "table": Table(
                columns,
                rows,
                caption=t("专家意见", "Judgements"),
                empty=t("没有请您填写的意见。", "Nothing waits for your judgement."),
            )
        },
    )


@for_people
def judgement_page(request: HttpRequest, judgement: str) -> HttpResponse:
    """The expert's form: points, or pairs with the consistency ratio."""
    request.nav_key = "judgements"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    found = queries.judgement(viewer, judgement)
    row = found.consultation
    content = dict(found.content)
    refusal, status = "", 200
    if request.method == "POST":
        names = row.codes if row.method == "budget" else [f"{a}:{b}" for a, b in combinations(row.codes, 2)]
        content = {name: request.POST.get(f"j-{name}", "") for name in names}
        hand_in = request.POST.get("then") != "keep"
        try:
            actions.judge(
                actor=viewer,
                judgement=found,
                content=content,
                remark=request.POST.get("remark", ""),
                hand_in=hand_in,
                version=posted_version(request.POST),
            )
            messages.success(
                request, t("已提交，谢谢。", "Handed in, thank you.") if hand_in else t("已保存。", "Saved.")
            )
            return HttpResponseRedirect(reverse("measure:judgement", args=[found.uid]))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            refusal, status = fault.sentence, 422
    return render(request, "measure/judgement.html", _form(found, content, refusal, viewer.user_id), status=status)


def _form(found: Judgement, content: dict[str, Any], refusal: str, user_id: int | None) -> dict[str, Any]:
    row, document = found.consultation, found.consultation.design.document
    names = {code: views.label_of(document, code) for code in row.codes}
    even = round(100 / len(row.codes), 2)
    points = (
        [{"code": c, "name": names[c], "value": content.get(c, even if not content else "")} for c in row.codes]
        if row.method == "budget"
        else []
    )
    pairs = [
        {"key": f"{a}:{b}", "a": names[a], "b": names[b], "value": str(content.get(f"{a}:{b}", "1"))}
        for a, b in combinations(row.codes, 2)
    ] if row.method == "ahp" else []  # fmt: skip
    ratio = found.consistency
    return {
        "judgement": found, "row": row, "title": design_name(row.design), "node": views.label_of(document, row.node), "method": _METHODS[row.method],
        "points": points, "pairs": pairs, "scale": [(s, _scale_word(s)) for s in SCALE], "refusal": refusal, "version": found.version,
        "ratio": f"{ratio:.3f}" if ratio is not None else "", "consistent": ratio is not None and ratio <= CONSISTENT,
        "weights": [(names[c], f"{100 * found.weights[c]:.1f}%") for c in row.codes if c in found.weights],
        "open": not day_over(row, timezone.localdate()) and found.expert_id == user_id,
    }  # fmt: skip


def _scale_word(value: str) -> str:
    words = {
        "9": ("极其重要", "extremely more"),
        "7": ("重要得多", "very much more"),
        "5": ("明显重要", "much more"),
        "3": ("稍重要", "a little more"),
        "1": ("同样重要", "equally"),
    }
    if value.startswith("1/"):
        return t("后者{w}", "the second {w}", w=t(*words[value[2:]]))
    return t(*words["1"]) if value == "1" else t("前者{w}", "the first {w}", w=t(*words[value]))
