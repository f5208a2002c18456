"""The inbox's first ten: near-copies give way, page after page nothing is lost or shown twice."""

from __future__ import annotations

import pytest

from duijie.match import queries
from duijie.match.models import Suggestion
from tests.factories import make_organisation, viewer
from tests.match.test_finding import publish

pytestmark = pytest.mark.django_db


def test_near_copies_give_way_and_pages_hold_everything_once() -> None:
    firm = make_organisation()
    need = publish("need", "压铸件气孔检测", organisation=firm)
    titles = ["气孔在线检测设备", "气孔在线检测设备", "X光探伤机", *(f"第{n}种温控装置" for n in range(10))]
    for place, title in enumerate(titles):
        offer = publish("technology", title)
        chance = 0.9 - 0.01 * place
        Suggestion.objects.create(
            asking=need, giving=offer, asking_version=1, giving_version=1, score=chance, probability=chance, worth=chance, grade="strong"
        )  # fmt: skip
    who = viewer("organisation", firm)
    rows = queries.suggestions_for(who, listing=need)
    first = queries.page_of_suggestions(rows, who, 0, 10)
    assert [one.other.title for one in first][:3] == ["气孔在线检测设备", "X光探伤机", "第0种温控装置"]
    second = queries.page_of_suggestions(rows, who, 10, 20)
    assert sorted(one.uid for one in [*first, *second]) == sorted(rows.values_list("uid", flat=True))
