"""Agreements: valid from a day to a day, both included; the graph and the coverage as they stand on any day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.errors import Fault, NotAllowed, Stale
from duijie.core.language import speaking
from duijie.core.models import Event
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.models import Agreement, Member
from duijie.members.schemas import AgreementRecord
from tests.factories import make_alliance, make_member, make_organisation, viewer

pytestmark = pytest.mark.django_db
FIRST = date(2020, 1, 1)


def record(*members: Member, **values: Any) -> AgreementRecord:
    base = {"title": "合作协议", "kind": "战略合作", "valid_from": "2020-01-01", "members": [m.slug for m in members]}
    return parse(AgreementRecord, base | values)


def sign(*members: Member, **values: Any) -> Agreement:
    return actions.sign_agreement(actor=viewer("liaison", members[0]), record=record(*members, **values))


@given(starts=st.integers(0, 400), length=st.one_of(st.none(), st.integers(0, 400)), asked=st.integers(-50, 900))
@settings(max_examples=80, deadline=None)
def test_the_row_and_the_database_agree_on_validity(starts: int, length: int | None, asked: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        begins = FIRST + timedelta(days=starts)
        ends = begins + timedelta(days=length) if length is not None else None
        agreement = Agreement.objects.create(title="x", kind="project", valid_from=begins, valid_until=ends)
        day = FIRST + timedelta(days=asked)
        holds = starts <= asked and (length is None or asked <= starts + length)
        assert agreement.holds_on(day) is holds
        assert queries.agreements(viewer(), on=day).exists() is holds
        transaction.set_rollback(True)


@given(st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=4, unique=True), max_size=5))
@settings(max_examples=25, deadline=None)
def test_the_graph_has_an_edge_for_every_pair_of_parties_and_coverage_counts_who_has_one(
    groups: list[list[int]],
) -> None:
    from django.db import transaction

    with transaction.atomic():
        parks = [make_member(slug=f"park-{i}") for i in range(5)]
        for group in groups:
            sign(*[parks[i] for i in group])
        graph = queries.graph(viewer(), on=FIRST)
        pairs = {frozenset(p) for group in groups for p in combinations(group, 2)}
        shown = [frozenset(int(n.slug[-1]) for n in (e.one, e.other)) for e in graph.edges]
        assert len(shown) == len(set(shown))
        assert set(shown) == pairs
        assert sum(len(e.agreements) for e in graph.edges) == sum(len(g) * (len(g) - 1) // 2 for g in groups)
        for subset in (parks, parks[:3], []):
            found = queries.coverage(viewer(), subset, on=FIRST)
            assert found.covered == [p for i, p in enumerate(parks) if p in subset and any(i in g for g in groups)]
            assert found.total == len(subset)
            assert found.share == (len(found.covered) / len(subset) if subset else None)
            before = queries.coverage(viewer(), subset, on=FIRST - timedelta(days=1))
            assert before.covered == []
        transaction.set_rollback(True)


def test_eight_of_eleven_parts_have_a_valid_agreement() -> None:
    nanhu = make_member("南湖区", kind="district")
    parts = [make_member(f"{i:02d}号镇街", kind="town", parent=nanhu) for i in range(11)]
    partner = make_member("徐汇区", kind="district")
    for part in parts[:8]:
        sign(part, partner, valid_until="2022-12-31")
    found = queries.coverage_of_parts(viewer(), nanhu, on=date(2022, 12, 31))
    assert (len(found.covered), found.total, found.missing) == (8, 11, parts[8:])
    assert found.sentence("南湖") == "2022-12-31，南湖的 11 个组成部分中有 8 个已有有效协议"
    with speaking("en"):
        assert found.sentence("Nanhu") == "8 of 11 parts of Nanhu have a valid agreement on 2022-12-31"
    assert queries.coverage_of_parts(viewer(), nanhu, on=date(2023, 1, 1)).covered == []
    assert queries.coverages_of_parts(viewer(), on=date(2022, 12, 31)) == [(nanhu, found)]
    assert queries.coverage(viewer(), parts, on=FIRST, partners=[partner]).covered == parts[:8]
    assert queries.coverage(viewer(), parts, on=FIRST, partners=parts).covered == []
    assert queries.coverage(viewer(), parts, on=FIRST, kind="medical").covered == []


def test_an_agreement_is_recorded_by_a_party_or_its_secretariat_and_by_nobody_else() -> None:
    alliance = make_alliance()
    one, other, third = make_member(alliances=[alliance]), make_member(), make_member()
    for actor in (viewer("liaison", third), viewer("editor", one), viewer("secretariat", make_alliance()), viewer()):
        with pytest.raises(NotAllowed):
            actions.sign_agreement(actor=actor, record=record(one, other))
    for actor in (viewer("liaison", other), viewer("member_admin", one), viewer("secretariat", alliance)):
        actions.sign_agreement(actor=actor, record=record(one, other))
    assert Agreement.objects.count() == 3


def test_an_agreement_has_two_parties_and_its_days_in_order() -> None:
    one, other = make_member(), make_member()
    for members, values, code in (
        ((one,), {}, "agreement.parties"),
        ((one, one), {}, "agreement.parties"),
        ((), {"others": "甲方、乙方"}, "agreement.parties"),
        ((one, other), {"valid_until": "2019-12-31"}, "agreement.dates"),
        ((one, other), {"valid_from": "长期"}, "missing"),
        ((one,), {"members": [one.slug, "无此园区"]}, "member.unknown"),
        ((one,), {"organisations": "无此单位"}, "organisation.unknown"),
    ):
        with pytest.raises(Fault) as refusal:
            actions.sign_agreement(actor=viewer("liaison", one), record=record(*members, **values))
        assert refusal.value.code == code
    assert Agreement.objects.count() == 0


def test_parties_may_be_organisations_and_bodies_outside() -> None:
    park = make_member("南湖高新区")
    hospital = make_organisation("市第一医院", member=park, kind="hospital")
    made = actions.sign_agreement(
        actor=viewer("liaison", park),
        record=record(organisations=hospital.name, others="瑞金医院", members=[], kind="医疗协作"),
    )
    assert [(n.kind, n.name) for n in queries.graph(viewer(), on=FIRST).nodes] == [
        ("organisation", "市第一医院"),
        ("other", "瑞金医院"),
    ]
    assert list(queries.agreements(viewer(), member=park)) == [made]


def test_changing_needs_the_right_before_and_after_and_the_version_read() -> None:
    one, other, third = make_member(), make_member(), make_member()
    made = sign(one, other)
    with pytest.raises(NotAllowed):
        actions.change_agreement(actor=viewer("liaison", one), agreement=made, record=record(other, third))
    changed = actions.change_agreement(
        actor=viewer("liaison", one), agreement=made, record=record(one, third, title="新协议"), version=1
    )
    assert (changed.title, changed.version) == ("新协议", 2)
    assert [p.member for p in changed.parties.order_by("pk")] == [one, third]
    with pytest.raises(Stale):
        actions.change_agreement(actor=viewer("liaison", one), agreement=made, record=record(one, other), version=1)
    assert Event.objects.filter(name="agreement.changed").get().payload["members"] == [one.id, third.id]


def test_ending_keeps_what_was_valid_before() -> None:
    one, other = make_member(), make_member()
    made = sign(one, other, valid_until="2025-12-31")
    liaison = viewer("liaison", other)
    with pytest.raises(Fault) as refusal:
        actions.end_agreement(actor=liaison, agreement=made, last_day=date(2026, 1, 1), reason="x")
    assert refusal.value.code == "agreement.ended_already"
    ended = actions.end_agreement(actor=liaison, agreement=made, last_day=date(2023, 6, 30), reason="双方另签新协议")
    assert [ended.holds_on(d) for d in (date(2023, 6, 30), date(2023, 7, 1))] == [True, False]
    assert ended.end_reason == "双方另签新协议"


def test_the_network_draws_each_two_once_and_leaves_out_the_least_connected() -> None:
    from duijie.members.queries import network as networks

    hub, *others = (make_member(f"园区{n:02}", slug=f"n{n}") for n in range(40))
    for number, other in enumerate(others):
        for _ in range(2 if number < 3 else 1):
            sign(hub, other)
    sign(others[0], others[1])
    found = networks(viewer())
    assert (len(found.nodes), found.left_out) == (36, 4)
    between = {frozenset((one.name, other.name)): n for one, other, n in found.links}
    assert len(between) == len(found.links) == 36  # the hub with 35 others, and the two others
    assert between[frozenset(("园区00", "园区01"))] == 2
    assert between[frozenset(("园区01", "园区02"))] == 1
    assert found.nodes[0].name == "园区00"
    assert networks(viewer(), on=date(2019, 1, 1)).nodes == ()


def test_the_page_of_the_network_has_its_table_and_tells_two_of_one_name_apart() -> None:
    from django.test import Client

    park = make_member("城南", slug="chengnan")
    firm = make_organisation("城南", member=make_member("别处", slug="biechu"))
    sign(park, organisations=[firm.name], others="瑞金医院")
    page = Client().get("/agreements/network/").content.decode()
    assert "城南（成员）" in page and "城南（单位）" in page
    assert "瑞金医院" in page and "<table" in page
    assert "没有符合条件" in Client().get("/agreements/network/?on=2019-01-01").content.decode()
