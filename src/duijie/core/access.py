"""Who looks: the Viewer, and tables that refuse to be read without saying for whom.

`members` fills a Viewer from a user or an API key; every read takes one. A table whose rows are not for everybody uses
`ScopedManager`: a query on it must pass through `visible_to(viewer)` (or, inside the machine room, `unscoped(reason)`) before it
is evaluated, and fails otherwise. So a forgotten scope is a loud error in the first test, never a leak.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from django.db import models

PUBLIC = "public"

PLATFORM, ALLIANCE, MEMBER, ORGANISATION = "platform", "alliance", "member", "organisation"

# Those who look after an alliance, in whose eyes what its members let their allies see stands open.
ALLIANCE_OFFICES = frozenset({"secretariat", "leader", "auditor", "approver"})
# What every officer of an alliance, or of a member, has in common: no person holds it and no rule asks for it; it is the eyes for
# which something is written that all of them read.
ANY_OFFICER = "any_officer"


def officers_token(alliance_id: int) -> str:
    """The token of those who look after an alliance and of the officers of its members; people of firms do not hold it."""
    return f"officers:{alliance_id}"


@dataclass(frozen=True)
class Grant:
    """A role in a scope: ("liaison", "member", 7). The platform's scope has id 0."""

    role: str
    scope: str
    scope_id: int = 0


@dataclass(frozen=True)
class Viewer:
    """Who reads or acts, as far as access is concerned.

    tokens: what this viewer's eyes open ("public", "alliance:3", "member:7", "org:12", "user:5"); a row is visible when its
    audience meets them. member_ids / organisation_ids: those the viewer belongs to. via: the door ("page", "api", "cli",
    "sheet", "system"). key_scopes: what an API key may do (None: everything its person may).
    """

    user_id: int | None = None
    grants: frozenset[Grant] = frozenset()
    tokens: frozenset[str] = frozenset({PUBLIC})
    member_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()
    alliance_ids: frozenset[int] = frozenset()
    name: str = ""
    via: str = "page"
    key_scopes: frozenset[str] | None = None
    key_id: int | None = None
    is_system: bool = False
    extra: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def is_guest(self) -> bool:
        return self.user_id is None and self.key_id is None and not self.is_system

    def has_role(self, role: str | Iterable[str], scope: str | None = None, scope_id: int | None = None) -> bool:
        """Whether one of `role` is held, in that scope where one is named. Platform administrators do not inherit others' roles."""
        wanted = {role} if isinstance(role, str) else set(role)
        return any(
            g.role in wanted and (scope is None or g.scope == scope) and (scope_id is None or g.scope_id == scope_id)
            for g in self.grants
        )

    @property
    def is_platform(self) -> bool:
        return self.is_system or self.has_role("platform", PLATFORM)

    def reference(self) -> str:
        """How the audit trail names this actor: a reference, never a name."""
        if self.is_system:
            return "system"
        if self.key_id is not None:
            return f"key:{self.key_id}"
        return f"user:{self.user_id}" if self.user_id is not None else "guest"


GUEST = Viewer()
SYSTEM = Viewer(is_system=True, via="system", name="system")


class ScopeMissing(RuntimeError):
    """A table with a scope was read without one: a mistake of ours, never of the user."""


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that can only be evaluated once a viewer's scope (or a stated reason for none) is on it."""

    _scoped: bool = False

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._scoped = self._scoped
        return clone

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows that `viewer` may see. Subclasses say which."""
        raise NotImplementedError(f"{self.model.__name__} says for itself who sees its rows")

    def unscoped(self, reason: str) -> Self:
        """All rows, for the machine room (indexing, jobs, an action that has checked already). `reason` is for the reader."""
        if not reason:
            raise ScopeMissing("say why the scope is left out")
        clone = self._clone()
        clone._scoped = True
        return clone

    def scoped(self) -> Self:
        """Mark this queryset as carrying its scope (for `visible_to` of subclasses)."""
        clone = self._clone()
        clone._scoped = True
        return clone

    def _demand_scope(self) -> None:
        if not self._scoped:
            raise ScopeMissing(f"{self.model.__name__} was queried without visible_to(viewer) or unscoped(reason)")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._demand_scope()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._demand_scope()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._demand_scope()
        return super().count()

    def exists(self) -> bool:
        self._demand_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._demand_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._demand_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._demand_scope()
        return super().delete()


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Manager for tables with a scope; use `ScopedManager.from_queryset(YourQuerySet)()`."""
