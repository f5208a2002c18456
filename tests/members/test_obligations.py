"""Agreements first class: obligations, documents, renewal, states, bodies outside, matrix, coverage, sheets, figures as known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.measures import Question, measure
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.models import Agreement, AgreementVersion, Member, Obligation
from duijie.members.schemas import AgreementRecord, ObligationRecord
from tests.factories import GUEST, PASSWORD, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class World:
    def __init__(self) -> None:
        self.alliance = make_alliance(slug="union")
        self.district: Member = make_member("南湖区", slug="nanhu", kind="district", alliances=[self.alliance])
        self.other: Member = make_member("张江", slug="zhangjiang", alliances=[self.alliance])
        self.towns = [make_member(f"镇{n}", slug=f"town-{n}", kind="town", parent=self.district) for n in range(11)]
        self.liaison = viewer(make_user("liaison", self.district))

    def sign(self, **more: Any) -> Agreement:
        values = {
            "title": "合作协议",
            "kind": "platform",
            "valid_from": "2020-01-01",
            "members": ["nanhu"],
            "others": ["某园"],
        }
        return actions.sign_agreement(actor=SYSTEM, record=parse(AgreementRecord, values | more))


@pytest.fixture
def world() -> World:
    return World()


def test_the_state_follows_from_the_days(world: World) -> None:
    def state(**more: Any) -> str:
        return queries.get_agreement(GUEST, world.sign(**more).uid).state_on(TODAY)

    soon = (TODAY + timedelta(days=20)).isoformat()
    assert state() == "in_force"
    assert state(valid_from=soon) == "not_yet"
    assert state(valid_until=(TODAY - timedelta(days=1)).isoformat()) == "over"
    assert state(valid_until=soon) == "to_renew"
    assert state(valid_until=soon, renewal_days=10) == "in_force"
    old = world.sign(valid_until=soon)
    world.sign(valid_from=soon, renews=old.uid)
    assert queries.get_agreement(GUEST, old.uid).state_on(TODAY) == "renewed"
    ended = world.sign()
    actions.end_agreement(actor=world.liaison, agreement=ended, last_day=TODAY - timedelta(days=1), reason="合并")
    assert queries.get_agreement(GUEST, ended.uid).state_on(TODAY) == "ended"


def test_bodies_outside_say_what_they_are(world: World) -> None:
    agreement = world.sign(others=["上海三级医院（医院）", "某公司(集团)", "华师附中（中学）"])
    parties = [(p.name, p.body) for p in agreement.parties.order_by("pk") if p.name]
    assert parties == [("上海三级医院", "hospital"), ("某公司(集团)", ""), ("华师附中", "school")]
    assert actions.agreement_record_of(agreement)["others"] == [
        "上海三级医院（医院）",
        "某公司(集团)",
        "华师附中（学校）",
    ]


def test_what_was_promised_is_followed_until_it_is_kept(world: World) -> None:
    agreement = world.sign()
    record = parse(ObligationRecord, {"text": "每年互派三人", "due_on": TODAY.isoformat(), "party": "南湖区"})
    made = actions.add_obligation(actor=world.liaison, agreement=agreement, record=record)
    assert made.member == world.district
    outside = parse(ObligationRecord, {"text": "开放仪器", "due_on": TODAY.isoformat(), "party": "某园"})
    assert actions.add_obligation(actor=world.liaison, agreement=agreement, record=outside).party == "某园"
    with pytest.raises(NotAllowed):
        actions.fulfil_obligation(actor=viewer("liaison", world.other), obligation=made, report="好")
    with pytest.raises(Conflict):
        actions.fulfil_obligation(actor=world.liaison, obligation=made, report="好", done_on=TODAY + timedelta(days=1))
    assert actions.fulfil_obligation(actor=world.liaison, obligation=made, report="已派三人").done_on == TODAY
    with pytest.raises(Conflict) as refused:
        actions.fulfil_obligation(actor=world.liaison, obligation=made, report="又")
    assert refused.value.code == "obligation.done"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": "x", "due_on": "2019-01-01"}, "obligation.early"),
        ({"text": "x", "due_on": "2030-01-01", "party": "别人"}, "obligation.party"),
    ],
)
def test_bad_obligations_are_refused(world: World, given: dict[str, str], code: str) -> None:
    with pytest.raises(Fault) as refused:
        actions.add_obligation(actor=world.liaison, agreement=world.sign(), record=parse(ObligationRecord, given))
    assert refused.value.code == code and Obligation.objects.count() == 0


def test_documents_are_for_the_parties_staff(world: World) -> None:
    firm = make_organisation("禾城", member=world.other)
    agreement = world.sign(organisations=[firm.uid])
    actions.add_document(
        actor=world.liaison, agreement=agreement, chunks=[b"pdf"], name="签署本.pdf", media_type="application/pdf"
    )
    number = agreement.documents.get().pk
    seen = {
        "guest": GUEST, "liaison": world.liaison, "party": viewer("organisation", firm), "other": viewer("liaison", make_member()),
        "secretariat": viewer("secretariat", world.alliance),
    }  # fmt: skip
    assert {name: bool(queries.documents_of(v, agreement)) for name, v in seen.items()} == {
        "guest": False, "liaison": True, "party": True, "other": False, "secretariat": True,
    }  # fmt: skip
    client = Client()
    assert client.login(username=make_user("liaison", make_member()).username, password=PASSWORD)
    assert client.get(f"/agreements/{agreement.uid}/documents/{number}/").status_code == 404


def test_eight_of_eleven_are_covered_and_the_target_is_all(world: World) -> None:
    for town in world.towns[:8]:
        world.sign(members=[town.slug])
    found = queries.coverage_of_set(GUEST, whole=world.district)
    assert (len(found.found.covered), found.found.total, found.target, found.reached) == (8, 11, 11, False)
    page = Client().get("/agreements/coverage/?member=nanhu").content.decode()
    assert "11 个中有 8 个已有有效协议" in page and "未达成" in page
    assert Client().get("/agreements/coverage/?member=nanhu&format=xlsx").content[:2] == b"PK"
    figure = measure("members.agreement_coverage")
    question = Question(date(2026, 1, 1), TODAY, member_ids=frozenset({world.district.pk}))
    assert figure.value(question) == 7272
    assert sum(r.value for r in figure.records(question, SYSTEM)) == 7272


def test_the_matrix_is_symmetric_and_counts_each_agreement(world: World) -> None:
    world.sign(members=["nanhu", "zhangjiang"], others=[])
    world.sign(members=["nanhu", "zhangjiang"], others=["某园"])
    found = queries.matrix(GUEST)
    at = {name: n for n, name in enumerate(found.names)}
    assert found.cells[at["南湖区"]][at["张江"]] == found.cells[at["张江"]][at["南湖区"]] == 2
    assert all(found.cells[n][n] == 0 for n in range(len(found.names)))
    assert Client().get("/agreements/matrix/").status_code == 200


def test_figures_are_as_known_at_an_instant(world: World) -> None:
    agreement = world.sign(signed_on="2026-03-01", valid_from="2026-03-01")
    known = timezone.now()
    question = Question(date(2026, 1, 1), date(2026, 12, 31))
    signed, force = measure("members.agreements_signed"), measure("members.agreements_in_force")
    assert (signed.value(question), force.value(question)) == (1, 1)
    actions.end_agreement(actor=world.liaison, agreement=agreement, last_day=date(2026, 6, 30), reason="提前完成")
    assert force.value(question) == 0
    before = Question(question.start, question.end, known_at=known)
    assert force.value(before) == 1
    assert signed.totals(Question(question.start, question.end, alliance_id=world.alliance.pk)) == {
        world.district.pk: 1
    }
    assert AgreementVersion.objects.filter(agreement=agreement).count() == 2
    for each in (signed, force):
        assert sum(r.value for r in each.records(before, SYSTEM)) == each.value(before)


def test_a_sheets_row_updates_by_its_id(world: World) -> None:
    values = {
        "title": "甲",
        "kind": "战略合作",
        "valid_from": "2026-01-01",
        "members": "南湖区、张江",
        "external_id": "X-1",
    }
    words = [
        actions.upsert_agreement(actor=world.liaison, record=parse(AgreementRecord, values | more))
        for more in ({}, {}, {"title": "乙"})
    ]
    assert words == ["created", "unchanged", "changed"]
    assert Agreement.objects.get().title == "乙"
    stranger = viewer("liaison", make_member())
    with pytest.raises(NotAllowed):
        actions.upsert_agreement(actor=stranger, record=parse(AgreementRecord, values))
    assert Client().get("/agreements/sheet/?format=xlsx").content[:2] == b"PK"
