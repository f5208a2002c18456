"""Out, per member and for the whole: Atom, JSON, CSV, from one query."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from duijie.core.errors import NotFound
from duijie.core.language import t
from duijie.core.sheets.table import guarded
from duijie.members.models import Member
from duijie.publish import queries
from duijie.publish.kinds import KINDS
from duijie.publish.queries import SeenListing

LATEST = 100
FIELDS = (
    "id", "kind", "status", "title", "member", "organisation_name", "summary", "body", "keywords", "regions", "industries",
    "amount", "stage", "published_at", "expires_on", "external_id", "version",
)  # fmt: skip


def _member(slug: str | None) -> Member | None:
    if slug is None:
        return None
    member = Member.objects.filter(slug=slug).first()
    if member is None:
        raise NotFound
    return member


def _rows(request: HttpRequest, slug: str | None) -> Iterator[SeenListing]:
    viewer = request.viewer  # type: ignore[attr-defined]
    kind = request.GET.get("kind")
    rows = queries.published_by(viewer, member=_member(slug), kind=kind if kind in KINDS else None)
    return queries.stream(rows, viewer)


def atom(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The latest hundred listings as Atom."""
    viewer = request.viewer  # type: ignore[attr-defined]
    member = _member(slug)
    kind = request.GET.get("kind")
    rows = queries.seen(
        queries.published_by(viewer, member=member, kind=kind if kind in KINDS else None)[:LATEST], viewer
    )
    name = member.name if member else t("对接", "Duijie")
    feed = Atom1Feed(
        title=name,
        link=settings.BASE_URL,
        description=name,
        feed_url=f"{settings.BASE_URL}{request.get_full_path()}",
        language="zh",
    )
    for one in rows:
        address = f"{settings.BASE_URL}{reverse('listing', args=[one.uid])}"
        feed.add_item(
            title=one.title,
            link=address,
            description=one.summary or (one.record.body[:300] if one.full else ""),
            unique_id=f"tag:duijie,2026:listing:{one.uid}",
            pubdate=one.record.published_at,
            updateddate=one.record.changed_at,
            author_name=one.owner,
            categories=[one.kind, *(one.record.keywords if one.full else [])],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def as_json(request: HttpRequest, slug: str | None = None) -> StreamingHttpResponse:
    """Every published listing in sight, as one JSON array, streamed."""

    def parts() -> Iterator[str]:
        yield "["
        for number, one in enumerate(_rows(request, slug)):
            yield ("," if number else "") + json.dumps(queries.as_public_data(one), ensure_ascii=False)
        yield "]"

    _member(slug)
    return StreamingHttpResponse(parts(), content_type="application/json")


def as_csv(request: HttpRequest, slug: str | None = None) -> StreamingHttpResponse:
    """Every published listing in sight, as CSV for Excel (UTF-8 with a mark, formulas made harmless)."""

    def cell(value: object) -> str:
        if isinstance(value, list | dict):
            value = "；".join(map(str, value)) if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
        return guarded("" if value is None else str(value))

    def parts() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(FIELDS)
        yield "\ufeff" + buffer.getvalue()
        for one in _rows(request, slug):
            buffer.seek(0)
            buffer.truncate()
            data = queries.as_public_data(one)
            writer.writerow([cell(data.get(name)) for name in FIELDS])
            yield buffer.getvalue()

    _member(slug)
    response = StreamingHttpResponse(parts(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug or "duijie"}.csv"'
    return response
