"""Interest shown, answered and talked over in the demonstration region; comes after the matching, so that it hangs on what was found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.demo import reading
from duijie.match.actions import accept_interest, decline_interest, express_interest, say, set_next_step
from duijie.match.models import Introduction
from duijie.members.models import RoleGrant, User
from duijie.members.viewers import viewer_of
from duijie.publish.models import Listing


def load_conversations(*, today: dt.date | None = None) -> int:
    """Load them all, or none where something is refused. Returns how many interests were shown."""
    today = today or timezone.localdate()
    with transaction.atomic():
        for row in reading.conversations():
            _load(row, today)
    return len(reading.conversations())


def _load(row: dict[str, Any], today: dt.date) -> None:
    to_listing = _listing(row["to"])
    interest = express_interest(
        actor=_viewer(row["user"]),
        to_listing=to_listing,
        from_listing=_listing(row["from"]) if "from" in row else None,
        message=row["message"],
    )
    answer = row.get("answer")
    if answer == "declined":
        decline_interest(
            actor=_owner(to_listing), interest=interest, reasons=row.get("reasons", []), remark=row.get("remark", "")
        )
    elif answer == "accepted":
        accept_interest(actor=_owner(to_listing), interest=interest)
        _talk(Introduction.objects.get(interest=interest), row, today)


def _talk(introduction: Introduction, row: dict[str, Any], today: dt.date) -> None:
    for message in row.get("said", []):
        say(actor=_viewer(message["user"]), introduction=introduction, text=message["text"])
    if "next_step" in row:
        set_next_step(
            actor=_viewer(row["user"]),
            introduction=introduction,
            step=row["next_step"],
            on=today + dt.timedelta(days=row["next_in_days"]),
            promising="promising" in row,
        )


def _viewer(username: str) -> Viewer:
    return viewer_of(User.objects.get(username=username))


def _listing(external_id: str) -> Listing:
    return Listing.objects.unscoped("the files name listings by their ids").get(external_id=external_id)


def _owner(listing: Listing) -> Viewer:
    """Somebody who speaks for the owner: its own representative, or the liaison officer of its member."""
    found = RoleGrant.objects.filter(role="organisation", scope_id=listing.owner_organisation_id or 0)
    grant = found.first() or RoleGrant.objects.get(role="liaison", scope_id=listing.owner_member_id)
    return viewer_of(grant.user)
