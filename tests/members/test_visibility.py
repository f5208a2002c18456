"""Who sees which organisation, person, key, role and audit line: for each kind of viewer, exactly the expected ones."""

from __future__ import annotations

import json

import pytest

from duijie.core.access import SYSTEM, Viewer
from duijie.core.errors import NotAllowed, NotFound
from duijie.core.models import AuditLine
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.models import RoleGrant
from duijie.members.schemas import ApiKeyRecord
from duijie.members.viewers import viewer_of_key
from tests.factories import grant, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


class World:
    """Two members in two alliances, each with a verified and a waiting organisation and its people."""

    def __init__(self) -> None:
        self.parent = make_alliance("上级联盟")
        self.alliance, self.strange = make_alliance("本联盟", parent=self.parent), make_alliance("别的联盟")
        self.park, self.other = (
            make_member("甲园", alliances=[self.alliance]),
            make_member("乙园", alliances=[self.strange]),
        )
        self.firm, self.waiting = (
            make_organisation("甲企", member=self.park),
            make_organisation("甲候", member=self.park, verified=False),
        )
        self.far, self.far_waiting = (
            make_organisation("乙企", member=self.other),
            make_organisation("乙候", member=self.other, verified=False),
        )
        self.registrant = make_user()
        self.far_waiting.registered_by = self.registrant
        self.far_waiting.save()

    def viewers(self) -> dict[str, Viewer]:
        return {
            "guest": viewer(),
            "platform": viewer("platform"),
            "secretariat": viewer("secretariat", self.alliance),
            "secretariat above": viewer("secretariat", self.parent),
            "secretariat elsewhere": viewer("secretariat", self.strange),
            "liaison": viewer("liaison", self.park),
            "leader": viewer("leader", self.park),
            "editor elsewhere": viewer("editor", self.other),
            "representative": viewer("organisation", self.waiting),
            "registrant": viewer(self.registrant),
            "citizen": viewer("citizen"),
        }


def test_verified_organisations_are_public_and_waiting_ones_are_their_own_matter() -> None:
    world = World()
    seen = {
        who: {o.name for o in queries.organisations(eyes)} - {"甲企", "乙企"} for who, eyes in world.viewers().items()
    }
    assert seen == {
        "guest": set(),
        "platform": {"甲候", "乙候"},
        "secretariat": {"甲候"},
        "secretariat above": {"甲候"},
        "secretariat elsewhere": {"乙候"},
        "liaison": {"甲候"},
        "leader": {"甲候"},
        "editor elsewhere": {"乙候"},
        "representative": {"甲候"},
        "registrant": {"乙候"},
        "citizen": set(),
    }
    for who, eyes in world.viewers().items():
        assert {"甲企", "乙企"} <= {o.name for o in queries.organisations(eyes)}, who
    with pytest.raises(NotFound):
        queries.get_organisation(viewer(), world.waiting.uid)


def test_the_queue_holds_what_waits_at_ones_own_member() -> None:
    world = World()
    seen = {who: [o.name for o in queries.waiting_for_verification(eyes)] for who, eyes in world.viewers().items()}
    assert {who for who, names in seen.items() if names} == {"liaison"}
    assert seen["liaison"] == ["甲候"]


def test_a_key_sees_waiting_organisations_only_with_its_scope() -> None:
    world = World()
    for scopes, names in ((["listings:read"], set()), (["organisations:read"], {"甲候"})):
        record = parse(ApiKeyRecord, {"name": "x", "scopes": scopes})
        key, _ = actions.create_api_key(actor=viewer("liaison", world.park), record=record, member=world.park)
        assert {o.name for o in queries.organisations(viewer_of_key(key))} - {"甲企", "乙企"} == names


def test_names_are_for_colleagues_and_those_in_charge() -> None:
    world = World()
    worker = make_user("organisation", world.firm, name="王工")
    allowed = {"platform", "secretariat", "secretariat above", "liaison", "leader"}
    for who, eyes in world.viewers().items():
        if who in allowed:
            assert [p.name for p in queries.people_of_organisation(eyes, world.firm)] == ["王工"], who
        else:
            with pytest.raises(NotAllowed):
                queries.people_of_organisation(eyes, world.firm)
    assert [p.name for p in queries.people_of_organisation(viewer(worker), world.firm)] == ["王工"]
    assert "@" not in str(queries.people_of_organisation(viewer(worker), world.firm)[0].__dict__)


def test_contact_data_goes_to_the_entitled_and_every_reading_is_on_record() -> None:
    world = World()
    worker = make_user("organisation", world.firm, name="王工")
    allowed = {"platform", "secretariat", "secretariat above", "liaison"}
    for who, eyes in world.viewers().items():
        before = AuditLine.objects.filter(verb="personal.read").count()
        if who in allowed:
            assert queries.contact_of(eyes, worker, purpose="核对名单").phone == worker.phone
            line = AuditLine.objects.filter(verb="personal.read").latest("id")
            assert (line.actor, line.object_ref, line.detail) == (eyes.reference(), worker.uid, {"purpose": "核对名单"})
        else:
            with pytest.raises(NotAllowed):
                queries.contact_of(eyes, worker, purpose="好奇")
            assert AuditLine.objects.filter(verb="personal.read").count() == before
    assert queries.contact_of(viewer("citizen"), worker, purpose="双方同意对接", agreed=True).email == worker.email
    own = AuditLine.objects.count()
    queries.contact_of(viewer(worker), worker, purpose="本人")
    assert AuditLine.objects.count() == own


def test_keys_are_shown_to_those_in_charge_and_never_with_their_digest() -> None:
    world = World()
    record = parse(ApiKeyRecord, {"name": "园区系统", "scopes": ["listings:read"]})
    key, _ = actions.create_api_key(actor=viewer("liaison", world.park), record=record, member=world.park)
    seen = {who: [k.name for k in queries.api_keys(eyes)] for who, eyes in world.viewers().items()}
    assert {who for who, names in seen.items() if names} == {"platform", "liaison"}
    line = queries.api_keys(viewer("liaison", world.park))[0]
    assert key.digest not in str(line)
    with pytest.raises(NotFound):
        queries.get_key(viewer("liaison", world.other), key.uid)
    assert queries.api_keys(viewer_of_key(key)) == []


def test_roles_are_listed_to_those_who_give_them() -> None:
    world = World()
    liaison = make_user("liaison", world.park)
    worker = make_user("organisation", world.firm)
    admin = make_user("member_admin", world.park)
    mine = queries.role_grants(viewer(admin))
    assert {g.user_id for g in mine} == {liaison.id, worker.id, admin.id}
    assert {g.user_id for g in queries.role_grants(viewer(worker))} == {worker.id}
    stranger = viewer("member_admin", world.other)
    assert {g.user_id for g in queries.role_grants(stranger)} == {stranger.user_id}
    assert queries.scope_names(list(mine)) == {
        ("member", world.park.id): "甲园",
        ("organisation", world.firm.id): "甲企",
    }
    every = list(RoleGrant.objects.select_related("user"))
    own = {g.pk for g in every if g.user_id == stranger.user_id}
    assert queries.revocable(stranger, every) == own
    assert queries.revocable(viewer(admin), every) == {g.pk for g in every} - own


def test_the_audit_trail_is_read_in_ones_own_scope() -> None:
    world = World()
    actions.verify_organisation(actor=viewer("liaison", world.park), organisation=world.waiting)
    actions.verify_organisation(actor=viewer("liaison", world.other), organisation=world.far_waiting)
    readers = {
        "platform": viewer("platform"),
        "auditor of all": viewer("auditor"),
        "secretariat above": viewer("secretariat", world.parent),
        "member admin": viewer("member_admin", world.park),
        "auditor there": viewer("auditor", world.other),
    }
    seen = {who: {line.member_id for line in queries.audit_lines(eyes)} for who, eyes in readers.items()}
    assert seen == {
        "platform": {world.park.id, world.other.id},
        "auditor of all": {world.park.id, world.other.id},
        "secretariat above": {world.park.id},
        "member admin": {world.park.id},
        "auditor there": {world.other.id},
    }
    for role, where in (("liaison", world.park), ("organisation", world.firm), ("leader", world.park)):
        with pytest.raises(NotAllowed):
            queries.audit_lines(viewer(role, where))
    rows = list(queries.audit_rows(queries.audit_lines(SYSTEM, verb="organisation.")))
    assert [row[4] for row in rows] == ["verb", "organisation.verify", "organisation.verify"]


def test_an_export_holds_everything_and_is_for_oneself_alone() -> None:
    world = World()
    worker = make_user("organisation", world.firm, name="王工")
    grant(worker, "expert", world.firm)
    queries.contact_of(viewer("liaison", world.park), worker, purpose="核对名单")
    found = json.loads(json.dumps(queries.export_person(viewer(worker), worker), ensure_ascii=False))
    assert (found["account"]["phone"], found["account"]["organisation"]) == (worker.phone, "甲企")
    assert [r["role"] for r in found["roles"]] == ["organisation", "expert"]
    assert [r["detail"] for r in found["readings_of_my_data"]] == [{"purpose": "核对名单"}]
    for eyes in (viewer("platform"), viewer("liaison", world.park), viewer()):
        with pytest.raises(NotAllowed):
            queries.export_person(eyes, worker)
