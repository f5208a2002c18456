"""Gaps of an industry chain."""

from __future__ import annotations

import numpy as np
import pytest

from duijie.engines.clusters import Chain, Link, chain_completeness, chain_gaps, links_from_rows
from duijie.engines.composite.errors import CompositeError

CHAIN = Chain(
    ("ore", "cell", "pack", "car"),
    (Link("ore", "cell", 0.5), Link("cell", "pack", 1.0), Link("pack", "car", 0.4)),
)
REGIONS = ["甲", "乙", "丙"]
#                    ore  cell  pack  car
ACTIVITY = np.array([[100, 20, 0, 0], [0, 60, 50, 100], [10, 0, 0, 30.0]])


def test_stages_run_from_upstream() -> None:
    assert CHAIN.stages() == {"ore": 0, "cell": 1, "pack": 2, "car": 3}


def test_upstream_gaps_name_who_needs_it_and_who_has_it_to_spare() -> None:
    gaps = {
        (gap.region, gap.segment): gap for gap in chain_gaps(CHAIN, REGIONS, ACTIVITY) if gap.direction == "upstream"
    }
    ore = gaps[("乙", "ore")]
    assert (ore.wanted, ore.there, ore.short) == (30, 0, 30)
    assert ore.because_of == ("cell",)
    assert ore.sources == ("甲", "丙")
    assert gaps[("丙", "pack")].short == 12
    assert gaps[("丙", "pack")].sources == ("乙",)
    assert ("甲", "ore") not in gaps


def test_downstream_gaps_name_what_has_no_user() -> None:
    gaps = {(g.region, g.segment): g for g in chain_gaps(CHAIN, REGIONS, ACTIVITY) if g.direction == "downstream"}
    # The three regions have 80 cells to 110 of ore; 甲 has 100 of ore and 20 of cell.
    assert gaps[("甲", "cell")].wanted == pytest.approx(80 / 110 * 100)
    assert gaps[("甲", "cell")].because_of == ("ore",)
    assert gaps[("甲", "pack")].there == 0


def test_the_largest_gap_comes_first_and_small_ones_can_be_left_out() -> None:
    gaps = chain_gaps(CHAIN, REGIONS, ACTIVITY)
    assert [gap.short for gap in gaps] == sorted((gap.short for gap in gaps), reverse=True)
    assert all(gap.short > 25 for gap in chain_gaps(CHAIN, REGIONS, ACTIVITY, short_least=25))


def test_sources_out_of_reach_do_not_count() -> None:
    far = [[0, 500, 50], [500, 0, 90], [50, 90, 0]]
    gaps = {(g.region, g.segment): g for g in chain_gaps(CHAIN, REGIONS, ACTIVITY, distances=far, reach=100)}
    assert gaps[("乙", "ore")].sources == ("丙",)


def test_completeness() -> None:
    found = chain_completeness(CHAIN, REGIONS, ACTIVITY)
    assert found[0].present == ("ore", "cell") and found[0].missing == ("pack", "car")
    assert found[0].share == 0.5
    assert found[0].specialised == ("ore",)


def test_a_chain_table_is_read() -> None:
    rows = [{"supplier": "ore", "user": "cell", "need": "0.5"}, {"supplier": "cell", "user": "pack"}]
    assert links_from_rows(rows) == (Link("ore", "cell", 0.5), Link("cell", "pack", 1.0))
    with pytest.raises(CompositeError, match="not a number"):
        links_from_rows([{"supplier": "a", "user": "b", "need": "many"}])
    with pytest.raises(CompositeError, match="no column user"):
        links_from_rows([{"supplier": "a"}])


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        ((Link("a", "z"),), "segment z is not"),
        ((Link("a", "a"),), "loop"),
        ((Link("a", "b"), Link("a", "b")), "written twice"),
        ((Link("a", "b", 0),), "must be positive"),
    ],
)
def test_bad_chains_are_refused(links: tuple[Link, ...], sentence: str) -> None:
    with pytest.raises(CompositeError, match=sentence):
        Chain(("a", "b"), links)


def test_a_loop_has_no_stages() -> None:
    with pytest.raises(CompositeError, match="a → b → a"):
        Chain(("a", "b"), (Link("a", "b"), Link("b", "a"))).stages()
