"""What the API of this app answers, and how records become that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema

from duijie.core.access import Viewer
from duijie.core.measures import Counted
from duijie.members.models import Member
from duijie.plan.content import Content
from duijie.plan.fields import plain_figure, shown_figure
from duijie.plan.figures import Figure
from duijie.plan.models import Actual, Plan, PlanCall, PlanEdition, PlannedProject, PlanReport
from duijie.plan.queries import Behind
from duijie.plan.sentences import sentence


def viewer_of_request(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


class PlanOut(Schema):
    id: str
    title: str
    title_en: str
    summary: str
    alliance: str | None
    member: str | None
    starts_on: str
    ends_on: str
    status: str
    amendment: str
    edition: int


def plan_out(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.uid, "title": plan.title, "title_en": plan.title_en, "summary": plan.summary,
        "alliance": plan.alliance.slug if plan.alliance else None, "member": plan.member.slug if plan.member else None,
        "starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat(), "status": plan.status,
        "amendment": plan.amendment, "edition": plan.edition,
    }  # fmt: skip


def head_out(plan: Plan, content: Content) -> dict[str, Any]:
    """The head of a plan as an edition says it."""
    return plan_out(plan) | {
        "title": content.title, "title_en": content.title_en, "summary": content.summary,
        "starts_on": content.starts_on.isoformat(), "ends_on": content.ends_on.isoformat(),
    }  # fmt: skip


class PlanPage(Schema):
    total: int
    items: list[PlanOut]


class CutOut(Schema):
    id: str
    member: str | None
    place: str
    breakdown: str
    value: int
    comment: str


class BaselineOut(CutOut):
    on: str


class TargetOut(CutOut):
    period: str
    value_high: int | None


class ItemOut(Schema):
    id: str
    code: str
    kind: str
    parent: str | None
    title: str
    title_en: str
    description: str
    starts_on: str | None
    ends_on: str | None
    responsible: list[str]
    supporting: list[str]


class IndicatorOut(Schema):
    id: str
    code: str
    item: str
    title: str
    title_en: str
    definition: str
    unit: str
    unit_name: str
    relation: str
    measure: str
    filters: dict[str, Any]
    date_rule: str
    headline: bool
    baselines: list[BaselineOut]
    targets: list[TargetOut]


class PeriodOut(Schema):
    id: str
    code: str
    starts_on: str
    ends_on: str


class ContentOut(Schema):
    """A whole edition: its periods, tree and indicators. Values are whole stored units (fen, hundredths of a per cent, pieces)."""

    plan: PlanOut
    edition: int
    periods: list[PeriodOut]
    items: list[ItemOut]
    indicators: list[IndicatorOut]


def slugs() -> dict[int, str]:
    return dict(Member.objects.values_list("pk", "slug"))


def content_out(plan: Plan, content: Content) -> dict[str, Any]:
    names = slugs()
    codes = {x.uid: x.code for x in content.items} | {p.uid: p.code for p in content.periods}
    return {
        "plan": head_out(plan, content),
        "edition": content.edition,
        "periods": [
            {"id": p.uid, "code": p.code, "starts_on": p.starts_on.isoformat(), "ends_on": p.ends_on.isoformat()}
            for p in content.periods
        ],
        "items": [
            {
                "id": x.uid, "code": x.code, "kind": x.kind, "parent": codes.get(x.parent), "title": x.title,
                "title_en": x.title_en, "description": x.description,
                "starts_on": x.starts_on.isoformat() if x.starts_on else None,
                "ends_on": x.ends_on.isoformat() if x.ends_on else None,
                "responsible": [names[m] for m in x.responsible if m in names],
                "supporting": [names[m] for m in x.supporting if m in names],
            }
            for x in content.items
        ],
        "indicators": [_indicator_out(x, codes, names) for x in content.indicators if not x.retired],
    }  # fmt: skip


def _indicator_out(x: Any, codes: dict[str, str], names: dict[int, str]) -> dict[str, Any]:
    plain = (
        "code", "title", "title_en", "definition", "unit", "unit_name", "relation", "measure", "filters", "date_rule",
        "headline",
    )  # fmt: skip

    def cut(row: Any) -> dict[str, Any]:
        return {
            "id": row.uid, "member": names.get(row.cut.member), "place": row.cut.place, "breakdown": row.cut.breakdown,
            "value": row.value, "comment": row.comment,
        }  # fmt: skip

    return {
        "id": x.uid,
        "item": codes.get(x.item, ""),
        **{name: getattr(x, name) for name in plain},
        "baselines": [cut(b) | {"on": b.on.isoformat()} for b in x.baselines],
        "targets": [cut(y) | {"period": codes.get(y.period, ""), "value_high": y.value_high} for y in x.targets],
    }


class EditionOut(Schema):
    number: int
    reason: str
    resolution: str
    approved_at: str


def edition_out(edition: PlanEdition) -> dict[str, Any]:
    return {
        "number": edition.number, "reason": edition.reason, "resolution": edition.resolution,
        "approved_at": edition.approved_at.isoformat(),
    }  # fmt: skip


class FigureOut(Schema):
    """A figure set against its target. value, target: whole stored units; in_units: the value in yuan, per cent, pieces."""

    indicator: str
    title: str
    period: str
    member: str | None
    place: str
    breakdown: str
    unit: str
    value: int | None
    in_units: float | None
    shown: str
    target: int | None
    target_high: int | None
    relation: str
    light: str
    status: str
    ratio: float | None
    share: float | None
    elapsed: float
    expected: float | None
    low: float | None
    high: float | None
    chance: float | None
    from_day: str
    until_day: str
    known_at: str | None
    closed: bool
    sentence: str


def figure_out(figure: Figure, names: dict[int, str]) -> dict[str, Any]:
    indicator, standing, outlook, cut = figure.indicator, figure.standing, figure.outlook, figure.cut
    return {
        "indicator": indicator.code, "title": indicator.name, "period": figure.period.code,
        "member": names.get(cut.member) if cut.member is not None else None, "place": cut.place,
        "breakdown": cut.breakdown, "unit": indicator.unit, "value": figure.value,
        "in_units": plain_figure(figure.value, indicator.unit),
        "shown": shown_figure(figure.value, indicator.unit, indicator.unit_name),
        "target": figure.target.value if figure.target else None,
        "target_high": figure.target.value_high if figure.target else None, "relation": indicator.relation,
        "light": figure.light, "status": standing.status, "ratio": standing.ratio, "share": standing.share,
        "elapsed": standing.elapsed, "expected": outlook.expected if outlook else None,
        "low": outlook.low if outlook else None, "high": outlook.high if outlook else None,
        "chance": outlook.chance if outlook else None, "from_day": figure.start.isoformat(),
        "until_day": figure.end.isoformat(),
        "known_at": figure.known_at.isoformat() if figure.known_at else None, "closed": figure.closed,
        "sentence": sentence(figure, names.get(cut.member, "") if cut.member is not None else ""),
    }  # fmt: skip


class FiguresOut(Schema):
    plan: str
    edition: int
    as_of: str
    items: list[FigureOut]


class RecordOut(Schema):
    kind: str
    id: str
    title: str
    url: str
    effective_on: str
    member: str | None
    value: int


class RecordsOut(Schema):
    """The records behind a figure that the caller may see; `counted_only` more count without being shown."""

    total: int
    counted_only: int
    counted_only_value: int
    note: str
    items: list[RecordOut]


def records_out(behind: Behind, names: dict[int, str]) -> dict[str, Any]:
    def one(record: Counted) -> dict[str, Any]:
        return {
            "kind": record.kind, "id": record.uid, "title": record.title, "url": record.url,
            "effective_on": record.effective_on.isoformat(),
            "member": names.get(record.member_id) if record.member_id is not None else None, "value": record.value,
        }  # fmt: skip

    return {
        "total": behind.total, "counted_only": behind.counted_only, "counted_only_value": behind.hidden_value,
        "note": behind.note, "items": [one(r) for r in behind.records],
    }  # fmt: skip


class ActualOut(Schema):
    id: str
    indicator: str
    period: str
    member: str | None
    place: str
    breakdown: str
    value: int
    comment: str
    status: str
    reason: str
    reported_at: str
    decided_at: str | None
    replaces: str | None


class ActualPage(Schema):
    total: int
    items: list[ActualOut]


def actual_out(row: Actual) -> dict[str, Any]:
    return {
        "id": row.uid, "indicator": row.indicator.code, "period": row.period.code,
        "member": row.member.slug if row.member else None, "place": row.place, "breakdown": row.breakdown,
        "value": row.value, "comment": row.comment, "status": row.status, "reason": row.reason,
        "reported_at": row.reported_at.isoformat(), "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "replaces": row.replaces.uid if row.replaces else None,
    }  # fmt: skip


class CallOut(Schema):
    id: str
    plan: str
    title: str
    text: str
    opens_on: str
    closes_on: str


def call_out(call: PlanCall) -> dict[str, Any]:
    return {
        "id": call.uid, "plan": call.plan.uid, "title": call.title, "text": call.text,
        "opens_on": call.opens_on.isoformat(), "closes_on": call.closes_on.isoformat(),
    }  # fmt: skip


class SubmissionOut(Schema):
    id: str
    call: str
    member: str
    organisation: str | None
    title: str
    description: str
    amount_minor: int | None
    currency: str
    status: str
    reason: str
    item: str | None
    external_id: str


class SubmissionPage(Schema):
    total: int
    items: list[SubmissionOut]


def submission_out(row: PlannedProject) -> dict[str, Any]:
    return {
        "id": row.uid, "call": row.call.uid, "member": row.member.slug,
        "organisation": row.organisation.uid if row.organisation else None, "title": row.title,
        "description": row.description, "amount_minor": row.amount_minor, "currency": row.currency,
        "status": row.status, "reason": row.reason, "item": row.item.code if row.item else None,
        "external_id": row.external_id,
    }  # fmt: skip


class ReportOut(Schema):
    id: str
    plan: str
    kind: str
    starts_on: str
    ends_on: str
    known_at: str
    edition: int
    language: str
    audience: str
    job: str
    files: dict[str, Any]


def report_out(report: PlanReport) -> dict[str, Any]:
    return {
        "id": report.uid, "plan": report.plan.uid, "kind": report.kind, "starts_on": report.starts_on.isoformat(),
        "ends_on": report.ends_on.isoformat(), "known_at": report.known_at.isoformat(), "edition": report.edition,
        "language": report.language, "audience": report.audience, "job": report.job,
        "files": {name: {"sha256": made["sha256"], "bytes": made["bytes"]} for name, made in report.files.items()},
    }  # fmt: skip
