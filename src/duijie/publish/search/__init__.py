"""Search over everything: a tantivy index in a folder, derived from the records, rebuilt or healed at any time."""

from duijie.publish.search.index import SearchIndex, forget_search_index, is_damage, search_index
from duijie.publish.search.query import Facet, Hit, SearchPage, SearchRequest, search

__all__ = [
    "Facet",
    "Hit",
    "SearchIndex",
    "SearchPage",
    "SearchRequest",
    "forget_search_index",
    "is_damage",
    "search",
    "search_index",
]
