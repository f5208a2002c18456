"""What matching adds to a listing's page: show interest, or who was found for it."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from duijie.match import queries
from duijie.match.documents import MATCHED
from duijie.match.models import Interest, Suggestion
from duijie.match.rules import speaks_for_listing
from duijie.publish.models.listings import Status
from duijie.publish.queries import SeenListing
from duijie.web.match.cards import card_of
from duijie.web.match.why import fitting_own


def interest_or_matches(request: HttpRequest, listing: SeenListing) -> str:
    """For the owner the best three partners; for others the way to talk to the owner."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = listing.record
    if row.kind not in MATCHED or row.status != Status.PUBLISHED:
        return ""
    if speaks_for_listing(viewer, row):
        rows = queries.suggestions_for(viewer, listing=row, grades=("strong", "fair"))
        shown = queries.seen_suggestions(rows[:3], viewer)
        queries.put_shown_on_record(shown)
        context = {"listing": row, "cards": [card_of(s) for s in shown], "total": rows.count()}
        return render_to_string("match/partners.html", context, request=request)
    waiting = None
    if viewer.organisation_ids:
        waiting = Interest.objects.filter(
            to_listing=row, from_organisation_id__in=viewer.organisation_ids, status=Interest.Status.WAITING
        ).first()
    mine = fitting_own(viewer, row)
    between = Q(asking=row, giving__in=mine) | Q(giving=row, asking__in=mine)
    suggested = bool(mine) and Suggestion.objects.filter(between, open=True).exists()
    context = {
        "listing": row,
        "waiting": waiting,
        "mine": mine,
        "chosen": request.GET.get("for", ""),
        "ask_why": bool(mine) and not suggested,
    }
    return render_to_string("match/interest_form.html", context, request=request)
