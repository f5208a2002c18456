"""People and roles: given within one's scope, taken back, closed, erased; what is personal goes and the trace stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.models import AuditLine, Event
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import RoleGrant, User
from duijie.members.schemas import PersonRecord, ProfileRecord
from duijie.members.viewers import viewer_of
from tests.factories import grant, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


def person(**values: Any) -> PersonRecord:
    return parse(PersonRecord, {"name": "沈禾", "email": "Shen.He@example.cn"} | values)


def test_an_invited_person_can_open_an_account_and_holds_the_role() -> None:
    park = make_member()
    made = actions.invite_person(
        actor=viewer("member_admin", park), record=person(), role="liaison", scope="member", scope_id=park.id
    )
    assert (made.username, made.email, made.has_usable_password()) == (
        "shen.he@example.cn",
        "shen.he@example.cn",
        False,
    )
    assert viewer_of(made).has_role("liaison", "member", park.id)
    event = Event.objects.get(name="person.invited")
    assert event.payload == {"ids": [made.id], "new": True, "role": "liaison", "scope": "member", "scope_id": park.id}


def test_inviting_somebody_known_adds_the_role_and_touches_nothing_else() -> None:
    known = make_user(name="原名")
    firm = make_organisation()
    made = actions.invite_person(
        actor=viewer("organisation", firm),
        record=person(email=known.email.upper(), name="别名", phone="13900000000"),
        role="expert",
        scope="organisation",
        scope_id=firm.id,
    )
    assert (made.pk, made.name, made.phone) == (known.pk, "原名", known.phone)
    assert RoleGrant.objects.filter(user=known).get().role == "expert"


def test_an_address_that_is_not_confirmed_earns_no_role() -> None:
    squatter, park = make_user(), make_member()
    EmailAddress.objects.filter(user=squatter).update(verified=False)
    with pytest.raises(Conflict) as refusal:
        actions.invite_person(
            actor=viewer("member_admin", park),
            record=person(email=squatter.email),
            role="liaison",
            scope="member",
            scope_id=park.id,
        )
    assert refusal.value.code == "person.unconfirmed"
    assert RoleGrant.objects.filter(user=squatter).count() == 0


def test_a_liaison_cannot_make_a_liaison_and_an_editor_can_give_nothing() -> None:
    park = make_member()
    someone = make_user()
    for giver, role in (("liaison", "liaison"), ("editor", "editor"), ("liaison", "member_admin")):
        with pytest.raises(NotAllowed):
            actions.grant_role(actor=viewer(giver, park), person=someone, role=role, scope="member", scope_id=park.id)
    assert RoleGrant.objects.filter(user=someone).count() == 0


def test_the_secretariat_of_a_parent_serves_its_sub_alliances_members() -> None:
    parent = make_alliance()
    park = make_member(alliances=[make_alliance(parent=parent)])
    elsewhere = make_member(alliances=[make_alliance()])
    secretary, someone = viewer("secretariat", parent), make_user()
    actions.grant_role(actor=secretary, person=someone, role="liaison", scope="member", scope_id=park.id)
    with pytest.raises(NotAllowed):
        actions.grant_role(actor=secretary, person=someone, role="liaison", scope="member", scope_id=elsewhere.id)
    with pytest.raises(NotAllowed):
        actions.grant_role(actor=secretary, person=someone, role="platform", scope="platform")


def test_a_role_is_held_where_it_belongs_and_until_its_day() -> None:
    park, admin = make_member(), viewer("platform")
    someone = make_user()
    with pytest.raises(Fault) as refusal:
        actions.grant_role(actor=admin, person=someone, role="liaison", scope="platform")
    assert refusal.value.code == "role.wrong_scope"
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Fault) as refusal:
        actions.grant_role(
            actor=admin, person=someone, role="liaison", scope="member", scope_id=park.id, ends_on=yesterday
        )
    assert refusal.value.code == "role.past"
    held = actions.grant_role(
        actor=admin, person=someone, role="liaison", scope="member", scope_id=park.id, ends_on=timezone.localdate()
    )
    assert viewer_of(someone).member_ids == {park.id}
    RoleGrant.objects.filter(pk=held.pk).update(ends_on=yesterday)
    assert viewer_of(someone).member_ids == set()
    with pytest.raises(Fault) as refusal:
        actions.grant_role(actor=admin, person=someone, role="liaison", scope="member", scope_id=999_999)
    assert refusal.value.code == "scope.unknown"


def test_the_last_platform_administrator_stays() -> None:
    first = make_user("platform")
    with pytest.raises(Conflict) as refusal:
        actions.revoke_role(actor=viewer(first), grant=RoleGrant.objects.get(user=first))
    assert refusal.value.code == "role.last_platform"
    for leave in (actions.close_account, actions.erase_person):
        with pytest.raises(Conflict):
            leave(actor=viewer(first), person=first)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Conflict):
        actions.grant_role(actor=viewer(first), person=first, role="platform", scope="platform", ends_on=tomorrow)
    second = make_user("platform")
    actions.revoke_role(actor=viewer(first), grant=RoleGrant.objects.get(user=first))
    assert list(RoleGrant.objects.values_list("user", flat=True)) == [second.id]


def test_a_role_can_be_laid_down_by_who_holds_it_and_taken_by_nobody_below() -> None:
    park = make_member()
    admin, liaison = make_user("member_admin", park), make_user("liaison", park)
    with pytest.raises(NotAllowed):
        actions.revoke_role(actor=viewer(liaison), grant=RoleGrant.objects.get(user=admin))
    actions.revoke_role(actor=viewer(liaison), grant=RoleGrant.objects.get(user=liaison))
    assert not RoleGrant.objects.filter(user=liaison).exists()
    assert AuditLine.objects.get(verb="role.revoke").detail == {
        "role": "liaison",
        "scope": "member",
        "scope_id": park.id,
    }


def test_a_closed_account_opens_nothing_any_more(client: Any) -> None:
    park = make_member()
    someone = make_user("liaison", park)
    client.force_login(someone)
    actions.close_account(actor=viewer("platform"), person=someone)
    someone.refresh_from_db()
    assert (someone.is_active, viewer_of(someone).grants, someone.has_usable_password()) == (False, frozenset(), False)
    assert client.session.get("_auth_user_id") is None
    with pytest.raises(Conflict):
        actions.grant_role(actor=viewer("platform"), person=someone, role="liaison", scope="member", scope_id=park.id)
    with pytest.raises(NotAllowed):
        actions.close_account(actor=viewer("member_admin", park), person=make_user("liaison", park))


def test_erasure_takes_all_that_is_personal_and_leaves_what_was_done() -> None:
    firm = make_organisation()
    someone = make_user("organisation", firm, name="沈禾禾")
    secrets = {someone.username, someone.email, someone.phone, someone.name}
    actions.change_profile(
        actor=viewer(someone),
        person=someone,
        record=parse(
            ProfileRecord, {"name": "沈禾禾", "email": someone.email, "phone": someone.phone, "title": "厂长"}
        ),
    )
    actions.erase_person(actor=viewer(someone), person=someone)
    row = str(User.objects.filter(pk=someone.pk).values().get())
    audit = str(list(AuditLine.objects.values()))
    assert not [word for word in secrets | {"厂长"} if word in row or word in audit]
    assert AuditLine.objects.filter(actor=f"user:{someone.pk}").count() == 2
    assert User.objects.get(pk=someone.pk).erased_at is not None
    actions.erase_person(actor=viewer("platform"), person=someone)
    assert Event.objects.filter(name="account.erased").count() == 1


def test_a_profile_is_its_owners_to_change_and_mail_addresses_stay_apart() -> None:
    someone, other = make_user(), make_user()
    record = parse(ProfileRecord, {"name": "新名", "email": other.email, "language": "English"})
    with pytest.raises(Conflict) as refusal:
        actions.change_profile(actor=viewer(someone), person=someone, record=record)
    assert refusal.value.place == "email"
    fine = record.model_copy(update={"email": "new@example.cn"})
    with pytest.raises(NotAllowed):
        actions.change_profile(actor=viewer("platform"), person=someone, record=fine)
    changed = actions.change_profile(actor=viewer(someone), person=someone, record=fine)
    assert (changed.name, changed.email, changed.language) == ("新名", "new@example.cn", "en")
    assert AuditLine.objects.get(verb="account.change").detail == {"fields": ["email", "language", "name", "phone"]}
    assert not EmailAddress.objects.get(user=someone).verified


def test_a_grant_given_again_moves_its_last_day_and_is_one_grant() -> None:
    park, someone = make_member(), make_user()
    grant(someone, "editor", park)
    later = timezone.localdate() + timedelta(days=30)
    for _ in range(2):
        actions.grant_role(
            actor=viewer("member_admin", park), person=someone, role="editor", scope="member", scope_id=park.id,
            ends_on=later,
        )  # fmt: skip
    assert list(RoleGrant.objects.filter(user=someone).values_list("role", "ends_on")) == [("editor", later)]
    assert AuditLine.objects.filter(verb="role.grant").count() == 1
