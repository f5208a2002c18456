"""Why this listing is, or is not, among one's matches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.language import t
from duijie.engines.matching import complementary_kinds
from duijie.match.documents import engine_kind
from duijie.match.rules import speaks_for_listing
from duijie.match.why import explain_pair
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status
from duijie.publish.queries import SeenListing, get_listing, own_listings
from duijie.web.match.reasons import reasons_of

MOST_SHOWN = 12


def fitting_own(viewer: Viewer, listing: Listing) -> list[Listing]:
    """The viewer's own published listings whose kind completes that of `listing`."""
    if viewer.is_guest:
        return []
    fitting = complementary_kinds(engine_kind(listing.kind, listing.facets))
    own = own_listings(viewer, status=Status.PUBLISHED)[:200]
    return [x for x in own if engine_kind(x.kind, x.facets) in fitting and speaks_for_listing(viewer, x)]


def why_page(request: HttpRequest) -> HttpResponse:
    """The answer for one of one's own listings (`own`; the first that fits where none is named) and another (`other`)."""
    viewer = request.viewer  # type: ignore[attr-defined]
    other = get_listing(request.GET.get("other", ""), viewer)
    if viewer.is_guest:
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
    mine = fitting_own(viewer, other.record)
    own = request.GET.get("own", "") or (mine[0].uid if mine else "")
    context = {"other": other, "mine": mine, "chosen": own, "answer": _answer(viewer, own, other) if own else None}
    request.nav_key = "match"  # type: ignore[attr-defined]
    return render(request, "match/why.html", context)


def _answer(viewer: Viewer, own: str, other: SeenListing) -> dict[str, object]:
    why = explain_pair(viewer, own=own, other=other.uid)
    said, against = reasons_of(why, most_reasons=MOST_SHOWN, most_misfits=MOST_SHOWN)
    return {
        "own": why.own,
        "suggested": why.suggestion is not None and why.suggestion.open,
        "percent": None if why.probability is None else round(100 * why.probability),
        "rules": [t(zh, en) for zh, en in why.rules],
        "reasons": said,
        "against": against,
    }
