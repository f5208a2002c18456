"""Deals that come from elsewhere keep where they came from; people are reminded; what is written about moves is what holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all, emit
from duijie.core.models import Notification
from duijie.land import actions
from duijie.land.models import Deal
from duijie.land.moves import as_page
from duijie.land.reminders import refresh_lateness, remind
from duijie.land.service import in_stage
from duijie.match.actions import accept_interest, express_interest, hand_on
from duijie.match.models import Introduction
from duijie.meet.models import Event, Intent
from duijie.publish.actions import create_listing
from tests.factories import make_organisation, viewer
from tests.land.conftest import Land, asked

DOCS = Path(__file__).parent.parent.parent / "docs"


def deals() -> list[Deal]:
    return list(Deal.objects.unscoped("test").order_by("pk"))


@pytest.mark.django_db
def test_an_introduction_that_is_handed_on_becomes_one_deal_with_its_source(land: Land) -> None:
    firm, other = make_organisation(member=land.own), make_organisation(member=land.ally)
    need = {"kind": "need", "title": "压铸件气孔检测", "amount": "30-50万", "industries": "汽车制造业"}
    asking = create_listing(actor=SYSTEM, member=land.own, organisation=firm, data=need, put_forward=True)
    offer = {"kind": "technology", "title": "X 射线在线检测"}
    giving = create_listing(actor=SYSTEM, member=land.ally, organisation=other, data=offer, put_forward=True)
    interest = express_interest(actor=viewer("organisation", firm), to_listing=giving, from_listing=asking)
    accept_interest(actor=viewer("organisation", other), interest=interest)
    introduction = Introduction.objects.get(interest=interest)
    hand_on(actor=viewer("organisation", firm), introduction=introduction)
    dispatch_all()
    emit("introduction.hand_on", ids=[introduction.pk])  # delivered twice
    dispatch_all()
    (deal,) = deals()
    assert (deal.source, deal.source_ref, deal.kind) == ("introduction", introduction.uid, "technology")
    assert (deal.title, deal.amount_minor, deal.industry) == ("压铸件气孔检测", 50_000_000, "36")
    assert (deal.owner_member_id, deal.origin, deal.region) == (land.own.pk, "330482", "330411")
    assert deal.source_label == "压铸件气孔检测 × X 射线在线检测"
    sides = [(p.side, p.member_id, p.organisation_id) for p in deal.parties.order_by("pk")]
    assert sides == [
        ("own", land.own.pk, None),
        ("own", None, firm.pk),
        ("other", land.ally.pk, None),
        ("other", None, other.pk),
    ]
    changed = actions.deal_record_of(deal) | {"source": "by_hand", "source_label": "别的"}
    from duijie.core.schema import parse
    from duijie.land.schemas import DealRecord

    actions.change_deal(actor=land.liaison, deal=deal, record=parse(DealRecord, changed | {"title": "新名"}))
    deal.refresh_from_db()
    assert (deal.title, deal.source, deal.source_label) == ("新名", "introduction", "压铸件气孔检测 × X 射线在线检测")


@pytest.mark.django_db
def test_an_intent_that_is_signed_becomes_a_deal_and_its_upgrade_none(land: Land) -> None:
    firm, other = make_organisation(member=land.own), make_organisation(member=land.ally)
    event = Event.objects.create(**event_values(land))
    values: dict[str, Any] = {
        "event": event, "kind": "technology", "title": "共建检测平台", "first_organisation": firm, "second_organisation": other,
        "first_member": land.own, "second_member": land.ally, "amount_minor": 3_000_000_000, "status": "signed",
        "effective_on": dt.date(2026, 3, 5),
    }  # fmt: skip
    first = Intent.objects.create(counts=True, **values)
    second = Intent.objects.create(upgrade_of=first, **values)
    emit("intent.signed", ids=[first.pk, second.pk])
    dispatch_all()
    (deal,) = deals()
    assert (deal.source, deal.source_ref, deal.source_label) == ("meeting_intent", first.uid, str(event))
    assert (deal.stage, deal.stage_since, deal.amount_minor) == ("intent", dt.date(2026, 3, 5), 3_000_000_000)
    assert asked("intents", dt.date(2026, 3, 1), dt.date(2026, 3, 31)) == 1


def event_values(land: Land) -> dict[str, Any]:
    """What an event needs to stand in the database."""
    from django.utils import timezone

    now, values = timezone.now(), {}
    for field in Event._meta.concrete_fields:
        if field.primary_key or field.null or field.has_default() or getattr(field, "auto_now_add", False):
            continue
        kind = field.get_internal_type()
        values[field.attname] = {
            "ForeignKey": land.own.pk, "DateTimeField": now, "DateField": now.date(), "IntegerField": 1,
            "PositiveIntegerField": 1, "PositiveSmallIntegerField": 1,
        }.get(kind, "对接会")  # fmt: skip
    return values


@pytest.mark.django_db
def test_people_hear_once_of_steps_and_of_stages_that_take_too_long(land: Land) -> None:
    deal = land.deal(next_step="看厂房", next_on="2017-01-10")
    assert (
        remind(dt.date(2017, 1, 9)) == 3
    )  # the step is due tomorrow; two officers hear that a lead rests for one working day only
    assert remind(dt.date(2017, 1, 9)) == 0
    assert sorted(Notification.objects.values_list("kind", flat=True).distinct()) == ["deal.due", "deal.overdue"]
    assert all(deal.uid in n.address for n in Notification.objects.all())
    project = land.project(planned_start_on="2017-06-01")
    project.refresh_from_db()
    late = project.late_days
    assert late == (dt.date.today() - dt.date(2017, 6, 1)).days  # noqa: DTZ011
    assert refresh_lateness() == 0


def test_the_page_of_moves_and_of_every_model_is_there() -> None:
    assert (DOCS / "land-moves.md").read_text(encoding="utf-8") == as_page()
    import re

    for model in apps.get_app_config("land").get_models():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
        assert "**What always holds.**" in (DOCS / "models" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.django_db
def test_days_in_a_stage_leave_the_spring_festival_out_and_say_where_holidays_are_not_announced(land: Land) -> None:
    deal = land.deal(stage_on="2026-02-13")
    stay = in_stage(deal, dt.date(2026, 2, 25))
    assert (stay.days, stay.level, stay.over, stay.unannounced) == (3, 1, 2, [])
    deal.stage_since = dt.date(2046, 9, 30)
    assert in_stage(deal, dt.date(2046, 10, 4)).unannounced == [2046]


@pytest.mark.django_db
def test_a_step_after_a_holiday_is_reminded_of_on_the_last_working_day_before(land: Land) -> None:
    land.deal(next_step="看厂房", next_on="2026-10-08", stage_on="2026-09-30")
    assert (remind(dt.date(2026, 9, 29)), remind(dt.date(2026, 9, 30))) == (0, 1)
