"""Out, per member and for the whole: Atom, JSON, CSV, from one query.

A guest reads what is public; a session what its person sees; a key in Authorization what its member sees (scope feeds:read). With
?kind= a CSV has the columns of that kind's template, so that it can be brought in again as it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import XMLGenerator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.language import t
from duijie.core.schema import AmountValue
from duijie.core.sheets.table import write_table
from duijie.engines.spreadsheets import harmless
from duijie.members.models import Member
from duijie.publish import queries
from duijie.publish.kinds import KINDS
from duijie.publish.kinds.draft import draft_of
from duijie.publish.queries import SeenListing
from duijie.publish.sheets import columns_of
from duijie.web.federate.visitors import viewer_of_machine

LATEST = 100
TERMS = "urn:duijie:terms#"
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


def _viewer(request: HttpRequest) -> Viewer:
    """The key's member where a key is given; else whoever is signed in, or a guest."""
    if "Authorization" in request.headers:
        return viewer_of_machine(request)
    return request.viewer  # type: ignore[attr-defined, no-any-return]


class WholeFeed(Atom1Feed):
    """Atom with the whole listing beside the standard's elements, so that another Duijie takes it in without loss."""

    def root_attributes(self) -> dict[str, str]:
        return super().root_attributes() | {"xmlns:dj": TERMS}

    def add_item_elements(self, handler: XMLGenerator, item: Mapping[str, Any]) -> None:
        super().add_item_elements(handler, item)  # type: ignore[arg-type]
        if item.get("record"):
            handler.addQuickElement("dj:record", item["record"])  # type: ignore[attr-defined]


def _rows(request: HttpRequest, slug: str | None, viewer: Viewer) -> Iterator[SeenListing]:
    kind = request.GET.get("kind")
    rows = queries.published_by(viewer, member=_member(slug), kind=kind if kind in KINDS else None)
    return queries.stream(rows, viewer)


def atom(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The latest hundred listings as Atom."""
    viewer = _viewer(request)
    member = _member(slug)
    kind = request.GET.get("kind")
    rows = queries.seen(
        queries.published_by(viewer, member=member, kind=kind if kind in KINDS else None)[:LATEST], viewer
    )
    name = member.name if member else t("对接", "Duijie")
    feed = WholeFeed(
        title=name,
        link=settings.BASE_URL,
        description=name,
        feed_url=f"{settings.BASE_URL}{request.get_full_path()}",
        language="zh",
    )
    for one in rows:
        record = queries.as_record(one)
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
            record=json.dumps(record, ensure_ascii=False, sort_keys=True) if record else "",
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def as_json(request: HttpRequest, slug: str | None = None) -> StreamingHttpResponse:
    """Every published listing in sight, as one JSON array, streamed."""

    viewer = _viewer(request)  # a key that is not good is told before anything is streamed

    def parts() -> Iterator[str]:
        yield "["
        for number, one in enumerate(_rows(request, slug, viewer)):
            yield ("," if number else "") + json.dumps(queries.as_public_data(one), ensure_ascii=False)
        yield "]"

    _member(slug)
    return StreamingHttpResponse(parts(), content_type="application/json")


def as_csv(request: HttpRequest, slug: str | None = None) -> HttpResponse | StreamingHttpResponse:
    """Every published listing in sight, as CSV for Excel (UTF-8 with a mark, formulas made harmless)."""

    viewer = _viewer(request)

    def cell(value: object) -> str:
        if isinstance(value, list | dict):
            value = "；".join(map(str, value)) if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
        return harmless("" if value is None else str(value))

    def parts() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(FIELDS)
        yield "\ufeff" + buffer.getvalue()
        for one in _rows(request, slug, viewer):
            buffer.seek(0)
            buffer.truncate()
            data = queries.as_public_data(one)
            writer.writerow([cell(data.get(name)) for name in FIELDS])
            yield buffer.getvalue()

    _member(slug)
    if request.GET.get("kind") in KINDS:
        return _sheet(request, slug, request.GET["kind"], viewer)
    response = StreamingHttpResponse(parts(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug or "duijie"}.csv"'
    return response


def _sheet(request: HttpRequest, slug: str | None, kind: str, viewer: Viewer) -> HttpResponse:
    """The listings of one kind under the headings of its template; without an own id a listing goes by its id here."""
    rows = ({**draft_of(one.record), **one.record.facets, "external_id": one.record.external_id or one.uid, "owner_organisation": None,
             "amount": _amount(one)} for one in _rows(request, slug, viewer) if one.full)  # fmt: skip
    buffer = io.BytesIO()
    write_table(columns_of(kind), ({k: _cell(v) for k, v in row.items()} for row in rows), buffer, form="csv")
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug or "duijie"}-{kind}.csv"'
    return response


def _amount(one: SeenListing) -> str | None:
    row = one.record
    low, high = row.amount_low_minor, row.amount_high_minor
    return (
        None
        if low is None and high is None
        else _range({"low_minor": low, "high_minor": high, "currency": row.currency})
    )


def _range(value: Mapping[str, Any]) -> str:
    return str(AmountValue.model_validate(dict(value)))


def _cell(value: Any) -> Any:
    if isinstance(value, dict) and "currency" in value:
        return _range(value)
    return value
