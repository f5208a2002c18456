"""Measuring in the demonstration: rounds with made-up figures, the park development index, the M&A index, two editions of it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from duijie.core import measures
from duijie.core.access import SYSTEM, Viewer
from duijie.core.calendar import PeriodKind, midnight_in_china, period_of
from duijie.core.indicators import IndicatorRecord, Value, member_unit
from duijie.core.schema import parse
from duijie.core.schema.types import AmountValue
from duijie.demo.reading import _parsed
from duijie.measure import actions
from duijie.measure.actions import Cell
from duijie.measure.actions.values import record_computed, record_measures
from duijie.measure.indices.composite import FIRST_STEPS
from duijie.measure.indices.deals import FIRST_METHOD
from duijie.measure.interchange import ReadRow
from duijie.measure.jobs import recent_periods
from duijie.measure.models import Judgement, Submission
from duijie.measure.schemas import ConsultationRecord, DealRecord, IndexRecord, RoundRecord
from duijie.members.models import Member, Organisation, User
from duijie.members.viewers import viewer_of

SEED = 20251020
_GROWING = {"park_revenue", "park_tax", "park_rd", "park_patents", "park_hightech", "park_contracts", "park_fdi"}


def load(*, tell: Callable[[str], object], today: dt.date) -> None:
    """Three years of figures (the last through a round), a monthly round under way, both indices with editions."""
    plan = dict(_parsed("measure.yaml"))
    year = today.year - 1
    members = {m.slug: m for m in Member.objects.filter(slug__in=plan["figures"])}
    for values in plan["indicators"]:
        actions.define_indicator(actor=SYSTEM, record=parse(IndicatorRecord, {"source": "", **values}))
    known = {m.code for m in measures.measures()}
    for values in plan["measured"]:
        if values["measure_code"] in known:
            actions.define_indicator(actor=SYSTEM, record=parse(IndicatorRecord, values))
    table = _figures(plan, year)
    _history(plan, members, table, year, today)
    _yearly_round(plan, members, table, year)
    _monthly_round(plan, members, today)
    record_measures(actor=SYSTEM, periods=recent_periods(today))
    _park_index(plan, year, today)
    deals = _deal_index(plan, today)
    tell(f"指数 indices: 2, 并购交易 deals: {deals}")


def _secretary(alliance: str) -> Viewer:
    from duijie.members.models import RoleGrant
    from duijie.members.places import find_alliance

    grant = (
        RoleGrant.objects.filter(role="secretariat", scope="alliance", scope_id=find_alliance(alliance).pk)
        .order_by("pk")
        .first()
    )
    return viewer_of(grant.user) if grant is not None else SYSTEM


def _liaison(member: Member) -> Viewer:
    from duijie.members.models import RoleGrant

    grant = RoleGrant.objects.filter(role="liaison", scope="member", scope_id=member.pk).order_by("pk").first()
    return viewer_of(grant.user) if grant is not None else SYSTEM


def _figures(plan: dict[str, Any], year: int) -> dict[tuple[str, int, str], Decimal]:
    """(member, year, code) -> value: back from the last year by growth, with a little noise that is the same each time."""
    rng = random.Random(SEED)
    table: dict[tuple[str, int, str], Decimal] = {}
    for slug, figures in plan["figures"].items():
        for code, last in zip(plan["asked"], figures["values"], strict=True):
            rate = figures["growth"] if code in _GROWING else plan["trend"].get(code, 0.0)
            value = float(last)
            for back in range(4):
                if back:
                    value /= 1 + rate + rng.uniform(-0.03, 0.03)
                table[slug, year - back, code] = _rounded(code, value)
    return table


def _rounded(code: str, value: float) -> Decimal:
    places = {"park_hightech": 0, "park_joint": 0, "park_energy": 3, "park_area": 1, "park_days": 1}.get(code, 1)
    return round(Decimal(str(value)), places) if places else Decimal(round(value))


def _history(
    plan: dict[str, Any],
    members: dict[str, Member],
    table: dict[tuple[str, int, str], Decimal],
    year: int,
    today: dt.date,
) -> None:
    """Earlier years as imports of the spring after each; one figure corrected later."""
    for back in (3, 2, 1):
        rows = [
            Value(code, member_unit(members[slug].pk), str(year - back), value)
            for (slug, at, code), value in table.items()
            if at == year - back
        ]
        first = rows[0]
        if back == 1:  # what was published first and corrected in summer
            rows[0] = replace(first, value=(first.value or Decimal(0)) + Decimal("0.2"))
        published = midnight_in_china(dt.date(year - back + 1, 3, 20))
        _import(rows, f"{year - back} 年度园区统计（演示）", f"Yearly figures {year - back} (demonstration)", published)
        if back == 1:
            corrected = midnight_in_china(min(today, dt.date(year, 8, 6)))
            _import(
                [first], f"{year - back} 年度更正（演示）", f"Correction of {year - back} (demonstration)", corrected
            )
    record_computed(actor=SYSTEM, periods=[str(year - 2), str(year - 1)], at=midnight_in_china(dt.date(year, 8, 7)))


def _import(rows: list[Value], title: str, title_en: str, at: dt.datetime) -> None:
    actions.import_values(
        actor=SYSTEM, rows=[ReadRow(r, "") for r in rows], title=title, title_en=title_en, source_kind="demo", at=at
    )


def _yearly_round(
    plan: dict[str, Any], members: dict[str, Member], table: dict[tuple[str, int, str], Decimal], year: int
) -> None:
    """The last year through a round: filled in by the liaison officers, verified and published by the secretariat."""
    secretary = _secretary(plan["alliance"])
    record = parse(
        RoundRecord,
        {"title": f"{year} 年度园区指标采集（演示）", "title_en": f"Yearly indicators {year} (demonstration)", "alliance": plan["alliance"],
         "period": str(year), "due_on": dt.date(year + 1, 3, 15), "indicators": plan["asked"], "optional": plan["optional"],
         "members": list(members), "note": "按园区统计口径填报，与上年可比；变化较大的请写明原因。"},
    )  # fmt: skip
    made = actions.open_round(actor=secretary, round=actions.prepare_round(actor=secretary, record=record))
    rows = (
        Submission.objects.unscoped("the demonstration fills in for everybody")
        .filter(round=made)
        .select_related("member", "round")
    )
    for row in rows.order_by("pk"):
        liaison = _liaison(row.member)
        cells = {
            code: Cell(
                str(table[row.member.slug, year, code]), reason="按统计口径核实，变化属实。" if code in _GROWING else ""
            )
            for code in plan["asked"]
        }
        filled = actions.fill(actor=liaison, submission=row, cells=cells)
        submitted = actions.submit(actor=liaison, submission=filled)
        if row.member.slug == "xiuzhou":
            question = actions.ask(
                actor=secretary,
                submission=submitted,
                code="park_green_power",
                text="绿电占比上升较快，是否含企业自建光伏？",
            )
            actions.answer(actor=liaison, remark=question, text="含。新增分布式光伏 60 兆瓦，口径与供电公司一致。")
            actions.settle(actor=secretary, remark=question)
        actions.verify(actor=secretary, submission=row)
    actions.publish_round(actor=secretary, round=made)
    actions.close_round(actor=secretary, round=made)


def _monthly_round(plan: dict[str, Any], members: dict[str, Member], today: dt.date) -> None:
    """Last month's quick report: one member has handed in, one has begun, the others have not."""
    secretary = _secretary(plan["alliance"])
    month = period_of(today, PeriodKind.MONTH).shifted(-1)
    rng = random.Random(SEED + 1)
    before = [
        Value(
            code,
            member_unit(m.pk),
            month.shifted(-1).code,
            round(Decimal(plan["figures"][m.slug]["values"][0]) / scale * Decimal(str(rng.uniform(0.9, 1.1))), 1),
        )
        for m in members.values()
        for code, scale in (("park_output_month", 15), ("park_power_month", Decimal("0.6")))
    ]
    _import(
        before,
        f"{month.shifted(-1).code} 月度快报（演示）",
        f"Monthly figures {month.shifted(-1).code} (demonstration)",
        midnight_in_china(month.first_day + dt.timedelta(days=9)),
    )
    record = parse(
        RoundRecord,
        {"title": f"{month.label('zh')}园区快报（演示）", "title_en": f"Monthly figures {month.label('en')} (demonstration)", "alliance": plan["alliance"],
         "period": month.code, "due_on": today + dt.timedelta(days=5), "indicators": plan["asked_monthly"], "members": list(members), "audience": "联盟内部"},
    )  # fmt: skip
    made = actions.open_round(actor=secretary, round=actions.prepare_round(actor=secretary, record=record))
    known = {(v.unit, v.code): v.value or Decimal(1) for v in before}
    rows = {
        s.member.slug: s
        for s in Submission.objects.unscoped("as above").filter(round=made).select_related("member", "round")
    }
    for slug, hand_in in (("donghu", True), ("hefei-gaoxin", True), ("xiuzhou", False)):
        row = rows[slug]
        cells = {
            code: Cell(str(round(known[member_unit(row.member_id), code] * Decimal("1.03"), 1)))
            for code in plan["asked_monthly"]
        }
        filled = actions.fill(
            actor=_liaison(row.member), submission=row, cells=cells if hand_in else dict(list(cells.items())[:1])
        )
        if hand_in:
            actions.submit(actor=_liaison(row.member), submission=filled)


def _park_index(plan: dict[str, Any], year: int, today: dt.date) -> None:
    """The design with its five groups, experts' judgements, and the published edition."""
    wanted = plan["index"]
    secretary = _secretary(plan["alliance"])
    described = {values["code"]: values for values in plan["indicators"]}
    indicators = []
    for group, inside in wanted["members"].items():
        for code, weight in inside.items():
            said = described[code]
            direction = -1 if said.get("direction") == "越低越好" else 1
            indicators.append({
                "code": code, "name": {"zh": said["name"], "en": said["name_en"]}, "parent": group, "weight": weight, "unit": said["unit"], "direction": direction,
            })  # fmt: skip
    document = {
        "format": "duijie-index/1", "name": {"zh": wanted["name"], "en": wanted["name_en"]}, "indicators": indicators,
        "framework": [*wanted["groups"], {"code": "index", "name": {"zh": wanted["name"], "en": wanted["name_en"]}}],
        "steps": [*FIRST_STEPS[:2], {"normalise": {"method": "min_max", "lower": 40, "upper": 100}}, {"aggregate": {"method": "arithmetic"}}],
    }  # fmt: skip
    record = parse(
        IndexRecord,
        {k: wanted[k] for k in ("name", "name_en", "slug", "alliance", "description", "description_en")}
        | {"periods": [str(y) for y in (year - 2, year - 1, year)], "units": list(plan["figures"])},
    )  # fmt: skip
    design = actions.make_design(actor=secretary, record=record, document=document, is_demonstration=True)
    _experts(plan, design, secretary, today)
    actions.publish_edition(
        actor=secretary, design=design, title=f"{wanted['name']} {year}（演示）", title_en=f"{wanted['name_en']} {year} (demonstration)"
    )  # fmt: skip


def _experts(plan: dict[str, Any], design: Any, secretary: Viewer, today: dt.date) -> None:
    homes = Organisation.objects.filter(external_id__in=plan["experts"])
    people = list(User.objects.filter(organisation__in=homes).order_by("pk")[:3])
    if len(people) < 2:
        return
    record = parse(
        ConsultationRecord,
        {
            "node": "index",
            "method": "分配点数",
            "experts": [p.username for p in people],
            "due_on": today + dt.timedelta(days=20),
        },
    )
    made = actions.invite_experts(actor=secretary, design=design, record=record)
    points = ([32, 28, 16, 14, 10], [25, 35, 15, 15, 10])
    for person, given in zip(people, points, strict=False):
        row = Judgement.objects.unscoped("the expert's own").get(consultation=made, expert=person)
        content = dict(zip(made.codes, given, strict=True))
        actions.judge(actor=viewer_of(person), judgement=row, content=content)


def _deal_index(plan: dict[str, Any], today: dt.date) -> int:
    """Deals from four years back; the yearly edition of the last full year, then the edition of last month."""
    wanted = plan["deals"]
    secretary = _secretary(wanted["alliance"])
    base = today.year - 4
    method = FIRST_METHOD | {"base": str(base)}
    record = parse(
        IndexRecord,
        {k: wanted[k] for k in ("name", "name_en", "slug", "alliance", "description", "description_en")}
        | {"periods": [str(y) for y in range(base, today.year + 1)]},
    )  # fmt: skip
    last = period_of(today, PeriodKind.MONTH).shifted(-1).last_day
    deals = _deals(wanted, dt.date(base, 1, 1), last)
    of_full_years = [d for d in deals if d.announced_on is not None and d.announced_on.year < today.year]
    actions.import_deals(actor=secretary, records=of_full_years, is_demonstration=True)
    design = actions.make_design(actor=secretary, record=record, kind="deals", document=method, is_demonstration=True)
    year = today.year - 1
    actions.publish_edition(
        actor=secretary, design=design, title=f"{wanted['name']} {year} 年度版（演示）", title_en=f"{wanted['name_en']}, edition of {year} (demonstration)",
        at=midnight_in_china(dt.date(today.year, 2, 2)),
    )  # fmt: skip
    if len(of_full_years) < len(deals):
        actions.import_deals(actor=secretary, records=deals[len(of_full_years) :], is_demonstration=True)
        month = f"{last:%Y-%m}"
        actions.publish_edition(
            actor=secretary,
            design=design,
            title=f"{wanted['name']} {month}（演示）",
            title_en=f"{wanted['name_en']} {month} (demonstration)",
        )
    return len(deals)


def _deals(wanted: dict[str, Any], first: dt.date, last: dt.date) -> list[DealRecord]:
    """Generated deals, the same each time: activity that rises and falls, amounts with a long tail, some giants."""
    rng = random.Random(SEED + 2)
    provinces, weights = list(wanted["regions"]), list(wanted["regions"].values())
    found: list[DealRecord] = []
    day, month = first, 0
    while day <= last:
        following = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
        season = 1.25 if day.month == 12 else 0.7 if day.month == 2 else 1.0
        level = season * (1 + 0.010 * month + 0.18 * (1 if month % 24 < 12 else -1))
        for market, mean, centre, spread in (("securities", 15, 18.6, 1.5), ("exchange", 24, 17.0, 1.6)):
            for _ in range(max(3, round(mean * level + rng.uniform(-4, 4)))):
                found.append(
                    _deal(
                        wanted,
                        rng,
                        len(found),
                        market,
                        day,
                        (following - day).days,
                        rng.lognormvariate(centre, spread),
                        provinces,
                        weights,
                    )
                )
        day, month = following, month + 1
    found.sort(key=lambda d: (d.announced_on or first, d.external_id))
    return found


def _deal(
    wanted: dict[str, Any], rng: random.Random, number: int, market: str, first: dt.date, days: int, yuan: float, provinces: list[str], weights: list[int]
) -> DealRecord:  # fmt: skip
    buyer, seller = rng.sample(wanted["towns"], 2)
    field, share = rng.choice(wanted["targets"]), rng.choice((20, 34, 49, 51, 60, 70, 80, 100))
    minor = round(yuan / 10_000) * 1_000_000 or 1_000_000
    return DealRecord.model_construct(
        external_id=f"DEMO-{number:05d}", title=f"{buyer}控股受让{seller}{field} {share}% 股权", market=market,
        announced_on=first + dt.timedelta(days=rng.randrange(days)), amount=AmountValue(low_minor=minor, high_minor=minor),
        industry=rng.choice(wanted["industries"]), region=rng.choices(provinces, weights)[0] + "0000", source="演示生成",
    )  # fmt: skip
