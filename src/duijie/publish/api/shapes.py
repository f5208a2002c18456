"""What the routes of listings share: how a listing is answered, and who asks."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from duijie.core.errors import NotFound
from duijie.members.models import Member
from duijie.publish import queries


class ListingOut(Schema):
    """A listing as the caller may see it; fields behind a teaser are absent."""

    id: str
    kind: str
    status: str
    title: str
    member: str
    confidential: bool
    regions: list[str]
    industries: list[str]
    published_at: str | None
    expires_on: str | None
    version: int
    summary: str | None = None
    body: str | None = None
    keywords: list[str] | None = None
    amount: dict[str, Any] | None = None
    stage: str | None = None
    starts_on: str | None = None
    organisation: str | None = None
    organisation_name: str | None = None
    external_id: str | None = None
    visibility: str | None = None
    completeness: int | None = None
    facets: dict[str, Any] | None = None


class FacetOut(Schema):
    value: str
    count: int


class SearchOut(Schema):
    total: int
    relaxed: bool
    items: list[ListingOut]
    facets: dict[str, list[FacetOut]]


class OutcomeOut(Schema):
    what: str
    listing: ListingOut


def viewer_of(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def member_named(slug: str) -> Member:
    member = Member.objects.filter(slug=slug).first()
    if member is None:
        raise NotFound(f"没有成员“{slug}”。", f"There is no member “{slug}”.")
    return member


def answer(listing: Any, request: HttpRequest, *, status: int = 200, what: str | None = None) -> HttpResponse:
    seen = queries.get_listing(listing.uid, viewer_of(request))
    data = queries.as_public_data(seen)
    content: Any = {"what": what, "listing": data} if what else data
    response = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type="application/json")
    response["ETag"] = seen.record.etag
    return response
