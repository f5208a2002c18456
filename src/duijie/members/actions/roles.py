"""Giving and taking roles."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.members.models import Organisation, RoleGrant, User
from duijie.members.places import place_of_scope
from duijie.members.rules import ROLE_SCOPES, demand_grant


def grant_role(
    *, actor: Viewer, person: User, role: str, scope: str, scope_id: int = 0, ends_on: date | None = None
) -> RoleGrant:
    """Give `person` a role in a scope, until the end of `ends_on` where one is named. Giving it again moves that day.

    Nobody gives a role above or outside an own one. Raises NotAllowed, Fault "role.wrong_scope", "role.past", "account.closed".
    """
    if scope not in ROLE_SCOPES.get(role, frozenset()):
        raise Fault(
            "role.wrong_scope",
            "这个角色不能授予在这个范围。",
            "This role cannot be held in this scope.",
            place="role",
            status=422,
        )
    if ends_on is not None and ends_on < timezone.localdate():
        raise Fault("role.past", "到期日已经过去。", "The last day is already past.", place="ends_on", status=422)
    demand_grant(actor, role, scope, place_of_scope(scope, scope_id))
    if person.closed_at is not None:
        raise Conflict("account.closed", "这个账号已停用。", "This account is closed.", place="person")
    return give(actor=actor, person_id=person.pk, role=role, scope=scope, scope_id=scope_id, ends_on=ends_on)


def give(
    *, actor: Viewer, person_id: int, role: str, scope: str, scope_id: int, ends_on: date | None = None
) -> RoleGrant:
    """Write a grant that an action of this app has already found allowed."""
    with acting(actor, "role.grant") as act:
        current, created = RoleGrant.objects.select_for_update().get_or_create(
            user_id=person_id, role=role, scope=scope, scope_id=scope_id, defaults={"ends_on": ends_on}
        )
        if not created and current.ends_on == ends_on:
            act.nothing_changed()
            return current
        if ends_on is not None and role == "platform":
            demand_another_platform_admin(current.pk)
        current.ends_on = ends_on
        current.save(update_fields=["ends_on"])
        if scope == "organisation":  # a person is counted to the first organisation they speak for
            User.objects.filter(pk=person_id, organisation__isnull=True).update(organisation_id=scope_id)
        act.done(
            ("user", current.user.uid),
            member_id=member_of_scope(scope, scope_id),
            event="role.granted",
            detail={
                "role": role,
                "scope": scope,
                "scope_id": scope_id,
                "ends_on": ends_on.isoformat() if ends_on else None,
            },
            ids=[person_id],
        )
    return current


def revoke_role(*, actor: Viewer, grant: RoleGrant) -> None:
    """Take a role away. The last platform administrator keeps it. Whoever holds a role may lay it down."""
    with acting(actor, "role.revoke") as act:
        current = RoleGrant.objects.select_for_update().select_related("user").filter(pk=grant.pk).first()
        if current is None:
            act.nothing_changed()
            return
        if actor.user_id is None or current.user_id != actor.user_id:
            demand_grant(actor, current.role, current.scope, place_of_scope(current.scope, current.scope_id))
        if current.role == "platform":
            demand_another_platform_admin(current.pk)
        detail = {"role": current.role, "scope": current.scope, "scope_id": current.scope_id}
        current.delete()
        act.done(
            ("user", current.user.uid),
            member_id=member_of_scope(current.scope, current.scope_id),
            event="role.revoked",
            detail=detail,
            ids=[current.user_id],
        )


def demand_another_platform_admin(*but_grants: int, but_person: int | None = None) -> None:
    """Raise Conflict unless somebody stays platform administrator for good."""
    staying = RoleGrant.objects.select_for_update().filter(
        Q(ends_on__isnull=True), role="platform", user__is_active=True
    )
    # The rows are locked, not counted: two administrators who remove each other at once must wait for one another.
    if not [g for g in staying if g.pk not in but_grants and g.user_id != but_person]:
        raise Conflict(
            "role.last_platform",
            "这是最后一位平台管理员，请先指定另一位。",
            "This is the last platform administrator; name another one first.",
        )


def member_of_scope(scope: str, scope_id: int) -> int | None:
    """The member under which the audit trail files what happens in a scope."""
    if scope == "member":
        return scope_id
    if scope == "organisation":
        return Organisation.objects.values_list("home_member_id", flat=True).filter(pk=scope_id).first()
    return None
