"""What landing keeps about a person: for the export that people may ask for, and taken away when they are erased."""

from __future__ import annotations

from typing import Any

from duijie.core.events import handles
from duijie.core.models import Event
from duijie.land.models import Blocker, Closing, Deal, DealComment, DealMove, Figure, MilestoneDay, Relocation
from duijie.members.models import User
from duijie.members.queries import keeps_personal_data


@keeps_personal_data("deals")
def deals(person: User) -> list[dict[str, Any]]:
    """The deals that a person is in charge of."""
    found = Deal.objects.unscoped("the person's own").filter(owner_user=person).order_by("pk")
    return [{"uid": d.uid, "title": d.title, "stage": d.stage} for d in found]


@keeps_personal_data("deal_comments")
def comments(person: User) -> list[dict[str, Any]]:
    """What a person said on deals."""
    found = DealComment.objects.filter(author=person).order_by("pk")
    return [{"text": c.text, "at": c.at.isoformat()} for c in found]


@handles("account.erased")
def erase_authors(event: Event) -> None:
    """What was done stays done, without who did it; the audit trail keeps its number."""
    people = event.payload["ids"]
    Deal.objects.unscoped("an erased person is in charge of nothing").filter(owner_user__in=people).update(
        owner_user=None
    )
    DealComment.objects.filter(author__in=people).update(author=None)
    Blocker.objects.filter(raised_by__in=people).update(raised_by=None)
    Blocker.objects.filter(cleared_by__in=people).update(cleared_by=None)
    Closing.objects.filter(by__in=people).update(by=None)
    for model in (DealMove, Figure, MilestoneDay, Relocation):
        model.objects.filter(recorded_by__in=people).update(recorded_by=None)  # type: ignore[attr-defined]
