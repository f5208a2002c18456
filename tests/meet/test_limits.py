"""Quotas by kind of participant and the order of meetings: at every door, in the timetable, and when a planner moves by hand."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from openpyxl import load_workbook

from duijie.core.errors import Faults, NotAllowed
from duijie.core.schema import parse
from duijie.engines.timetable import pair_id
from duijie.meet import actions, queries, schemas
from duijie.meet.actions import limits
from duijie.meet.models import Draft, Event
from duijie.meet.papers import sheets
from duijie.meet.planning.loading import load_day
from tests.factories import PASSWORD
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """Three firms 甲乙丙 come as 企业, three as 项目; every firm and project want each other."""
    made = Scene()
    for number, comer in enumerate(made.comers):
        comer.kind = "企业" if number < 3 else "项目"
        comer.save(update_fields=["kind"])
    for firm in range(3):
        for project in range(3, 6):
            made.wish(firm, project)
            made.wish(project, firm)
    return made


def quotas(scene: Scene, *rows: dict[str, Any]) -> Event:
    parsed = [parse(schemas.QuotaRow, row) for row in rows]
    return actions.set_quotas(actor=scene.planner, event=scene.event, rows=parsed)


def order(scene: Scene, *rows: tuple[str, str]) -> Event:
    parsed = [parse(schemas.PrecedenceRow, {"first": a, "then": b}) for a, b in rows]
    return actions.set_precedences(actor=scene.planner, event=scene.event, rows=parsed)


def loads(draft: Draft) -> dict[str, int]:
    count: dict[str, int] = {}
    for meeting in queries.draft_meetings(draft):
        for party in meeting.parties.all():
            name = party.registration.organisation.name
            count[name] = count.get(name, 0) + 1
    return count


def test_the_machine_keeps_to_a_quota(scene: Scene) -> None:
    assert max(loads(scene.arrange()).values()) == 3
    quotas(scene, {"kind": "企业", "with_kind": "项目", "most": 1})
    held = loads(scene.arrange())
    assert sorted(held[scene.firms[n].name] for n in range(3)) == [1, 1, 1]


def test_one_meeting_is_held_before_another_and_a_drag_that_turns_them_round_is_told(scene: Scene) -> None:
    names = [firm.name for firm in scene.firms]
    order(
        scene,
        (f"{names[0]}~{names[3]}", f"{names[1]}～{names[3]}"),
        (f"{names[1]}~{names[3]}", f"{names[2]}~{names[3]}"),
    )
    draft = scene.arrange()
    at = {m.code: m.slot.code for m in queries.draft_meetings(draft)}
    first, then = (pair_id(scene.comers[a].uid, scene.comers[3].uid) for a in (0, 1))
    assert at[first] < at[then] < at[pair_id(scene.comers[2].uid, scene.comers[3].uid)]
    day = load_day(draft)
    held = next(m for m in day.meetings.values() if m.code == then)
    told = {c.kind: c for c in day.conflicts(held, "S01", held.place)}
    assert told["order"].level == "warn" and names[0] in told["order"].zh
    assert "order" not in {c.kind for _, c in day.all_conflicts()}


def test_what_cannot_be_is_refused_by_row(scene: Scene) -> None:
    with pytest.raises(Faults) as refused:
        quotas(
            scene, {"kind": "投资方", "most": 1}, {"kind": "企业"}, {"kind": "企业", "most": 1, "fewest": 2}, {"kind": "项目", "most": 1},
            {"kind": "项目", "most": 2},
        )  # fmt: skip
    assert [(f.code, f.place) for f in refused.value.faults] == [
        ("quota.kind", "0"), ("quota.empty", "1"), ("quota.order", "2"), ("quota.twice", "2"), ("quota.twice", "4"),
    ]  # fmt: skip
    names = [firm.name for firm in scene.firms]
    for rows, code in (
        ([("F999", f"{names[0]}~{names[1]}")], "precedence.unknown"),
        ([(f"{names[0]}~没有这家公司", f"{names[0]}~{names[1]}")], "organisation.unknown"),
        ([(f"{names[0]}~{names[0]}", f"{names[0]}~{names[1]}")], "precedence.self"),
        ([(f"{names[0]}~{names[1]}", f"{names[1]}~{names[0]}")], "precedence.loop"),
        ([(f"{names[0]}~{names[1]}", f"{names[2]}~{names[3]}"), (f"{names[2]}~{names[3]}", f"{names[0]}~{names[1]}")], "precedence.loop"),
    ):  # fmt: skip
        with pytest.raises(Exception) as one:
            order(scene, *rows)
        found = getattr(one.value, "faults", [one.value])
        assert [f.code for f in found] == [code], (rows, [f.code for f in found])
    with pytest.raises(NotAllowed):
        actions.set_quotas(actor=scene.viewer(0), event=scene.event, rows=[])


def test_a_long_chain_of_meetings_stands_and_its_loop_is_named() -> None:
    chain = [[f"m{number}", f"m{number + 1}"] for number in range(3_000)]
    assert limits._loop(chain) == []
    loop = limits._loop([*chain, ["m2", "m0"]])
    assert loop[0] == loop[-1]
    assert sorted(pairwise(loop)) == [("m0", "m1"), ("m1", "m2"), ("m2", "m0")]


def test_by_page_sheet_and_command_line(scene: Scene, tmp_path: Path) -> None:
    from duijie.cli.main import main

    client = Client()
    assert client.login(username=scene.planner_user.username, password=PASSWORD)
    setup, names = f"/events/{scene.event.uid}/setup/", [firm.name for firm in scene.firms]
    page = client.post(setup + "quotas/", {"quotas": "企业，项目，2，1\n项目,,3"}, follow=True).content.decode()
    assert "企业，项目，2，1\n项目，，3" in page
    page = client.post(setup + "quotas/", {"quotas": "企业，项目，两场"}, follow=True).content.decode()
    assert "至多" in page and Event.objects.unscoped("test").get().quotas[0]["most"] == 2
    line = f"{names[0]}~{names[3]}，{names[1]}~{names[3]}"
    assert line in client.post(setup + "order/", {"order": line}, follow=True).content.decode()
    run = CliRunner().invoke
    for kind, changed in (("quotas", {"most": 1}), ("precedences", {})):
        file = tmp_path / f"{kind}.xlsx"
        assert run(main, ["event", "export", scene.event.uid, kind, "-o", str(file)]).exit_code == 0
        same = run(main, ["event", "import", scene.event.uid, kind, str(file)])
        assert json.loads(same.output) == {"created": 0, "changed": 0, "unchanged": 2 if kind == "quotas" else 1}
        book = load_workbook(file)
        sheet = book.active
        assert sheet is not None
        if changed:
            headings = [c.value for c in sheet[1]]
            sheet.cell(2, headings.index("至多") + 1).value = 1
            book.save(file)
            dry = run(main, ["event", "import", scene.event.uid, kind, str(file), "--dry-run"])
            assert json.loads(dry.output)["created"] == 1
            assert Event.objects.unscoped("test").get().quotas[0]["most"] == 2
    content = io.BytesIO((tmp_path / "quotas.xlsx").read_bytes())
    content.name = "quotas.xlsx"
    client.post(f"/events/{scene.event.uid}/sheets/quotas/", {"file": content})
    event = Event.objects.unscoped("test").get()
    assert event.quotas[0] == {"kind": "企业", "with_kind": "项目", "most": 1, "fewest": 1}
    ((first, then),) = sheets.said_precedences(event)
    assert [set(end.split("~")) for end in (first, then)] == [{names[0], names[3]}, {names[1], names[3]}]


def test_too_many_breaks_are_told_where_somebody_has_them(scene: Scene) -> None:
    scene.event.fairness = 0
    scene.event.save(update_fields=["fairness"])
    draft = scene.arrange()
    day = load_day(draft)
    assert "unfair" not in {c.kind for _, c in day.all_conflicts()}
    busy = next(m for m in day.meetings.values() if m.slot == "S02")
    told = [c for c in day.conflicts(busy, "S04", busy.place) if c.kind == "unfair"]
    moved = {m.id: m for m in day.meetings.values()}
    moved[busy.id] = type(busy)(busy.id, busy.code, "S04", busy.place, busy.parties)
    after = type(day)(day.times, day.tables, day.guests, moved, day.vetoes, day.walking, day.levels, day.fairness)
    standing = [c for _, c in after.all_conflicts() if c.kind == "unfair"]
    assert bool(told) == bool(standing) and all("公平上限是 0 次" in c.zh for c in [*told, *standing])
    work()
