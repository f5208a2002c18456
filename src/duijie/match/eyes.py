"""What the owner of a listing can see: the tokens of the organisation or member that stands behind it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import PUBLIC
from duijie.members.models import Membership
from duijie.publish.models import Listing


class Eyes:
    """Tokens of owners, with memberships read once for a batch of listings."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        members = {x.owner_member_id for x in listings}
        today = timezone.localdate()
        current = Q(until__isnull=True) | Q(until__gte=today)
        self._alliances: dict[int, set[int]] = {}
        rows = Membership.objects.filter(current, member_id__in=members).values_list("member_id", "alliance_id")
        for member_id, alliance_id in rows:
            self._alliances.setdefault(member_id, set()).add(alliance_id)

    def of(self, listing: Listing) -> frozenset[str]:
        tokens = {PUBLIC, f"member:{listing.owner_member_id}"}
        tokens |= {f"alliance:{i}" for i in self._alliances.get(listing.owner_member_id, ())}
        if listing.owner_organisation_id:
            tokens.add(f"org:{listing.owner_organisation_id}")
        else:
            tokens.add(f"staff:{listing.owner_member_id}")
        return frozenset(tokens)
