"""The lists behind type-ahead fields: places, industries, members and organisations by any of their names, as JSON."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from duijie.core import industries, regions
from duijie.members import queries
from duijie.members.choices import MemberKind
from duijie.members.queries import name_of

MOST = 10


def pick_regions(request: HttpRequest) -> JsonResponse:
    found = regions.complete(request.GET.get("q", "")[:80], limit=MOST)
    results = [{"value": one.code, "label": one.label(), "note": regions.full_name(one.code)} for one in found]
    return JsonResponse({"results": results})


def pick_industries(request: HttpRequest) -> JsonResponse:
    found = industries.complete(request.GET.get("q", "")[:80], limit=MOST)
    results = [{"value": one.code, "label": one.label(), "note": one.label_code} for one in found]
    return JsonResponse({"results": results})


def pick_members(request: HttpRequest) -> JsonResponse:
    """Members by a part of any of their names; without words, the first of them."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.members(viewer, text=request.GET.get("q", "")[:80])[:MOST]
    results = [{"value": m.slug, "label": name_of(m), "note": MemberKind.named(m.kind)} for m in found]
    return JsonResponse({"results": results})


def pick_organisations(request: HttpRequest) -> JsonResponse:
    """Organisations that the viewer may see, by a part of the name or the credit code."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.organisations(viewer, text=request.GET.get("q", "")[:80])[:MOST]
    results = [{"value": o.uid, "label": name_of(o), "note": name_of(o.home_member)} for o in found]
    return JsonResponse({"results": results})
