"""Home for everybody, the desk for who signed in: what waits for me today, in order of what is lost if I don't."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from duijie.core.notifications import mark_read, notifications_of
from duijie.match import queries as matching
from duijie.members.models import Alliance, Member, Organisation
from duijie.publish import queries as publishing
from duijie.publish.kinds import KINDS
from duijie.web.kit.pages import Pages
from duijie.web.match.cards import card_of as match_card_of
from duijie.web.members.sections import sections_of
from duijie.web.publish.cards import card_of


def home(request: HttpRequest) -> HttpResponse:
    """What the exchange is, what is new on it, who runs it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    counts = publishing.counts_by_kind(viewer)
    newest = publishing.seen(publishing.published_by(viewer)[:30], viewer)
    wanted = [x for x in newest if KINDS[x.kind].side == "wants"][:6]
    offered = [x for x in newest if KINDS[x.kind].side == "offers"][:6]
    context = {
        "kinds": [(KINDS[kind], counts.get(kind, 0)) for kind in KINDS],
        "total": sum(counts.values()),
        "member_count": Member.objects.filter(memberships__isnull=False).distinct().count(),
        "organisation_count": Organisation.objects.filter(verified_at__isnull=False).count(),
        "alliances": Alliance.objects.filter(parent__isnull=True).prefetch_related("members")[:6],
        "wanted": [card_of(x) for x in wanted],
        "offered": [card_of(x) for x in offered],
        "news": [card_of(x) for x in publishing.news(viewer, limit=6)],
    }
    return render(request, "home/home.html", context)


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of a firm's people and of a liaison."""
    viewer = request.viewer  # type: ignore[attr-defined]
    best = matching.suggestions_for(viewer, grades=("strong", "fair"))
    request.nav_key = "desk"  # type: ignore[attr-defined]
    own = publishing.own_listings(viewer)
    pages = Pages.of(request, total=own.count(), size=10)
    context = {
        "received": matching.received_interests(viewer)[:5],
        "reviews": [card_of(x) for x in publishing.seen(publishing.review_queue(viewer)[:5], viewer)],
        "review_count": publishing.review_queue(viewer).count(),
        "expiring": publishing.seen(publishing.expiring_soon(viewer)[:5], viewer),
        "steps": matching.introductions_of(viewer).exclude(status="ended")[:5],
        "matches": [(s.own, match_card_of(s)) for s in matching.seen_suggestions(best[:4], viewer)],
        "match_count": best.count(),
        "own": [card_of(x, with_status=True) for x in publishing.seen(own[pages.start : pages.stop], viewer)],
        "pages": pages,
        "sections": sections_of("desk", request, viewer),
        "has_place": bool(viewer.organisation_ids or viewer.member_ids),
    }
    return render(request, "home/desk.html", context)


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """Everything behind the bell."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = notifications_of(viewer)
    pages = Pages.of(request, total=rows.count(), size=30)
    return render(request, "home/notifications.html", {"rows": rows[pages.start : pages.stop], "pages": pages})


@login_required
@require_POST
def read_notifications(request: HttpRequest) -> HttpResponse:
    mark_read(request.viewer)  # type: ignore[attr-defined]
    return redirect("notifications")


def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and is up to date, and the search index opens."""
    from duijie.web.health import readiness

    faults = readiness()
    return JsonResponse(
        {"status": "ok" if not faults else "not ready", "faults": faults}, status=503 if faults else 200
    )
