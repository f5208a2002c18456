"""Every read of this app: each takes the viewer and returns what the viewer may see."""

from duijie.federate.queries.sources import counts, get_item, get_run, get_source, items, runs, sources

__all__ = ["counts", "get_item", "get_run", "get_source", "items", "runs", "sources"]
