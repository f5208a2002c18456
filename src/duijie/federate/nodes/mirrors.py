"""Members of a peer as they are shown here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from duijie.core import regions
from duijie.core.access import SYSTEM
from duijie.core.errors import Fault
from duijie.core.schema import parse
from duijie.federate.gather import Gathered
from duijie.federate.models import Mirror, Peer
from duijie.members.actions import create_member
from duijie.members.choices import MemberKind
from duijie.members.models import Member
from duijie.members.schemas import MemberRecord


def mirrors_of(peer: Peer, batch: Sequence[Gathered]) -> dict[str, Member]:
    """The member here for each remote member named in the batch; new ones are registered under the peer's own."""
    named = {one.member: one.raw.get("member", {}) for one in batch if one.member}
    found = {
        m.remote_slug: m.member
        for m in Mirror.objects.filter(peer=peer, remote_slug__in=named).select_related("member")
    }
    for slug, said in named.items():
        if slug not in found:
            found[slug] = _register(peer, slug, said)
    return found


def _register(peer: Peer, slug: str, said: dict[str, Any]) -> Member:
    mark = hashlib.sha256(slug.encode()).hexdigest()[:8]
    kind = said.get("kind")
    member = create_member(
        actor=SYSTEM,
        record=parse(
            MemberRecord,
            {
                "name": f"{str(said.get('name') or slug)[:50]}（{peer.name[:24]}）",
                "slug": f"{peer.slug}-{mark}",
                "kind": kind if kind in set(MemberKind) else "park",
                "region": _region(said.get("region"), peer.member.region),
                "parent": peer.member.slug,
                "name_en": str(said.get("name_en") or "")[:120] or None,
            },
        ),
    )
    Mirror.objects.create(peer=peer, remote_slug=slug, member=member)
    return member


def _region(said: Any, otherwise: str) -> str:
    try:
        return regions.resolve(str(said or otherwise)).code
    except Fault:
        return otherwise
