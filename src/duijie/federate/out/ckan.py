"""A read-only face of CKAN's action API, so that harvesters made for CKAN plug in. Members are organisations, kinds are groups."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from duijie.core.access import Viewer
from duijie.federate.out.oai import Refused, moment
from duijie.federate.out.reading import address_of, data_address_of, description_of, rows
from duijie.members.models import Member
from duijie.publish import queries
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing
from duijie.publish.queries import SeenListing, as_record
from duijie.publish.search import SearchRequest, search

MOST_ROWS = 1000
_SINCE = re.compile(r"metadata_modified:\[\s*([^\s\]]+)\s+TO\s+([^\s\]]+)\s*\]")
_FIELD = re.compile(r"(?<![\w])([+-]?)(organization|owner_org|groups|type|state):\(?\"?([^\s\")]+)\"?\)?")


class Missing(Exception):
    """Nothing of that name."""


class Invalid(Exception):
    """An argument that is not understood: its name."""


def package(one: SeenListing) -> dict[str, Any]:
    """A listing as CKAN shows a dataset."""
    row = one.record
    definition = KINDS[row.kind]
    words = row.keywords if one.full else []
    extras = [
        {"key": "kind", "value": row.kind},
        {"key": "regions", "value": json.dumps(row.regions)},
        {"key": "industries", "value": json.dumps(row.industries)},
    ]
    if row.expires_on:
        extras.append({"key": "expires_on", "value": row.expires_on.isoformat()})
    record = as_record(one)
    if record is not None:
        extras.append({"key": "duijie_record", "value": json.dumps(record, ensure_ascii=False, sort_keys=True)})
    return {
        "id": one.uid, "name": one.uid.lower(), "title": one.title, "notes": description_of(one), "type": "dataset",
        "state": "active", "private": False, "isopen": True, "url": address_of(one.uid), "author": one.owner, "version": str(row.version),
        "metadata_created": _naive(row.created_at), "metadata_modified": _naive(row.changed_at),
        "owner_org": row.owner_member.uid, "organization": _short(row.owner_member),
        "groups": [{"id": row.kind, "name": row.kind, "title": definition.label.zh, "display_name": definition.label.zh}],
        "tags": [{"name": w, "display_name": w, "state": "active", "vocabulary_id": None} for w in words], "num_tags": len(words),
        "extras": extras, "num_resources": 2,
        "resources": [
            {"id": f"{one.uid}-html", "package_id": one.uid, "name": one.title, "format": "HTML", "url": address_of(one.uid), "state": "active", "position": 0},
            {"id": f"{one.uid}-json", "package_id": one.uid, "name": one.title, "format": "JSON", "url": data_address_of(one.uid), "state": "active", "position": 1},
        ],
    }  # fmt: skip


def _naive(at: Any) -> str:
    """CKAN writes instants of UTC without saying so."""
    import datetime as dt

    return str(at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"))


def _short(member: Member) -> dict[str, Any]:
    return {
        "id": member.uid, "name": member.slug, "title": member.name, "description": member.summary, "type": "organization",
        "is_organization": True, "state": "active", "image_url": "", "approval_status": "approved",
    }  # fmt: skip


def _organisation(member: Member, count: int) -> dict[str, Any]:
    return _short(member) | {"display_name": member.name, "package_count": count, "extras": []}


def _group(kind: str, count: int) -> dict[str, Any]:
    label = KINDS[kind].label
    return {
        "id": kind, "name": kind, "title": label.zh, "display_name": label.zh, "description": label.en, "type": "group",
        "is_organization": False, "state": "active", "package_count": count, "extras": [],
    }  # fmt: skip


class Portal:
    """The actions, for a viewer, over the whole or one member."""

    def __init__(self, viewer: Viewer, member: Member | None = None) -> None:
        self.viewer, self.member = viewer, member

    def do(self, action: str, given: Mapping[str, Any]) -> Any:
        """Raises Missing, Invalid; KeyError for an action that there is not."""
        return {
            "status_show": self.status_show, "site_read": lambda given: True, "package_search": self.package_search,
            "package_show": self.package_show, "package_list": self.package_list, "organization_list": self.organization_list,
            "organization_show": self.organization_show, "group_list": self.group_list, "group_show": self.group_show,
            "license_list": lambda given: [],
        }[action](given)  # fmt: skip

    def _rows(self) -> QuerySet[Listing]:
        return rows(self.viewer, member=self.member)

    def status_show(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "ckan_version": "2.10.0", "site_title": self.member.name if self.member else "对接 Duijie", "site_url": settings.BASE_URL,
            "site_description": "", "error_emails_to": None, "locale_default": "zh_Hans_CN", "extensions": [],
        }  # fmt: skip

    def package_search(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = self._narrowed(given)
        start, size = _whole(given, "start", 0), min(_whole(given, "rows", 10), MOST_ROWS)
        order = {"id asc": ["uid"], "metadata_modified desc": ["-changed_at", "-pk"], "metadata_modified asc": ["changed_at", "pk"],
                 "title_string asc": ["title", "pk"], "name asc": ["uid"]}.get(str(given.get("sort") or "").split(",")[0].strip())  # fmt: skip
        if order:
            found = found.order_by(*order)
        page = queries.seen(found[start : start + size], self.viewer)
        return {
            "count": found.count(), "sort": str(given.get("sort") or "metadata_modified desc"), "facets": {}, "search_facets": {},
            "results": [package(one) for one in page],
        }  # fmt: skip

    def _narrowed(self, given: Mapping[str, Any]) -> QuerySet[Listing]:
        found = self._rows()
        text = f"{given.get('fq') or ''} {' '.join(given.get('fq_list') or []) if isinstance(given.get('fq_list'), list) else ''}"
        words = str(given.get("q") or "").strip()
        if ":" in words and (_SINCE.search(words) or _FIELD.search(words)):
            text, words = f"{text} {words}", ""
        for start, end in _SINCE.findall(text):
            if start != "*":
                found = found.filter(changed_at__gte=_instant(start))
            if end not in {"*", "NOW"}:
                found = found.filter(changed_at__lte=_instant(end))
        for sign, name, value in _FIELD.findall(text):
            if name in {"organization", "owner_org"}:
                match = {"owner_member__slug": value} if name == "organization" else {"owner_member__uid": value}
            elif name == "groups":
                match = {"kind": value}
            else:
                continue
            found = found.exclude(**match) if sign == "-" else found.filter(**match)
        if words and words not in {"*:*", "*"}:
            hits = search(SearchRequest(text=words[:200], filters={"kind": tuple(KINDS)}, page_size=100), self.viewer)
            found = found.filter(uid__in=[hit.uid for hit in hits.hits])
        return found

    def package_show(self, given: Mapping[str, Any]) -> dict[str, Any]:
        uid = _name(given).upper()
        one = next(iter(queries.seen(self._rows().filter(uid=uid), self.viewer)), None)
        if one is None:
            raise Missing
        return package(one)

    def package_list(self, given: Mapping[str, Any]) -> list[str]:
        found = self._rows().order_by("uid").values_list("uid", flat=True)
        start, size = _whole(given, "offset", 0), _whole(given, "limit", MOST_ROWS * 100)
        return [uid.lower() for uid in found[start : start + size]]

    def _counted(self, field: str) -> dict[Any, int]:
        found = self._rows().order_by().values(field).annotate(n=Count("pk"))
        return {row[field]: row["n"] for row in found}

    def organization_list(self, given: Mapping[str, Any]) -> list[Any]:
        counts = self._counted("owner_member")
        members = Member.objects.filter(pk__in=counts).order_by("slug")
        start, size = _whole(given, "offset", 0), _whole(given, "limit", 1000)
        every = [_organisation(m, counts[m.pk]) for m in members[start : start + size]]
        return every if _true(given.get("all_fields")) else [one["name"] for one in every]

    def organization_show(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = _name(given)
        member = Member.objects.filter(slug=name).first() or Member.objects.filter(uid=name).first()
        if member is None or (self.member is not None and member != self.member):
            raise Missing
        shown = _organisation(member, rows(self.viewer, member=member).count())
        if _true(given.get("include_datasets")):
            page = queries.seen(rows(self.viewer, member=member)[:MOST_ROWS], self.viewer)
            shown["packages"] = [package(one) for one in page]
        return shown

    def group_list(self, given: Mapping[str, Any]) -> list[Any]:
        counts = self._counted("kind")
        every = [_group(kind, counts[kind]) for kind in KINDS if kind in counts]
        return every if _true(given.get("all_fields")) else [one["name"] for one in every]

    def group_show(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = _name(given)
        if name not in KINDS:
            raise Missing
        return _group(name, self._rows().filter(kind=name).count())


def _instant(text: str) -> Any:
    try:
        return moment(text[:19].removesuffix("Z") + "Z" if "T" in text else text[:10])
    except Refused:
        raise Invalid("fq") from None


def _name(given: Mapping[str, Any]) -> str:
    name = given.get("id") or given.get("name_or_id")
    if not name:
        raise Invalid("id")
    return str(name)[:100]


def _true(value: Any) -> bool:
    return str(value).lower() in {"true", "1", "yes"}


def _whole(given: Mapping[str, Any], name: str, otherwise: int) -> int:
    value = given.get(name, otherwise)
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(name)
    return int(text)
