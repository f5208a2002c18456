"""Search over everything: a tantivy index in a folder, derived from the records, rebuilt or healed at any time."""

from duijie.publish.search.index import SearchIndex, search_index
from duijie.publish.search.query import Facet, Hit, SearchPage, SearchRequest, search

__all__ = ["Facet", "Hit", "SearchIndex", "SearchPage", "SearchRequest", "search", "search_index"]
