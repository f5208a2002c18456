"""Designs, experts' judgements and editions: an edition is its bytes, and every number in it leads to a record."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.http import QueryDict

from duijie.core.access import GUEST, SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.indicators import Value, member_unit, observation, record_vintage
from duijie.core.jobs import request_stop, run_job
from duijie.core.language import speaking
from duijie.core.schema import parse
from duijie.measure import actions, queries
from duijie.measure.actions.consultations import group_weights
from duijie.measure.actions.editions import rebuild
from duijie.measure.indices import composite, tree
from duijie.measure.indices.words import AGGREGATORS, IMPUTERS, NORMALISERS, WEIGHERS
from duijie.measure.jobs import start_uncertainty
from duijie.measure.models import Edition, Judgement
from duijie.measure.schemas import ConsultationRecord, IndexRecord
from duijie.web.measure.downloads import content_of
from duijie.web.measure.step_forms import read_steps, step_forms
from duijie.web.measure.step_settings import Range
from tests.factories import make_alliance, make_member, make_user, viewer
from tests.measure.factories import make_indicator, make_values

pytestmark = pytest.mark.django_db


class World:
    """Six members with two years of three indicators, and a design with two nodes."""

    def __init__(self) -> None:
        self.alliance = make_alliance(slug="parks")
        self.members = [make_member(f"园区{n}", slug=f"park-{n}", alliances=[self.alliance]) for n in range(6)]
        made = {
            "output": make_indicator("output", unit="亿元"),
            "patents": make_indicator("patents"),
            "energy": make_indicator("energy", direction="-1"),
        }
        make_values({
            (m, year): {"output": str(100 + 17 * n + 9 * y), "patents": str(30 + 7 * ((n * 5) % 6) + y), "energy": f"0.{4 + n}{y}"}
            for n, m in enumerate(self.members)
            for y, year in enumerate(("2024", "2025"))
        })  # fmt: skip
        self.secretary = viewer("secretariat", self.alliance)
        record = parse(
            IndexRecord,
            {
                "name": "园区指数",
                "name_en": "Park index",
                "slug": "park-index",
                "alliance": "parks",
                "periods": "2024、2025",
            },
        )
        self.design = actions.make_design(actor=self.secretary, record=record)
        document = tree.add_node(self.design.document, "growth", "增长", "Growth", "index")
        document = tree.add_node(document, "green", "绿色", "Green", "index")
        for code, parent in (("output", "growth"), ("patents", "growth"), ("energy", "green")):
            document = tree.add_indicator(document, made[code], parent)
        self.design = actions.change_design(actor=self.secretary, design=self.design, document=document)

    def publish(self) -> Edition:
        return actions.publish_edition(actor=self.secretary, design=self.design)


@pytest.fixture
def world() -> World:
    return World()


def test_an_edition_is_made_again_to_the_byte_and_stays_when_data_are_corrected(world: World) -> None:
    first = world.publish()
    assert rebuild(first) == first.digest == composite.digest_of(first.content)
    with pytest.raises(Conflict) as same:
        world.publish()
    assert same.value.code == "edition.same"
    unit = member_unit(world.members[0].pk)
    record_vintage(
        actor=SYSTEM, title="更正", source_kind="import", values=[Value("output", unit, "2025", Decimal("500"))]
    )
    second = world.publish()
    assert (second.number, second.digest != first.digest) == (2, True)
    again = queries.edition(GUEST, first.uid)
    assert rebuild(again) == again.digest == first.digest
    assert second.summary["rows"][0]["unit"] == "park-0"


def test_nobody_changes_an_edition(world: World) -> None:
    edition = world.publish()
    edition.title = "别的"
    with pytest.raises(TypeError):
        edition.save()
    with pytest.raises(TypeError):
        edition.delete()
    Edition.objects.unscoped("a hand at the database").filter(pk=edition.pk).update(
        content=edition.content.replace("117", "118", 1)
    )
    altered = Edition.objects.unscoped("the test looks").get(pk=edition.pk)
    try:
        seal = rebuild(altered)
    except Fault:
        seal = "refused"
    assert seal != altered.digest


def test_every_value_leads_to_its_observation(world: World) -> None:
    edition = world.publish()
    assert len(edition.sources) == 6 * 2 * 3
    row = observation(GUEST, edition.sources["park-3|2025|patents"])
    assert (row.indicator.code, row.member_id, row.period) == ("patents", world.members[3].pk, "2025")


def test_the_command_replays_the_data_package(world: World, tmp_path: Any) -> None:
    from duijie.cli.main import main

    edition = world.publish()
    source, out = tmp_path / "edition.json", tmp_path / "again.json"
    source.write_text(edition.content, encoding="utf-8")
    done = CliRunner().invoke(main, ["index", "--replay", str(source), "-o", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == edition.content.encode()


def test_the_command_makes_every_edition_again_and_names_the_one_that_was_altered(world: World) -> None:
    from duijie.cli.main import main

    first = world.publish()
    sound = CliRunner().invoke(main, ["edition", "verify"])
    assert (sound.exit_code, sound.output) == (0, f"ok\tpark-index\t1\t{first.digest}\n")
    Edition.objects.unscoped("a hand at the database").filter(pk=first.pk).update(
        content=first.content.replace("117", "118", 1)
    )
    unit = member_unit(world.members[0].pk)
    value = Value("output", unit, "2025", Decimal("500"))
    record_vintage(actor=SYSTEM, title="更正", source_kind="import", values=[value])
    second = world.publish()
    found = CliRunner().invoke(main, ["edition", "verify"])
    assert found.exit_code == 1
    assert sorted(found.output.splitlines()) == [
        f"!!\tpark-index\t1\t{first.digest}",
        f"ok\tpark-index\t2\t{second.digest}",
    ]


def test_the_note_says_what_was_done_in_both_languages(world: World) -> None:
    edition = world.publish()
    assert "极差法" in edition.note_zh and "增长" in edition.note_zh
    assert "min-max" in edition.note_en and "Growth" in edition.note_en
    assert edition.note_zh.count("\n\n") == edition.note_en.count("\n\n")


def test_every_file_of_an_edition_can_be_had(world: World) -> None:
    edition = queries.edition(GUEST, world.publish().uid)
    starts = {
        "xlsx": b"PK",
        "docx": b"PK",
        "png": b"\x89PNG",
        "svg": b"<svg",
        "csv": b"\xef\xbb\xbfunit",
        "zip": b"PK",
        "json": b"{",
    }
    for form, start in starts.items():
        assert content_of(edition, form).startswith(start), form
    assert content_of(edition, "zip") == content_of(edition, "zip")
    assert content_of(edition, "json") == edition.content.encode()
    with speaking("en"):
        assert b"Park index" in content_of(edition, "svg")


@pytest.mark.parametrize("change", [
    lambda d: tree.change_element(d, "growth", parent="growth"),
    lambda d: tree.change_element(tree.change_element(d, "growth", parent="green"), "green", parent="growth"),
    lambda d: tree.with_weights(d, {"growth": 0, "green": 0}),
    lambda d: d | {"steps": []},
    lambda d: d | {"steps": [{"normalise": {"method": "min_mx"}}, {"aggregate": {}}]},
    lambda d: d | {"indicators": [*d["indicators"], d["indicators"][0]]},
])  # fmt: skip
def test_a_document_that_cannot_work_is_refused_before_it_is_kept_or_made(world: World, change: Any) -> None:
    before = dict(world.design.document)
    with pytest.raises(Fault) as refused:
        document = change(world.design.document)
        tree.read_parent_loops(document)
        made = actions.change_design(actor=world.secretary, design=world.design, document=document)
        actions.publish_edition(actor=world.secretary, design=made)
    assert refused.value.zh and refused.value.en
    assert not Edition.objects.unscoped("the test counts").exists()
    assert before


def test_data_that_a_method_cannot_take_are_refused_with_their_place(world: World) -> None:
    same = make_indicator("same")
    make_values({(m, y): {"same": "5"} for m in world.members for y in ("2024", "2025")})
    document = tree.add_indicator(world.design.document, same, "growth")
    design = actions.change_design(actor=world.secretary, design=world.design, document=document)
    with pytest.raises(Fault) as one_value:
        actions.publish_edition(actor=world.secretary, design=design)
    assert "same" in one_value.value.zh
    empty = make_indicator("empty")
    document = tree.add_indicator(tree.remove(document, "same"), empty, "growth")
    design = actions.change_design(actor=world.secretary, design=design, document=document)
    with pytest.raises(Fault) as missing:
        actions.publish_edition(actor=world.secretary, design=design)
    assert missing.value.code == "index.all_missing"
    steps = [{"normalise": {"method": "z_score"}}, {"aggregate": {"method": "geometric"}}]
    design = actions.change_design(
        actor=world.secretary, design=design, document=tree.with_steps(tree.remove(document, "empty"), steps)
    )
    with pytest.raises(Fault) as negative:
        actions.publish_edition(actor=world.secretary, design=design)
    assert negative.value.code == "index.geometric_not_positive"


def test_tree_changes_that_make_no_sense_are_refused(world: World) -> None:
    document = world.design.document
    for act, code in (
        (lambda: tree.add_node(document, "1x", "x", "", "index"), "tree.code"), (lambda: tree.add_node(document, "growth", "x", "", "index"), "tree.taken"),
        (lambda: tree.add_node(document, "new", "x", "", "nowhere"), "tree.parent"), (lambda: tree.remove(document, "index"), "tree.top"),
        (lambda: tree.change_element(document, "nothing", weight=1), "tree.unknown"), (lambda: tree.add_node(document, "new", " ", "", "index"), "missing"),
    ):  # fmt: skip
        with pytest.raises(Fault) as refused:
            act()
        assert refused.value.code == code
    assert [e["code"] for e in tree.elements(tree.remove(document, "growth"))] == ["green", "index", "energy"]


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


def ask(world: World, method: str, node: str, people: list[Any]) -> Any:
    record = parse(
        ConsultationRecord,
        {"node": node, "method": method, "experts": [p.username for p in people], "due_on": dt.date(2099, 1, 1)},
    )
    return actions.invite_experts(actor=world.secretary, design=world.design, record=record)


def judgement(made: Any, person: Any) -> Judgement:
    found: Judgement = Judgement.objects.unscoped("the test knows").get(consultation=made, expert=person)
    return found


def test_experts_share_out_points_and_the_mean_becomes_the_weight(world: World) -> None:
    one, two = make_user(), make_user()
    made = ask(world, "分配点数", "index", [one, two])
    for bad, code in (
        ({"growth": 60}, "judgement.points"),
        ({"growth": 60, "green": 60}, "index.budget_not_spent"),
        ({"growth": 50, "green": 50, "x": 0}, "extra_forbidden"),
    ):
        with pytest.raises(Fault) as refused:
            actions.judge(actor=viewer(one), judgement=judgement(made, one), content=bad)
        assert refused.value.code == code
    actions.judge(actor=viewer(one), judgement=judgement(made, one), content={"growth": 60, "green": 40})
    with pytest.raises(NotAllowed):
        actions.judge(actor=viewer(one), judgement=judgement(made, two), content={"growth": 60, "green": 40})
    with pytest.raises(NotAllowed):
        actions.judge(actor=SYSTEM, judgement=judgement(made, two), content={"growth": 60, "green": 40})
    actions.judge(actor=viewer(two), judgement=judgement(made, two), content={"growth": 80, "green": 20})
    assert len(queries.judgements(viewer(two), made)) == 1
    assert len(queries.judgements(world.secretary, made)) == 2
    changed = actions.adopt_weights(actor=world.secretary, consultation=made)
    weights = {e["code"]: e["weight"] for e in tree.elements(changed.document) if "weight" in e}
    assert (weights["growth"], weights["green"]) == (70, 30)
    with pytest.raises(Conflict):
        actions.judge(actor=viewer(two), judgement=judgement(made, two), content={"growth": 50, "green": 50})


def test_comparisons_in_pairs_have_to_be_consistent(world: World) -> None:
    document = tree.add_node(world.design.document, "third", "第三", "Third", "index")
    world.design = actions.change_design(actor=world.secretary, design=world.design, document=document)
    one = make_user()
    made = ask(world, "两两比较", "index", [one])
    codes = made.codes
    keys = [f"{codes[0]}:{codes[1]}", f"{codes[0]}:{codes[2]}", f"{codes[1]}:{codes[2]}"]
    contradictory = dict(zip(keys, ("9", "1/9", "9"), strict=True))
    with pytest.raises(Fault) as refused:
        actions.judge(actor=viewer(one), judgement=judgement(made, one), content=contradictory)
    assert refused.value.code == "judgement.inconsistent"
    kept = actions.judge(actor=viewer(one), judgement=judgement(made, one), content=contradictory, hand_in=False)
    assert kept.consistency is not None and kept.consistency > 0.1 and kept.submitted_at is None
    assert queries.judgements(world.secretary, made) == []
    done = actions.judge(
        actor=viewer(one), judgement=judgement(made, one), content=dict(zip(keys, ("3", "5", "2"), strict=True))
    )
    assert done.consistency is not None and done.consistency < 0.1
    assert sum(group_weights(made, [done]).values()) == pytest.approx(100, abs=0.01)
    with pytest.raises(Fault):
        actions.judge(actor=viewer(one), judgement=judgement(made, one), content={keys[0]: "12"})


def test_weights_of_a_tree_that_has_changed_are_not_taken_over(world: World) -> None:
    one = make_user()
    made = ask(world, "budget", "index", [one])
    actions.judge(actor=viewer(one), judgement=judgement(made, one), content={"growth": 60, "green": 40})
    actions.change_design(
        actor=world.secretary,
        design=world.design,
        document=tree.add_node(world.design.document, "third", "第三", "", "index"),
    )
    with pytest.raises(Conflict) as refused:
        actions.adopt_weights(actor=world.secretary, consultation=made)
    assert refused.value.code == "consultation.other_tree"


def test_sensitivity_is_a_job_that_can_be_stopped(world: World) -> None:
    job = start_uncertainty(actor=world.secretary, design=world.design, replications=16)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == "done", job.error
    assert len(job.result["intervals"]["rows"]) == 6
    assert {row[0] for row in job.result["sensitivity"]["rows"]} == {"weights", "normalisation", "outliers"}
    waiting = start_uncertainty(actor=world.secretary, design=world.design, replications=16)
    request_stop(waiting)
    run_job(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.status == "stopped"
    with pytest.raises(NotAllowed):
        start_uncertainty(actor=viewer("liaison", world.members[0]), design=world.design)
    for size in (0, 15, 4097):
        with pytest.raises(Fault) as refused:
            start_uncertainty(actor=world.secretary, design=world.design, replications=size)
        assert (refused.value.code, refused.value.place) == ("replications.range", "replications")


def test_two_who_change_a_design_do_not_overwrite_each_other(world: World) -> None:
    from duijie.core.errors import Stale

    seen = world.design.version
    actions.change_design(
        actor=world.secretary,
        design=world.design,
        document=tree.with_weights(world.design.document, {"growth": 3}),
        version=seen,
    )
    with pytest.raises(Stale):
        actions.change_design(
            actor=world.secretary,
            design=world.design,
            document=tree.with_weights(world.design.document, {"growth": 4}),
            version=seen,
        )


def test_what_is_the_alliances_alone_stays_out_of_other_editions(world: World) -> None:
    unit = member_unit(world.members[0].pk)
    hidden = Value("output", unit, "2025", Decimal("98765.4321"), audience=f"staff:{world.members[0].pk}")
    record_vintage(actor=SYSTEM, title="内部", source_kind="import", values=[hidden])
    edition = world.publish()
    assert "98765.4321" not in edition.content
    inner = actions.publish_edition(
        actor=world.secretary, design=actions.change_design(actor=world.secretary, design=world.design, document=tree.with_weights(world.design.document, {"growth": 2})),
        audience="alliance",
    )  # fmt: skip
    assert not queries.editions(GUEST).filter(pk=inner.pk).exists()
    assert queries.editions(viewer("liaison", world.members[1])).filter(pk=inner.pk).exists()


def test_the_summary_says_what_the_document_says(world: World) -> None:
    edition = world.publish()
    document = json.loads(edition.content)
    rows = [r for r in document["results"]["rows"] if r[2] == "2025"]
    assert [(r["unit"], r["score"], r["rank"]) for r in edition.summary["rows"]] == [(r[0], r[4], r[3]) for r in rows]
