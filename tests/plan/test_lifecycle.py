"""A plan from draft to publication, its amendments with every edition readable, and who may do what."""

from __future__ import annotations

from datetime import date

import pytest

from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound, Stale
from duijie.core.models import AuditLine, Event
from duijie.core.schema import parse
from duijie.plan import actions, queries
from duijie.plan.models import Plan
from duijie.plan.schemas import ItemRecord, PlanRecord, StateRecord
from tests.factories import make_alliance, make_member, viewer
from tests.plan.making import make_plan

pytestmark = pytest.mark.django_db


def test_a_plan_goes_from_draft_through_the_leaders_to_the_public() -> None:
    made = make_plan()
    made.indicator("1-1")
    made.target("1-1", "6", member=made.members[0].slug)
    assert list(queries.plans(viewer())) == []
    with pytest.raises(NotAllowed):
        actions.approve_plan(actor=made.secretary, plan=made.plan)
    with pytest.raises(Conflict) as refusal:
        actions.approve_plan(actor=made.leader, plan=made.plan)
    assert refusal.value.code == "plan.not_submitted"
    plan = made.publish()
    assert (plan.status, plan.edition, list(queries.plans(viewer()))) == ("published", 1, [plan])
    assert [e.resolution for e in queries.editions(viewer(), plan)] == ["〔2025〕1号"]
    assert [e.name for e in Event.objects.filter(name__startswith="plan.").order_by("pk")][-3:] == [
        "plan.submitted", "plan.approved", "plan.published",
    ]  # fmt: skip
    assert AuditLine.objects.filter(verb="plan.approve").count() == 1


def test_what_is_returned_is_worked_on_again() -> None:
    made = make_plan()
    actions.submit_plan(actor=made.secretary, plan=made.plan)
    with pytest.raises(Conflict) as refusal:
        made.item("2")
    assert refusal.value.code == "plan.not_open"
    with pytest.raises(Fault) as missing:
        actions.return_plan(actor=made.leader, plan=made.plan, reason=" ")
    assert missing.value.code == "reason.missing"
    actions.return_plan(actor=made.leader, plan=made.plan, reason="补充责任成员")
    assert made.item("2").code == "2"


def test_a_submitted_plan_is_read_by_the_members_leaders_and_by_nobody_else() -> None:
    made = make_plan()
    leader, liaison = viewer("leader", made.members[1]), viewer("liaison", made.members[1])
    assert not queries.plans(leader).exists()
    actions.submit_plan(actor=made.secretary, plan=made.plan)
    assert queries.plans(leader).exists()
    for who in (liaison, viewer("leader", make_member()), viewer("secretariat", make_alliance()), viewer()):
        with pytest.raises(NotFound):
            queries.get_plan(who, made.plan.uid)


def test_an_amendment_makes_the_next_edition_and_the_first_stays_readable() -> None:
    made = make_plan()
    made.indicator("1-1")
    made.target("1-1", "6")
    plan = made.publish()
    guest = viewer()
    actions.open_amendment(actor=made.secretary, plan=plan, reason="上级任务加码")
    with pytest.raises(Conflict):
        actions.open_amendment(actor=made.secretary, plan=plan, reason="again")
    made.target("1-1", "8")
    made.item("2")
    # Until the leaders have decided the public reads the first edition.
    assert [x.value for x in queries.content(guest, made.again()).indicators[0].targets] == [6]
    with pytest.raises(NotFound):
        queries.content(guest, made.plan, draft=True)
    assert queries.content(made.secretary, made.plan, draft=True).indicators[0].targets[0].value == 8
    actions.submit_plan(actor=made.secretary, plan=made.plan)
    actions.approve_plan(actor=made.leader, plan=made.plan, resolution="〔2025〕2号")
    now = queries.content(guest, made.again())
    assert (now.edition, [x.code for x in now.items], now.indicators[0].targets[0].value) == (2, ["1", "2"], 8)
    before = queries.content(guest, made.plan, edition=1)
    assert ([x.code for x in before.items], before.indicators[0].targets[0].value) == (["1"], 6)
    first, second = sorted(queries.editions(guest, made.plan), key=lambda e: e.number)
    assert second.reason == "上级任务加码"
    assert queries.content(guest, made.plan, known_at=first.approved_at).edition == 1


def test_an_amendment_that_is_dropped_leaves_no_trace_in_the_working_copy() -> None:
    made = make_plan()
    made.item("2", parent="1", responsible=[made.members[0].slug])
    made.indicator("1-1")
    made.indicator("1-2")
    made.baseline("1-1", "3", "2024-12-31")
    made.target("1-1", "6")
    made.period("2026")
    plan = made.publish()
    before = queries.content(made.secretary, plan, draft=True).raw
    actions.open_amendment(actor=made.secretary, plan=plan, reason="试改")
    made.target("1-1", "8")
    made.target("1-1", "9", period="2026")
    made.item("2", title="改名", parent="1", responsible=[made.members[1].slug])
    made.item("3")
    actions.remove_indicator(actor=made.secretary, plan=plan, indicator=plan.indicators.get(code="1-2"))
    made.indicator("1-2", title="另一个")
    actions.change_plan(
        actor=made.secretary, plan=plan,
        record=parse(PlanRecord, actions.plan_record_of(made.again()) | {"title": "新名", "alliance": made.alliance.slug}),
    )  # fmt: skip
    actions.drop_amendment(actor=made.secretary, plan=plan)
    assert queries.content(made.secretary, made.again(), draft=True).raw == before
    assert made.plan.amendment == ""


def test_only_a_published_plan_is_amended() -> None:
    made = make_plan()
    with pytest.raises(Conflict) as refusal:
        actions.open_amendment(actor=made.secretary, plan=made.plan, reason="x")
    assert refusal.value.code == "plan.not_published"
    with pytest.raises(Conflict) as none:
        actions.drop_amendment(actor=made.secretary, plan=made.plan)
    assert none.value.code == "amendment.none"


def test_a_member_has_a_scheme_of_its_own() -> None:
    member = make_member()
    admin, leader = viewer("member_admin", member), viewer("leader", member)
    values = {"title": "2025 年实施方案", "member": member.slug, "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    for who in (viewer("editor", member), viewer("liaison", make_member()), viewer()):
        with pytest.raises(NotAllowed):
            actions.draft_plan(actor=who, record=parse(PlanRecord, values))
    plan = actions.draft_plan(actor=admin, record=parse(PlanRecord, values))
    actions.write_item(actor=admin, plan=plan, record=parse(ItemRecord, {"code": "1", "kind": "目标", "title": "目标"}))
    actions.submit_plan(actor=admin, plan=plan)
    actions.approve_plan(actor=leader, plan=plan)
    assert actions.publish_plan(actor=admin, plan=plan).status == "published"


def test_two_writers_of_one_plan() -> None:
    made = make_plan()
    version = made.again().version
    record = parse(PlanRecord, actions.plan_record_of(made.plan) | {"title": "甲"})
    actions.change_plan(actor=made.secretary, plan=made.plan, record=record, version=version)
    with pytest.raises(Stale):
        actions.change_plan(actor=made.secretary, plan=made.plan, record=record, version=version)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ends_on": "2024-01-01"}, "plan.dates"),
        ({"member": "x"}, "plan.owner"),
        ({"alliance": None}, "plan.owner"),
        ({"alliance": "无"}, "alliance.unknown"),
    ],
)
def test_a_plan_has_one_owner_and_its_days_in_order(values: dict[str, object], code: str) -> None:
    alliance = make_alliance()
    base = {"title": "计划", "alliance": alliance.slug, "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    with pytest.raises(Fault) as refusal:
        actions.draft_plan(actor=viewer("secretariat", alliance), record=parse(PlanRecord, base | values))
    assert refusal.value.code == code
    assert not Plan.objects.unscoped("test").exists()


def test_the_tree_has_no_loop_and_its_days_lie_in_the_plan() -> None:
    made = make_plan()
    made.item("2", parent="1")
    for values, code in (
        ({"code": "1", "parent": "2", "kind": "goal"}, "item.loop"),
        ({"code": "3", "parent": "9"}, "item.unknown"),
        ({"code": "3", "ends_on": "2028-01-01"}, "item.dates"),
        ({"code": "3", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "item.dates"),
        ({"code": "3", "responsible": ["无此成员"]}, "member.unknown"),
    ):
        with pytest.raises(Fault) as refusal:
            made.item(**values)
        assert refusal.value.code == code


def test_a_responsible_member_says_where_its_task_stands() -> None:
    made = make_plan()
    item = made.item("2", responsible=[made.members[0].slug])
    record = parse(StateRecord, {"state": "推进中", "note": "已选址"})
    liaison = viewer("liaison", made.members[0])
    with pytest.raises(Conflict):
        actions.set_state(actor=liaison, plan=made.plan, item=item, record=record)
    plan = made.publish()
    with pytest.raises(NotAllowed):
        actions.set_state(actor=viewer("liaison", made.members[1]), plan=plan, item=item, record=record)
    changed = actions.set_state(actor=liaison, plan=plan, item=item, record=record, version=1)
    assert (changed.state, changed.state_note) == ("running", "已选址")
    with pytest.raises(Stale):
        actions.set_state(actor=liaison, plan=plan, item=item, record=record, version=1)


def test_a_plan_is_closed_after_its_last_day() -> None:
    made = make_plan(starts="2023-01-01", ends="2023-12-31")
    plan = made.publish()
    assert plan.ends_on < date(2026, 1, 1)
    assert actions.close_plan(actor=made.secretary, plan=plan).status == "closed"
    late = make_plan(starts="2023-01-01", ends="2099-12-31")
    with pytest.raises(Conflict) as refusal:
        actions.close_plan(actor=late.secretary, plan=late.publish())
    assert refusal.value.code == "plan.not_over"
