"""Designs, experts' judgements and editions: an edition is its bytes, and every number in it leads to a record."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

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
from duijie.measure.jobs import start_uncertainty
from duijie.measure.models import Edition, Judgement
from duijie.measure.schemas import ConsultationRecord
from duijie.web.measure.downloads import content_of
from tests.factories import make_user, viewer
from tests.measure.designs import World
from tests.measure.factories import make_indicator, make_values

pytestmark = pytest.mark.django_db


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
