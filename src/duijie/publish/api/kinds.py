"""What a listing holds: the kinds with their fields, and what one still lacks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from duijie.core.errors import NotFound
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import describe
from duijie.publish import queries
from duijie.publish.api.shapes import viewer_of
from duijie.publish.kinds import KINDS, ListingDraft, completeness
from duijie.publish.schemas import as_data

router = Router(tags=["listings"])


@router.get("/kinds", response={200: list[dict[str, Any]], **REFUSALS}, summary="类别与字段 Kinds and their fields")
def list_kinds(request: HttpRequest) -> Any:
    def fields(schema: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": d.name,
                "label": {"zh": d.label.zh, "en": d.label.en},
                "kind": d.kind,
                "required": d.required,
                "example": d.said.example,
                "choices": [{"value": c.value, "zh": c.zh, "en": c.en} for c in d.choices],
            }
            for d in describe(schema)
        ]

    return [
        {
            "kind": k.kind,
            "label": {"zh": k.label.zh, "en": k.label.en},
            "side": k.side,
            "common": fields(ListingDraft),
            "facets": fields(k.schema),
        }
        for k in KINDS.values()
    ]


class MissingOut(Schema):
    field: str
    advice: str
    gain: int


class AdviceOut(Schema):
    score: int
    missing: list[MissingOut]


@router.get("/listings/{uid}/completeness", response={200: AdviceOut, **REFUSALS}, summary="还缺什么 What is missing")
def advice(request: HttpRequest, uid: str) -> Any:
    seen = queries.get_listing(uid, viewer_of(request))
    if not seen.may_change:
        raise NotFound
    score, missing = completeness(seen.kind, as_data(seen.record))
    return {"score": score, "missing": [{"field": m.name, "advice": str(m.advice), "gain": m.gain} for m in missing]}
