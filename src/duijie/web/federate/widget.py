"""The embeddable widget: a page for an iframe, and a script that puts the iframe where it stands.

As a guest sees it, whoever is signed in: no cookie is read or set. Only the sites that the member named may frame it.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from duijie.core.access import GUEST
from duijie.core.language import Label, set_language
from duijie.federate.actions.interface import interface_of
from duijie.members.queries import get_member, name_of
from duijie.publish import queries
from duijie.publish.kinds import KINDS
from duijie.publish.queries import SeenListing
from duijie.publish.search import SearchRequest, search

MOST = 20
VIEWS = {
    "needs": (Label("需求", "Needs"), ("need",)),
    "offers": (Label("供给", "Offers"), ("technology", "expert", "instrument", "capacity", "site", "fund", "talent")),
    "news": (Label("政策与动态", "Policies and news"), ("policy", "notice")),
}


@require_safe
@xframe_options_exempt
@cache_control(public=True, max_age=300)
def widget(request: HttpRequest, slug: str) -> HttpResponse:
    """?view=needs|offers|news&q=…&limit=…&language=zh|en"""
    set_language("en" if request.GET.get("language") == "en" else None)
    member = get_member(GUEST, slug)
    interface = interface_of(member)
    view = request.GET.get("view", "needs")
    view = view if view in VIEWS else "needs"
    text = request.GET.get("q", "").strip()[:100]
    asked = request.GET.get("limit", "")
    limit = min(int(asked), MOST) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 4 else 8
    found = _found(member.pk, VIEWS[view][1], text, max(limit, 1))
    context = {
        "member": member, "name": name_of(member), "view": view, "q": text, "limit": limit,
        "views": [(key, label) for key, (label, _) in VIEWS.items()], "language": request.GET.get("language", ""),
        "lines": [(one, KINDS[one.kind].label, f"{settings.BASE_URL}{reverse('listing', args=[one.uid])}") for one in found],
        "home": f"{settings.BASE_URL}{reverse('members:member', args=[member.slug])}",
        "mark": bool(interface.mark_id), "base": settings.BASE_URL,
    }  # fmt: skip
    response = render(request, "federate/widget.html", context)
    # The policy of this one answer: the sites that the member named, and nobody else.
    response._csp_replace = {"frame-ancestors": interface.origins or ["'none'"]}  # type: ignore[attr-defined]
    response.headers.pop("Vary", None)
    return response


def _found(member_id: int, kinds: tuple[str, ...], text: str, limit: int) -> list[SeenListing]:
    if text:
        filters = {"kind": kinds, "member": (str(member_id),)}
        hits = search(SearchRequest(text=text, filters=filters, page_size=limit), GUEST).hits
        return queries.listings_by_uid([hit.uid for hit in hits], GUEST)
    rows = queries.published_by(GUEST).filter(owner_member_id=member_id, kind__in=kinds)
    return queries.seen(rows[:limit], GUEST)


_SCRIPT = """(function () {
  var self = document.currentScript, data = self.dataset, query = new URLSearchParams();
  ["view", "q", "limit", "language"].forEach(function (name) { if (data[name]) query.set(name, data[name]); });
  var frame = document.createElement("iframe");
  frame.src = %(address)s + (query.toString() ? "?" + query : "");
  frame.title = data.title || %(title)s;
  frame.loading = "lazy";
  frame.referrerPolicy = "origin";
  frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox allow-forms");
  frame.style.cssText = "width:100%%;border:0;height:" + (parseInt(data.height, 10) || 520) + "px";
  self.parentNode.insertBefore(frame, self.nextSibling);
})();
"""


@require_safe
@cache_control(public=True, max_age=3600)
def widget_script(request: HttpRequest, slug: str) -> HttpResponse:
    """`<script src=".../widget.js" data-view="needs" data-limit="5" async></script>`"""
    member = get_member(GUEST, slug)
    address = f"{settings.BASE_URL}{reverse('widget', args=[member.slug])}"
    content = _SCRIPT % {"address": _quoted(address), "title": _quoted(member.name)}
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers.pop("Vary", None)
    return response


def _quoted(text: str) -> Any:
    return json.dumps(text, ensure_ascii=True).replace("<", "\\u003c")
