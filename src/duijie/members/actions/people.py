"""People: inviting, changing oneself, closing an account, erasing personal data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, NotFound
from duijie.core.models import Notification
from duijie.members.actions.roles import demand_another_platform_admin, give, member_of_scope
from duijie.members.models import ApiKey, Mails, Organisation, RoleGrant, User
from duijie.members.places import place_of_person, place_of_scope
from duijie.members.rules import demand, demand_grant
from duijie.members.schemas import PersonRecord, ProfileRecord
from duijie.members.viewers import viewer_of


def create_person(*, actor: Viewer, record: PersonRecord, password: str = "", encoded: bool = False) -> User:
    """Make an account without any role: the platform's administrators, and the command line.

    encoded: `password` is what `make_password` gave (accounts moved from elsewhere), so that it is not encoded again.
    """
    with acting(actor, "person.create") as act:
        demand_grant(actor, "platform", "platform", place_of_scope("platform", 0))
        person = _new_person(actor, record, "" if encoded else password)
        if encoded:
            person.password = password
            person.save(update_fields=["password"])
        act.done(person, event="person.created", ids=[person.pk])
    return person


def invite_person(
    *,
    actor: Viewer,
    record: PersonRecord,
    role: str,
    scope: str,
    scope_id: int = 0,
    ends_on: date | None = None,
    dry_run: bool = False,
) -> User:
    """Give a role to the person with this mail address; who has no account yet gets one and a mail with a link to open it.

    Nothing about an existing account is changed or shown but the role, and it must have confirmed its address, so that
    nobody signs up with the address of somebody who is about to be invited. Raises NotAllowed, Conflict
    "person.unconfirmed", "person.username_taken".
    """
    with acting(actor, "person.invite", dry_run=dry_run) as act:
        demand_grant(actor, role, scope, place_of_scope(scope, scope_id))
        person = _holder_of(record.email)
        invited = person is None
        if person is None:
            person = _new_person(actor, record, "")
            if scope == "organisation":
                person.organisation_id = scope_id
                person.save(update_fields=["organisation"])
        give(actor=actor, person_id=person.pk, role=role, scope=scope, scope_id=scope_id, ends_on=ends_on)
        act.done(
            person,
            member_id=member_of_scope(scope, scope_id),
            event="person.invited",
            ids=[person.pk],
            new=invited,
            role=role,
            scope=scope,
            scope_id=scope_id,
        )
    return person


def change_profile(*, actor: Viewer, person: User, record: ProfileRecord) -> User:
    """What people change about themselves: name, mail address, title, telephone, language, pace of mails."""
    with acting(actor, "account.change") as act:
        demand(actor, "account.change", place_of_person(person))
        current = User.objects.select_for_update().get(pk=person.pk)
        values = {
            "name": record.name,
            "email": record.email,
            "title": record.title or "",
            "phone": record.phone or "",
            "language": record.language or current.language,
            "mails": record.mails or current.mails,
            "quiet_from": current.quiet_from if record.quiet_from is None else record.quiet_from,
            "quiet_until": current.quiet_until if record.quiet_until is None else record.quiet_until,
        }
        changed = sorted(name for name, value in values.items() if getattr(current, name) != value)
        if not changed:
            act.nothing_changed()
            return current
        if "email" in changed and User.objects.filter(email__iexact=record.email).exclude(pk=current.pk).exists():
            raise _email_taken()
        for name in changed:
            setattr(current, name, values[name])
        current.save(update_fields=changed)
        if "email" in changed:
            _set_address(current, confirmed=False)
        # The names of the fields only: what they hold is personal.
        act.done(current, event="account.changed", ids=[current.pk], detail={"fields": changed}, fields=changed)
    return current


def stop_mails(person: User) -> None:
    """The one click at the foot of a mail: no more mail, without signing in. What stands behind the bell stays there."""
    with acting(viewer_of(person), "account.stop_mails") as act:
        if not User.objects.filter(pk=person.pk).exclude(mails=Mails.NEVER).update(mails=Mails.NEVER):
            act.nothing_changed()
            return
        act.done(person, event="account.changed", ids=[person.pk], detail={"fields": ["mails"]}, fields=["mails"])


def close_account(*, actor: Viewer, person: User) -> None:
    """Close an account: it can no longer sign in, its roles end, the keys that it made stay with their member."""
    with acting(actor, "account.close") as act:
        demand(actor, "account.close", place_of_person(person))
        current = _close(person)
        if current is None:
            act.nothing_changed()
            return
        act.done(current, event="account.closed", ids=[current.pk])


def erase_person(*, actor: Viewer, person: User) -> None:
    """Close the account and take away everything personal; what it did stays on record under its reference alone.

    Erasing twice changes nothing. Raises Conflict "role.last_platform".
    """
    with acting(actor, "account.erase") as act:
        demand(actor, "account.erase", place_of_person(person))
        _close(person)
        current = User.objects.select_for_update().get(pk=person.pk)
        if current.erased_at is not None:
            act.nothing_changed()
            return
        _blank(current)
        act.done(current, event="account.erased", ids=[current.pk])


# --- inside --------------------------------------------------------------------------------------------------------------


def _holder_of(email: str) -> User | None:
    """The account to which this mail address is confirmed to belong; None where nobody has it."""
    from allauth.account.models import EmailAddress

    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
    person = User.objects.filter(pk__in=confirmed.values("user_id"), email__iexact=email).first()
    if person is None and User.objects.filter(email__iexact=email).exists():
        raise Conflict(
            "person.unconfirmed",
            "用这个邮箱的账号还没有确认邮箱，请对方先点开确认邮件，再授予角色。",
            "The account with this address has not confirmed it yet; they must follow the link in the mail first.",
            place="email",
        )
    return person


def _set_address(person: User, *, confirmed: bool) -> None:
    """Make the person's mail address the one that the sign-in knows."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=confirmed)


def _new_person(actor: Viewer, record: PersonRecord, password: str) -> User:
    if User.objects.filter(email__iexact=record.email).exists():
        raise _email_taken()
    username = record.username or record.email
    person = User(
        username=username,
        name=record.name,
        email=record.email,
        title=record.title or "",
        phone=record.phone or "",
        language=record.language or "zh-hans",
        invited_by_id=actor.user_id,
    )
    # An empty password is an unusable one, until the link in the invitation is followed.
    AbstractBaseUser.set_password(person, password or None)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Conflict(
            "person.username_taken",
            f"用户名“{username}”已被使用，请换一个。",
            f"The username “{username}” is taken; choose another.",
            place="username",
        ) from None
    # Only the link that is mailed to this address opens the account, which confirms it; or an administrator vouches for it.
    _set_address(person, confirmed=True)
    return person


def _close(person: User) -> User | None:
    """Close `person`; None where it was closed before."""
    current = User.objects.select_for_update().filter(pk=person.pk).first()
    if current is None:
        raise NotFound
    if current.closed_at is not None:
        return None
    if RoleGrant.objects.filter(user=current, role="platform").exists():
        demand_another_platform_admin(but_person=current.pk)
    RoleGrant.objects.filter(user=current).delete()
    current.is_active, current.closed_at = False, timezone.now()
    current.set_unusable_password()
    current.save(update_fields=["is_active", "closed_at", "password"])
    _sign_out(current)
    return current


def _blank(person: User) -> None:
    """Take everything personal out of the rows that this app and the sign-in keep about `person`."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=person).delete()
    Notification.objects.filter(user_id=person.pk).delete()
    ApiKey.objects.filter(created_by=person).update(created_by=None)
    Organisation.objects.filter(registered_by=person).update(registered_by=None)
    User.objects.filter(invited_by=person).update(invited_by=None)
    values: dict[str, Any] = {
        "username": f"erased-{person.uid.lower()}",
        "name": "",
        "first_name": "",
        "last_name": "",
        "email": "",
        "title": "",
        "phone": "",
        "organisation": None,
        "invited_by": None,
        "last_login": None,
        "erased_at": timezone.now(),
    }
    User.objects.filter(pk=person.pk).update(**values)


def _sign_out(person: User) -> None:
    """End the sessions of a closed account at once, in the database's session table."""
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator(chunk_size=500):
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()


def _email_taken() -> Conflict:
    return Conflict(
        "person.email_taken",
        "这个邮箱已经属于另一个账号。",
        "This e-mail address belongs to another account.",
        place="email",
    )
