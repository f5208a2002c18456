"""What the REST API of this app answers."""

from __future__ import annotations

from typing import Any

from ninja import Schema

from duijie.core.indicators import Indicator, Observation, split_unit
from duijie.core.models.indicators import plain_figures
from duijie.measure.models import Edition, Remark, Round, Submission
from duijie.measure.queries import Sheet


class IndicatorOut(Schema):
    id: str
    code: str
    name: str
    name_en: str
    unit: str
    direction: int
    definition: str
    theme: str
    formula: str
    frequency: str
    source: str
    measure_code: str
    lower: str | None
    upper: str | None
    retired: bool


def indicator_out(row: Indicator) -> dict[str, Any]:
    return {
        "id": row.uid, "code": row.code, "name": row.name, "name_en": row.name_en, "unit": row.unit, "direction": row.direction,
        "definition": row.definition, "theme": row.theme, "formula": row.formula, "frequency": row.frequency, "source": row.source,
        "measure_code": row.measure_code, "lower": _figure(row.lower), "upper": _figure(row.upper), "retired": row.is_retired,
    }  # fmt: skip


def _figure(value: Any) -> str | None:
    return None if value is None else plain_figures(value)


class IndicatorPage(Schema):
    total: int
    items: list[IndicatorOut]


class ObservationOut(Schema):
    """value: its figures as text, so that no reader rounds them; null where it is missing."""

    id: str
    indicator: str
    unit_kind: str
    unit: str
    period: str
    value: str | None
    status: str
    reason: str
    recorded_at: str
    vintage: str


def observation_out(row: Observation, slugs: dict[int, str]) -> dict[str, Any]:
    kind, name = split_unit(row.unit)
    return {
        "id": row.uid, "indicator": row.indicator.code, "unit_kind": kind, "unit": slugs.get(int(name), name) if kind == "member" else name,
        "period": row.period, "value": _figure(row.value), "status": row.status, "reason": row.reason, "recorded_at": row.recorded_at.isoformat(),
        "vintage": row.vintage.title,
    }  # fmt: skip


class ObservationPage(Schema):
    total: int
    items: list[ObservationOut]


class RoundOut(Schema):
    id: str
    title: str
    alliance: str
    period: str
    due_on: str
    status: str
    indicators: list[str]


def round_out(row: Round) -> dict[str, Any]:
    return {
        "id": row.uid, "title": row.title, "alliance": row.alliance.slug, "period": row.period, "due_on": row.due_on.isoformat(), "status": row.status,
        "indicators": [item.indicator.code for item in row.items.all()],
    }  # fmt: skip


class RoundPage(Schema):
    total: int
    items: list[RoundOut]


class CellOut(Schema):
    indicator: str
    unit: str
    required: bool
    last: str | None
    value: str | None
    status: str
    reason: str
    doubts: list[str]


class SubmissionOut(Schema):
    id: str
    round: str
    member: str
    status: str
    version: int
    hidden: bool
    cells: list[CellOut]


def submission_out(sheet: Sheet) -> dict[str, Any]:
    from duijie.core.language import t

    row: Submission = sheet.submission
    return {
        "id": row.uid, "round": row.round.uid, "member": row.member.slug, "status": row.status, "version": row.version, "hidden": sheet.values_hidden,
        "cells": [
            {
                "indicator": line.indicator.code, "unit": line.indicator.unit, "required": line.required,
                "last": _figure(line.last.value) if line.last else None, "value": _figure(line.value), "status": line.status, "reason": line.reason,
                "doubts": [t(d.zh, d.en) for d in sheet.doubts.get(line.indicator.code, [])],
            }
            for line in sheet.lines
        ],
    }  # fmt: skip


class SubmissionLine(Schema):
    id: str
    round: str
    member: str
    status: str


class SubmissionPage(Schema):
    total: int
    items: list[SubmissionLine]


class PublishedOut(Schema):
    """The vintage that publishing a round made. values: how many it holds, those of formulas included."""

    vintage: str
    title: str
    values: int


class AnswerOut(Schema):
    id: str
    text: str
    at: str


class QuestionOut(AnswerOut):
    """indicator: the figure asked about, empty for the whole submission."""

    indicator: str
    settled: bool
    answers: list[AnswerOut]


def question_out(row: Remark, answers: list[Remark]) -> dict[str, Any]:
    return _remark_out(row) | {
        "indicator": row.indicator.code if row.indicator else "", "settled": row.settled_at is not None,
        "answers": [_remark_out(a) for a in answers],
    }  # fmt: skip


def _remark_out(row: Remark) -> dict[str, Any]:
    return {"id": row.uid, "text": row.text, "at": row.at.isoformat()}


class ScoreOut(Schema):
    unit: str
    name: str
    rank: int
    score: float
    low: float | None
    high: float | None


class EditionOut(Schema):
    id: str
    index: str
    number: int
    kind: str
    title: str
    period: str
    digest: str
    published_at: str
    demonstration: bool
    results: list[ScoreOut] = []


def edition_out(row: Edition) -> dict[str, Any]:
    return {
        "id": row.uid, "index": row.design.slug, "number": row.number, "kind": row.kind, "title": row.title, "period": row.period, "digest": row.digest,
        "published_at": row.published_at.isoformat(), "demonstration": row.is_demonstration, "results": row.summary.get("rows", []),
    }  # fmt: skip


class EditionPage(Schema):
    total: int
    items: list[EditionOut]
