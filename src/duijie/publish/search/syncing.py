"""Keeping the index equal to the records: by events, by a rebuild, by `duijie doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models

from duijie.members.models import Member, Organisation
from duijie.publish.models import Listing, NarrowedListing
from duijie.publish.models.listings import Status
from duijie.publish.search.documents import documents_of, member_document, organisation_document
from duijie.publish.search.index import SearchIndex, search_index

BATCH = 500


def _rows() -> models.QuerySet[Listing]:
    return Listing.objects.unscoped("the indexer reads every listing").select_related(
        "owner_member", "owner_organisation"
    )


def index_listings(ids: Iterable[int], *, index: SearchIndex | None = None) -> None:
    """Bring the index up to date for these listings (those that are gone are removed by `remove_records`)."""
    index = index or search_index()
    ids = sorted(set(ids))
    for start in range(0, len(ids), BATCH):
        rows = list(_rows().filter(pk__in=ids[start : start + BATCH]))
        # Versions are read before the commit, so that a narrowing that comes in between keeps its mark.
        versions = {x.uid: x.version for x in rows}
        index.replace({f"listing:{uid}": faces for uid, faces in documents_of(rows).items()})
        for mark in NarrowedListing.objects.filter(listing_uid__in=versions):
            if mark.version <= versions[mark.listing_uid]:
                NarrowedListing.objects.filter(listing_uid=mark.listing_uid, version=mark.version).delete()


def index_organisations(ids: Iterable[int]) -> None:
    rows = Organisation.objects.filter(pk__in=list(ids))
    search_index().replace({f"organisation:{x.uid}": [organisation_document(x)] if x.is_verified else [] for x in rows})


def index_members(ids: Iterable[int]) -> None:
    search_index().replace({f"member:{x.uid}": [member_document(x)] for x in Member.objects.filter(pk__in=list(ids))})


def remove_records(records: Iterable[str]) -> None:
    search_index().replace({record: [] for record in records})


def expected_versions() -> dict[str, int]:
    """(record -> version) that the index should hold."""
    published = Listing.objects.unscoped("the doctor compares every listing").filter(status=Status.PUBLISHED)
    wanted = {
        f"listing:{uid}": version for uid, version in published.values_list("uid", "version").iterator(chunk_size=5000)
    }
    verified = Organisation.objects.filter(verified_at__isnull=False)
    wanted |= {f"organisation:{uid}": version for uid, version in verified.values_list("uid", "version")}
    wanted |= {f"member:{uid}": 1 for uid in Member.objects.values_list("uid", flat=True)}
    return wanted


@dataclass(frozen=True)
class Disagreement:
    """Where the index and the records differ: missing, stale and extra records."""

    missing: list[str]
    stale: list[str]
    extra: list[str]

    @property
    def total(self) -> int:
        return len(self.missing) + len(self.stale) + len(self.extra)


def compare() -> Disagreement:
    """Compare the index with the records."""
    wanted = expected_versions()
    found = dict(search_index().versions())
    return Disagreement(
        missing=[r for r in wanted if r not in found],
        stale=[r for r, v in wanted.items() if r in found and found[r] != v],
        extra=[r for r in found if r not in wanted],
    )


def repair(difference: Disagreement, progress: Callable[[int, int], None] | None = None) -> None:
    """Mend what `compare` found."""
    todo = difference.missing + difference.stale
    for start in range(0, len(todo), BATCH):
        part = todo[start : start + BATCH]
        by_kind: dict[str, list[str]] = {}
        for record in part:
            kind, uid = record.split(":", 1)
            by_kind.setdefault(kind, []).append(uid)
        index_listings(_rows().filter(uid__in=by_kind.get("listing", [])).values_list("pk", flat=True))
        index_organisations(
            Organisation.objects.filter(uid__in=by_kind.get("organisation", [])).values_list("pk", flat=True)
        )
        index_members(Member.objects.filter(uid__in=by_kind.get("member", [])).values_list("pk", flat=True))
        if progress:
            progress(start + len(part), len(todo))
    if difference.extra:
        remove_records(difference.extra)


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Build the whole index anew from the records. Returns how many listings it holds."""
    index = search_index()
    index.clear()
    index_members(Member.objects.values_list("pk", flat=True))
    index_organisations(Organisation.objects.filter(verified_at__isnull=False).values_list("pk", flat=True))
    published = _rows().filter(status=Status.PUBLISHED)
    total, done, last = published.count(), 0, 0
    while True:
        rows = list(published.filter(pk__gt=last).order_by("pk")[: BATCH * 4])
        if not rows:
            break
        last = rows[-1].pk
        index.replace({f"listing:{uid}": faces for uid, faces in documents_of(rows).items()}, commit=False)
        done += len(rows)
        if progress:
            progress(done, total)
    index.commit()
    NarrowedListing.objects.all().delete()
    return done
