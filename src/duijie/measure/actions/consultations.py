"""Asking experts for weights, and taking what they say into a design."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotAllowed, Stale
from duijie.core.notifications import tell
from duijie.core.text import tidy_line
from duijie.engines.composite.methods.weighting import budget_weights, hierarchy_weights, parse_judgement
from duijie.measure.actions.designs import check_document, locked_design
from duijie.measure.indices.composite import as_faults
from duijie.measure.models import Consultation, IndexDesign, Judgement
from duijie.measure.rules import demand, place_in
from duijie.measure.schemas import ConsultationRecord, day_needed
from duijie.members.places import find_person

BUDGET = 100.0
CONSISTENT = 0.1


def children_of(document: Mapping[str, Any], node: str) -> list[str]:
    """Codes of what hangs directly under a node of a document."""
    elements = [*document.get("framework", []), *document.get("indicators", [])]
    return [str(e["code"]) for e in elements if e.get("parent") == node]


def invite_experts(*, actor: Viewer, design: IndexDesign, record: ConsultationRecord) -> Consultation:
    """Open a consultation over the children of a node and tell the experts.

    Raises NotAllowed, Fault "consultation.node" (fewer than two children), "consultation.experts", "person.unknown".
    """
    with acting(actor, "judgement.invite") as act:
        demand(actor, "judgement.invite", place_in(design.alliance_id))
        codes = children_of(design.document, record.node)
        if len(codes) < 2 or len(codes) > 15:
            raise Fault(
                "consultation.node", f"节点“{record.node}”下面应有 2 到 15 项。", f"The node “{record.node}” should have 2 to 15 children.",
                place="node", status=422,
            )  # fmt: skip
        people = [find_person(name, place="experts") for name in record.experts]
        if not people:
            raise Fault(
                "consultation.experts", "至少邀请一位专家。", "Invite at least one expert.", place="experts", status=422
            )
        made = Consultation.objects.create(
            design=design,
            node=record.node,
            codes=codes,
            method=record.method,
            due_on=day_needed(record.due_on, "due_on", "截止日", "Due on"),
        )
        for person in {p.pk: p for p in people}.values():
            row = Judgement.objects.create(consultation=made, expert=person)
            tell(
                [person.pk], kind="measure.judgement", zh=f"请为“{design.name}”的权重提出意见，截止 {made.due_on}。",
                en=f"Your judgement on the weights of “{design.name_en or design.name}” is asked for, due {made.due_on}.",
                address=f"/judgements/{row.uid}/",
            )  # fmt: skip
        act.done(made, event="judgement.invited", ids=[made.pk])
    return made


def judge(
    *, actor: Viewer, judgement: Judgement, content: Mapping[str, Any], remark: str = "", hand_in: bool = True, version: int | None = None
) -> Judgement:  # fmt: skip
    """An expert's own judgement: points that spend the budget, or comparisons in pairs ("a:b" -> 3 or "1/3").

    Handing in comparisons that contradict one another (ratio above 0.1) is refused; keeping them is not.
    Raises NotAllowed, Stale, Conflict "consultation.closed", Fault "judgement.points", "judgement.pairs", "judgement.inconsistent", "index.…".
    """
    with acting(actor, "judgement.give") as act:
        row: Judgement = (
            Judgement.objects.unscoped("an action checks for itself")
            .select_for_update(of=("self",))
            .select_related("consultation")
            .get(pk=judgement.pk)
        )
        if actor.user_id is None or actor.user_id != row.expert_id:
            raise NotAllowed(
                "只有被邀请的专家本人可以填写。", "Only the expert who was invited may give this judgement."
            )
        if version is not None and version != row.version:
            raise Stale
        if row.consultation.closed_at is not None or row.consultation.due_on < timezone.localdate():
            raise Conflict("consultation.closed", "这次征询已经结束。", "This consultation is over.")
        weights, ratio = weights_of(row.consultation, content)
        if hand_in and ratio is not None and ratio > CONSISTENT:
            raise Fault(
                "judgement.inconsistent", f"判断前后不够一致（一致性比率 {ratio:.2f}，应不超过 0.1），请调整后再提交。",
                f"The comparisons contradict one another (consistency ratio {ratio:.2f}, at most 0.1); please adjust them.", status=422,
            )  # fmt: skip
        row.content, row.weights, row.consistency = dict(content), weights, ratio
        row.remark = tidy_line(remark)[:500]
        row.submitted_at = timezone.now() if hand_in else row.submitted_at
        row.version += 1
        row.save()
        act.done(row, event="judgement.given", ids=[row.pk])
    return row


def weights_of(consultation: Consultation, content: Mapping[str, Any]) -> tuple[dict[str, float], float | None]:
    """Weights that a judgement gives, and its consistency ratio for comparisons. Raises Fault as `judge`."""
    codes = [str(code) for code in consultation.codes]
    if consultation.method == Consultation.Method.BUDGET:
        points = {code: _points(content.get(code), code) for code in codes}
        _refuse_others(content, set(codes))
        with as_faults():
            weights, _ = budget_weights({"budget": list(points.values())}, BUDGET, consultation.node)
        return dict(zip(codes, weights.tolist(), strict=True)), None
    matrix = np.eye(len(codes))
    wanted = {f"{a}:{b}" for a, b in combinations(codes, 2)}
    _refuse_others(content, wanted)
    for (i, a), (j, b) in combinations(enumerate(codes), 2):
        given = content.get(f"{a}:{b}")
        if given in (None, ""):
            raise Fault(
                "judgement.pairs",
                f"还没有比较“{a}”和“{b}”。",
                f"“{a}” and “{b}” are not compared yet.",
                place=f"{a}:{b}",
                status=422,
            )
        with as_faults(f"{a}:{b}"):
            value = parse_judgement(given, f"{a}:{b}")
        if not 1 / 9 - 1e-9 <= value <= 9 + 1e-9:
            raise Fault(
                "judgement.pairs",
                "比较应在 1/9 到 9 之间。",
                "A comparison lies between 1/9 and 9.",
                place=f"{a}:{b}",
                status=422,
            )
        matrix[i, j], matrix[j, i] = value, 1 / value
    with as_faults():
        found = hierarchy_weights(matrix, consultation.node)
    return dict(zip(codes, found.weights.tolist(), strict=True)), float(found.consistency_ratio)


def _points(given: Any, code: str) -> float:
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= BUDGET:
        raise Fault(
            "judgement.points",
            f"“{code}”的点数应在 0 到 100 之间。",
            f"The points of “{code}” lie between 0 and 100.",
            place=code,
            status=422,
        )
    return value


def _refuse_others(content: Mapping[str, Any], known: set[str]) -> None:
    for name in content:
        if name not in known:
            raise Fault(
                "extra_forbidden", f"{name}：没有这一项。", f"{name}: there is no such item.", place=name, status=422
            )


def group_weights(consultation: Consultation, rows: list[Judgement]) -> dict[str, float]:
    """What the experts say together: mean points, or the weights of the geometric mean of their comparisons (in per cent)."""
    codes = [str(code) for code in consultation.codes]
    if consultation.method == Consultation.Method.BUDGET:
        allocations = {str(row.pk): [float(row.content[code]) for code in codes] for row in rows}
        with as_faults():
            weights, _ = budget_weights(allocations, BUDGET, consultation.node)
    else:
        matrix = np.ones((len(codes), len(codes)))
        for (i, a), (j, b) in combinations(enumerate(codes), 2):
            mean = float(np.exp(np.mean([np.log(parse_judgement(row.content[f"{a}:{b}"], "")) for row in rows])))
            matrix[i, j], matrix[j, i] = mean, 1 / mean
        with as_faults():
            weights = hierarchy_weights(matrix, consultation.node).weights
    return {code: round(float(w) * 100, 4) for code, w in zip(codes, weights, strict=True)}


def adopt_weights(*, actor: Viewer, consultation: Consultation, version: int | None = None) -> IndexDesign:
    """Close a consultation and put what the experts said together into the design.

    Raises NotAllowed, Stale, Conflict "consultation.nothing", "consultation.other_tree" (the tree has changed meanwhile).
    """
    with acting(actor, "judgement.adopt") as act:
        design = locked_design(consultation.design, version)
        demand(actor, "judgement.invite", place_in(design.alliance_id))
        handed_in = Judgement.objects.unscoped("the secretariat reads what was handed in").filter(
            consultation=consultation, submitted_at__isnull=False
        )
        rows = list(handed_in.order_by("pk"))
        if not rows:
            raise Conflict("consultation.nothing", "还没有专家提交意见。", "No expert has handed in a judgement yet.")
        if children_of(design.document, consultation.node) != list(consultation.codes):
            raise Conflict(
                "consultation.other_tree", "指标体系已经变动，请重新征询。", "The framework has changed; ask again."
            )
        weights = group_weights(consultation, rows)
        document = copy.deepcopy(design.document)
        for element in [*document.get("framework", []), *document.get("indicators", [])]:
            if element["code"] in weights and element.get("parent") == consultation.node:
                element["weight"] = weights[element["code"]]
        check_document(design.kind, document)
        design.document = document
        design.version += 1
        design.save()
        Consultation.objects.filter(pk=consultation.pk).update(closed_at=timezone.now())
        act.done(
            design,
            event="index.changed",
            ids=[design.pk],
            detail={"consultation": consultation.uid, "experts": len(rows)},
        )
    return design


def day_over(consultation: Consultation, today: dt.date) -> bool:
    """Whether nobody can answer any more."""
    return consultation.closed_at is not None or consultation.due_on < today
