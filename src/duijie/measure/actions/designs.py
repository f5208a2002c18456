"""Designs of indices: making, naming, changing the document."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import parse_period
from duijie.core.errors import Conflict, Fault, Stale
from duijie.measure.indices.composite import checked, first_document
from duijie.measure.indices.deals import FIRST_METHOD, check_method
from duijie.measure.models import IndexDesign
from duijie.measure.rules import demand, place_in
from duijie.measure.schemas import IndexRecord
from duijie.members.places import find_alliance, find_member

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def make_design(
    *, actor: Viewer, record: IndexRecord, kind: str = "composite", document: Mapping[str, Any] | None = None, is_demonstration: bool = False
) -> IndexDesign:  # fmt: skip
    """Begin an index, empty or with a document. Raises NotAllowed, Conflict "index.slug_taken", Fault "index.slug", "index.…"."""
    with acting(actor, "index.make") as act:
        alliance = find_alliance(record.alliance)
        demand(actor, "index.design", place_in(alliance))
        if not _SLUG.fullmatch(record.slug):
            raise Fault(
                "index.slug", "网址简称：只用小写字母、数字和连字符。", "Short name: lower-case letters, digits and hyphens only.",
                place="slug", status=422,
            )  # fmt: skip
        if IndexDesign.objects.unscoped("short names are unique over all").filter(slug=record.slug).exists():
            raise Conflict("index.slug_taken", "这个网址简称已被使用。", "This short name is taken.", place="slug")
        first = first_document(record.name, record.name_en) if kind == "composite" else copy.deepcopy(FIRST_METHOD)
        chosen = dict(document) if document is not None else first
        check_document(kind, chosen)
        made = IndexDesign.objects.create(
            alliance=alliance,
            slug=record.slug,
            kind=kind,
            document=chosen,
            is_demonstration=is_demonstration,
            **_values(record),
        )
        act.done(made, event="index.made", ids=[made.pk])
    return made


def rename_design(
    *, actor: Viewer, design: IndexDesign, record: IndexRecord, version: int | None = None
) -> IndexDesign:
    """Change the names, the description, the periods and the members compared."""
    with acting(actor, "index.rename") as act:
        current = locked_design(design, version)
        demand(actor, "index.design", place_in(current.alliance_id))
        for name, value in _values(record).items():
            setattr(current, name, value)
        current.version += 1
        current.save()
        act.done(current, event="index.changed", ids=[current.pk])
    return current


def change_design(
    *, actor: Viewer, design: IndexDesign, document: Mapping[str, Any], version: int | None = None
) -> IndexDesign:
    """Put another document in the place of a design's. Raises NotAllowed, Stale, Fault "index.…" naming the place in the document."""
    with acting(actor, "index.change") as act:
        current = locked_design(design, version)
        demand(actor, "index.design", place_in(current.alliance_id))
        check_document(current.kind, document)
        if current.document == document:
            act.nothing_changed()
            return current
        current.document = dict(document)
        current.version += 1
        current.save()
        act.done(current, event="index.changed", ids=[current.pk])
    return current


def check_document(kind: str, document: Mapping[str, Any]) -> None:
    """Refuse a document that the engine would refuse. A tree that has no indicators yet is let be."""
    if kind == IndexDesign.Kind.DEALS:
        check_method(document)
    elif document.get("indicators"):
        checked(document)


def locked_design(design: IndexDesign, version: int | None) -> IndexDesign:
    """The design as it stands, held until the action ends. Raises Stale."""
    found: IndexDesign = (
        IndexDesign.objects.unscoped("an action checks for itself").select_for_update().get(pk=design.pk)
    )
    if version is not None and version != found.version:
        raise Stale
    return found


def _values(record: IndexRecord) -> dict[str, Any]:
    periods = sorted({parse_period(p) for p in record.periods})
    if not periods:
        raise Fault("missing", "期间：必须填写。", "Periods: are required.", place="periods", status=422)
    return {
        "name": record.name, "name_en": record.name_en, "description": record.description, "description_en": record.description_en,
        "periods": [p.code for p in periods], "units": [find_member(name, place="units").slug for name in record.units],
    }  # fmt: skip
