"""What publishing keeps about a person: for the export that people may ask for, and taken away when they are erased."""

from __future__ import annotations

from typing import Any

from duijie.core.events import handles
from duijie.core.models import Event
from duijie.members.models import User
from duijie.members.queries import keeps_personal_data
from duijie.publish.models import Listing, SavedSearch


@keeps_personal_data("saved_searches")
def saved_searches(person: User) -> list[dict[str, Any]]:
    """The searches that a person wants to hear of."""
    found = SavedSearch.objects.filter(user=person).order_by("pk")
    return [{"name": s.name, "query": s.query, "pace": s.pace, "created_at": s.created_at.isoformat()} for s in found]


@keeps_personal_data("listings_as_contact")
def listings_as_contact(person: User) -> list[dict[str, Any]]:
    """The listings on which a person is named as contact."""
    found = Listing.objects.unscoped("a person's own data").filter(contact=person).order_by("pk")
    return [{"uid": uid, "title": title} for uid, title in found.values_list("uid", "title")]


@handles("account.erased")
def erase_saved_searches_and_contacts(event: Event) -> None:
    """An erased person wants to hear of nothing and is nobody's contact; the listings stay their organisation's."""
    SavedSearch.objects.filter(user__in=event.payload["ids"]).delete()
    named = Listing.objects.unscoped("erasing personal data").filter(contact__in=event.payload["ids"])
    named.update(contact=None)
