"""API keys: shown once, kept as a hash, rotated with an overlap; nothing but the secret itself opens anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.models import AuditLine
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import ApiKey, Member
from duijie.members.schemas import ApiKeyRecord
from duijie.members.viewers import viewer_of_key
from tests.factories import make_member, make_organisation, viewer

pytestmark = pytest.mark.django_db


def make_key(member: Member, **values: object) -> tuple[ApiKey, str]:
    record = parse(ApiKeyRecord, {"name": "政务系统", "scopes": ["listings:read"]} | values)
    return actions.create_api_key(actor=viewer("member_admin", member), record=record, member=member)


def refusal_of(secret: str) -> str:
    with pytest.raises(Fault) as refusal:
        actions.authenticate_key(secret)
    assert refusal.value.status == 401
    return refusal.value.code


def test_a_secret_opens_its_key_and_is_kept_nowhere() -> None:
    key, secret = make_key(make_member(), scopes="读取供需、写入单位")
    assert actions.authenticate_key(secret) == key
    row = str(ApiKey.objects.filter(pk=key.pk).values().get()) + str(list(AuditLine.objects.values()))
    assert secret.split("_", 2)[2] not in row
    assert viewer_of_key(key).key_scopes == {"listings:read", "organisations:write"}
    assert len({make_key(make_member())[1] for _ in range(5)}) == 5


@given(position=st.integers(min_value=0, max_value=200), character=st.characters())
@settings(max_examples=60, deadline=None)
def test_a_secret_with_any_character_changed_is_unknown(position: int, character: str) -> None:
    from django.db import transaction

    with transaction.atomic():
        _, secret = make_key(make_member())
        place = position % len(secret)
        altered = secret[:place] + character + secret[place + 1 :]
        if altered != secret:
            assert refusal_of(altered) == "key.unknown"
        transaction.set_rollback(True)


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_text_opens_anything(text: str) -> None:
    assert refusal_of(text) == "key.unknown"
    assert refusal_of(f"dj_{text}") == "key.unknown"


def test_revoked_and_expired_keys_are_told_apart_but_only_to_who_holds_the_secret() -> None:
    park = make_member()
    key, secret = make_key(park)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal_of(secret) == "key.expired"
    actions.revoke_api_key(actor=viewer("liaison", park), key=key)
    assert refusal_of(secret) == "key.revoked"
    assert refusal_of(secret[:-1]) == "key.unknown"


def test_a_rotated_key_keeps_working_for_the_stated_overlap() -> None:
    park = make_member()
    old, old_secret = make_key(park)
    admin = viewer("member_admin", park)
    fresh, fresh_secret = actions.rotate_api_key(actor=admin, key=old, overlap=timedelta(days=2))
    assert (actions.authenticate_key(old_secret), actions.authenticate_key(fresh_secret)) == (old, fresh)
    old.refresh_from_db()
    assert old.expires_at is not None
    assert timedelta(days=1, hours=23) < old.expires_at - timezone.now() <= timedelta(days=2)
    assert (fresh.replaces, fresh.scopes, fresh.expires_at) == (old, old.scopes, None)
    with pytest.raises(Conflict) as refusal:
        actions.rotate_api_key(actor=admin, key=old)
    assert refusal.value.code == "key.rotated"


def test_a_rotation_never_lengthens_a_life() -> None:
    park = make_member()
    soon = timezone.localdate() + timedelta(days=1)
    old, _ = make_key(park, expires_on=soon)
    ends = old.expires_at
    fresh, _ = actions.rotate_api_key(actor=viewer("liaison", park), key=old, overlap=timedelta(days=30))
    old.refresh_from_db()
    assert (old.expires_at, fresh.expires_at) == (ends, ends)
    with pytest.raises(Fault) as refusal:
        actions.rotate_api_key(actor=viewer("liaison", park), key=fresh, overlap=timedelta(days=91))
    assert refusal.value.code == "key.overlap"


def test_the_last_use_is_noted_once_a_minute() -> None:
    key, secret = make_key(make_member())
    actions.authenticate_key(secret)
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    actions.authenticate_key(secret)
    assert ApiKey.objects.get(pk=key.pk).last_used_at == first
    earlier = timezone.now() - timedelta(seconds=61)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=earlier)
    actions.authenticate_key(secret)
    assert ApiKey.objects.get(pk=key.pk).last_used_at > earlier  # type: ignore[operator]


def test_keys_are_their_owners_matter() -> None:
    park, other = make_member(), make_member()
    key, _ = make_key(park)
    record = parse(ApiKeyRecord, {"name": "x", "scopes": ["feeds:read"]})
    for actor in (viewer("editor", park), viewer("member_admin", other), viewer_of_key(key), viewer()):
        with pytest.raises(NotAllowed):
            actions.create_api_key(actor=actor, record=record, member=park)
        with pytest.raises(NotAllowed):
            actions.revoke_api_key(actor=actor, key=key)
        with pytest.raises(NotAllowed):
            actions.rotate_api_key(actor=actor, key=key)
    firm = make_organisation(member=park)
    of_firm, _ = actions.create_api_key(actor=viewer("organisation", firm), record=record, organisation=firm)
    assert viewer_of_key(of_firm).organisation_ids == {firm.id}
    with pytest.raises(Fault) as refusal:
        actions.create_api_key(actor=viewer("organisation", firm), record=record, organisation=firm, member=park)
    assert refusal.value.code == "key.owner"
