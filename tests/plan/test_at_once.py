"""Two officers at one figure, or at one plan, in the same moment: one is served, the other is told."""

from __future__ import annotations

import pytest
from django.test import Client

from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.schema import parse
from duijie.plan import actions
from duijie.plan.models import Actual, Plan, PlanEdition
from duijie.plan.schemas import ActualRecord, ItemRecord
from tests.at_once import at_once, on_disk, refused  # noqa: F401 (the fixture acts on every test)
from tests.factories import PASSWORD, make_user, viewer
from tests.plan.making import YEAR, Made, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def ready() -> Made:
    made = make_plan()
    made.indicator("1-1", measure="")
    made.publish()
    return made


@pytest.mark.parametrize("whole", [True, False])
def test_a_figure_that_two_report_at_once_stands_once(whole: bool) -> None:
    made = ready()
    member = made.members[0]
    people = [viewer(make_user("secretariat", made.alliance) if whole else make_user("liaison", member)) for _ in range(2)]  # fmt: skip
    values = {"indicator": "1-1", "period": str(YEAR)} | ({} if whole else {"member": member.slug})
    records = [parse(ActualRecord, values | {"value": value}) for value in ("5", "6")]
    found = at_once(
        *(lambda a=a, r=r: actions.report_actual(actor=a, plan=made.plan, record=r) for a, r in zip(people, records, strict=True))
    )  # fmt: skip
    assert [(type(fault), fault.code) for fault in refused(found)] == [(Conflict, "actual.twice")]
    assert Actual.objects.count() == 1


def test_a_figure_that_two_correct_at_once_is_corrected_once() -> None:
    made = ready()
    member = made.members[0]
    first = made.report(viewer("liaison", member), "1-1", "5", member=member.slug)
    people = [viewer(make_user("liaison", member)) for _ in range(2)]
    values = {"indicator": "1-1", "period": str(YEAR), "member": member.slug, "correction": "漏报"}
    records = [parse(ActualRecord, values | {"value": value}) for value in ("6", "7")]
    found = at_once(
        *(lambda a=a, r=r: actions.report_actual(actor=a, plan=made.plan, record=r) for a, r in zip(people, records, strict=True))
    )  # fmt: skip
    told = refused(found)
    # On SQLite writers queue, so that the second corrects the first one's correction; where they meet, the second is told.
    assert [fault.code for fault in told] in ([], ["actual.twice"])
    assert Actual.objects.filter(replaces=first).count() == 1
    assert Actual.objects.filter(replaced_by__isnull=True).count() == 1
    assert Actual.objects.count() == 3 - len(told)


@pytest.mark.parametrize("other", ["verify", "return"])
def test_a_figure_is_decided_once(other: str) -> None:
    made = ready()
    member = made.members[0]
    row = made.report(viewer("liaison", member), "1-1", "5", member=member.slug)
    people = [viewer(make_user("secretariat", made.alliance)) for _ in range(2)]
    second = (
        (lambda: actions.verify_actual(actor=people[1], actual=row, version=1))
        if other == "verify"
        else (lambda: actions.return_actual(actor=people[1], actual=row, reason="没有台账", version=1))
    )
    found = at_once(lambda: actions.verify_actual(actor=people[0], actual=row, version=1), second)
    assert [type(fault) for fault in refused(found)] == [Stale]
    row.refresh_from_db()
    assert (row.version, row.status in ("verified", "returned")) == (2, True)


def test_leaders_who_decide_at_once_make_one_edition() -> None:
    made = make_plan()
    made.indicator("1-1", measure="")
    actions.submit_plan(actor=made.secretary, plan=made.plan)
    leaders = [viewer(make_user("leader", made.alliance)) for _ in range(2)]
    found = at_once(
        lambda: actions.approve_plan(actor=leaders[0], plan=made.plan), lambda: actions.approve_plan(actor=leaders[1], plan=made.plan)
    )  # fmt: skip
    assert [fault.code for fault in refused(found)] == ["plan.not_submitted"]
    assert (PlanEdition.objects.count(), Plan.objects.unscoped("test").get().edition) == (1, 1)


def test_planners_who_add_the_same_item_at_once_add_one() -> None:
    made = make_plan()
    planners = [viewer(make_user("secretariat", made.alliance)) for _ in range(2)]
    records = [parse(ItemRecord, {"code": "2", "kind": "task", "title": title}) for title in ("甲", "乙")]
    found = at_once(
        *(lambda a=a, r=r: actions.write_item(actor=a, plan=made.plan, record=r, add_only=True) for a, r in zip(planners, records, strict=True))
    )  # fmt: skip
    assert [(type(fault), fault.code) for fault in refused(found)] == [(Conflict, "item.code")]
    assert made.plan.items.filter(code="2").count() == 1


def test_on_the_page_the_second_is_told_what_a_colleague_decided() -> None:
    made = ready()
    member = made.members[0]
    row = made.report(viewer("liaison", member), "1-1", "5", member=member.slug)
    answers = []
    for _ in range(2):
        client = Client()
        client.login(username=make_user("secretariat", made.alliance).username, password=PASSWORD)
        posted = {"decision": "verify", "version": "1"}
        answers.append(client.post(f"/plan/actuals/{row.uid}/decide/", posted, follow=True).content.decode())
    assert ("已核实并计入" in answers[0], "已核实并计入" in answers[1]) == (True, False)
    assert str(Stale().sentence) in answers[1]
    assert isinstance(Stale(), Fault)
