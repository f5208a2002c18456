"""The kinds' own word on who answers whom agrees with the engine's table."""

from __future__ import annotations

import pytest

from duijie.engines.matching import complementary_kinds
from duijie.match.documents import engine_kind
from duijie.publish.kinds import KINDS

_LISTING_KIND = {"project_offer": "project", "post": "talent"}


def _from_the_table(kind: str) -> set[str]:
    sides = {"person", "post"} if kind == "talent" else {""}
    found = {other for side in sides for other in complementary_kinds(engine_kind(kind, {"form": side}))}
    return {_LISTING_KIND.get(other, other) for other in found} - {"organisation"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_complements_are_those_of_the_engine(kind: str) -> None:
    assert set(KINDS[kind].complements) == _from_the_table(kind)


def test_a_vacancy_and_the_person_for_it_stand_on_two_sides() -> None:
    assert engine_kind("talent", {}) == engine_kind("talent", {"form": "post"}) == "post"
    assert engine_kind("talent", {"form": "person"}) == "talent"
    assert engine_kind("project", {}) == "project_offer"
