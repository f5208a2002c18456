"""What this app keeps about a person: the contact that came from, or went to, another node once both sides had agreed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from duijie.core.events import handles
from duijie.core.models import Event
from duijie.core.worker import every
from duijie.federate.models import Across, Letter
from duijie.members.models import User
from duijie.members.queries import keeps_personal_data

KEPT = dt.timedelta(days=180)


def _of(person: User) -> list[Letter]:
    found = Letter.objects.filter(direction=Letter.Direction.OUT, kind__in=["accept", "contact"]).order_by("pk")
    return [x for x in found if person.email and _contact(x).get("email") == person.email]


def _contact(letter: Letter) -> dict[str, Any]:
    return dict(letter.body.get("data", {}).get("contact") or {})


@keeps_personal_data("contacts_sent_to_other_nodes")
def contacts_sent(person: User) -> list[dict[str, Any]]:
    """Contacts of a person that went to another node."""
    return [
        {"at": x.at.isoformat(), "node": x.peer.name if x.peer else "", "contact": _contact(x)} for x in _of(person)
    ]


def strip(letters: list[Letter]) -> int:
    """Take the contact out of these letters; the digest still shows that they are those which were sent."""
    for letter in letters:
        data = dict(letter.body.get("data", {}))
        data["contact"] = {}
        letter.body = {**letter.body, "data": data}
        letter.save(update_fields=["body"])
    return len(letters)


@handles("account.erased")
def erase_contacts(event: Event) -> None:
    """What was sent stands at the other node, with whom both sides agreed; here nothing of it remains."""
    for letter in Letter.objects.filter(kind__in=["accept", "contact"]).exclude(body__data__contact={}):
        living = User.objects.filter(email=_contact(letter).get("email", ""), erased_at__isnull=True).exists()
        if letter.direction == Letter.Direction.OUT and not living:
            strip([letter])


@every(3600)
def forget_old_contacts() -> None:
    """After half a year the letters and the conversations keep no contact any more."""
    before = timezone.now() - KEPT
    old = Letter.objects.filter(kind__in=["accept", "contact"], at__lt=before).exclude(body__data__contact={})
    strip(list(old[:500]))
    Across.objects.filter(at__lt=before).exclude(contact={}).update(contact={})
