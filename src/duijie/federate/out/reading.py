"""The one reading behind every way out: published listings that the viewer (a guest, or a key's member) may see."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from duijie.core.access import GUEST, Viewer
from duijie.members.models import Member
from duijie.publish import queries
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing
from duijie.publish.queries import SeenListing

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def rows(viewer: Viewer, *, member: Member | None = None, kind: str | None = None) -> QuerySet[Listing]:
    """Listings of this installation, newest first. What belongs to another node is offered there, not here again."""
    found = queries.published_by(viewer, member=member, kind=kind if kind in KINDS else None)
    return found.filter(home_node="")


def seen_by_uid(uids: list[str], viewer: Viewer = GUEST) -> dict[str, SeenListing]:
    return {one.uid: one for one in queries.listings_by_uid(uids, viewer)}


def address_of(uid: str) -> str:
    """The page of a listing."""
    return f"{settings.BASE_URL}/listings/{uid}/"


def data_address_of(uid: str) -> str:
    """The listing as JSON."""
    return f"{settings.BASE_URL}/api/v1/listings/{uid}"


def host() -> str:
    """The name of this installation in identifiers."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def description_of(one: SeenListing) -> str:
    """What there is to say beside the title; never empty, since catalogues demand something."""
    if not one.full:
        return one.title
    return one.record.body or one.record.summary or one.title


def legal(text: Any) -> str:
    """Text without the characters that XML forbids."""
    return _ILLEGAL.sub("", str(text))
