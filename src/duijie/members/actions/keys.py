"""API keys: made and shown once, rotated with an overlap, revoked, and recognised in requests.

A secret is "dj_PREFIX_REST". REST carries 256 bits from the system's generator, so a plain SHA-256 of the whole is enough: there
is nothing to guess (a slow hash protects secrets that people choose).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import midnight_in_china
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.members.models import ApiKey, Member, Organisation
from duijie.members.places import place_of_member, place_of_organisation
from duijie.members.queries.standing import shut_out
from duijie.members.rules import Place, demand
from duijie.members.schemas import ApiKeyRecord

OVERLAP = timedelta(days=7)  # how long the old key keeps working after a rotation, unless said otherwise
LONGEST_OVERLAP = timedelta(days=90)
NOTE_USE_EVERY = timedelta(minutes=1)
_PREFIX_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_NOBODYS_DIGEST = "0" * 64


def create_api_key(
    *, actor: Viewer, record: ApiKeyRecord, member: Member | None = None, organisation: Organisation | None = None
) -> tuple[ApiKey, str]:
    """Make a key for a member or an organisation. Returns it with its secret, which is shown now and never again.

    Raises NotAllowed, Fault "key.owner" unless exactly one owner is named, Fault "key.past".
    """
    if (member is None) == (organisation is None):
        raise Fault(
            "key.owner", "密钥属于一个成员或一个单位。", "A key belongs to a member or to an organisation.",
            place="member", status=422,
        )  # fmt: skip
    expires_at = midnight_in_china(record.expires_on + timedelta(days=1)) if record.expires_on else None
    if expires_at is not None and expires_at <= timezone.now():
        raise Fault("key.past", "到期日已经过去。", "The last day is already past.", place="expires_on", status=422)
    with acting(actor, "key.create") as act:
        demand(actor, "key.create", _place(member, organisation))
        key, secret = _new_key(actor, record.name, list(record.scopes), member, organisation, expires_at)
        act.done(key, member_id=_member_id(key), event="key.created", ids=[key.pk], detail={"scopes": key.scopes})
    return key, secret


def rotate_api_key(*, actor: Viewer, key: ApiKey, overlap: timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """Replace a key: the new one works at once, the old one for `overlap` more (or until its own end, if sooner).

    Raises Conflict "key.not_live", "key.rotated"; Fault "key.overlap".
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Fault(
            "key.overlap",
            f"新旧密钥并用时间应在 0 至 {LONGEST_OVERLAP.days} 天之间。",
            f"The overlap lies between 0 and {LONGEST_OVERLAP.days} days.",
            place="overlap",
            status=422,
        )
    with acting(actor, "key.rotate") as act:
        current = _locked(actor, key)
        if not current.is_live:
            raise Conflict("key.not_live", "这个密钥已失效，请新建一个。", "This key no longer works; make a new one.")
        if ApiKey.objects.filter(replaces=current).exists():
            raise Conflict("key.rotated", "这个密钥已经换发过。", "This key has been rotated already.")
        fresh, secret = _new_key(
            actor, current.name, current.scopes, current.member, current.organisation, current.expires_at
        )
        fresh.replaces = current
        fresh.save(update_fields=["replaces"])
        ends = timezone.now() + overlap
        current.expires_at = min(current.expires_at, ends) if current.expires_at else ends
        current.save(update_fields=["expires_at"])
        act.done(
            fresh,
            member_id=_member_id(fresh),
            event="key.rotated",
            ids=[fresh.pk],
            detail={"replaces": current.uid, "old_until": current.expires_at.isoformat(timespec="seconds")},
        )
    return fresh, secret


def revoke_api_key(*, actor: Viewer, key: ApiKey) -> None:
    """Revoke a key at once. Revoking it again changes nothing."""
    with acting(actor, "key.revoke") as act:
        current = _locked(actor, key)
        if current.revoked_at is not None:
            act.nothing_changed()
            return
        current.revoked_at = timezone.now()
        current.save(update_fields=["revoked_at"])
        act.done(current, member_id=_member_id(current), event="key.revoked", ids=[current.pk])


def authenticate_key(secret: str) -> ApiKey:
    """The live key with this secret, in constant time. Notes the use at most once a minute.

    Raises Fault (401) "key.unknown", "key.revoked", "key.expired" or "key.suspended"; only the secret's owner learns the latter.
    """
    key = ApiKey.objects.select_related("member", "organisation").filter(prefix=_prefix_in(secret)).first()
    expected = key.digest if key is not None else _NOBODYS_DIGEST
    if not hmac.compare_digest(digest(secret), expected) or key is None:
        raise Fault(
            "key.unknown",
            "接口密钥不对，请核对后重试，或请管理员新建一个。",
            "This API key is not known; check it, or ask your administrator for a new one.",
            status=401,
        )
    if key.revoked_at is not None:
        raise Fault(
            "key.revoked",
            f"接口密钥“{key.name}”已被撤销，请向管理员索取新密钥。",
            f"The API key “{key.name}” was revoked; ask your administrator for a new one.",
            status=401,
        )
    now = timezone.now()
    if key.expires_at is not None and key.expires_at <= now:
        ended = timezone.localtime(key.expires_at).strftime("%Y-%m-%d %H:%M")
        raise Fault(
            "key.expired",
            f"接口密钥“{key.name}”已于 {ended} 过期，请换发新密钥。",
            f"The API key “{key.name}” expired at {ended} (Beijing time); rotate it.",
            status=401,
        )
    home = _member_id(key)
    if home is not None and home in shut_out([home]):
        raise Fault(
            "key.suspended",
            f"接口密钥“{key.name}”所属成员的资格已暂停，恢复后可继续使用。",
            f"The membership behind the API key “{key.name}” is suspended; it works again once that is lifted.",
            status=401,
        )
    _note_use(key, now)
    return key


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


# --- inside --------------------------------------------------------------------------------------------------------------


def _prefix_in(secret: str) -> str:
    parts = secret.split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == "dj" else ""
    # PostgreSQL refuses NUL in a text; only what a prefix is made of can be one.
    return prefix if 0 < len(prefix) <= 12 and set(prefix) <= set(_PREFIX_ALPHABET) else ""


def _note_use(key: ApiKey, now: datetime) -> None:
    """When a key was last used, to the minute: a note about the key and no deed, so it leaves no audit line."""
    if key.last_used_at is not None and key.last_used_at > now - NOTE_USE_EVERY:
        return
    older = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - NOTE_USE_EVERY)
    ApiKey.objects.filter(older, pk=key.pk).update(last_used_at=now)
    key.last_used_at = now


def _new_key(
    actor: Viewer,
    name: str,
    scopes: list[str],
    member: Member | None,
    organisation: Organisation | None,
    expires_at: datetime | None,
) -> tuple[ApiKey, str]:
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(12))
    secret = f"dj_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            name=name,
            prefix=prefix,
            digest=digest(secret),
            scopes=scopes,
            member=member,
            organisation=organisation,
            created_by_id=actor.user_id,
            expires_at=expires_at,
        )
    return key, secret


def _locked(actor: Viewer, key: ApiKey) -> ApiKey:
    current = ApiKey.objects.select_for_update(of=("self",)).filter(pk=key.pk).first()
    if current is None:
        raise NotFound
    demand(actor, "key.create", _place(current.member, current.organisation))
    return current


def _place(member: Member | None, organisation: Organisation | None) -> Place:
    if organisation is not None:
        return place_of_organisation(organisation)
    return place_of_member(member) if member is not None else Place()


def _member_id(key: ApiKey) -> int | None:
    return key.member_id or (key.organisation.home_member_id if key.organisation else None)
