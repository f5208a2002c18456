"""Who asks a machine's address: a guest, or the member whose key stands in Authorization. Cookies count for nothing here."""

from __future__ import annotations

from django.http import HttpRequest

from duijie.core.access import GUEST, Viewer
from duijie.core.errors import Fault, NotFound
from duijie.members.actions import authenticate_key
from duijie.members.models import Member
from duijie.members.viewers import viewer_of_key
from duijie.publish.rules import demand_key


def viewer_of_machine(request: HttpRequest, scope: str = "feeds:read") -> Viewer:
    """Raises Fault 401 for a key that is not good, NotAllowed for one without the scope."""
    header = request.headers.get("Authorization", "")
    if not header:
        return GUEST
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Fault(
            "key.form", "Authorization 应为“Bearer 密钥”。", "Authorization must be “Bearer KEY”.", place="Authorization", status=401
        )  # fmt: skip
    viewer = viewer_of_key(authenticate_key(secret.strip()))
    demand_key(viewer, scope)
    return viewer


def member_named(slug: str | None) -> Member | None:
    """The member of an address; None where the address is the whole's. Raises NotFound."""
    if slug is None:
        return None
    member = Member.objects.filter(slug=slug).first()
    if member is None:
        raise NotFound
    return member
