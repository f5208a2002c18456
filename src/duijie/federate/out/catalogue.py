"""The catalogue for harvesters: an entry for each listing that is or once was open to everybody, with the moment it last changed.

A projection that the events of listings feed. Its stamps are what "from" and "until" mean; an entry never goes away.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from duijie.core.access import GUEST
from duijie.federate.models import CatalogueEntry
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status

BATCH = 500


def open_listings() -> object:
    """Published listings of this installation that a guest may see."""
    return Listing.objects.visible_to(GUEST).filter(status=Status.PUBLISHED, home_node="")


def note(ids: Iterable[int]) -> int:
    """Bring the entries of these listings up to date; returns how many changed."""
    wanted, changed = sorted(set(ids)), 0
    for start in range(0, len(wanted), BATCH):
        changed += _note(wanted[start : start + BATCH])
    return changed


def _note(ids: list[int]) -> int:
    now = timezone.now().replace(microsecond=0)
    rows = Listing.objects.unscoped("the catalogue follows every listing").filter(pk__in=ids)
    every = {uid: (kind, member_id, version) for uid, kind, member_id, version in rows.values_list("uid", "kind", "owner_member_id", "version")}  # fmt: skip
    visible = Listing.objects.visible_to(GUEST).filter(pk__in=ids, status=Status.PUBLISHED, home_node="")
    public = set(visible.values_list("uid", flat=True))
    known = {e.listing_uid: e for e in CatalogueEntry.objects.filter(listing_uid__in=list(every))}
    fresh, altered = [], []
    for uid, (kind, member_id, version) in every.items():
        entry = known.get(uid)
        if entry is None:
            if uid in public:
                fresh.append(
                    CatalogueEntry(listing_uid=uid, kind=kind, member_id=member_id, version=version, stamp=now)
                )
            continue
        deleted = uid not in public
        if deleted == entry.deleted and (deleted or version == entry.version):
            continue
        entry.deleted, entry.version, entry.stamp = deleted, version, now
        altered.append(entry)
    CatalogueEntry.objects.bulk_create(fresh, batch_size=250, ignore_conflicts=True)
    CatalogueEntry.objects.bulk_update(altered, ["deleted", "version", "stamp"], batch_size=250)
    return len(fresh) + len(altered)


def heal() -> int:
    """Compare the whole catalogue with the listings and mend it; returns how many entries changed."""
    rows = Listing.objects.visible_to(GUEST).filter(status=Status.PUBLISHED, home_node="")
    public = dict(rows.values_list("uid", "version"))
    live = dict(CatalogueEntry.objects.filter(deleted=False).values_list("listing_uid", "version"))
    wrong = [uid for uid, version in public.items() if live.get(uid) != version] + [
        uid for uid in live if uid not in public
    ]
    changed = 0
    for start in range(0, len(wrong), BATCH):
        part = Listing.objects.unscoped("the catalogue is mended").filter(uid__in=wrong[start : start + BATCH])
        changed += _note(list(part.values_list("pk", flat=True)))
    return changed
