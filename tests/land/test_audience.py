"""Who looks at whose deals and projects."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duijie.land.models import Deal, Project
from duijie.members.models import Membership
from tests.factories import make_user, viewer
from tests.land.conftest import Land

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.mark.parametrize(
    ("held", "seen"),
    [({}, True), ({"suspended_from": D(2020, 1, 1)}, False), ({"suspended_from": D(2020, 1, 1), "suspended_until": D(2020, 2, 1)}, True),
     ({"since": D(2999, 1, 1)}, False), ({"until": D(2020, 1, 1)}, False)],
)  # fmt: skip
@pytest.mark.parametrize("whose", ["own", "ally"])
def test_allies_see_deals_while_both_are_in_the_alliance(
    land: Land, whose: str, held: dict[str, Any], seen: bool
) -> None:
    deal, project = land.deal(), land.project(openness="alliance")
    Membership.objects.filter(member=getattr(land, whose)).update(**held)
    officer = viewer(make_user("liaison", land.ally))
    assert list(Deal.objects.visible_to(officer)) == [deal] * seen
    assert list(Project.objects.visible_to(officer)) == [project] * seen


def test_tokens_and_deals_agree_on_who_is_in_the_alliance(land: Land) -> None:
    token = f"alliance:{Membership.objects.first().alliance_id}"
    Membership.objects.filter(member=land.ally).update(since=D(2999, 1, 1))
    assert [token in viewer(make_user("liaison", m)).tokens for m in (land.own, land.ally)] == [True, False]
