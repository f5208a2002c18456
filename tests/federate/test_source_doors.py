"""Sources through page, REST and command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duijie.cli.main import main
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.federate.models import Run, Source
from duijie.members.actions import create_api_key
from duijie.members.models import Member
from duijie.members.schemas import ApiKeyRecord
from tests.factories import make_member, make_user, viewer
from tests.federate.conftest import Elsewhere
from tests.federate.help import atom, counts, every, listings, plug, run

pytestmark = pytest.mark.django_db


def signed_in(role: str, where: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, where))
    return client


def key_of(member: Member, *scopes: str) -> dict[str, str]:
    record = parse(ApiKeyRecord, {"name": "系统", "scopes": list(scopes)})
    _, secret = create_api_key(actor=viewer("member_admin", member), record=record, member=member)
    return {"Authorization": f"Bearer {secret}"}


def form(elsewhere: Elsewhere, **more: str) -> dict[str, str]:
    return {
        "name": "政策公开栏", "kind": "feed", "url": f"{elsewhere.url}/feed", "schedule": "daily", "listing_kind": "policy",
    } | more  # fmt: skip


def test_a_page_previews_then_plugs_in_and_shows_the_log(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = atom(("1", "人才新政", "补贴"), ("2", "用地新政", "土地"))
    park = make_member("南湖高新区", slug="nanhu")
    client = signed_in("liaison", park)
    page = client.post("/members/nanhu/sources/new/", form(elsewhere, do="preview"))
    assert page.status_code == 200
    assert ("人才新政" in page.content.decode(), every(Source).count()) == (True, 0)
    bad = client.post("/members/nanhu/sources/new/", form(elsewhere, do="preview", fields="胡说"))
    assert (bad.status_code, "第 1 行" in bad.content.decode()) == (422, True)
    made = client.post("/members/nanhu/sources/new/", form(elsewhere, do="save"))
    source = every(Source).get()
    assert made["Location"] == f"/sources/{source.uid}/"
    assert "采集" in client.get(made["Location"]).content.decode()
    progress = client.get(f"/runs/{every(Run).get().uid}/progress/")
    assert "排队中" in progress.content.decode()
    run_all()
    assert "人才新政" in client.get(f"/sources/{source.uid}/items/").content.decode()
    assert "政策公开栏" in client.get("/sources/").content.decode()
    assert listings(park)["用地新政"].status == "draft"
    edited = client.post(f"/sources/{source.uid}/edit/", form(elsewhere, name="新名称", do="save", version="1"))
    assert edited.status_code == 302
    stale = client.post(f"/sources/{source.uid}/edit/", form(elsewhere, name="更新", do="save", version="1"))
    assert (stale.status_code, "已被他人修改" in stale.content.decode()) == (409, True)
    assert client.post(f"/sources/{source.uid}/do/", {"do": "run"}).status_code == 302
    assert (
        client.post(f"/sources/{source.uid}/do/", {"do": "run", "back": "//evil.example"})["Location"]
        == f"/sources/{source.uid}/"
    )
    assert Client().get(f"/sources/{source.uid}/").status_code == 302
    assert signed_in("liaison", make_member()).get(f"/sources/{source.uid}/").status_code == 404


def test_rest_plugs_in_runs_and_replays_with_a_scope_of_its_own(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = atom(("1", "人才新政", "补贴"))
    park = make_member(slug="nanhu")
    client, key, weak = Client(), key_of(park, "sources:write"), key_of(park, "listings:write")
    body = json.dumps(form(elsewhere, publish="是"))
    address = "/api/v1/members/nanhu/sources"
    assert client.post(address, body, "application/json", headers=weak).status_code == 403
    shown = client.post(f"{address}/preview", body, "application/json", headers=key).json()
    assert [(x["title"], x["fits"]) for x in shown["items"]] == [("人才新政", True)]
    made = client.post(address, body, "application/json", headers=key)
    assert (made.status_code, made.json()["has_credential"], made["ETag"]) == (201, False, f'"{made.json()["id"]}.1"')
    uid = made.json()["id"]
    assert client.post(f"/api/v1/sources/{uid}/runs", headers=key).status_code == 202
    assert client.post(f"/api/v1/sources/{uid}/runs", headers=key).json()["code"] == "source.running"
    run_all()
    item = client.get(f"/api/v1/sources/{uid}/items", headers=key).json()["items"][0]
    assert (item["status"], item["remote_id"]) == ("done", "1")
    assert client.post(f"/api/v1/items/{item['id']}/replay", headers=key).json()["status"] in {"done", "skipped"}
    assert listings(park)["人才新政"].status == "published"
    stale = client.put(f"/api/v1/sources/{uid}", body, "application/json", headers=key | {"If-Match": f'"{uid}.9"'})
    assert stale.status_code == 412
    assert client.get(f"/api/v1/sources/{uid}", headers=key_of(make_member(), "sources:write")).status_code == 404
    assert client.delete(f"/api/v1/sources/{uid}?archive=true", headers=key).status_code == 204
    assert listings(park)["人才新政"].status == "archived"


@pytest.mark.django_db(transaction=True)
def test_the_command_line_adds_previews_runs_and_lists(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = atom(("1", "人才新政", "补贴"))
    make_member(slug="nanhu")
    said = ["--member", "nanhu", "--kind", "feed", "--as", "policy", "--schedule", "by_hand"]
    runner = CliRunner()
    shown = runner.invoke(main, ["source", "preview", f"{elsewhere.url}/feed", *said])
    assert "ok\t人才新政" in shown.output
    made = runner.invoke(main, ["source", "add", f"{elsewhere.url}/feed", *said, "--publish", "--run"])
    uid, done = made.output.splitlines()[:2]
    assert json.loads(done)["created"] == 1
    assert uid in runner.invoke(main, ["source", "list"]).output
    assert "done\t1\t人才新政" in runner.invoke(main, ["source", "log", uid]).output
    elsewhere.pages.clear()
    gone = runner.invoke(main, ["source", "run", uid])
    assert (gone.exit_code, "404" in gone.output) == (1, True)
    assert runner.invoke(main, ["source", "remove", uid, "--archive"]).output == "ok\n"


def test_lists_ask_the_database_as_often_for_one_as_for_three(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = atom(("1", "甲", "一"))
    park = make_member(slug="nanhu")
    client = signed_in("liaison", park)
    first = plug(park, "feed", f"{elsewhere.url}/feed", publish="是")
    assert counts(run(first))["created"] == 1
    pages = ["/sources/", "/members/nanhu/sources/", f"/sources/{first.uid}/", f"/sources/{first.uid}/items/"]

    def asked() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    asked()
    once = asked()
    for _ in range(2):
        run(plug(park, "feed", f"{elsewhere.url}/feed", publish="是"))
    elsewhere.pages["/feed"] = atom(("1", "甲", "一"), ("2", "乙", "二"), ("3", "丙", "三"))
    run(first)
    assert asked() == once


def test_the_items_of_a_source_as_excel_and_csv_as_they_are_narrowed(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = atom(("1", "人才新政", "补贴"), ("2", "用地新政", "土地"))
    park = make_member("南湖高新区", slug="nanhu")
    source = plug(park, "feed", f"{elsewhere.url}/feed", listing_kind="policy")
    run(source)
    client = signed_in("liaison", park)
    at = f"/sources/{source.uid}/items/"
    rows = client.get(f"{at}?format=csv&q=人才").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and "人才新政" in rows[1] and "已写入" in rows[1]
    assert client.get(f"{at}?format=xlsx").content[:2] == b"PK"
    assert "?q=%E4%BA%BA%E6%89%8D&amp;format=csv" in client.get(f"{at}?q=人才").content.decode()
    assert signed_in("liaison", make_member()).get(f"{at}?format=csv").status_code == 404
