"""The search page: results left, facets with counts, a strip of what is active; saved searches; feeds."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core import industries, regions
from duijie.core.language import Label, t
from duijie.members.models import Member, Organisation
from duijie.publish import queries
from duijie.publish.actions import delete_search, save_search
from duijie.publish.kinds import KINDS
from duijie.publish.search import Facet as Counted
from duijie.publish.search import Hit, SearchRequest, search
from duijie.web.kit.cards import ListingCard, marked
from duijie.web.kit.facets import ActiveFilter, Facet, Option
from duijie.web.kit.pages import Pages, page_number
from duijie.web.publish.cards import card_of

SIZE = 20
OTHER_KINDS = {"organisation": Label("单位", "Organisation"), "member": Label("成员", "Member")}
SORT_NAMES = {
    "best": Label("最相关", "Best match"),
    "newest": Label("最新", "Newest"),
    "amount": Label("金额从高到低", "Largest amount"),
    "ending": Label("最早截止", "Ending first"),
}
PARAMETERS = {"kind": "kind", "region": "regions", "industry": "industries", "member": "member"}


def request_of(request: HttpRequest) -> SearchRequest:
    """The search that the address asks for; what it does not know is ignored."""
    filters = {
        name: tuple(request.GET.getlist(key)[:50]) for key, name in PARAMETERS.items() if request.GET.getlist(key)
    }
    sort = request.GET.get("sort", "best")
    return SearchRequest(
        text=request.GET.get("q", "")[:2000],
        filters=filters,
        sort=sort if sort in SORT_NAMES else "best",
        page=min(page_number(request), 500),
        page_size=SIZE,
    )


def _kind_label(kind: str) -> Label:
    return KINDS[kind].label if kind in KINDS else OTHER_KINDS.get(kind, Label(kind, kind))


def _options(counted: list[Counted], name: str, chosen: list[str]) -> list[Option]:
    counts = {c.value: c.count for c in counted} | {
        value: 0 for value in chosen if value not in {c.value for c in counted}
    }
    if name == "kind":
        return [Option(k, _kind_label(k), n) for k, n in counts.items()]
    if name == "member":
        names = {str(m.pk): m.name for m in Member.objects.filter(pk__in=[k for k in counts if k.isdigit()])}
        return [Option(k, names[k], n) for k, n in counts.items() if k in names]
    if name == "region":
        provinces = {p.code: p for p in regions.provinces()}
        shown = [k for k in counts if k in provinces or k in chosen]
        return [Option(k, place.label(), counts[k]) for k in shown if (place := regions.get(k)) is not None]
    found = []
    for code, count in counts.items():
        trade = industries.get(code)
        if trade is not None and (trade.level == 2 or code in chosen):
            found.append(Option(code, trade.label(), count))
    return found


def facets_of(request: HttpRequest, counted: dict[str, list[Counted]]) -> list[Facet]:
    labels = {
        "kind": Label("类别", "Kind"),
        "region": Label("地区", "Region"),
        "industry": Label("行业", "Industry"),
        "member": Label("成员", "Member"),
    }
    return [
        Facet.of(request, key, labels[key], _options(counted.get(PARAMETERS[key], []), key, request.GET.getlist(key)))
        for key in labels
    ]


def cards_of(hits: list[Hit], words: tuple[str, ...], viewer: Any) -> list[ListingCard]:
    """Cards of whatever was found, in order; rows are read as the viewer may see them, not from the index."""
    seen = {x.uid: x for x in queries.listings_by_uid([h.uid for h in hits if h.record.startswith("listing:")], viewer)}
    organisations = {
        o.uid: o
        for o in Organisation.objects.filter(
            uid__in=[h.uid for h in hits if h.kind == "organisation"], verified_at__isnull=False
        )
    }
    members = {m.uid: m for m in Member.objects.filter(uid__in=[h.uid for h in hits if h.kind == "member"])}
    found = []
    for hit in hits:
        if hit.uid in seen:
            found.append(card_of(seen[hit.uid], words=words))
        elif hit.uid in organisations:
            one = organisations[hit.uid]
            found.append(
                ListingCard(
                    title=marked(one.name, words),
                    url=reverse("members:organisation", args=[one.uid]),
                    kind=OTHER_KINDS["organisation"],
                    text=marked(one.profile[:160], words),
                )
            )
        elif hit.uid in members:
            place = members[hit.uid]
            found.append(
                ListingCard(
                    title=marked(place.name, words),
                    url=reverse("members:member", args=[place.slug]),
                    kind=OTHER_KINDS["member"],
                    text=marked(place.summary[:160], words),
                )
            )
    return found


def search_page(request: HttpRequest) -> HttpResponse:
    """Search over everything that the viewer may see."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = request_of(request)
    page = search(asked, viewer)
    facets = facets_of(request, page.facets)
    request.nav_key = "search"  # type: ignore[attr-defined]
    context = {
        "q": asked.text,
        "cards": cards_of(page.hits, page.words, viewer),
        "total": page.total,
        "relaxed": page.relaxed,
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "pages": Pages.of(request, total=min(page.total, 10_000), size=SIZE),
        "sorts": [(value, label) for value, label in SORT_NAMES.items() if value != "best" or asked.text.strip()],
        "sort": asked.sort,
        "saved_query": json.dumps({"text": asked.text, "filters": {k: list(v) for k, v in asked.filters.items()}}),
        "narrowed": bool(asked.text.strip() or asked.filters),
    }
    return render(request, "publish/search.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a search."""
    try:
        query = json.loads(request.POST.get("query", "{}"))
    except ValueError:
        query = {}
    text = str(query.get("text", ""))[:200] if isinstance(query, dict) else ""
    name = request.POST.get("name", "").strip() or text or t("我的搜索", "My search")
    save_search(
        actor=request.viewer,  # type: ignore[attr-defined]
        name=name,
        query=query if isinstance(query, dict) else {},
        pace=request.POST.get("pace", "daily"),
        by_mail=request.POST.get("by_mail", "true") == "true",
    )
    messages.success(request, t("已保存，有新信息会告诉您。", "Saved; you will hear of what is new."))
    return redirect("saved_searches")


def saved(request: HttpRequest) -> HttpResponse:
    """The viewer's saved searches."""
    rows = queries.saved_searches(request.viewer)  # type: ignore[attr-defined]
    listed = [(row, _address(row.query)) for row in Paginator(rows, 50).page(1)]
    return render(request, "publish/saved.html", {"rows": listed})


def _address(query: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    back = {name: key for key, name in PARAMETERS.items()}
    pairs = [("q", query.get("text", ""))]
    for name, values in (query.get("filters") or {}).items():
        pairs += [(back.get(name, name), value) for value in values]
    return f"{reverse('search')}?{urlencode(pairs)}"


@require_POST
def forget(request: HttpRequest, uid: str) -> HttpResponse:
    delete_search(actor=request.viewer, uid=uid)  # type: ignore[attr-defined]
    messages.success(request, t("已删除。", "Deleted."))
    return redirect("saved_searches")
