"""The liaison's worklist: what waits in the own members, in order of what is lost if nobody acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.match.actions.interest import shown_name
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.match.queries import seen_suggestions
from duijie.publish.models import Listing
from duijie.publish.queries import SeenListing, seen
from duijie.publish.rules import REVIEWERS

SOON = dt.timedelta(days=3)
MOST = 200


@dataclass(frozen=True)
class Task:
    """One row. `what`: "ours" (we have to answer), "theirs" (they have), "step" (a next step is due), "promising" (a strong
        match between members that nobody has touched). `uid`: of the interest, introduction or suggestion; `listing`: of the own listing
    whose matches a promising one stands among."""

    what: str
    uid: str
    title: str
    who: str
    member_id: int
    industries: tuple[str, ...]
    due: dt.date | None
    late: bool
    listing: str = ""


def members_in_charge(viewer: Viewer) -> list[int]:
    """The members for which the viewer is liaison or administrator."""
    return sorted({g.scope_id for g in viewer.grants if g.scope == "member" and g.role in REVIEWERS})


SORTS = ("due", "member", "who", "title")


def worklist(
    viewer: Viewer, *, member_id: int | None = None, industry: str = "", what: str = "", sort: str = "due"
) -> list[Task]:
    """Rows of the viewer's members: answers first by the day they run out, then steps, then what is promising. `sort` orders
    within each kind of work: by the day it runs out, by member, by the other side, by title."""
    members = [m for m in members_in_charge(viewer) if member_id in (None, m)]
    if not members:
        return []
    rows = [*_interests(viewer, members), *_steps(members), *_promising(viewer, members)]
    if industry:
        rows = [r for r in rows if any(code.startswith(industry) for code in r.industries)]
    rows = [r for r in rows if not what or r.what == what]
    if sort == "due":
        return rows
    kinds = {kind: place for place, kind in enumerate(("ours", "theirs", "step", "promising"))}
    keys = {"member": lambda r: r.member_id, "who": lambda r: r.who, "title": lambda r: r.title}
    return sorted(rows, key=lambda r: (kinds[r.what], keys[sort](r)))


def _seen_by_id(viewer: Viewer, ids: Iterable[int]) -> dict[int, SeenListing]:
    rows = (
        Listing.objects.visible_to(viewer).filter(pk__in=list(ids)).select_related("owner_member", "owner_organisation")
    )
    return {x.record.pk: x for x in seen(rows, viewer)}


def _interests(viewer: Viewer, members: list[int]) -> list[Task]:
    waiting = Interest.objects.filter(status=Interest.Status.WAITING).select_related(
        "to_listing", "from_member", "from_organisation"
    )
    rows = list(
        waiting.filter(Q(to_listing__owner_member_id__in=members) | Q(from_member_id__in=members)).order_by(
            "expires_at", "pk"
        )[:MOST]
    )
    listings, now = _seen_by_id(viewer, [r.to_listing_id for r in rows]), timezone.now()
    found = []
    for row in rows:
        listing = listings.get(row.to_listing_id)
        if listing is None:
            continue
        ours = row.to_listing.owner_member_id in members
        due = row.due_at if row.due_at > now else row.expires_at
        who = shown_name(row)[0] if ours else listing.owner
        member = row.to_listing.owner_member_id if ours else row.from_member_id
        late = row.due_at <= now or row.expires_at - now < SOON
        found.append(
            Task(
                "ours" if ours else "theirs", row.uid, listing.title, who, member,
                tuple(row.to_listing.industries), timezone.localtime(due).date(), late,
            )
        )  # fmt: skip
    return sorted(found, key=lambda task: task.what != "ours")


def _steps(members: list[int]) -> list[Task]:
    today = timezone.localdate()
    live = Introduction.objects.exclude(status__in=[Introduction.Status.ENDED, Introduction.Status.HANDED_ON])
    rows = live.filter(
        Q(first_member_id__in=members) | Q(second_member_id__in=members), next_on__lte=today + SOON
    ).select_related("second_listing", "first_organisation", "second_organisation", "first_member", "second_member")
    return [
        Task(
            "step", row.uid, row.next_step or row.second_listing.title,
            f"{row.first_organisation or row.first_member} — {row.second_organisation or row.second_member}",
            row.first_member_id if row.first_member_id in members else row.second_member_id,
            tuple(row.second_listing.industries), row.next_on, row.next_on is not None and row.next_on < today,
        )
        for row in rows.order_by("next_on", "pk")[:MOST]
    ]  # fmt: skip


def _promising(viewer: Viewer, members: list[int]) -> list[Task]:
    """Strong matches between two members of which nobody has said a word."""
    either = Q(asking__owner_member_id__in=members) | Q(giving__owner_member_id__in=members)
    rows = Suggestion.objects.filter(either, open=True, grade="strong", verdicts__isnull=True, interests__isnull=True)
    rows = rows.exclude(asking__owner_member_id=F("giving__owner_member_id")).order_by("-worth", "pk")
    return [
        Task(
            "promising", s.uid, f"{s.own.title} — {s.other.title}", s.other.owner, s.own.record.owner_member_id,
            tuple(s.own.record.industries), None, False, s.own.uid,
        )
        for s in seen_suggestions(rows[:MOST], viewer)
    ]  # fmt: skip
