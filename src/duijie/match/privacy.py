"""What matching keeps about a person: for the export that people may ask for, and taken away when they are erased."""

from __future__ import annotations

from typing import Any

from duijie.core.events import handles
from duijie.core.models import Event
from duijie.match.models import Channel, Interest, Message
from duijie.members.models import User
from duijie.members.queries import keeps_personal_data


@keeps_personal_data("interests")
def interests(person: User) -> list[dict[str, Any]]:
    """The interest that a person expressed."""
    found = Interest.objects.filter(from_user=person).order_by("pk")
    return [
        {"uid": i.uid, "message": i.message, "status": i.status, "created_at": i.created_at.isoformat()} for i in found
    ]


@keeps_personal_data("messages")
def messages(person: User) -> list[dict[str, Any]]:
    """What a person wrote in introductions."""
    found = Message.objects.filter(author=person).order_by("pk")
    return [{"text": m.text, "at": m.at.isoformat()} for m in found]


@keeps_personal_data("channels")
def channels(person: User) -> list[dict[str, Any]]:
    """Where else a person is told; without the secret."""
    found = Channel.objects.filter(user=person).order_by("pk")
    return [{"kind": c.kind, "name": c.name, "url": c.url} for c in found]


@handles("account.erased")
def erase_channels_and_authors(event: Event) -> None:
    """Nothing more is sent to an erased person. What was written to the other side stays theirs, without its author."""
    people = event.payload["ids"]
    Channel.objects.filter(user__in=people).delete()
    Message.objects.filter(author__in=people).update(author=None)
    Interest.objects.filter(from_user__in=people).update(from_user=None)
