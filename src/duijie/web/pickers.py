"""The lists behind type-ahead fields: places and industries by any of their names, as JSON."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from duijie.core import industries, regions

MOST = 10


def pick_regions(request: HttpRequest) -> JsonResponse:
    found = regions.complete(request.GET.get("q", "")[:80], limit=MOST)
    results = [{"value": one.code, "label": one.label(), "note": regions.full_name(one.code)} for one in found]
    return JsonResponse({"results": results})


def pick_industries(request: HttpRequest) -> JsonResponse:
    found = industries.complete(request.GET.get("q", "")[:80], limit=MOST)
    results = [{"value": one.code, "label": one.label(), "note": one.label_code} for one in found]
    return JsonResponse({"results": results})
