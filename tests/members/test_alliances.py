"""Alliances and members: founded, admitted with a standing from a day until a day, changed without overwriting each other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from duijie.core.errors import Conflict, Fault, NotAllowed, Stale
from duijie.core.models import Event
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import Alliance, Member, Membership
from duijie.members.schemas import AllianceRecord, MemberRecord
from tests.factories import make_alliance, make_member, viewer

pytestmark = pytest.mark.django_db


def alliance(**values: Any) -> AllianceRecord:
    return parse(AllianceRecord, {"name": "园区联盟", "slug": "parks"} | values)


def member(**values: Any) -> MemberRecord:
    return parse(
        MemberRecord, {"name": "南湖高新区", "slug": "nanhu", "kind": "园区", "region": "浙江省嘉兴市南湖区"} | values
    )


def test_the_platform_founds_alliances_and_a_secretariat_the_sub_alliances_of_its_own() -> None:
    parent = actions.found_alliance(actor=viewer("platform"), record=alliance(founded_on="2018年6月1日"))
    assert (parent.founded_on, parent.parent) == (date(2018, 6, 1), None)
    secretary = viewer("secretariat", parent)
    child = actions.found_alliance(actor=secretary, record=alliance(slug="bio", name="生物医药子联盟", parent="parks"))
    assert child.parent == parent
    with pytest.raises(NotAllowed):
        actions.found_alliance(actor=secretary, record=alliance(slug="other"))
    with pytest.raises(NotAllowed):
        actions.found_alliance(
            actor=viewer("secretariat", make_alliance()), record=alliance(slug="mine", parent="parks")
        )
    with pytest.raises(Conflict) as refusal:
        actions.found_alliance(actor=viewer("platform"), record=alliance())
    assert (refusal.value.code, refusal.value.place) == ("slug.taken", "slug")
    assert Alliance.objects.filter(slug__in=["parks", "bio", "other", "mine"]).count() == 2


def test_a_member_is_registered_admitted_and_leaves_on_a_day() -> None:
    parks = make_alliance()
    secretary = viewer("secretariat", parks)
    park = actions.create_member(actor=secretary, record=member(), alliance=parks)
    assert (park.region, park.review_needed, park.colour) == ("330402", True, "#1f5a8a")
    actions.admit_member(actor=secretary, alliance=parks, member=park, standing="founder", since=date(2018, 6, 1))
    left = actions.end_membership(actor=secretary, alliance=parks, member=park, until=date(2024, 12, 31))
    assert [
        left.holds_on(day) for day in (date(2018, 5, 31), date(2018, 6, 1), date(2024, 12, 31), date(2025, 1, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "member.created",
        "member.admitted",
        "member.left",
    ]
    with pytest.raises(Fault) as refusal:
        actions.end_membership(actor=secretary, alliance=parks, member=park, until=date(2018, 1, 1))
    assert refusal.value.code == "membership.dates"


def test_admitting_again_changes_the_standing_and_twice_the_same_says_nothing() -> None:
    parks, park = make_alliance(), make_member()
    secretary = viewer("secretariat", parks)
    for standing in ("partner", "member", "member"):
        actions.admit_member(actor=secretary, alliance=parks, member=park, standing=standing, since=date(2020, 1, 1))
    assert list(Membership.objects.values_list("standing", "since")) == [("member", date(2020, 1, 1))]
    assert Event.objects.filter(name="member.admitted").count() == 2
    with pytest.raises(Fault) as refusal:
        actions.admit_member(actor=secretary, alliance=parks, member=park, standing="guest")
    assert refusal.value.code == "membership.standing"
    with pytest.raises(NotAllowed):
        actions.admit_member(actor=viewer("member_admin", park), alliance=make_alliance(), member=park)


def test_two_writers_of_a_member_do_not_overwrite_each_other() -> None:
    park = make_member()
    admin = viewer("member_admin", park)
    base = actions.member_record_of(park)
    changed = actions.change_member(
        actor=admin, member=park, record=parse(MemberRecord, base | {"summary": "甲"}), version=1
    )
    assert (changed.version, changed.summary) == (2, "甲")
    with pytest.raises(Stale):
        actions.change_member(actor=admin, member=park, record=parse(MemberRecord, base | {"summary": "乙"}), version=1)
    with pytest.raises(NotAllowed):
        actions.change_member(
            actor=viewer("liaison", park), member=park, record=parse(MemberRecord, base | {"summary": "丙"})
        )


def test_a_member_is_no_part_of_itself() -> None:
    whole = make_member()
    part = make_member(parent=whole)
    record = parse(MemberRecord, actions.member_record_of(whole) | {"parent": part.slug})
    with pytest.raises(Fault) as refusal:
        actions.change_member(actor=viewer("platform"), member=whole, record=record)
    assert refusal.value.code == "member.circle"
    assert Member.objects.get(pk=whole.pk).parent is None
