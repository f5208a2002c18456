"""The latest listings on the pages of members and organisations, as far as the viewer may see them."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from duijie.members.models import Member, Organisation
from duijie.publish import queries
from duijie.web.members.forms import viewer_of_page
from duijie.web.members.sections import section
from duijie.web.publish.cards import card_of

LATEST = 6


@section("member", order=10)
def latest_of_member(request: HttpRequest, member: Member) -> str:
    """The newest of a member and its organisations, the search for all of them, and the feeds."""
    viewer = viewer_of_page(request)
    rows = queries.published_by(viewer, member=member)
    feeds = {form: reverse(f"member_feed_{form}", args=[member.slug]) for form in ("atom", "json", "csv")}
    every = f"{reverse('search')}?member={member.pk}"
    return _shown(request, queries.seen(rows[:LATEST], viewer), rows.count(), every, feeds)


@section("organisation", order=10)
def latest_of_organisation(request: HttpRequest, organisation: Organisation) -> str:
    """The newest of an organisation; what is confidential is not traced to its owner here."""
    viewer = viewer_of_page(request)
    rows = queries.published_by(viewer, organisation=organisation)
    return _shown(request, queries.seen(rows[:LATEST], viewer), rows.count(), "", {})


def _shown(
    request: HttpRequest, found: list[queries.SeenListing], total: int, every: str, feeds: dict[str, str]
) -> str:
    context = {"cards": [card_of(one) for one in found], "total": total, "every": every, "feeds": feeds}
    return render_to_string("members/listings.html", context, request)
