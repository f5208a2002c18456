"""Mapping: what a source says, in its fields, as a listing in ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from duijie.core.errors import Fault, Faults
from duijie.core.text import tidy_line
from duijie.federate.gather import Gathered
from duijie.federate.models import Source
from duijie.members.models import Member
from duijie.publish.actions.bulk import Row
from duijie.publish.actions.writing import check_dates
from duijie.publish.kinds import KINDS, ListingDraft
from duijie.publish.schemas import read_listing, resolve_circle

LONGEST_ID = 120
_COMMON = frozenset(ListingDraft.model_fields)


def read_fields(text: str, listing_kind: str) -> dict[str, str]:
    """Lines "ours=theirs" as a mapping; our fields by word, Chinese or English label. Raises Fault "mapping.field"."""
    from duijie.core.schema import describe

    known: dict[str, str] = {}
    for described in (*describe(ListingDraft), *describe(KINDS[listing_kind].schema)):
        known |= {described.label.zh: described.name, described.label.en.casefold(): described.name}
        known[described.name] = described.name
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        ours, equals, theirs = line.replace("＝", "=").partition("=")
        name = known.get(ours.strip()) or known.get(ours.strip().casefold())
        if not equals or name is None or not theirs.strip():
            raise Fault(
                "mapping.field",
                f"字段对应：第 {number} 行“{line.strip()[:40]}”看不懂，请写成“本平台字段=对方字段”。",
                f"Fields: line {number} “{line.strip()[:40]}” is not understood; write our field=their field.",
                place="fields",
                status=422,
            )
        found[name] = theirs.strip()
    return found


def digest_of(source: Source, one: Gathered) -> str:
    """Changes when the thing there changes, or how it is to be written here."""
    if one.row is not None:
        content: Any = one.row.values.draft.model_dump(mode="json") | {"facets": one.row.values.facets}
    else:
        content = [one.data, one.raw if source.mapping.get("fields") else None, one.member]
    kept = [content, source.mapping, source.listing_kind, source.publish]
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def external_id_of(source: Source, one: Gathered, generation: int) -> str:
    """The member's own number for sheets; elsewhere the source's mark and the id there, so that two sources never meet."""
    base = one.row.external_id if one.row is not None else f"{source.uid[-8:].lower()}:{one.remote_id}"
    if len(base) > LONGEST_ID - 4:
        base = f"{base[:60]}#{hashlib.sha256(base.encode()).hexdigest()[:32]}"
    return base if generation == 1 else f"{base}~{generation}"


def mapped(source: Source, one: Gathered) -> dict[str, Any]:
    """The listing's data: what the standard says, over it what the source's owner said, under it the defaults."""
    data = dict(one.data)
    whole = data.get("kind") in KINDS
    if not whole:
        data["kind"] = source.listing_kind
        for ours, theirs in source.mapping.get("fields", {}).items():
            value = one.raw.get(theirs)
            if isinstance(value, list) and ours in {"title", "summary", "body"}:
                value = "\n".join(map(str, value))
            if value not in (None, "", []):
                data[ours] = value
        for name, value in source.mapping.get("defaults", {}).items():
            if name == "keywords":
                data[name] = [*(data.get(name) or []), *value]
            elif data.get(name) in (None, "", []):
                data[name] = value
        data = _fitting(data)
    data.pop("external_id", None)
    data.pop("owner_organisation", None)
    return {k: v for k, v in data.items() if v not in (None, "", [])}


def _fitting(data: dict[str, Any]) -> dict[str, Any]:
    """Long texts of feeds cut to what a listing holds; what a person wrote in a sheet is never cut."""
    title, body = tidy_line(str(data.get("title") or "")), str(data.get("body") or "")
    data["title"] = title if len(title) <= 256 else title[:255] + "…"
    summary = tidy_line(str(data.get("summary") or ""))
    data["summary"] = summary if len(summary) <= 500 else summary[:499] + "…"
    data["body"] = body if len(body) <= 20_000 else body[:19_999] + "…"
    words = data.get("keywords") or []
    if isinstance(words, list):
        clean = dict.fromkeys(tidy_line(str(w))[:80] for w in words)
        data["keywords"] = [w for w in clean if w][:50]
    return data


def row_of(source: Source, one: Gathered, external_id: str, number: int, *, home_node: str = "") -> Row:
    """The parsed row. Raises Fault or Faults, each with the place of its field."""
    if one.faults:
        raise Faults(one.faults)
    if one.row is not None:
        row = one.row
        return Row(row.number, external_id, row.values, row.organisation, row.circle, one.url or source.url[:200], "")
    values = read_listing(mapped(source, one))
    check_dates(values)
    circle = resolve_circle(values.draft)
    return Row(number, external_id, values, None, circle, (one.url or source.url)[:200], home_node)


def as_sentences(fault: Fault) -> list[dict[str, Any]]:
    """A fault as an item's log keeps it."""
    each = fault.faults if isinstance(fault, Faults) else [fault]
    return [{"zh": f.zh[:300], "en": f.en[:300], "place": f.place, "code": f.code} for f in each[:20]]


def names_there(items: list[Gathered]) -> Mapping[str, str]:
    """Each field's name over there with an example, for the preview."""
    found: dict[str, str] = {}
    for one in items:
        for name, value in one.raw.items():
            text = "；".join(map(str, value)) if isinstance(value, list) else str(value)
            if text.strip() and name not in found:
                found[name] = text.strip()[:80]
    return found


def owner_of(source: Source, one: Gathered, mirrors: Mapping[str, Member]) -> Member:
    """Whose the listing is: the source's member, or the mirror of the member that has it at its home node."""
    return mirrors.get(one.member, source.member) if one.member else source.member
