"""The forms of an index's steps: what they say is what the document says, and what cannot be is named by its field."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from duijie.core.access import GUEST
from duijie.core.errors import Fault
from duijie.measure.indices import composite, tree
from duijie.measure.indices.words import AGGREGATORS, IMPUTERS, NORMALISERS, WEIGHERS
from duijie.web.measure.step_forms import read_steps, step_forms
from duijie.web.measure.step_settings import Range
from tests.measure.designs import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


RANGE = Range(("2024", "2025"), tuple((f"park-{n}", f"园区{n}") for n in range(6)))
# What the methods of the form cannot do without.
NEEDED = {
    "normalise-edges": "25 50 75",
    "normalise-marks": "1 2 3 4",
    "normalise-base": "2024",
    "normalise-unit": "park-3",
}


def form_of(document: Any, **changes: str) -> QueryDict:
    """What the page's form posts for a document, with some fields changed."""
    given: dict[str, str] = {}
    for step in step_forms(document, RANGE):
        if step.is_on:
            given[f"on-{step.kind}"] = "1"
        if step.methods:
            given[step.method_name] = step.method
        shown = [*step.fields, *(one for own in step.own for one in own.fields)]
        given |= {one.name: one.value for one in shown if one.kind != "flag" or one.value == "1"}
        given |= {name: value for name, _, value, _ in step.levels}
        for own in step.own:
            given |= {f"{own.prefix}-code": own.code, f"{own.prefix}-method": own.method}
        if step.weights:
            given["aggregate-weights"] = step.weight_set
    posted = QueryDict(mutable=True)
    posted.update(given | changes)
    return posted


def with_normalising(document: Any, settings: dict[str, Any]) -> Any:
    steps = [{"normalise": settings} if "normalise" in step else step for step in document["steps"]]
    return tree.with_steps(document, steps)


def test_the_form_of_steps_says_what_the_document_says(world: World) -> None:
    data = composite.data_of(GUEST, world.design)
    before = composite.make(world.design.document, data.panel).scores().tolist()
    document = tree.with_steps(world.design.document, read_steps(form_of(world.design.document), world.design.document))
    assert composite.make(document, data.panel).scores().tolist() == before


@pytest.mark.parametrize("field", [
    *(("normalise-method", m) for m in NORMALISERS), *(("impute-method", m) for m in IMPUTERS), *(("aggregate-method", m) for m in AGGREGATORS),
    *(("aggregate-level-3", m) for m in AGGREGATORS),
])  # fmt: skip
def test_every_method_that_the_form_offers_works_or_says_why_not(world: World, field: tuple[str, str]) -> None:
    data = composite.data_of(GUEST, world.design)
    document = world.design.document
    changed = tree.with_steps(document, read_steps(form_of(document, **NEEDED | {field[0]: field[1]}), document))
    try:
        assert len(composite.make(changed, data.panel).scores()) == 12
    except Fault as fault:
        assert fault.code.startswith("index.") and fault.zh != fault.en


@pytest.mark.parametrize("method", WEIGHERS[2:])
def test_every_weight_from_data_that_the_form_offers_works_or_says_why_not(world: World, method: str) -> None:
    data = composite.data_of(GUEST, world.design)
    document = world.design.document
    given = {
        "on-weigh": "1",
        "weigh-method": method,
        "aggregate-weights": "weighed",
        "weigh-negative": "zero",
        "weigh-factors": "1",
    }
    changed = tree.with_steps(document, read_steps(form_of(document, **given), document))
    settings = tree.step_of(changed, "weigh")
    assert settings is not None and ("factors" in settings) == (method == "factor")
    try:
        index = composite.make(changed, data.panel)
        assert set(index.weight_sets["weighed"]) >= {"output", "patents"}
    except Fault as fault:
        assert fault.code.startswith("index.") and fault.zh != fault.en


@pytest.mark.parametrize("settings", [
    {"method": "categories", "edges": [25.0, 50.0, 75.5], "marks": [1.0, 2.0, 3.0, 4.0]},
    {"method": "categories", "edges": [30.0, 60.0], "marks": [1.0, 2.0, 3.0], "by": "value"},
    {"method": "ratio_to_base", "base": "2024"}, {"method": "ratio_to_base", "base": "2024", "of": "mean", "scale": 1},
    {"method": "distance_to_reference", "over": "period", "unit": "park-3"}, {"method": "distance_to_reference", "over": "period", "unit": "park-3", "cap": True, "scale": 100},
    {"method": "above_below_mean", "margin": 0.1}, {"method": "rank", "ties": "average"}, {"method": "rank", "ties": "min"},
    {"method": "min_max", "lower": 0, "upper": 100, "clip": [0, 90], "each": {"energy": {"method": "z_score", "mean": 50, "sd": 10}}},
    {"method": "ratio_to_base", "base": "2024", "of": "mean", "each": {"energy": {"of": "own"}, "output": {"base": "2025", "scale": 10}}},
    {"method": "distance_to_reference", "over": "period", "unit": "park-3", "cap": True, "each": {"output": {"cap": False, "unit": "park-2"}}},
    {"method": "goalposts", "low": 0, "high": 200, "each": {"patents": {"method": "goalposts", "low": 1, "high": 9, "truncate": False}}},
    {"method": "min_max", "each": {"patents": {"method": "categories", "edges": [50], "marks": [0, 1]}, "energy": {"method": "none"}}},
])  # fmt: skip
def test_settings_of_methods_and_of_single_indicators_come_back_from_the_form_as_they_were(
    world: World, settings: dict[str, Any]
) -> None:
    document = with_normalising(world.design.document, settings)
    read = read_steps(form_of(document), document)
    assert [step["normalise"] for step in read if "normalise" in step] == [settings]
    data = composite.data_of(GUEST, world.design)
    assert len(composite.make(tree.with_steps(document, read), data.panel).scores()) == 12


def test_an_indicator_gets_a_method_of_its_own_and_gives_it_back(world: World) -> None:
    document = world.design.document
    own = {
        "each-0-code": "energy",
        "each-0-method": "categories",
        "each-0-edges": "40、60",
        "each-0-marks": "1 2 3",
        "each-0-by": "percentile",
    }
    made = tree.with_steps(document, read_steps(form_of(document, **own), document))
    held = tree.step_of(made, "normalise")
    assert held is not None and held["each"] == {"energy": {"method": "categories", "edges": [40, 60], "marks": [1, 2, 3], "by": "percentile"}}  # fmt: skip
    panel = composite.make(made, composite.data_of(GUEST, world.design).panel).panels["normalised"]
    assert set(panel.column("energy").tolist()) <= {1.0, 2.0, 3.0}
    assert max(panel.column("output").tolist()) == 100.0
    # The step's choice does not become the indicator's, and an indicator may choose what is usual against its step.
    based = with_normalising(document, {"method": "ratio_to_base", "base": "2024", "of": "mean"})
    chosen = read_steps(form_of(based, **{"each-0-code": "energy", "each-0-of": "own"}), based)
    assert next(s["normalise"]["each"] for s in chosen if "normalise" in s) == {"energy": {"of": "own"}}
    # Another method leaves nothing of the old one behind; no indicator takes it away.
    other = read_steps(form_of(made, **{"each-0-method": "z_score", "each-0-sd": "2"}), made)
    assert next(s["normalise"]["each"] for s in other if "normalise" in s) == {"energy": {"method": "z_score", "sd": 2}}
    back = read_steps(form_of(made, **{"each-0-code": ""}), made)
    assert back == read_steps(form_of(document), document)


@pytest.mark.parametrize(
    ("changes", "code", "place", "words"),
    [
        ({"normalise-method": "categories"}, "missing", "normalise.edges", "分档界限：必须填写"),
        ({"normalise-method": "categories", "normalise-edges": "25"}, "missing", "normalise.marks", "各档得分：必须填写"),
        (NEEDED | {"normalise-method": "categories", "normalise-edges": "25 abc"}, "number.unreadable", "normalise.edges", "分档界限：“abc”不是数字"),
        (NEEDED | {"normalise-method": "categories", "normalise-edges": "25 25 75"}, "index.bounds_reversed", "normalise.edges", "分档界限：要从小到大"),
        (NEEDED | {"normalise-method": "categories", "normalise-marks": "1 2"}, "index.categories_count", "normalise.marks", "各档得分：3 个界限分成 4 档，写了 2 个得分"),
        ({"normalise-method": "ratio_to_base"}, "missing", "normalise.base", "基期：必须填写"),
        (NEEDED | {"normalise-method": "ratio_to_base", "normalise-of": "x"}, "index.setting_not_known", "normalise.of", "与谁的基期值相比：没有“x”这一项"),
        ({"normalise-method": "distance_to_reference"}, "missing", "normalise.unit", "参照单位：必须填写"),
        ({"normalise-lower": "nan"}, "number.unreadable", "normalise.lower", "下端：“nan”不是数字"),
        ({"treat-skewness": "1_0"}, "number.unreadable", "treat.skewness", "偏度界限：“1_0”不是数字"),
        ({"each-0-code": "energy", "each-0-method": "categories"}, "missing", "each-0.edges", "（energy），分档界限：必须填写"),
        ({"each-0-code": "nothing"}, "index.code_unknown", "each-0.code", "没有指标“nothing”"),
        ({"each-0-code": "energy", "each-1-code": "energy", "each-1-method": ""}, "index.code_unknown", "each-1.code", "“energy”写了两次"),
        ({"each-0-code": "energy", "each-0-method": "magic"}, "index.setting_not_known", "each-0.method", "没有“magic”这种方法"),
        ({"aggregate-weights": "magic"}, "index.setting_not_known", "aggregate.weights", "没有“magic”这种方法"),
    ],
)  # fmt: skip
def test_a_bad_value_in_the_form_of_steps_is_named_by_its_field(
    world: World, changes: dict[str, str], code: str, place: str, words: str
) -> None:
    with pytest.raises(Fault) as refused:
        read_steps(form_of(world.design.document, **changes), world.design.document)
    assert (refused.value.code, refused.value.place, words in refused.value.zh) == (code, place, True)


def test_stated_weights_of_a_document_stay_chosen(world: World) -> None:
    document = world.design.document | {"weights": {"council": {"growth": 3, "green": 1}}}
    steps = [*document["steps"][:-1], {"aggregate": {"method": "arithmetic", "weights": "council"}}]
    document = tree.with_steps(document, steps)
    assert read_steps(form_of(document), document)[-1]["aggregate"]["weights"] == "council"


def test_each_level_may_have_its_own_mean_and_each_indicator_its_goalposts(world: World) -> None:
    data = composite.data_of(GUEST, world.design)
    document = tree.with_posts(
        world.design.document, {"output": (0.0, 400.0, None), "patents": (0.0, 100.0, 80.0), "energy": (0.0, 2.0, None)}
    )
    form = {
        "normalise-method": "goalposts",
        "normalise-lower": "0",
        "normalise-upper": "100",
        "aggregate-level-3": "geometric",
    }
    document = tree.with_steps(document, read_steps(form_of(document, **form), document))
    assert tree.levels_of(document) == {2: ["green", "growth"], 3: ["index"]}
    index = composite.make(document, data.panel)
    final, row = index.final, index.final.rows_of("2025")[0]
    growth, green = float(final.column("growth")[row]), float(final.column("green")[row])
    assert index.panels["normalised"].column("output")[row] == pytest.approx(100 * (100 + 9) / 400)
    assert green == pytest.approx(100 * (2.0 - 0.41) / 2.0)
    assert index.scores()[row] == pytest.approx((growth * green) ** 0.5)
    again = read_steps(form_of(document), document)
    assert again[-1]["aggregate"]["by_level"] == {"3": "geometric"}
    for low, high in ((1.0, None), (5.0, 5.0)):
        with pytest.raises(Fault) as refused:
            tree.with_posts(document, {"output": (low, high, None)})
        assert refused.value.code == "tree.goalposts"
    assert "goalposts" not in tree.elements(tree.with_posts(document, {"output": (None, None, None)}))[-3]


def test_an_unknown_method_and_a_word_for_a_number_are_refused(world: World) -> None:
    for changes, code in (
        ({"normalise-method": "magic"}, "index.setting_not_known"),
        ({"treat-skewness": "two"}, "number.unreadable"),
    ):
        with pytest.raises(Fault) as refused:
            read_steps(form_of(world.design.document, **changes), world.design.document)
        assert refused.value.code == code
