"""Organisations: registered once, verified by the home member's liaison, changed without overwriting each other."""

from __future__ import annotations

from typing import Any

import pytest

from duijie.core.errors import Conflict, Fault, Faults, NotAllowed, Stale
from duijie.core.models import AuditLine, Event
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import Organisation, RoleGrant
from duijie.members.schemas import OrganisationRecord
from tests.factories import credit_code, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


def record(**values: Any) -> OrganisationRecord:
    return parse(OrganisationRecord, {"name": "禾城精密机械有限公司", "kind": "企业"} | values)


def test_a_person_who_registers_a_firm_represents_it_and_it_waits_for_the_liaison() -> None:
    park = make_member("南湖高新区")
    person = make_user()
    made = actions.register_organisation(actor=viewer(person), record=record(home_member="南湖高新区"))
    assert (made.home_member, made.is_verified, made.version) == (park, False, 1)
    assert list(RoleGrant.objects.values_list("user", "role", "scope", "scope_id")) == [
        (person.id, "organisation", "organisation", made.id)
    ]
    person.refresh_from_db()
    assert person.organisation == made
    assert list(AuditLine.objects.order_by("id").values_list("verb", "object_ref", "member_id", "actor")) == [
        ("organisation.register", made.uid, park.id, f"user:{person.id}"),
        ("role.grant", person.uid, park.id, f"user:{person.id}"),
    ]
    assert list(Event.objects.order_by("id").values_list("name", "payload")) == [
        ("organisation.registered", {"ids": [made.id]}),
        ("role.granted", {"ids": [person.id]}),
    ]


def test_staff_register_for_others_without_becoming_their_representatives() -> None:
    park = make_member("南湖高新区")
    liaison = make_user("liaison", park)
    made = actions.register_organisation(
        actor=viewer(liaison), record=record(home_member=park.slug, credit_code=credit_code(5)), verified=True
    )
    assert (made.is_verified, made.verified_by_id) == (True, liaison.id)
    assert RoleGrant.objects.filter(role="organisation").count() == 0
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "organisation.registered",
        "organisation.verified",
    ]


def test_nobody_verifies_an_own_registration_or_another_members_organisation() -> None:
    park = make_member("南湖高新区")
    person = viewer(make_user())
    with pytest.raises(NotAllowed):
        actions.register_organisation(actor=person, record=record(home_member="南湖高新区"), verified=True)
    assert Organisation.objects.count() == 0
    waiting = make_organisation(member=park, verified=False)
    with pytest.raises(NotAllowed):
        actions.verify_organisation(actor=viewer("liaison", make_member()), organisation=waiting)
    with pytest.raises(NotAllowed):
        actions.verify_organisation(actor=viewer("organisation", waiting), organisation=waiting)
    with pytest.raises(NotAllowed):
        actions.register_organisation(actor=viewer(), record=record(home_member="南湖高新区"))


def test_every_fault_of_a_registration_is_told_at_once() -> None:
    with pytest.raises(Faults) as refusal:
        parse(
            OrganisationRecord,
            {"kind": "公司店铺", "credit_code": "91330402MA28A1234X", "founded_year": "去年", "website": "没有"},
        )
    assert [(f.place, f.code) for f in refusal.value.faults] == [
        ("name", "missing"),
        ("kind", "choice.unknown"),
        ("credit_code", "credit_code.check"),
        ("website", "web.unreadable"),
        ("founded_year", "number.unreadable"),
    ]


def test_an_unknown_home_member_is_named() -> None:
    with pytest.raises(Fault) as refusal:
        actions.register_organisation(actor=viewer(make_user()), record=record(home_member="月球基地"))
    assert (refusal.value.code, refusal.value.place) == ("member.unknown", "home_member")
    assert refusal.value.zh == "没有名为“月球基地”的成员。"


def test_a_credit_code_is_registered_once_and_the_refusal_says_where() -> None:
    other = make_organisation(member=make_member("张江高新区"), code=credit_code(77))
    park = make_member("南湖高新区")
    with pytest.raises(Conflict) as refusal:
        actions.register_organisation(
            actor=viewer("liaison", park), record=record(home_member=park.slug, credit_code=other.credit_code)
        )
    assert (refusal.value.code, refusal.value.place) == ("organisation.credit_code_taken", "credit_code")
    assert "张江高新区" in refusal.value.zh


def test_one_person_may_have_five_registrations_waiting() -> None:
    make_member("南湖高新区")
    person = make_user()
    for number in range(5):
        actions.register_organisation(
            actor=viewer(person), record=record(home_member="南湖高新区", name=f"甲{number}厂")
        )
    with pytest.raises(Conflict) as refusal:
        actions.register_organisation(actor=viewer(person), record=record(home_member="南湖高新区", name="又一厂"))
    assert refusal.value.code == "organisation.too_many_waiting"


def test_two_writers_at_once_the_second_is_told_that_the_record_moved_on() -> None:
    firm = make_organisation("禾城精密", verified=True)
    person = viewer("organisation", firm)
    base = actions.record_of(firm)
    first = actions.change_organisation(
        actor=person, organisation=firm, record=parse(OrganisationRecord, base | {"profile": "甲"}), version=1
    )
    assert (first.version, first.profile, first.is_verified) == (2, "甲", True)
    with pytest.raises(Stale):
        actions.change_organisation(
            actor=person, organisation=firm, record=parse(OrganisationRecord, base | {"profile": "乙"}), version=1
        )
    firm.refresh_from_db()
    assert firm.profile == "甲"


def test_the_same_record_again_leaves_no_trace() -> None:
    firm = make_organisation()
    same = parse(OrganisationRecord, {n: v for n, v in actions.record_of(firm).items() if n != "region"})
    same = same.model_copy(update={"region": firm.region})
    actions.change_organisation(actor=viewer("organisation", firm), organisation=firm, record=same)
    assert (AuditLine.objects.count(), Event.objects.count()) == (0, 0)


def test_a_new_name_goes_back_to_the_liaison_unless_the_liaison_writes_it() -> None:
    firm = make_organisation("旧名", verified=True)
    firm.region = ""
    firm.save()
    renamed = actions.merged(firm, {"name": "新名"})
    assert actions.change_organisation(
        actor=viewer("liaison", firm.home_member), organisation=firm, record=renamed
    ).is_verified
    again = actions.merged(firm, {"name": "再改"})
    changed = actions.change_organisation(actor=viewer("organisation", firm), organisation=firm, record=again)
    assert (changed.is_verified, changed.verification_remark) == (
        False,
        "单位名称、类型、信用代码或所属成员有改动，等待重新核验",
    )


def test_an_upsert_by_external_id_creates_once_changes_after_and_says_nothing_when_nothing_changed() -> None:
    park = make_member("南湖高新区")
    liaison = viewer("liaison", park)
    code = credit_code(31)
    first, what = actions.upsert_organisation(
        actor=liaison, member=park, record=record(external_id="A-1", credit_code=code, profile="做轴承")
    )
    assert (what, first.version) == ("created", 1)
    again, what = actions.upsert_organisation(
        actor=liaison, member=park, record=record(external_id="A-1", credit_code=code)
    )
    assert (what, again.pk, again.version, again.profile) == ("unchanged", first.pk, 1, "做轴承")
    changed, what = actions.upsert_organisation(
        actor=liaison, member=park, record=record(external_id="A-1", credit_code=code, size="中型")
    )
    assert (what, changed.version, changed.size) == ("changed", 2, "medium")
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "organisation.registered",
        "organisation.changed",
    ]


def test_a_dry_run_takes_the_real_path_and_leaves_nothing() -> None:
    park = make_member("南湖高新区")
    actions.upsert_organisation(actor=viewer("liaison", park), member=park, record=record(), dry_run=True)
    assert (Organisation.objects.count(), AuditLine.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_withdrawn_verification_carries_its_reason() -> None:
    firm = make_organisation(verified=True)
    liaison = viewer("liaison", firm.home_member)
    with pytest.raises(Fault) as refusal:
        actions.withdraw_verification(actor=liaison, organisation=firm, reason="  ")
    assert refusal.value.place == "reason"
    changed = actions.withdraw_verification(actor=liaison, organisation=firm, reason="执照已注销", version=1)
    assert (changed.is_verified, changed.verification_remark, changed.version) == (False, "执照已注销", 2)
    verified = actions.verify_organisation(actor=liaison, organisation=firm)
    assert (verified.is_verified, verified.verification_remark) == (True, "")
