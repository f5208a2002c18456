"""What came over from another node about an introduction."""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.access import Viewer
from duijie.federate.models import Across
from duijie.match.models import Introduction
from duijie.match.queries import Contact, contacts_of


@dataclass(frozen=True)
class OtherSide:
    """The side of an introduction that sits at another node: which one, and its contact once it has come."""

    node: str
    contact: Contact | None


def other_side(introduction: Introduction, viewer: Viewer) -> OtherSide | None:
    """For the parties only; the reading of a contact goes on record. None where both sides are here. Raises NotFound."""
    across = Across.objects.select_related("peer").filter(interest_id=introduction.interest_id).first()
    if across is None:
        return None
    contacts_of(introduction, viewer)  # who is no party is refused here, and who is one is put on record
    said = across.contact
    if not said:
        return OtherSide(across.peer.name, None)
    contact = Contact(said["name"], said["title"], said["organisation"], said["phone"], said["email"])
    return OtherSide(across.peer.name, contact)
