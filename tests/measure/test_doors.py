"""The steps of a round through REST and the command line: the same actions, the same refusals as on the page."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from duijie.cli.main import main
from duijie.core.access import GUEST
from duijie.core.indicators import member_unit, values_at
from duijie.measure import actions
from duijie.measure.actions import Cell
from duijie.measure.models import Submission
from tests.factories import PASSWORD, make_alliance, make_member, make_user, viewer
from tests.measure.factories import make_indicator, make_round, submission_of

pytestmark = pytest.mark.django_db


class Scene:
    """One member whose figures are handed in, its liaison and the secretariat at their terminals."""

    def __init__(self) -> None:
        self.alliance = make_alliance(slug="parks")
        self.park = make_member(alliances=[self.alliance], slug="nanhu")
        make_indicator("revenue", name="营业收入", unit="亿元", lower="0")
        self.round = make_round(self.alliance, ["revenue"], due_on="2099-01-01")
        self.row = submission_of(self.round, self.park)
        liaison = make_user("liaison", self.park)
        actions.fill(actor=viewer(liaison), submission=self.row, cells={"revenue": Cell("120")})
        actions.submit(actor=viewer(liaison), submission=self.row)
        self.liaison = client_of(liaison)
        self.secretary = client_of(make_user("secretariat", self.alliance))

    @property
    def status(self) -> str:
        return str(Submission.objects.unscoped("the test looks").get(pk=self.row.pk).status)


def client_of(user: Any) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def post(client: Client, address: str, data: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api/v1{address}", data or {}, content_type="application/json", headers=named)


def test_a_question_is_asked_answered_and_settled_before_the_figures_are_verified_and_published() -> None:
    scene = Scene()
    here = f"/submissions/{scene.row.uid}"
    asked = post(scene.secretary, f"{here}/questions", {"text": "为何减半？", "indicator": "revenue"})
    assert asked.status_code == 201
    question = asked.json()[0]
    assert (question["indicator"], question["settled"], question["answers"]) == ("revenue", False, [])
    waits = post(scene.secretary, f"{here}/verify")
    assert (waits.status_code, waits.json()["code"]) == (409, "submission.open_question")
    replied = post(scene.liaison, f"{here}/questions/{question['id']}/answer", {"text": "两家企业迁出"})
    assert [a["text"] for a in replied.json()[0]["answers"]] == ["两家企业迁出"]
    assert post(scene.liaison, f"{here}/questions/{question['id']}/settle").status_code == 403
    assert post(scene.secretary, f"{here}/questions/{question['id']}/settle").json()[0]["settled"] is True
    assert post(scene.secretary, f"{here}/verify").json()["status"] == "verified"
    published = post(scene.secretary, f"/rounds/{scene.round.uid}/publish")
    assert (published.status_code, published.json()["values"]) == (200, 1)
    assert values_at(GUEST, ["revenue"], ["2025"])["revenue", member_unit(scene.park.pk), "2025"].value == 120
    again = post(scene.secretary, f"/rounds/{scene.round.uid}/publish")
    assert (again.status_code, again.json()["code"]) == (409, "round.nothing_verified")


def test_return_and_reopen_want_a_reason_the_right_state_and_the_version_that_was_read() -> None:
    scene = Scene()
    here = f"/submissions/{scene.row.uid}"
    assert post(scene.liaison, f"{here}/return", {"reason": "x"}).status_code == 403
    for data in ({}, {"reason": " "}):
        bare = post(scene.secretary, f"{here}/return", data)
        assert (bare.status_code, bare.json()["place"]) == (422, "reason")
    early = post(scene.secretary, f"{here}/reopen", {"reason": "更正"})
    assert (early.status_code, early.json()["code"]) == (409, "submission.wrong_state")
    stale = post(scene.secretary, f"{here}/return", {"reason": "更正"}, If_Match=f'"{scene.row.uid}.1"')
    assert (stale.status_code, scene.status) == (412, "submitted")
    etag = scene.secretary.get(f"/api/v1{here}")["ETag"]
    back = post(scene.secretary, f"{here}/return", {"reason": "更正"}, If_Match=etag)
    assert (back.status_code, back.json()["status"]) == (200, "filling")
    assert post(scene.liaison, f"{here}/submit").json()["status"] == "submitted"
    post(scene.secretary, f"{here}/verify")
    assert post(scene.secretary, f"{here}/reopen", {"reason": "更正"}).json()["status"] == "filling"


def test_a_round_is_prepared_opened_and_closed() -> None:
    scene = Scene()
    record = {
        "title": "季报",
        "alliance": "parks",
        "period": "2025Q3",
        "due_on": "2099-01-01",
        "indicators": ["revenue"],
    }
    assert post(scene.liaison, "/rounds", record).status_code == 403
    made = post(scene.secretary, "/rounds", record)
    assert (made.status_code, made.json()["status"], made.json()["indicators"]) == (201, "draft", ["revenue"])
    here = f"/rounds/{made.json()['id']}"
    assert scene.liaison.get(f"/api/v1{here}").status_code == 404
    assert post(scene.secretary, f"{here}/open").json()["status"] == "open"
    assert scene.liaison.get(f"/api/v1{here}").json()["status"] == "open"
    assert post(scene.secretary, f"{here}/close").json()["status"] == "closed"
    assert post(scene.secretary, f"{here}/open").status_code == 409


def test_the_command_line_returns_verifies_and_publishes() -> None:
    scene = Scene()
    run = CliRunner().invoke
    assert run(main, ["round", "return", scene.row.uid, "--reason", "更正"]).exit_code == 0
    assert scene.status == "filling"
    refused = run(main, ["round", "verify", scene.row.uid])
    assert (refused.exit_code, "还没有提交" in refused.output) == (1, True)
    assert post(scene.liaison, f"/submissions/{scene.row.uid}/submit").status_code == 200
    assert run(main, ["round", "verify", scene.row.uid]).output.split("\t")[2].strip() == "verified"
    published = run(main, ["round", "publish", scene.round.uid])
    assert (published.exit_code, scene.status) == (0, "published")
    assert "年度采集" in published.output
