"""An event from its first slot to a signed intent over REST, and by the command line: the same actions, the same refusals."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from openpyxl import load_workbook

from duijie.cli.main import main
from duijie.meet.models import Draft, Event, Meeting, Registration
from tests.factories import PASSWORD, make_organisation
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def call(client: Client, verb: str, address: str, data: Any = None, status: int = 200, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = getattr(client, verb)
    if verb == "get":
        answer = sent(f"/api/v1{address}")
    else:
        answer = sent(
            f"/api/v1{address}",
            json.dumps({} if data is None else data),
            content_type="application/json",
            headers=named,
        )
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_an_event_is_made_filled_and_held_over_rest() -> None:
    scene = Scene(tables=0, firms=2)
    planner, own, other = client_of(scene.planner_user), client_of(scene.people[0]), client_of(scene.people[1])
    here, day = f"/events/{scene.event.uid}", scene.day.isoformat()
    slots = [
        {"code": f"S{n}", "starts_at": f"{day} 09:{20 * n:02d}", "ends_at": f"{day} 09:{20 * n + 15:02d}"}
        for n in range(3)
    ]
    assert [s["code"] for s in call(planner, "put", here + "/slots", slots)] == ["S0", "S1", "S2"]
    overlapping = [slots[0], slots[1] | {"starts_at": f"{day} 09:10"}]
    assert call(planner, "put", here + "/slots", overlapping, 422)["errors"]
    assert call(planner, "put", here + "/slots", {"code": "S0"}, 422)["code"] == "json.not_a_list"
    assert (
        len(call(planner, "put", here + "/places", [{"code": "T1", "capacity": 4}, {"code": "T2", "capacity": 4}])) == 2
    )
    call(own, "put", here + "/slots", slots, 403)
    programme = [{"kind": "报告", "title": "开场", "starts_at": f"{day} 08:30", "ends_at": f"{day} 08:50"}]
    assert call(planner, "put", here + "/programme", programme)[0]["title"] == "开场"

    mine, asked = (comer.uid for comer in scene.comers)
    wish = call(own, "put", f"{here}/registrations/{mine}/wishes", {"wanted": asked, "level": "want"})
    assert wish["answer"] != "accepted"
    call(own, "post", f"{here}/registrations/{asked}/wishes/{wish['id']}/answer", {"accept": True}, 404)
    agreed = call(other, "post", f"{here}/registrations/{asked}/wishes/{wish['id']}/answer", {"accept": True})
    assert agreed["answer"] == "accepted"

    assert call(planner, "put", here + "/quotas", [{"kind": "企业", "most": 1}]) == [
        {"kind": "企业", "with_kind": None, "most": 1, "fewest": 0}
    ]
    names = [firm.name for firm in scene.firms]
    looped = [{"first": f"{names[0]}~{names[1]}", "then": f"{names[1]}~{names[0]}"}]
    assert call(planner, "put", here + "/precedences", looped, 422)["code"] == "precedence.loop"
    call(own, "put", here + "/quotas", [], 403)

    draft = call(planner, "post", here + "/drafts", {"scale": "0.1"}, 202)
    work()
    draft = call(planner, "get", f"{here}/drafts/{draft['id']}")
    assert (draft["status"], draft["meetings"], draft["unserved"]) == ("ready", 1, [])
    call(own, "get", f"{here}/drafts/{draft['id']}", status=403)
    meeting = call(planner, "get", f"{here}/drafts/{draft['id']}/meetings")[0]
    free = next(s for s in ("S0", "S1", "S2") if s != meeting["slot"])
    move = {"meeting": meeting["id"], "slot": free, "place": "T2"}
    moved = call(planner, "post", f"{here}/drafts/{draft['id']}/move", move)
    call(planner, "post", f"{here}/drafts/{draft['id']}/move", move, 412, If_Match=f'"{draft["version"]}"')
    assert moved["version"] > draft["version"]
    call(planner, "post", f"{here}/drafts/{draft['id']}/undo")
    assert call(planner, "get", f"{here}/drafts/{draft['id']}/meetings")[0]["slot"] == meeting["slot"]
    call(planner, "post", f"{here}/drafts/{draft['id']}/publish")
    assert [m["slot"] for m in call(own, "get", f"{here}/registrations/{mine}/meetings")] == [meeting["slot"]]

    intent = call(own, "post", here + "/intents", {"first": names[0], "other": names[1], "title": "试机"}, 201)
    assert call(other, "post", f"{here}/intents/{intent['id']}/sign")["status"] == "signed"
    assert call(planner, "get", here + "/figures")["intents"]


def test_a_badge_is_read_once_over_rest_and_a_no_show_leads_to_a_repair() -> None:
    scene = Scene()
    scene.published()
    planner, here = client_of(scene.planner_user), f"/events/{scene.event.uid}"
    person = scene.comers[0].representatives.get()
    told = {"code": person.badge, "request": "device-1"}
    assert call(planner, "post", here + "/check-ins", told) == {
        "name": person.name, "organisation": scene.firms[0].name, "first": True,
    }  # fmt: skip
    call(planner, "post", here + "/check-ins", told)
    assert scene.comers[0].representatives.filter(checked_in_at__isnull=False).count() == 1
    call(planner, "post", here + "/check-ins", {"code": "nothing", "request": "device-2"}, 404)
    repair = call(planner, "post", here + "/repairs", {"absent": [scene.comers[1].uid]}, 202)
    work()
    repair = call(planner, "get", f"{here}/drafts/{repair['id']}")
    assert repair["repair"] is True and repair["changes"]["cancelled"]
    before = set(Meeting.objects.exclude(state="cancelled").filter(draft__number=1).values_list("code", flat=True))
    call(planner, "post", f"{here}/repairs/{repair['id']}/confirm")
    after = set(Meeting.objects.exclude(state="cancelled").filter(draft__number=1).values_list("code", flat=True))
    assert not any(scene.comers[1].uid in code for code in after) and before != after


def test_an_event_by_the_command_line(tmp_path: Path) -> None:
    scene = Scene()
    run = CliRunner().invoke
    day = (scene.day + dt.timedelta(days=1)).isoformat()
    made = run(
        main, ["event", "add", "第二场", "--host", scene.host.slug, "--kind", "对接会", "--starts-on", day, "--publish"]
    )
    assert made.exit_code == 0, made.output
    event = Event.objects.unscoped("test").get(uid=made.output.strip())
    assert (event.status, event.starts_on.isoformat()) == ("published", day)
    rows = json.loads(run(main, ["event", "list", "--json"]).output)
    assert {row["title"] for row in rows} == {"第二场", "园区项目对接会"}
    refused = run(main, ["event", "add", "第三场", "--host", "nobody", "--kind", "对接会", "--starts-on", day])
    assert refused.exit_code == 1 and "Traceback" not in refused.output

    firm = make_organisation("新到公司", member=scene.host)
    sheet = tmp_path / "r.csv"
    sheet.write_text(f"单位,参会代表\n{firm.name},王敏/经理\n", encoding="utf-8")
    counts = run(main, ["event", "import", scene.event.uid, "registrations", str(sheet), "--dry-run"])
    assert json.loads(counts.output)["created"] == 1 and not Registration.objects.filter(organisation=firm).exists()
    run(main, ["event", "import", scene.event.uid, "registrations", str(sheet)])
    assert Registration.objects.get(organisation=firm).representatives.get().name == "王敏"
    sheet.write_text("单位,参会代表\n没有这家,王敏\n", encoding="utf-8")
    assert run(main, ["event", "import", scene.event.uid, "registrations", str(sheet)]).exit_code == 1

    for one, other in ((0, 1), (1, 0), (2, 3), (3, 2)):
        scene.wish(one, other)
    arranged = run(main, ["event", "arrange", scene.event.uid, "--scale", "0.1", "--publish"])
    told = json.loads(arranged.output)
    assert (told["status"], told["meetings"]) == ("ready", 2)
    for kind, name in (("registrations", "r.xlsx"), ("wishes", "w.csv"), ("timetable", "t.xlsx"), ("report", "p.docx"),
                       ("report", "p.xlsx"), ("badges", "b.pdf"), ("signs", "s.pdf")):  # fmt: skip
        out = run(main, ["event", "export", scene.event.uid, kind, "-o", str(tmp_path / name)])
        assert out.exit_code == 0 and (tmp_path / name).stat().st_size > 60, (kind, out.output)
    assert load_workbook(tmp_path / "t.xlsx")["固定会面"].max_row == 3
    again = run(main, ["event", "import", scene.event.uid, "timetable", str(tmp_path / "t.xlsx")])
    assert Draft.objects.get(uid=again.output.strip()).figures["meetings"] == 2
