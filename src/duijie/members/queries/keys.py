"""API keys as their owners see them: never the digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.members.models import ApiKey, Member, Organisation
from duijie.members.queries.directory import members_served_by


@dataclass(frozen=True)
class KeyLine:
    """One key: what it is for, what it may do, until when, when last used."""

    uid: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    owner: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    is_live: bool
    is_rotated: bool


def api_keys(
    viewer: Viewer, *, member: Member | None = None, organisation: Organisation | None = None
) -> list[KeyLine]:
    """The keys in the viewer's charge, the newest first."""
    found = _in_charge(viewer)
    if member is not None:
        found = found.filter(member=member)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    rotated = set(ApiKey.objects.filter(replaces__in=found).values_list("replaces_id", flat=True))
    return [_line(key, key.pk in rotated) for key in found.order_by("-created_at", "-pk")]


def get_key(viewer: Viewer, uid: str) -> ApiKey:
    """Raises NotFound."""
    found = _in_charge(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def owners_of_keys(viewer: Viewer) -> list[Member | Organisation]:
    """For whom the viewer may make keys."""
    if viewer.is_guest or viewer.key_scopes is not None:
        return []
    own = Organisation.objects.filter(pk__in=_represented(viewer)).order_by("name")
    return [*members_served_by(viewer, "key.create"), *own]


def _represented(viewer: Viewer) -> list[int]:
    return [g.scope_id for g in viewer.grants if (g.role, g.scope) == ("organisation", "organisation")]


def _in_charge(viewer: Viewer) -> QuerySet[ApiKey]:
    found = ApiKey.objects.select_related("member", "organisation").defer("digest")
    if viewer.is_guest or viewer.key_scopes is not None:
        return found.none()
    members = members_served_by(viewer, "key.create")
    return found.filter(
        Q(member__in=members) | Q(organisation__home_member__in=members) | Q(organisation__in=_represented(viewer))
    )


def _line(key: ApiKey, rotated: bool) -> KeyLine:
    owner = key.member or key.organisation
    return KeyLine(
        key.uid, key.name, key.prefix, tuple(key.scopes), owner.name if owner else "", key.created_at, key.expires_at,
        key.revoked_at, key.last_used_at, key.is_live, rotated,
    )  # fmt: skip
