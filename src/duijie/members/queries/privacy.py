"""Everything kept about a person, as they may ask for it (Personal Information Protection Law, article 45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from duijie.core.access import Viewer
from duijie.core.models import AuditLine, Job, Notification
from duijie.members.models import ApiKey, RoleGrant, User
from duijie.members.places import place_of_person
from duijie.members.rules import demand

Source = Callable[[User], Any]
_sources: dict[str, Source] = {}


def keeps_personal_data(name: str) -> Callable[[Source], Source]:
    """Register what another app keeps about a person, for the export: a function of the person that returns JSON."""

    def register(source: Source) -> Source:
        _sources[name] = source
        return source

    return register


def export_person(viewer: Viewer, person: User) -> dict[str, Any]:
    """Everything kept about a person as plain JSON values. Only the person may ask. Raises NotAllowed."""
    demand(viewer, "account.change", place_of_person(person))
    return {
        "account": _row(
            person,
            "uid", "username", "name", "title", "email", "phone", "language", "mails", "date_joined", "last_login", "closed_at",
        )
        | {"organisation": person.organisation.name if person.organisation else None},
        "roles": [_row(g, "role", "scope", "scope_id", "granted_at", "ends_on") for g in _own(RoleGrant, user=person)],
        "api_keys_made": [_row(k, "uid", "name", "created_at") for k in _own(ApiKey, created_by=person)],
        "notices": [_row(n, "kind", "zh", "en", "created_at", "read_at") for n in _own(Notification, user_id=person.pk)],
        "jobs": [_row(j, "uid", "kind", "status", "created_at") for j in _own(Job, owner_user_id=person.pk)],
        "deeds": [
            _row(line, "at", "verb", "object_kind", "object_ref")
            for line in _own(AuditLine, actor=f"user:{person.pk}")
        ],
        "readings_of_my_data": [
            _row(line, "at", "actor", "detail")
            for line in _own(AuditLine, verb="personal.read", object_kind="user", object_ref=person.uid)
        ],
    } | {name: source(person) for name, source in sorted(_sources.items())}  # fmt: skip


def _own(model: Any, **filters: Any) -> Any:
    return model.objects.filter(**filters).order_by("pk")


def _row(record: Any, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
