"""A round from its preparation to the published vintage, and all that can go wrong between."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from duijie.core.access import GUEST, SYSTEM
from duijie.core.errors import Conflict, Fault, Faults, NotAllowed, Stale
from duijie.core.indicators import member_unit, values_at
from duijie.core.models import Notification
from duijie.measure import actions, queries
from duijie.measure.actions import Cell
from duijie.measure.checks import Given, check_cell, doubts
from duijie.measure.jobs import remind
from duijie.measure.models import Entry, Round, Step, Submission
from duijie.measure.sheets import read_sheet, write_sheet
from tests.factories import make_alliance, make_member, make_user, viewer
from tests.measure.factories import make_indicator, make_round, make_values, submission_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Any:
    class Scene:
        alliance = make_alliance(slug="parks")
        park = make_member("南湖高新区", alliances=[alliance], slug="nanhu")
        other = make_member("秀洲高新区", alliances=[alliance], slug="xiuzhou")

    make_indicator("revenue", unit="亿元", lower="0", change_limit="50")
    make_indicator("rd", unit="亿元", lower="0")
    make_indicator("green", unit="%", lower="0", upper="100")
    make_indicator("rd_share", unit="%", formula="rd / revenue * 100")
    Scene.round = make_round(Scene.alliance, ["revenue", "rd", "green"])
    Scene.row = submission_of(Scene.round, Scene.park)
    Scene.liaison = viewer("liaison", Scene.park)
    Scene.secretariat = viewer("secretariat", Scene.alliance)
    return Scene


def fill(scene: Any, **values: Any) -> Submission:
    cells = {"revenue": Cell("120"), "rd": Cell("6"), "green": Cell("35%")} | {
        k: v if isinstance(v, Cell) else Cell(v) for k, v in values.items()
    }
    return actions.fill(actor=scene.liaison, submission=scene.row, cells=cells)


def test_the_whole_way_to_a_published_value_and_its_formula(scene: Any) -> None:
    fill(scene)
    actions.submit(actor=scene.liaison, submission=scene.row)
    actions.verify(actor=scene.secretariat, submission=scene.row)
    vintage = actions.publish_round(actor=scene.secretariat, round=scene.round)
    found = values_at(GUEST, ["revenue", "rd_share"], ["2025"])
    assert found["revenue", member_unit(scene.park.pk), "2025"].value == 120
    assert found["rd_share", member_unit(scene.park.pk), "2025"].value == 5
    assert vintage.source_ref == scene.round.uid
    assert found["revenue", member_unit(scene.park.pk), "2025"].source_ref == scene.row.uid
    assert [s.verb for s in Step.objects.filter(submission=scene.row)] == [
        "opened",
        "submitted",
        "verified",
        "published",
    ]


def test_one_bad_cell_keeps_all_out_and_every_bad_cell_is_named(scene: Any) -> None:
    with pytest.raises(Faults) as refused:
        fill(scene, revenue="12,5", rd="-1", green="135", nothing="1")
    assert {f.place: f.code for f in refused.value.faults} == {
        "revenue": "value.decimal_comma", "rd": "value.out_of_range", "green": "value.out_of_range", "nothing": "entry.unknown",
    }  # fmt: skip
    assert not Entry.objects.unscoped("the test counts").exists()


def test_a_gap_needs_a_reason_and_an_empty_cell_keeps_it_from_being_submitted(scene: Any) -> None:
    with pytest.raises(Faults) as refused:
        fill(scene, rd=Cell(None, "缺失"))
    assert refused.value.faults[0].code == "value.no_reason"
    fill(scene, rd=Cell(""))
    with pytest.raises(Faults) as held:
        actions.submit(actor=scene.liaison, submission=scene.row)
    assert [(f.code, f.place) for f in held.value.faults] == [("value.missing", "rd")]
    fill(scene, rd=Cell("", "缺失", "园区没有统计"))
    assert actions.submit(actor=scene.liaison, submission=scene.row).status == "submitted"


def test_a_large_change_has_to_be_explained_and_percent_is_not_a_fraction(scene: Any) -> None:
    make_values({(scene.park, "2024"): {"revenue": "60", "green": "33"}})
    fill(scene, green="0.35")
    with pytest.raises(Faults) as held:
        actions.submit(actor=scene.liaison, submission=scene.row)
    assert [(f.code, f.place) for f in held.value.faults] == [
        ("value.change", "revenue"),
        ("value.percent_suspect", "green"),
    ]
    fill(scene, revenue=Cell("120", "", "新厂投产"), green="35")
    assert actions.submit(actor=scene.liaison, submission=scene.row).status == "submitted"


def test_parts_have_to_add_up() -> None:
    total = make_indicator("total", unit="亿元")
    goods, services = make_indicator("goods"), make_indicator("services")
    total.sum_of = ["goods", "services"]
    given = {"total": Given(Decimal("10.01")), "goods": Given(Decimal("6")), "services": Given(Decimal("4"))}
    assert doubts([total, goods, services], given, {}, required=frozenset()) == []
    given["total"] = Given(Decimal("10.2"))
    assert [d.code for d in doubts([total, goods, services], given, {}, required=frozenset())] == ["value.sum"]


def test_a_fraction_above_one_is_refused_with_the_way_to_write_it() -> None:
    share = make_indicator("share", unit="比例")
    assert [f.code for f in check_cell(share, Given(Decimal("12.5")))] == ["value.fraction"]
    assert check_cell(share, Given(Decimal("0.125"))) == []


def test_of_two_officers_one_verifies_and_the_other_is_told(scene: Any) -> None:
    second = viewer("secretariat", scene.alliance)
    fill(scene)
    actions.submit(actor=scene.liaison, submission=scene.row)
    seen = submission_of(scene.round, scene.park)
    actions.verify(actor=scene.secretariat, submission=seen, version=seen.version)
    with pytest.raises(Conflict) as late:
        actions.verify(actor=second, submission=seen, version=seen.version)
    assert late.value.code == "submission.already_verified"
    assert Step.objects.filter(submission=scene.row, verb="verified").count() == 1


def test_two_writers_of_one_submission_do_not_overwrite_each_other(scene: Any) -> None:
    seen = submission_of(scene.round, scene.park)
    fill(scene)
    with pytest.raises(Stale):
        actions.fill(actor=scene.liaison, submission=seen, cells={"rd": Cell("9")}, version=seen.version)


def test_a_question_holds_the_verification_until_it_is_settled(scene: Any) -> None:
    fill(scene)
    actions.submit(actor=scene.liaison, submission=scene.row)
    question = actions.ask(actor=scene.secretariat, submission=scene.row, text="研发经费口径？", code="rd")
    with pytest.raises(Conflict) as held:
        actions.verify(actor=scene.secretariat, submission=scene.row)
    assert held.value.code == "submission.open_question"
    actions.answer(actor=scene.liaison, remark=question, text="全口径")
    actions.settle(actor=scene.secretariat, remark=question)
    assert actions.verify(actor=scene.secretariat, submission=scene.row).status == "verified"
    assert [r.text for r in queries.remarks(scene.liaison, scene.row)] == ["研发经费口径？", "全口径"]
    assert queries.remarks(viewer("liaison", scene.other), scene.row) == []


def test_reopening_leaves_a_trail_and_the_correction_is_a_later_vintage(scene: Any) -> None:
    fill(scene)
    actions.submit(actor=scene.liaison, submission=scene.row)
    actions.verify(actor=scene.secretariat, submission=scene.row)
    actions.publish_round(actor=scene.secretariat, round=scene.round)
    with pytest.raises(Fault):
        actions.reopen(actor=scene.secretariat, submission=scene.row, reason=" ")
    actions.reopen(actor=scene.secretariat, submission=scene.row, reason="口径更正")
    fill(scene, revenue="121")
    actions.submit(actor=scene.liaison, submission=scene.row)
    actions.verify(actor=scene.secretariat, submission=scene.row)
    actions.publish_round(actor=scene.secretariat, round=scene.round)
    unit = member_unit(scene.park.pk)
    row = values_at(GUEST, ["revenue"])["revenue", unit, "2025"]
    from duijie.core.indicators import history

    assert [o.value for o in history(GUEST, row)] == [120, 121]
    steps = [(s.verb, s.reason) for s in Step.objects.filter(submission=scene.row)]
    assert ("reopened", "口径更正") in steps


def test_states_and_roles_that_do_not_fit_are_refused(scene: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.fill(actor=viewer("liaison", scene.other), submission=scene.row, cells={"rd": Cell("1")})
    with pytest.raises(NotAllowed):
        actions.submit(actor=viewer("editor", scene.park), submission=scene.row)
    with pytest.raises(Conflict):
        actions.verify(actor=scene.secretariat, submission=scene.row)
    with pytest.raises(Conflict):
        actions.publish_round(actor=scene.secretariat, round=scene.round)
    with pytest.raises(NotAllowed):
        actions.publish_round(actor=scene.liaison, round=scene.round)
    actions.close_round(actor=scene.secretariat, round=scene.round)
    with pytest.raises(Conflict) as closed:
        fill(scene)
    assert closed.value.code == "round.not_open"


def test_drafts_are_the_members_own_until_they_are_handed_in(scene: Any) -> None:
    fill(scene)
    hidden = queries.sheet_of(scene.secretariat, submission_of(scene.round, scene.park))
    assert hidden.values_hidden and all(line.value is None for line in hidden.lines)
    assert queries.sheet_of(scene.liaison, scene.row).lines[0].value == 120
    assert not queries.submissions(viewer("liaison", scene.other)).filter(member=scene.park).exists()
    actions.submit(actor=scene.liaison, submission=scene.row)
    shown = queries.sheet_of(scene.secretariat, submission_of(scene.round, scene.park))
    assert shown.lines[0].value == 120


def test_the_template_comes_back_as_it_was_filled_in(scene: Any) -> None:
    from openpyxl import load_workbook

    make_values({(scene.park, "2024"): {"revenue": "100"}})
    out = io.BytesIO()
    write_sheet(queries.sheet_of(scene.liaison, scene.row), out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    page = book.active
    assert page["D2"].value == 100
    assert page.data_validations.dataValidation[0].sqref.ranges
    page["E2"], page["E3"], page["E4"], page["F3"] = "12000000000元", 6.5, "35%", "估计"
    again = io.BytesIO()
    book.save(again)
    cells, places = read_sheet(again.getvalue())
    actions.fill(actor=scene.liaison, submission=scene.row, cells=cells)
    lines = {line.indicator.code: line for line in queries.sheet_of(scene.liaison, scene.row).lines}
    assert (lines["revenue"].value, lines["rd"].value, lines["green"].value) == (120, Decimal("6.5"), 35)
    assert lines["rd"].status == "E"
    assert places["revenue"].endswith("E2")


def test_a_reason_that_begins_like_a_formula_goes_out_and_comes_back_as_text(scene: Any) -> None:
    from openpyxl import load_workbook

    fill(scene, rd=Cell("6", reason="=HYPERLINK(1)"))
    out = io.BytesIO()
    write_sheet(queries.sheet_of(scene.liaison, scene.row), out)
    cell = load_workbook(io.BytesIO(out.getvalue())).active["G3"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert read_sheet(out.getvalue())[0]["rd"].reason == "=HYPERLINK(1)"


def test_members_are_told_and_reminded_once(scene: Any) -> None:
    import datetime as dt

    person = make_user("liaison", scene.park)
    assert remind(dt.date(2026, 2, 1)) == 0
    assert remind(dt.date(2026, 2, 25)) >= 1
    assert remind(dt.date(2026, 2, 26)) == 0
    assert remind(dt.date(2026, 3, 2)) >= 1
    assert Notification.objects.filter(user_id=person.pk, kind="measure.reminder").count() == 2


def test_a_round_that_cannot_be_is_refused(scene: Any) -> None:
    for values, code in [
        ({"indicators": ["rd_share"]}, "indicator.computed"), ({"indicators": []}, "invalid"), ({"period": "soon"}, "period.unreadable"),
        ({"members": ["nobody"]}, "member.unknown"), ({"indicators": ["x"]}, "not_found"), ({"due_on": ""}, "invalid"),
    ]:  # fmt: skip
        with pytest.raises(Fault) as refused:
            make_round(
                scene.alliance,
                **({"codes": ["rd"]} | {"codes" if k == "indicators" else k: v for k, v in values.items()}),
            )  # type: ignore[arg-type]
        assert refused.value.code in {code, "round.no_indicators"}, values
    assert Round.objects.unscoped("the test counts").count() == 1


def test_an_open_round_keeps_its_period_and_indicators(scene: Any) -> None:
    from duijie.core.schema import parse
    from duijie.measure.schemas import RoundRecord

    base = {
        "title": "新名",
        "alliance": "parks",
        "period": "2025",
        "due_on": "2026-03-31",
        "indicators": ["revenue", "rd", "green"],
    }
    changed = actions.change_round(actor=scene.secretariat, round=scene.round, record=parse(RoundRecord, base))
    assert (changed.title, changed.due_on.isoformat()) == ("新名", "2026-03-31")
    with pytest.raises(Conflict):
        actions.change_round(
            actor=scene.secretariat, round=scene.round, record=parse(RoundRecord, base | {"period": "2024"})
        )


def test_the_system_may_see_everything(scene: Any) -> None:
    assert queries.submissions(SYSTEM).count() == 2
