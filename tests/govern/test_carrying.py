"""What a carried motion does by itself: plans are approved, offices are filled; a refusal is noted and nothing is half done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from duijie.core.access import SYSTEM
from duijie.core.errors import Fault
from duijie.core.events import dispatch_all
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.models import Motion, Office, Resolution
from duijie.govern.schemas import OfficeRecord
from duijie.plan import actions as plans
from duijie.plan.models import Plan, PlanEdition
from duijie.plan.schemas import ItemRecord, PlanRecord
from tests.factories import make_alliance
from tests.govern.council import TODAY, Council

pytestmark = pytest.mark.django_db


@pytest.fixture
def council() -> Council:
    return Council()


def carried(council: Council, **more: Any) -> Resolution:
    """The council votes for a motion, and what it decided is carried out."""
    motion = council.opened(**more)
    council.vote(motion, "yyyy")
    assert council.closed(motion).status == "carried"
    dispatch_all()
    return Resolution.objects.get(motion=motion)


def submitted_plan(alliance: Any) -> Plan:
    record = {"title": "三年行动计划", "alliance": alliance.slug, "starts_on": "2026-01-01", "ends_on": "2028-12-31"}
    plan = plans.draft_plan(actor=SYSTEM, record=parse(PlanRecord, record))
    item = parse(ItemRecord, {"code": "1", "kind": "goal", "title": "协同创新"})
    plans.write_item(actor=SYSTEM, plan=plan, record=item)
    return plans.submit_plan(actor=SYSTEM, plan=plan)


def test_a_plan_is_approved_under_the_resolutions_number(council: Council) -> None:
    plan = submitted_plan(council.alliance)
    resolution = carried(council, kind="plan", about=plan.uid)
    edition = PlanEdition.objects.get(plan=plan)
    assert (edition.number, edition.resolution) == (1, resolution.label)
    assert Plan.objects.unscoped("test").get().status == "approved"
    assert resolution.outcome == "《三年行动计划》第 1 版已批准"


def test_a_plan_that_was_taken_back_is_not_approved_and_the_council_reads_why(council: Council) -> None:
    plan = submitted_plan(council.alliance)
    motion = council.opened(kind="plan", about=plan.uid)
    plans.return_plan(actor=SYSTEM, plan=plan, reason="再议")
    council.vote(motion, "yyyy")
    council.closed(motion)
    dispatch_all()
    assert PlanEdition.objects.count() == 0
    assert Resolution.objects.get().outcome.startswith("未能自动办理：")


def test_no_council_decides_on_anothers_plan(council: Council) -> None:
    for about in (submitted_plan(make_alliance("别的联盟", slug="others")).uid, "没有这个计划"):
        with pytest.raises(Fault) as refused:
            council.motion(kind="plan", about=about)
        assert (refused.value.code, refused.value.place) == ("motion.about", "about")
    assert Motion.objects.unscoped("test").count() == 0


def test_an_office_goes_over_from_one_holder_to_the_next(council: Council) -> None:
    first = parse(OfficeRecord, {"kind": "secretary_general", "name": "许敏", "since": TODAY - timedelta(days=400)})
    actions.appoint(actor=council.secretary, alliance=council.alliance, record=first)
    since = TODAY + timedelta(days=10)
    resolution = carried(
        council,
        kind="office",
        office="secretary_general",
        holder="严国栋",
        holder_member="aqu",
        since=since.isoformat(),
    )
    before, after = Office.objects.order_by("since")
    assert (before.until, before.ended_reason) == (since - timedelta(days=1), f"理事会{resolution.label}决议改选")
    assert (after.name, after.member, after.since) == ("严国栋", council.members[0], since)
    assert after.until is not None and 1060 < (after.until - since).days < 1100  # the charter's 36 months
    assert resolution.outcome.startswith("严国栋任秘书长")


def test_an_office_that_is_given_away_later_stays_as_it_was(council: Council) -> None:
    for name, days in (("许敏", -30), ("后来人", 30)):
        until = TODAY + timedelta(days=days + 59)
        record = {"kind": "chair", "name": name, "since": TODAY + timedelta(days=days), "until": until}
        actions.appoint(actor=council.secretary, alliance=council.alliance, record=parse(OfficeRecord, record))
    held = list(Office.objects.order_by("since").values_list("name", "until"))
    resolution = carried(council, kind="office", office="chair", holder="严国栋")
    assert list(Office.objects.order_by("since").values_list("name", "until")) == held
    assert resolution.outcome.startswith("未能自动办理：后来人的任期")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"kind": "office", "office": "chair"}, "holder"),
        ({"kind": "office", "holder": "严国栋"}, "office"),
        ({"kind": "other", "office": "chair", "holder": "严国栋"}, "office"),
        ({"kind": "office", "office": "chair", "holder": "严国栋", "holder_member": "没有的区"}, "holder_member"),
    ],
)
def test_an_office_is_named_whole_or_not_at_all(council: Council, more: dict[str, Any], place: str) -> None:
    with pytest.raises(Fault) as refused:
        council.motion(**more)
    assert refused.value.place == place
    assert Motion.objects.unscoped("test").count() == 0


def test_other_questions_keep_what_they_are_about_as_a_reference(council: Council) -> None:
    resolution = carried(council, kind="event", about="01J0")
    assert (resolution.outcome, resolution.motion.subject_ref) == ("", "01J0")
