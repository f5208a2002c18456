"""Who is told what: partners found and the steps to an introduction, behind the bell (and so by mail) and on channels."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from duijie.core.notifications import tell
from duijie.match.models import Channel, Interest, Introduction, Suggestion
from duijie.match.people import people_behind
from duijie.match.telling.outbox import owe
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing

TOLD = ("strong", "fair")


def channels_for(listing: Listing, event: str) -> list[Channel]:
    """Active channels of the listing's organisation and member that want to hear of `event`."""
    owners = Q(member_id=listing.owner_member_id)
    if listing.owner_organisation_id:
        owners |= Q(organisation_id=listing.owner_organisation_id)
    owners |= Q(user_id__in=people_behind(listing))
    return [c for c in Channel.objects.filter(owners, active=True).order_by("pk") if event in c.events]


def _named(listing: Listing) -> tuple[str, str]:
    """A listing's name for a group chat, where others than its owner may read: the teaser of what is confidential."""
    if listing.confidential:
        label = KINDS[listing.kind].label
        return listing.teaser[:60] or label.zh, listing.teaser[:60] or label.en
    return listing.title[:60], listing.title[:60]


def _owe_all(listing: Listing, event: str, key: str, zh: str, en: str, address: str) -> None:
    now = timezone.now()
    for channel in channels_for(listing, event):
        owe(channel, kind=event, key=key, zh=zh, en=en, address=address, now=now)


def tell_of_found(suggestion_ids: Iterable[int]) -> None:
    """Tell both sides of partners found, once a day for each listing, however many there are."""
    rows = Suggestion.objects.filter(pk__in=list(suggestion_ids), open=True, grade__in=TOLD)
    found: dict[int, tuple[Listing, int]] = {}
    for row in rows.select_related("asking__contact", "giving__contact"):
        for listing in (row.asking, row.giving):
            found[listing.pk] = (listing, found.get(listing.pk, (listing, 0))[1] + 1)
    today = timezone.localdate().isoformat()
    for listing, count in found.values():
        address = f"{reverse('match_inbox')}?listing={listing.uid}"
        key = f"match.found:{listing.uid}:{today}"
        tell(
            people_behind(listing),
            kind="match.found",
            zh=f"为“{listing.title[:60]}”找到 {count} 个可能的伙伴",
            en=f"{count} possible partners for “{listing.title[:60]}”",
            address=address,
            key=key,
        )
        zh, en = _named(listing)
        _owe_all(
            listing,
            "match.found",
            key,
            f"为“{zh}”找到 {count} 个可能的伙伴",
            f"{count} possible partners for “{en}”",
            address,
        )


def tell_of_interest(interest_ids: Iterable[int], event: str) -> None:
    """Tell the channels of the side that has to answer: interest came in, or its answer is overdue."""
    for interest in Interest.objects.filter(pk__in=list(interest_ids)).select_related("to_listing"):
        zh, en = _named(interest.to_listing)
        overdue = event == "interest.overdue"
        _owe_all(
            interest.to_listing,
            event,
            f"{event}:{interest.uid}",
            f"“{zh}”的对接请求{'超过三天没有答复' if overdue else '到了，请在三天内答复'}",
            f"A request to talk about “{en}” {'has waited over three days' if overdue else 'came in; answer within three days'}",
            reverse("match_interest", args=[interest.uid]),
        )


def tell_of_introduction(introduction_ids: Iterable[int]) -> None:
    """Tell the channels of both sides that an introduction has opened."""
    rows = Introduction.objects.filter(pk__in=list(introduction_ids)).select_related("first_listing", "second_listing")
    for row in rows:
        for listing in (row.first_listing, row.second_listing):
            if listing is None:
                continue
            zh, en = _named(listing)
            _owe_all(
                listing,
                "introduction.opened",
                f"introduction.opened:{row.uid}:{listing.pk}",
                f"“{zh}”的对接双方已同意，联系方式已公开",
                f"Both sides agreed to talk about “{en}”; contacts are open",
                reverse("introduction", args=[row.uid]),
            )
