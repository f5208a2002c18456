"""What happens to listings, keys, people and rights when a membership rests, is restored or ends; firms in industry alliances."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.events import dispatch_all
from duijie.core.schema import parse
from duijie.govern import actions as govern
from duijie.govern.models import CaseHandover
from duijie.land.actions import create_deal
from duijie.land.schemas import DealRecord
from duijie.members import actions
from duijie.members.models import ApiKey, Member, Membership
from duijie.members.schemas import ApiKeyRecord
from duijie.publish.actions import create_listing, publish_listing
from duijie.publish.models import Listing
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class World:
    def __init__(self) -> None:
        self.alliance = make_alliance(slug="union")
        self.second = make_alliance(slug="second")
        self.park: Member = make_member("南湖", slug="nanhu", alliances=[self.alliance])
        self.other: Member = make_member("张江", alliances=[self.alliance])
        self.secretary = viewer("secretariat", self.alliance)
        self.user = make_user("liaison", self.park)
        self.shared = self.listing("alliance")
        self.public = self.listing("public")
        record = parse(ApiKeyRecord, {"name": "推送", "scopes": ["listings:write", "listings:read"]})
        self.key, self.secret = actions.create_api_key(actor=SYSTEM, record=record, member=self.park)

    def listing(self, visibility: str) -> Listing:
        data = {"kind": "need", "title": f"需求{visibility}", "visibility": visibility, "visible_alliance": "union"}
        return create_listing(actor=viewer(self.user), member=self.park, data=data, put_forward=True)

    def seen_by(self, member: Member) -> set[str]:
        eyes = viewer("liaison", member)
        return {x.visibility for x in Listing.objects.visible_to(eyes)}

    def key_answers(self) -> int:
        return Client().get("/api/v1/listings", headers={"Authorization": f"Bearer {self.secret}"}).status_code


@pytest.fixture
def world() -> World:
    return World()


def suspend(world: World) -> None:
    actions.suspend_member(actor=world.secretary, alliance=world.alliance, member=world.park, reason="未履行约定")
    dispatch_all()


def test_a_member_suspended_everywhere_publishes_nothing_and_its_keys_stop(world: World) -> None:
    assert world.seen_by(world.other) == {"alliance", "public"} and world.key_answers() == 200
    suspend(world)
    assert world.seen_by(world.other) == set()
    assert world.seen_by(world.park) == {"alliance", "public"}
    assert world.key_answers() == 401
    with pytest.raises(NotAllowed):
        world.listing("public")
    with pytest.raises(NotAllowed):
        publish_listing(actor=viewer(world.user), listing=world.public)
    assert f"alliance:{world.alliance.pk}" not in viewer(world.user).tokens
    actions.restore_member(actor=world.secretary, alliance=world.alliance, member=world.park)
    dispatch_all()
    assert world.seen_by(world.other) == {"alliance", "public"} and world.key_answers() == 200


def test_one_suspension_of_two_memberships_closes_one_door_only(world: World) -> None:
    Membership.objects.create(alliance=world.second, member=world.park, since=TODAY - timedelta(days=9))
    suspend(world)
    assert world.seen_by(world.other) == {"public"}
    assert world.key_answers() == 200
    assert world.listing("public").status == "published"


def test_leaving_closes_what_was_shared_and_ends_the_keys(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.end_membership(actor=viewer(world.user), alliance=world.alliance, member=world.park, until=TODAY)
    actions.end_membership(
        actor=world.secretary,
        alliance=world.alliance,
        member=world.park,
        until=TODAY - timedelta(days=1),
        reason="区划调整",
    )
    dispatch_all()
    rows = Listing.objects.unscoped("t")
    assert {(x.status, x.closed_reason) for x in rows} == {("closed", f"南湖已退出{world.alliance}")}
    assert ApiKey.objects.get().revoked_at is not None
    assert CaseHandover.objects.get().counts == {"listings": 2, "keys": 1, "introductions": 0, "deals": 0}
    assert govern.settle_departures() == 0


def test_running_deals_stay_with_their_people_and_the_departure_is_told_once(world: World) -> None:
    record = parse(DealRecord, {"title": "光伏产线", "kind": "investment", "stage_on": TODAY.isoformat()})
    deal = create_deal(actor=viewer("liaison", world.park), member=world.park, record=record)
    yesterday = TODAY - timedelta(days=1)
    actions.end_membership(actor=world.secretary, alliance=world.alliance, member=world.park, until=yesterday)
    dispatch_all()
    assert CaseHandover.objects.get().counts["deals"] == 1
    assert govern.settle_departures() == 0  # the hourly sweep finds the same departure again
    deal.refresh_from_db()
    assert (CaseHandover.objects.count(), deal.stage, deal.owner_member_id) == (1, "lead", world.park.pk)


def test_who_stays_in_another_alliance_keeps_the_rest(world: World) -> None:
    Membership.objects.create(alliance=world.second, member=world.park, since=TODAY - timedelta(days=9))
    yesterday = TODAY - timedelta(days=1)
    actions.end_membership(actor=world.secretary, alliance=world.alliance, member=world.park, until=yesterday)
    dispatch_all()
    assert {x.visibility: x.status for x in Listing.objects.unscoped("t")} == {
        "alliance": "closed",
        "public": "published",
    }
    assert world.key_answers() == 200


@pytest.mark.parametrize(("reason", "days", "code"), [("", 3, "reason.missing"), ("因", -3, "membership.dates")])
def test_a_suspension_has_a_reason_and_days_in_order(world: World, reason: str, days: int, code: str) -> None:
    until = TODAY + timedelta(days=days)
    with pytest.raises(Fault) as refused:
        actions.suspend_member(
            actor=world.secretary, alliance=world.alliance, member=world.park, reason=reason, until=until
        )
    assert refused.value.code == code


def test_firms_join_an_industry_alliance_and_see_what_it_shares(world: World) -> None:
    sub = make_alliance("机器人联盟", slug="robots", parent=world.alliance)
    firm = make_organisation("循光", member=make_member())
    person = make_user("organisation", firm)
    assert f"alliance:{sub.pk}" not in viewer(person).tokens
    actions.admit_organisation(actor=world.secretary, alliance=sub, organisation=firm)
    assert {f"alliance:{sub.pk}", f"council:{sub.pk}"} <= viewer(person).tokens
    assert "循光" in Client().get("/alliances/robots/").content.decode()
    with pytest.raises(Conflict):
        actions.admit_organisation(actor=world.secretary, alliance=sub, organisation=make_organisation(verified=False))
    with pytest.raises(NotAllowed):
        actions.admit_organisation(actor=viewer("secretariat", world.second), alliance=sub, organisation=firm)
    actions.end_organisation_membership(actor=world.secretary, alliance=sub, organisation=firm, until=TODAY)
    assert f"alliance:{sub.pk}" in viewer(person).tokens
