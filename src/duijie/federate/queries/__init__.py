"""Every read of this app: each takes the viewer and returns what the viewer may see."""

from duijie.federate.queries.across import OtherSide, other_side
from duijie.federate.queries.peers import get_peer, letters, peers
from duijie.federate.queries.sources import counts, get_item, get_run, get_source, items, runs, sources

__all__ = [
    "OtherSide",
    "counts",
    "get_item",
    "get_peer",
    "get_run",
    "get_source",
    "items",
    "letters",
    "other_side",
    "peers",
    "runs",
    "sources",
]
