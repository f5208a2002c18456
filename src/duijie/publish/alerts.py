"""Telling people what concerns them in publishing: news of their saved searches, what waits for review, how it was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from duijie.core.models import Notification
from duijie.core.notifications import tell
from duijie.members.models import RoleGrant, User
from duijie.members.queries import staff_of_member
from duijie.members.viewers import viewer_of
from duijie.publish.models import Listing, Review, SavedSearch
from duijie.publish.models.listings import Status
from duijie.publish.search import Hit, SearchRequest, search

PACES = {SavedSearch.Pace.DAILY: dt.timedelta(days=1), SavedSearch.Pace.WEEKLY: dt.timedelta(days=7)}
MOST = 50


def _request(saved: SavedSearch, since: dt.datetime) -> SearchRequest:
    query = saved.query or {}
    filters = {name: tuple(map(str, values)) for name, values in (query.get("filters") or {}).items()}
    return SearchRequest(
        text=str(query.get("text", "")), filters=filters, published_since=since, sort="newest", page_size=MOST
    )


def _news(saved: SavedSearch, since: dt.datetime) -> list[Hit]:
    """What is new for a saved search, as far as its owner may see it."""
    page = search(_request(saved, since), viewer_of(saved.user), with_facets=False)
    return [hit for hit in page.hits if hit.record.startswith("listing:")] if not page.relaxed else []


def _tell(saved: SavedSearch, hits: list[Hit], mark: str) -> None:
    zh = f"“{saved.name}”有 {len(hits)} 条新信息"
    en = f"{len(hits)} new for “{saved.name}”"
    address = f"/listings/{hits[0].uid}/" if len(hits) == 1 else "/searches/"
    key = f"search:{saved.pk}:{mark}"
    if saved.by_mail:
        tell([saved.user_id], kind="search.news", zh=zh, en=en, address=address, key=key)
        return
    line = Notification(user_id=saved.user_id, kind="search.news", zh=zh, en=en, address=address, key=key)
    Notification.objects.bulk_create([line], ignore_conflicts=True)


def tell_at_once(ids: Iterable[int]) -> None:
    """Saved searches at the pace "at once" that what has just been published fits."""
    fresh = Listing.objects.unscoped("alerts look for what was just published; each search sees with its owner's eyes")
    rows = list(fresh.filter(pk__in=list(ids), status=Status.PUBLISHED).values_list("uid", "published_at"))
    if not rows:
        return
    uids = {uid for uid, _ in rows}
    since = min(at for _, at in rows) - dt.timedelta(seconds=1)
    for saved in SavedSearch.objects.filter(pace=SavedSearch.Pace.AT_ONCE, user__is_active=True).select_related("user"):
        hits = [hit for hit in _news(saved, since) if hit.uid in uids]
        if hits:
            _tell(saved, hits, hits[0].uid)


def tell_due(now: dt.datetime | None = None) -> int:
    """Daily and weekly saved searches whose time has come. Returns how many people were told."""
    now = now or timezone.now()
    told = 0
    for pace, length in PACES.items():
        due = SavedSearch.objects.filter(pace=pace, user__is_active=True, told_until__lte=now - length).select_related(
            "user"
        )
        for saved in due[:500]:
            hits = _news(saved, saved.told_until or now - length)
            SavedSearch.objects.filter(pk=saved.pk).update(told_until=now)
            if hits:
                _tell(saved, hits, now.date().isoformat())
                told += 1
    return told


def _liaisons(member_id: int) -> set[int]:
    return set(staff_of_member(member_id, ("liaison",)))


def tell_reviewers(ids: Iterable[int]) -> None:
    """The liaisons hear of what waits for them."""
    for row in Listing.objects.unscoped("telling the reviewers").filter(pk__in=list(ids), status=Status.SUBMITTED):
        tell(
            _liaisons(row.owner_member_id),
            kind="listing.waiting",
            zh=f"“{row.title[:60]}”等待审核",
            en=f"“{row.title[:60]}” waits for review",
            address="/review/",
            key=f"review:{row.uid}:{row.version}",
        )


def tell_owner_of_review(ids: Iterable[int]) -> None:
    """The owner hears what was decided."""
    for row in Listing.objects.unscoped("telling the owner").filter(pk__in=list(ids)):
        last = Review.objects.filter(listing=row).order_by("-at", "-pk").first()
        if last is None:
            continue
        people = set(
            RoleGrant.objects.filter(
                scope="organisation", scope_id=row.owner_organisation_id or 0, user__is_active=True
            ).values_list("user_id", flat=True)
        )
        if row.created_by_id and User.objects.filter(pk=row.created_by_id, is_active=True).exists():
            people.add(row.created_by_id)
        accepted = last.decision == Review.Decision.ACCEPTED
        tell(
            people - {last.reviewer_id or 0},
            kind="listing.reviewed",
            zh=f"“{row.title[:60]}”{'已通过审核并发布' if accepted else '被退回，请查看原因'}",
            en=f"“{row.title[:60]}” {'was accepted and is published' if accepted else 'was returned; see why'}",
            address=f"/listings/{row.uid}/",
            key=f"reviewed:{last.pk}",
        )
