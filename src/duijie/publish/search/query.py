"""Searching for a viewer: what may be seen is decided inside the index, before anything is counted or cut out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import tantivy
from tantivy import Occur, Query

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.publish.models import NarrowedListing
from duijie.publish.search.documents import words
from duijie.publish.search.index import SearchIndex, search_index

PAGE_SIZE = 20
DEEPEST = 10_000
MOST_WORDS = 60
SORTS = {"best": None, "newest": ("published", False), "amount": ("amount", False), "ending": ("ends", True)}
FILTERS = ("kind", "member", "organisation", "regions", "industries", "stage")
COUNTED = ("kind", "member", "regions", "industries")
BOOSTS = {"title": 3.0, "keywords": 2.0, "body": 1.0}


@dataclass(frozen=True)
class SearchRequest:
    """What is asked: words, filters (several values of one filter are alternatives), order, page."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amount_from: int | None = None
    amount_to: int | None = None
    published_since: dt.datetime | None = None
    sort: str = "best"
    page: int = 1
    page_size: int = PAGE_SIZE

    def without(self, name: str, value: str | None = None) -> SearchRequest:
        left = tuple(v for v in self.filters.get(name, ()) if value is not None and v != value)
        filters = {k: v for k, v in self.filters.items() if k != name} | ({name: left} if left else {})
        return replace(self, filters=filters, page=1)


@dataclass(frozen=True)
class Hit:
    """One find: the record ("listing:UID"), which face of it the viewer found, and the score."""

    record: str
    uid: str
    kind: str
    face: str
    score: float


@dataclass(frozen=True)
class Facet:
    value: str
    count: int


@dataclass(frozen=True)
class SearchPage:
    """A page of finds with the exact total and the counts of each facet among what the viewer may see."""

    hits: list[Hit]
    total: int
    facets: dict[str, list[Facet]]
    words: tuple[str, ...]
    relaxed: bool


def _must_see(index: SearchIndex, viewer: Viewer) -> list[tuple[Occur, Query]]:
    clauses: list[tuple[Occur, Query]] = []
    if not viewer.is_system:
        tokens = sorted(viewer.tokens)
        clauses.append((Occur.Must, Query.const_score_query(index.terms("audience", tokens), 0.0)))
        clauses.append((Occur.MustNot, index.terms("hidden_from", tokens)))
    narrowed = list(NarrowedListing.objects.values_list("listing_uid", flat=True)[:1000])
    if narrowed:
        clauses.append((Occur.MustNot, index.terms("uid", narrowed)))
    return clauses


def _range(index: SearchIndex, name: str, low: int | None, high: int | None) -> Query:
    return Query.const_score_query(Query.range_query(index.schema, name, tantivy.FieldType.Integer, low, high), 0.0)


def _filters(index: SearchIndex, request: SearchRequest) -> list[tuple[Occur, Query]]:
    clauses: list[tuple[Occur, Query]] = []
    for name, values in request.filters.items():
        if name not in FILTERS:
            raise Fault(
                "search.filter", f"没有“{name}”这个筛选项。", f"There is no filter “{name}”.", place=name, status=422
            )
        if values:
            clauses.append((Occur.Must, Query.const_score_query(index.terms(name, values), 0.0)))
    if request.amount_from is not None or request.amount_to is not None:
        clauses.append((Occur.Must, _range(index, "amount", max(request.amount_from or 1, 1), request.amount_to)))
    if request.published_since is not None:
        clauses.append((Occur.Must, _range(index, "published", int(request.published_since.timestamp()), None)))
    return clauses


def _word(index: SearchIndex, word: str) -> Query:
    """One word, wherever it stands; the title counts most."""
    fields = [
        Query.boost_query(Query.term_query(index.schema, name, word, "freq"), boost) for name, boost in BOOSTS.items()
    ]
    return Query.disjunction_max_query(fields, 0.2)


def _text_query(index: SearchIndex, terms: Sequence[str], least: int) -> Query:
    return Query.boolean_query([(Occur.Should, _word(index, word)) for word in terms], least)


def _search(
    index: SearchIndex, clauses: list[tuple[Occur, Query]], request: SearchRequest
) -> tuple[tantivy.SearchResult, tantivy.Searcher, Query]:
    searcher = index.searcher()
    query = Query.boolean_query(clauses or [(Occur.Must, Query.all_query())])
    order = SORTS[request.sort] if request.sort != "best" or request.text.strip() else SORTS["newest"]
    offset = (request.page - 1) * request.page_size
    arguments: dict[str, Any] = {"limit": request.page_size, "offset": offset, "count": True}
    if order is not None:
        name, ascending = order
        arguments |= {"order_by_field": name, "order": tantivy.Order.Asc if ascending else tantivy.Order.Desc}
    return searcher.search(query, **arguments), searcher, query


def _facets(searcher: tantivy.Searcher, query: Query) -> dict[str, list[Facet]]:
    wanted = {name: {"terms": {"field": name, "size": 60}} for name in COUNTED}
    found = searcher.aggregate(query, wanted)
    return {
        name: [
            Facet(str(bucket["key"]), int(bucket["doc_count"])) for bucket in found[name]["buckets"] if bucket["key"]
        ]
        for name in COUNTED
    }


def search(request: SearchRequest, viewer: Viewer, *, with_facets: bool = True) -> SearchPage:
    """A page of what fits `request` and is visible to `viewer`.

    All words must be found (any 60 % of more than six); where nothing has them all, half of them are enough and the page says so.
    """
    if request.sort not in SORTS:
        raise Fault("search.sort", "排序方式不对。", "There is no such order.", place="sort", status=422)
    if request.page < 1 or request.page * request.page_size > DEEPEST:
        raise Fault(
            "search.deep",
            "翻得太深了，请加上条件缩小范围。",
            "That is too deep; narrow the search.",
            place="page",
            status=422,
        )
    index = search_index()
    terms = list(dict.fromkeys(words(request.text)))[:MOST_WORDS]
    fixed = _must_see(index, viewer) + _filters(index, request)
    if request.text.strip() and not terms:  # only punctuation or emoji was asked for
        return SearchPage([], 0, {name: [] for name in COUNTED}, (), False)
    relaxed = False
    clauses = fixed
    if terms:
        least = len(terms) if len(terms) <= 6 else max(6, round(0.6 * len(terms)))
        clauses = [*fixed, (Occur.Must, _text_query(index, terms, least))]
    result, searcher, query = _search(index, clauses, request)
    if terms and not result.count and len(terms) > 1:  # type: ignore[attr-defined]
        relaxed = True
        clauses = [*fixed, (Occur.Must, _text_query(index, terms, max(1, len(terms) // 2)))]
        result, searcher, query = _search(index, clauses, request)
    hits = []
    for score, address in result.hits:
        document = searcher.doc(address)
        hits.append(
            Hit(
                document["record"][0],
                document["uid"][0],
                document["kind"][0],
                document["face"][0],
                float(score) if isinstance(score, int | float) else 0.0,
            )
        )
    facets = _facets(searcher, query) if with_facets else {}
    return SearchPage(hits, int(result.count or 0), facets, tuple(terms), relaxed)  # type: ignore[attr-defined]
