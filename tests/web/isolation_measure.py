"""Measuring in the matrix: drafts of rounds are the member's own, experts' judgements the expert's own, designs the secretariat's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.indicators import IndicatorRecord, Value, member_unit, record_vintage
from duijie.core.schema import parse
from duijie.measure import actions
from duijie.measure.actions import Cell
from duijie.measure.indices import tree
from duijie.measure.models import Judgement, Submission
from duijie.measure.schemas import ConsultationRecord, IndexRecord, RoundRecord
from tests.factories import viewer
from tests.measure.factories import make_indicator, make_values

# One word for each secret, of characters that stand nowhere else.
DRAFT, HANDED_IN, EXPERT, DESIGN, INNER, STAFF_ONLY, ASKED, EDITION = (
    "鬱鸞",
    "鱷鼉",
    "鑿鸝",
    "鸚鵡",
    "麝鼯",
    "鼴鼷",
    "黌黷",
    "虋纛",
)


def extend(world: Any, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    from tests.web.matrix import Secret

    staff = {"liaison", "editor", "member_admin", "auditor", "leader"}
    keys = {"key_own"}
    indicator = actions.define_indicator(
        actor=SYSTEM, record=parse(IndicatorRecord, {"code": "matrix_value", "name": "矩阵指标"})
    )
    record = {
        "title": "矩阵采集",
        "alliance": alliance.slug,
        "period": "2025",
        "due_on": "2099-01-01",
        "indicators": ["matrix_value"],
    }
    rounds, submissions = [], []
    for word, handed_in in ((DRAFT, False), (HANDED_IN, True)):
        made = actions.open_round(
            actor=SYSTEM,
            round=actions.prepare_round(actor=SYSTEM, record=parse(RoundRecord, record | {"members": [own.slug]})),
        )
        row = Submission.objects.unscoped("the matrix knows").get(round=made)
        liaison = viewer(world.users["liaison"])
        actions.fill(actor=liaison, submission=row, cells={"matrix_value": Cell("", "缺失", f"{word}原因")})
        if handed_in:
            actions.submit(actor=liaison, submission=row)
            question = actions.ask(actor=SYSTEM, submission=row, text=f"{ASKED}何故", code="matrix_value")
        world.secrets.append(Secret(word, staff | keys | ({"secretariat"} if handed_in else set())))
        rounds.append(made.uid)
        submissions.append(row.uid)
    world.secrets.append(Secret(ASKED, staff | keys | {"secretariat"}))
    secretary = viewer(world.users["secretariat"])
    named = {"name": f"{DESIGN}指数", "slug": "matrix-index", "alliance": alliance.slug, "periods": "2025"}
    design = actions.make_design(actor=secretary, record=parse(IndexRecord, named))
    document = tree.add_node(design.document, "one", "一", "One", "index")
    document = tree.add_node(document, "two", "二", "Two", "index")
    document = tree.add_indicator(document, indicator, "one")
    design = actions.change_design(actor=secretary, design=design, document=document)
    world.secrets.append(Secret(DESIGN, {"secretariat", "platform", "outsider"}))
    expert = world.users["outsider"]
    asked = parse(
        ConsultationRecord,
        {"node": "index", "method": "分配点数", "experts": [expert.username], "due_on": dt.date(2099, 1, 1)},
    )
    consultation = actions.invite_experts(actor=secretary, design=design, record=asked)
    judgement = Judgement.objects.unscoped("the matrix knows").get(consultation=consultation)
    actions.judge(
        actor=viewer(expert), judgement=judgement, content={"one": 60, "two": 40}, remark=f"{EXPERT}意见", hand_in=False
    )
    world.secrets.append(Secret(EXPERT, {"outsider"}))
    allies = staff | keys | {"firm", "sister_firm", "other_firm", "other_liaison", "secretariat", "key_other"}
    for word, audience, who in (
        (INNER, f"alliance:{alliance.pk}", allies),
        (STAFF_ONLY, f"staff:{own.pk}", staff | keys),
    ):
        value = Value(
            "matrix_value",
            member_unit(own.pk),
            f"20{len(word) + 20}" if audience.startswith("alliance") else "2021",
            Decimal(1),
            "P",
            f"{word}口径",
            audience=audience,
        )
        vintage = record_vintage(actor=SYSTEM, title="矩阵", source_kind="import", values=[value])
        world.secrets.append(Secret(word, who))
        world.values.setdefault("observation", []).append(_first(vintage))
    edition = _edition(secretary, [own, other], alliance)
    world.secrets.append(Secret(EDITION, allies | {"platform"}))
    world.values |= {
        "indicator": ["matrix_value"], "round": rounds, "submission": submissions, "design": ["matrix-index"], "judgement": [judgement.uid],
        "consultation": [consultation.uid], "edition": [edition], "question": [question.uid], "unit": [own.slug], "form": ["xlsx", "csv", "sdmx.csv"],
    }  # fmt: skip


def _first(vintage: Any) -> str:
    from duijie.core.models import Observation

    return str(Observation.objects.unscoped("the matrix knows").get(vintage=vintage).uid)


def _edition(secretary: Any, members: list[Any], alliance: Any) -> str:
    """The uid of an edition that was published inside the alliance only."""
    codes = ("matrix_first", "matrix_second")
    first, second = (make_indicator(code) for code in codes)
    figures = {(m, f"202{n}"): dict.fromkeys(codes, str(n * (at + 1))) for at, m in enumerate(members) for n in (3, 4)}
    make_values(figures)
    named = {"name": f"{EDITION}指数", "slug": "matrix-inner", "alliance": alliance.slug, "periods": "2023、2024"}
    design = actions.make_design(actor=secretary, record=parse(IndexRecord, named))
    document = tree.add_node(design.document, "one", "一", "One", "index")
    document = tree.add_node(document, "two", "二", "Two", "index")
    document = tree.add_indicator(document, first, "one")
    document = tree.add_indicator(document, second, "two")
    design = actions.change_design(actor=secretary, design=design, document=document)
    return str(actions.publish_edition(actor=secretary, design=design, audience="alliance").uid)
