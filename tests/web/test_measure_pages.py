"""The pages of measuring: each for every role, the number of queries of each list, and that a refused form keeps what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duijie.core.schema import parse
from duijie.measure import actions
from duijie.measure.actions import Cell
from duijie.measure.models import Judgement
from duijie.measure.schemas import ConsultationRecord, IndexRecord
from tests.engines.composite.small import built
from tests.factories import PASSWORD, make_alliance, make_member, make_user, viewer
from tests.measure.designs import World
from tests.measure.factories import make_indicator, make_round, make_values, submission_of

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def queries(client: Client, address: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200, address
    assert client.get("/indicators/output/?known=never").status_code == 400
    return len(found)


def test_every_page_of_an_edition_opens_for_a_guest() -> None:
    edition = World().publish()
    client, at = Client(), f"/editions/{edition.uid}/"
    for address in (
        "/indices/", "/indicators/", "/indicators/output/", "/indicators/output/?known=2025-01-01", at, at + "?period=2024",
        at + "units/park-1/", at + "compare/?a=park-1&b=park-2", at + "compare/", at + "number/?unit=park-1&period=2025&code=index",
        at + "number/?unit=park-1&period=2025&code=output", "/market-deals/", "/market-deals/?from=never", "/market-deals/template.xlsx",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
        assert Client(headers={"Accept-Language": "en"}).get(address).status_code == 200, address
    opened = client.get(at + "number/?unit=park-1&period=2025&code=output&open=record")
    assert opened.status_code == 302
    assert "历次版次" in client.get(opened["Location"]).content.decode()
    for address in (
        at + "units/nobody/",
        at + "number/?unit=x&period=2025&code=index",
        "/observations/none/",
        at + "download/exe/",
        "/indicators/nothing/",
        at + "?period=1999",
        at + "units/park-1/?period=1999",
        at + "compare/?a=park-1&b=nobody",
        at + "compare/?a=park-1",
    ):
        assert client.get(address).status_code == 404, address


def test_the_share_of_a_column_outside_the_framework_is_not_made_up_and_a_file_is_whole_or_not_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    edition = world.publish()
    client = Client()
    page = client.get(f"/editions/{edition.uid}/number/?unit=park-1&period=2025&code=output").content.decode()
    assert "25.0%" in page  # half of growth, which is half of the index
    assert client.get("/indicators/values.csv").content.count(b"\n") == 37
    monkeypatch.setattr("duijie.web.measure.indicators.MOST_EXPORTED", 35)
    refused = client.get("/indicators/values.csv")
    assert (refused.status_code, "共 36 行，一个文件最多 35 行" in refused.content.decode()) == (422, True)


def test_an_index_of_risks_is_drawn_with_the_lowest_first() -> None:
    from duijie.web.measure.frame import rows_with_a_score

    values = np.array([[1.0, 1, 1, 1], [9, 9, 9, 9], [5, 5, 5, 5]])
    steps = [{"normalise": {}}, {"aggregate": {}}]
    index = built(values, steps, results={"order": "lowest_first"})
    assert [index.final.units[row] for row in rows_with_a_score(index, "")] == [index.final.units[n] for n in (0, 2, 1)]


def test_the_workbench_is_the_secretariats() -> None:
    world = World()
    secretary = client_of(make_user("secretariat", world.alliance))
    liaison = client_of(make_user("liaison", world.members[0]))
    for part in ("", "about/", "steps/", "weights/", "results/", "sensitivity/", "experts/", "document/"):
        address = f"/workbench/park-index/{part}"
        assert secretary.get(address).status_code == 200, address
        assert liaison.get(address).status_code == 404, address
        assert Client().get(address).status_code == 302, address
    assert secretary.get("/workbench/").status_code == 200
    assert liaison.get("/workbench/").status_code == 403
    refused = secretary.post("/workbench/park-index/document/", {"document": "steps: ["})
    assert refused.status_code == 422
    moved = secretary.post("/workbench/park-index/weights/preview/", {"w-growth": "0", "w-green": "100"})
    assert "▲" in moved.content.decode()
    looped = secretary.post(
        "/workbench/park-index/tree/", {"verb": "change", "code": "growth", "parent": "growth"}, follow=True
    )
    assert "环" in looped.content.decode()


def test_goalposts_and_the_means_of_levels_are_set_on_the_pages() -> None:
    world = World()
    secretary = client_of(make_user("secretariat", world.alliance))
    tree = "/workbench/park-index/tree/"
    blank = {f"{part}-{code}": "" for part in ("low", "high", "target") for code in ("output", "patents", "energy")}
    refused = secretary.post(tree, blank | {"verb": "posts", "low-output": "5"}, follow=True)
    assert "目标区间要下限和上限都写" in refused.content.decode()
    refused = secretary.post(tree, blank | {"verb": "posts", "target-output": "many"}, follow=True)
    assert "“many”不是数字" in refused.content.decode()
    given = {"verb": "posts", "low-energy": "-0.5", "high-energy": "2", "target-output": "300"}
    page = secretary.post(tree, blank | given, follow=True).content.decode()
    assert 'name="low-energy" value="-0.5"' in page and 'name="target-output" value="300"' in page
    world.design.refresh_from_db()
    found = {e["code"]: e for e in world.design.document["indicators"]}
    assert (found["energy"]["goalposts"], found["output"]["target"]) == ([-0.5, 2.0], 300.0)
    steps = "/workbench/park-index/steps/"
    form = {"normalise-method": "min_max", "aggregate-method": "arithmetic", "aggregate-level-3": "geometric",
            "normalise-lower": "1", "normalise-upper": "100", "on-weigh": "1", "weigh-method": "optimised", "weigh-aim": "infomax",
            "aggregate-weights": "weighed"}  # fmt: skip
    assert secretary.post(steps, form).status_code == 302
    world.design.refresh_from_db()
    kept = {kind: held for step in world.design.document["steps"] for kind, held in step.items()}
    assert kept["aggregate"]["by_level"] == {"3": "geometric"}
    assert kept["weigh"] == {"method": "optimised", "aim": "infomax", "name": "weighed"}
    shown = secretary.get(steps).content.decode()
    assert '<option value="geometric" selected>' in shown and '<option value="infomax" selected>' in shown


def test_settings_of_methods_are_asked_shown_live_and_kept_when_they_are_refused() -> None:
    world = World()
    secretary = client_of(make_user("secretariat", world.alliance))
    steps = "/workbench/park-index/steps/"
    form = {
        "normalise-method": "categories", "normalise-by": "percentile", "normalise-edges": "50", "normalise-marks": "3 9",
        "each-0-code": "energy", "each-0-method": "distance_to_reference", "each-0-unit": "park-3", "normalise-over": "period",
        "aggregate-method": "arithmetic", "aggregate-weights": "equal",
    }  # fmt: skip
    live = secretary.post("/workbench/park-index/steps/preview/", form | {"look": "output"}).content.decode()
    assert (
        '最小 <span class="k-num">3</span>，均值 <span class="k-num">6</span>，最大 <span class="k-num">9</span>'
        in live
    )
    assert 'data-label="有值" class="is-end">12</td>' in live
    refused = secretary.post(steps, form | {"normalise-marks": "3 9 x"})
    shown = refused.content.decode()
    assert (refused.status_code, "各档得分：“x”不是数字" in shown) == (422, True)
    assert 'value="3 9 x"' in shown and '<option value="park-3" selected>' in shown
    world.design.refresh_from_db()
    assert "categories" not in str(world.design.document)
    assert "各档得分：“x”不是数字" in secretary.post("/workbench/park-index/steps/preview/", form | {"normalise-marks": "3 x"}).content.decode()  # fmt: skip
    assert secretary.post(steps, form).status_code == 302
    world.design.refresh_from_db()
    held = next(step["normalise"] for step in world.design.document["steps"] if "normalise" in step)
    assert held == {
        "method": "categories", "over": "period", "edges": [50], "marks": [3, 9],
        "each": {"energy": {"method": "distance_to_reference", "unit": "park-3"}},
    }  # fmt: skip
    page = secretary.get(steps).content.decode()
    assert 'name="each-1-code"' in page and 'value="3、9"' in page


def test_a_refused_sheet_keeps_what_was_written_and_names_the_cell() -> None:
    alliance = make_alliance(slug="parks")
    park = make_member(alliances=[alliance], slug="nanhu")
    make_indicator("output", name="营业收入", unit="亿元", lower="0")
    row = submission_of(make_round(alliance, ["output"]), park)
    client = client_of(make_user("liaison", park))
    refused = client.post(f"/submissions/{row.uid}/", {"v-output": "12,5", "s-output": "A", "r-output": "手填"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="12,5"' in text and "手填" in text and "逗号不清楚" in text
    assert (
        client.post(f"/submissions/{row.uid}/", {"v-output": "12.5", "s-output": "A", "r-output": ""}).status_code
        == 302
    )
    answered = client.get(f"/api/v1/submissions/{row.uid}").json()
    assert answered["cells"][0]["value"] == "12.5"
    bad = client.patch(
        f"/api/v1/submissions/{row.uid}/cells", {"cells": {"output": "-1"}}, content_type="application/json"
    )
    assert (bad.status_code, bad.json()["errors"][0]["code"], bad.json()["errors"][0]["place"]) == (
        422,
        "value.out_of_range",
        "output",
    )


@pytest.mark.parametrize("kind", ["rounds", "indicators", "judgements", "editions"])
def test_lists_ask_the_same_number_of_questions_for_one_and_for_three(kind: str) -> None:
    world = World()
    person = make_user("secretariat", world.alliance)
    add: dict[str, tuple[str, Callable[[int], object]]] = {
        "rounds": ("/rounds/", lambda n: _handed_in(world, n)),
        "indicators": ("/indicators/", lambda n: make_indicator(f"more_{n}")),
        "judgements": ("/judgements/", lambda n: _asked(world, person, n)),
        "editions": ("/indices/", lambda n: _edition(world, n)),
    }
    address, one_more = add[kind]
    client = client_of(person)
    one_more(0)
    client.get(address)
    first = queries(client, address)
    one_more(1)
    one_more(2)
    assert queries(client, address) == first


def _handed_in(world: World, n: int) -> None:
    made = make_round(world.alliance, ["output"], period=f"202{n}", members=["park-0"])
    row, liaison = submission_of(made, world.members[0]), viewer("liaison", world.members[0])
    actions.fill(actor=liaison, submission=row, cells={"output": Cell("1", reason="试")})
    actions.submit(actor=liaison, submission=row)


def _asked(world: World, person: Any, n: int) -> None:
    record = parse(
        ConsultationRecord,
        {"node": "index", "method": "分配点数", "experts": [person.username], "due_on": dt.date(2099, 1, 1 + n)},
    )
    actions.invite_experts(actor=world.secretary, design=world.design, record=record)
    assert Judgement.objects.unscoped("the test counts").count() == n + 1


def _edition(world: World, n: int) -> None:
    make_values({(world.members[0], "2025"): {"output": str(300 + n)}})
    named = parse(IndexRecord, {"name": f"指数{n}", "slug": f"index-{n}", "alliance": "parks", "periods": "2024、2025"})
    actions.publish_edition(
        actor=world.secretary,
        design=actions.make_design(actor=world.secretary, record=named, document=world.design.document),
    )
