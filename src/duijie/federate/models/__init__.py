"""What comes in and goes out: sources and their runs, a member's interface, the catalogue, other nodes."""

from duijie.federate.models.interface import CatalogueEntry, Interface
from duijie.federate.models.nodes import Across, Letter, Mirror, NodeKey, Nonce, Peer
from duijie.federate.models.sources import Item, Run, Source

__all__ = [
    "Across",
    "CatalogueEntry",
    "Interface",
    "Item",
    "Letter",
    "Mirror",
    "NodeKey",
    "Nonce",
    "Peer",
    "Run",
    "Source",
]
