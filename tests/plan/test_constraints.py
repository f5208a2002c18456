"""The database itself keeps one row of each kind, on SQLite as on PostgreSQL, also where no member is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.errors import Conflict
from duijie.core.schema import parse
from duijie.plan import actions
from duijie.plan.models import Actual, Baseline, Plan, Target
from duijie.plan.schemas import PlanRecord
from tests.factories import viewer
from tests.plan.making import YEAR, Made, make_plan

pytestmark = pytest.mark.django_db


def rows(made: Made, member: Any) -> dict[str, Any]:
    """One unsaved row of each kind, the same at each call."""
    indicator, period = made.plan.indicators.get(), made.plan.periods.get()
    cut = {"indicator": indicator, "member": member, "value": 1}
    return {
        "baseline": Baseline(on=dt.date(YEAR - 1, 12, 31), **cut),
        "target": Target(period=period, **cut),
        "actual": Actual(period=period, reported_at=timezone.now(), **cut),
    }


@pytest.mark.parametrize("kind", ["baseline", "target", "actual"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_double_is_refused_and_another_cut_is_not(kind: str, whole: bool) -> None:
    made = make_plan()
    made.indicator("1-1", measure="")
    member = None if whole else made.members[0]
    rows(made, member)[kind].save()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows(made, member)[kind].save()
    other = rows(made, member)[kind]
    other.breakdown = "来源=上海"
    other.save()
    rows(made, made.members[1])[kind].save()
    assert type(other).objects.count() == 3


def test_a_correction_is_no_double() -> None:
    made = make_plan()
    made.indicator("1-1", measure="")
    first = rows(made, None)["actual"]
    first.save()
    second = rows(made, None)["actual"]
    second.replaces = first
    second.save()
    assert Actual.objects.count() == 2


def test_a_plans_own_id_is_one_plans_of_its_owner_alone() -> None:
    made = make_plan()
    other = make_plan()
    Plan.objects.unscoped("test").filter(pk=made.plan.pk).update(external_id="P-1")
    Plan.objects.unscoped("test").filter(pk=other.plan.pk).update(external_id="P-1")
    values = {"title": "又一份", "alliance": made.alliance.slug, "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    second = actions.draft_plan(actor=made.secretary, record=parse(PlanRecord, values))
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.unscoped("test").filter(pk=second.pk).update(external_id="P-1")
    for act in (
        lambda: actions.draft_plan(actor=made.secretary, record=parse(PlanRecord, values | {"external_id": "P-1"})),
        lambda: actions.change_plan(actor=made.secretary, plan=second, record=parse(PlanRecord, values | {"external_id": "P-1"})),
    ):  # fmt: skip
        with pytest.raises(Conflict) as refusal:
            act()
        assert (refusal.value.code, refusal.value.place) == ("plan.external_id", "external_id")
    own = {"title": "成员方案", "member": made.members[0].slug, "starts_on": "2025-01-01", "ends_on": "2025-12-31", "external_id": "P-1"}  # fmt: skip
    liaison = viewer("liaison", made.members[0])
    assert actions.draft_plan(actor=liaison, record=parse(PlanRecord, own)).external_id == "P-1"


def test_no_constraint_of_the_models_is_left_out_by_the_database() -> None:
    assert [m for m in run_checks(databases=["default"]) if m.id in {"models.W036", "models.W037", "models.W047"}] == []
