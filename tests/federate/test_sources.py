"""The pipeline: what each kind of source brings, what is skipped, archived, kept from being written over, resumed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.jobs import Progress, adopt_orphans, run_all
from duijie.core.models import Job
from duijie.core.schema import parse
from duijie.federate import queries, running
from duijie.federate.actions import (
    archive_held,
    change_source,
    delete_source,
    preview_source,
    run_due,
    start_run,
    stop_run,
    take_over_item,
)
from duijie.federate.models import Item, Run, Source
from duijie.federate.schemas import SourceRecord
from duijie.publish.actions import change_listing, publish_listing
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status
from duijie.publish.schemas import as_data
from tests.factories import make_member, viewer
from tests.federate.conftest import Asked, Elsewhere, Said
from tests.federate.help import atom, counts, every, items, listings, plug, run

pytestmark = pytest.mark.django_db

CSV = "编号,标题,内容,金额,地区\nA-1,铸件气孔检测,百分之百在线,60-90万,嘉兴市南湖区\nA-2,注塑能耗监测,三十台注塑机,20万,嘉兴市\n"


def package(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"p{number}", "name": f"set-{number}", "title": f"政策汇编 {number}", "notes": "<p>全文</p>",
        "tags": [{"name": "政策"}], "extras": [{"key": "budget", "value": "12万"}],
    } | more  # fmt: skip


def ckan(packages: list[dict[str, Any]]) -> Any:
    def answer(asked: Asked) -> bytes:
        start, rows = int(asked.query["start"]), int(asked.query["rows"])
        result = {"count": len(packages), "results": packages[start : start + rows]}
        return json.dumps({"success": True, "result": result}).encode()

    return answer


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_sheet_at_an_address_is_read_whatever_its_encoding(elsewhere: Elsewhere, encoding: str) -> None:
    elsewhere.pages["/needs.csv"] = Said(CSV.encode(encoding), headers={"Content-Type": "text/csv"})
    park = make_member()
    source = plug(park, "sheet", f"{elsewhere.url}/needs.csv", listing_kind="need")
    assert counts(run(source)) == {"gathered": 2, "created": 2}
    found = listings(park)
    first = found["铸件气孔检测"]
    assert (first.external_id, first.status, first.amount_low_minor, first.regions) == (
        "A-1", "published", 60_000_000, ["330402"],
    )  # fmt: skip
    assert first.origin == f"{elsewhere.url}/needs.csv"
    assert counts(run(source)) == {"gathered": 2, "unchanged": 2}


def test_a_feeds_entry_becomes_a_draft_to_complete_and_is_not_written_over(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = atom(("1", "人才新政", "补贴十万"), ("2", "用地新政", "三十亩"))
    park = make_member()
    source = plug(park, "feed", f"{elsewhere.url}/feed", listing_kind="policy", default_regions="嘉兴市")
    assert counts(run(source)) == {"gathered": 2, "created": 2}
    draft = listings(park)["人才新政"]
    assert (draft.status, draft.kind, draft.body, draft.regions) == ("draft", "policy", "补贴十万", ["330400"])
    editor = viewer("editor", park)
    data = as_data(draft) | {"summary": "编辑补充的摘要"}
    publish_listing(actor=editor, listing=change_listing(actor=editor, listing=draft, data=data).listing)
    elsewhere.pages["/feed"] = atom(("1", "人才新政（修订）", "补贴二十万"))
    assert counts(run(source)) == {"gathered": 1, "unchanged": 1}, "a feed shows the latest only: nothing has vanished"
    item = items(source)["1"]
    assert (item.status, item.log[0]["code"], item.listing.title) == ("skipped", "source.edited_here", "人才新政")
    taken = take_over_item(actor=viewer("liaison", park), item=queries.get_item(item.uid, editor))
    assert (taken.status, taken.listing.title, taken.listing.status) == ("done", "人才新政（修订）", "published")


def test_a_ckan_portal_is_paged_mapped_and_what_vanished_is_archived(elsewhere: Elsewhere) -> None:
    packages = [package(n) for n in range(210)]
    elsewhere.pages["/api/3/action/package_search"] = ckan(packages)
    park = make_member()
    source = plug(park, "ckan", elsewhere.url, listing_kind="policy", fields="金额=budget\n内容=notes")
    assert counts(run(source)) == {"gathered": 210, "created": 210}
    assert len(elsewhere.asked) == 2
    one = listings(park)["政策汇编 7"]
    assert (one.amount_low_minor, one.keywords, one.origin) == (12_000_000, ["政策"], f"{elsewhere.url}/dataset/set-7")
    packages[3]["title"] = "改了名"
    del packages[200:]
    assert counts(run(source)) == {"gathered": 200, "changed": 1, "unchanged": 199, "archived": 10}
    gone = listings(park)["政策汇编 205"]
    assert (gone.status, gone.closed_reason) == ("archived", "来源已不再提供")
    packages.append(package(205))
    assert counts(run(source)) == {"gathered": 201, "created": 1, "unchanged": 200}, "it came back: a new listing"
    again = items(source)["p205"]
    assert (again.generation, again.listing.status, again.listing.pk != gone.pk) == (2, "published", True)
    del packages[20:]
    held = run(source)
    assert counts(held) == {"gathered": 20, "unchanged": 20, "held": 181}, "most of it gone at once: a person is asked"
    archive_held(actor=viewer("liaison", park), run=held)
    assert every(Listing).filter(owner_member=park, status=Status.PUBLISHED).count() == 20


def test_faults_are_told_item_by_item_and_the_rest_goes_through(elsewhere: Elsewhere) -> None:
    rows = CSV + "A-3,坏日期,,,火星\nA-1,重复,,,\n"
    elsewhere.pages["/needs.csv"] = rows.encode()
    source = plug(make_member(), "sheet", f"{elsewhere.url}/needs.csv", listing_kind="need")
    assert counts(run(source)) == {"gathered": 3, "created": 2, "failed": 1}
    bad = items(source)["A-3"]
    assert (bad.status, bad.log[0]["place"]) == ("failed", "E4")
    assert "火星" in bad.log[0]["zh"]


def test_two_sources_do_not_take_turns_on_one_listing(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/a.csv"] = elsewhere.pages["/b.csv"] = CSV.encode()
    park = make_member()
    run(plug(park, "sheet", f"{elsewhere.url}/a.csv", listing_kind="need"))
    second = plug(park, "sheet", f"{elsewhere.url}/b.csv", listing_kind="need")
    assert counts(run(second)) == {"gathered": 2, "failed": 2}
    assert items(second)["A-1"].log[0]["code"] == "source.taken"


def test_a_preview_shows_fields_and_faults_and_keeps_nothing(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/api/3/action/package_search"] = ckan([package(1), package(2, title="")])
    park = make_member()
    record = parse(SourceRecord, {"name": "x", "kind": "ckan", "url": elsewhere.url, "listing_kind": "policy"})
    shown = preview_source(actor=viewer("liaison", park), member=park, record=record)
    assert [bool(x.row) for x in shown.items] == [True, True], "a package without a title goes by its name"
    assert shown.names["budget"] == "12万"
    assert (every(Source).count(), every(Listing).count()) == (0, 0)
    with pytest.raises(Fault, match="字段对应：第 1 行"):
        preview_source(
            actor=viewer("liaison", park), member=park, record=record.model_copy(update={"fields": "胡说=x"})
        )


def test_a_killed_run_goes_on_where_it_was(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies between two batches: the job is taken up, nothing is written twice, nothing is left out."""
    elsewhere.pages["/api/3/action/package_search"] = ckan([package(n) for n in range(500)])
    park = make_member()
    source = plug(park, "ckan", elsewhere.url, listing_kind="policy")
    started = start_run(actor=viewer("liaison", park), source=source)
    take, calls = running.Desk.take, []

    def dies(desk: Any, batch: Any) -> None:
        take(desk, batch)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt  # leaves the row as a killed process does: marked running, with its state

    monkeypatch.setattr(running.Desk, "take", dies)
    with pytest.raises(KeyboardInterrupt):
        run_all()
    monkeypatch.setattr(running.Desk, "take", take)
    assert every(Run).get(pk=started.pk).status == "running"
    with pytest.raises(Conflict):
        start_run(actor=viewer("liaison", park), source=source)
    assert adopt_orphans() == 1
    run_all()
    after = every(Run).get(pk=started.pk)
    assert (after.status, counts(after)) == ("done", {"gathered": 500, "created": 500})
    assert every(Listing).filter(owner_member=park).count() == 500
    starts = [a.query["start"] for a in elsewhere.asked]
    assert starts == ["0", "200", "200", "400"], "the page that was rolled back is fetched again, no other"


def test_a_tired_source_is_tried_again_later_with_growing_pauses(elsewhere: Elsewhere) -> None:
    from django.utils import timezone

    source = plug(make_member(), "feed", f"{elsewhere.url}/feed", schedule="daily")
    elsewhere.pages["/feed"] = Said(b"", 503)
    for failures, minutes in ((1, 2), (2, 10), (3, 30)):
        failed = run(source)
        assert (failed.status, failed.error_code) == ("failed", "source.status")
        source = every(Source).get(pk=source.pk)
        assert source.failures == failures
        assert round((source.due_at - timezone.now()).total_seconds() / 60) == minutes
    assert len(elsewhere.asked) == 9, "three tries each"
    every(Source).update(due_at=timezone.now())
    elsewhere.pages["/feed"] = atom(("1", "回来了", "好"))
    assert run_due(actor=SYSTEM) == 1
    run_all()
    source = every(Source).get(pk=source.pk)
    latest = every(Run).filter(source=source).latest("pk")
    assert (source.failures, latest.trigger, counts(latest)) == (0, "retry", {"gathered": 1, "created": 1})
    assert round((source.due_at - timezone.now()).total_seconds() / 3600) == 24
    assert run_due(actor=SYSTEM) == 0


def test_the_credential_is_kept_encrypted_and_sent_to_its_own_host_only(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/feed"] = Said(
        status=302, headers={"Location": elsewhere.url.replace("127.0.0.1", "localhost") + "/there"}
    )
    elsewhere.pages["/there"] = atom(("1", "甲", "乙"))
    source = plug(
        make_member(),
        "feed",
        f"{elsewhere.url}/feed",
        credential="Bearer 秘密x".replace("秘密", "s3cret"),
        credential_header="X-Token",
    )
    kept = every(Source).get(pk=source.pk)
    assert "s3cret" not in kept.credential
    run(source)
    assert [a.headers.get("x-token") for a in elsewhere.asked] == ["Bearer s3cretx", None]


def test_a_stopped_run_keeps_what_it_wrote_and_says_so(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/api/3/action/package_search"] = ckan([package(n) for n in range(3)])
    park = make_member()
    source = plug(park, "ckan", elsewhere.url, listing_kind="policy")
    started = start_run(actor=viewer("liaison", park), source=source)
    stop_run(actor=viewer("liaison", park), run=every(Run).select_related("source__member", "job").get(pk=started.pk))
    run_all()
    assert every(Run).get(pk=started.pk).status == "stopped"
    assert counts(run(source)) == {"gathered": 3, "created": 3}


def test_who_may(elsewhere: Elsewhere) -> None:
    park, other = make_member(), make_member()
    source = plug(park, "feed", f"{elsewhere.url}/feed")
    for stranger in (viewer("liaison", other), viewer("editor", park), viewer(), viewer("leader", park)):
        with pytest.raises(NotAllowed):
            start_run(actor=stranger, source=source)
    assert list(queries.sources(viewer("liaison", other))) == []
    assert [s.pk for s in queries.sources(viewer("editor", park))] == [source.pk]
    assert [s.pk for s in queries.sources(viewer("platform"))] == [source.pk]


def test_a_source_is_taken_away_with_or_without_its_listings(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/needs.csv"] = CSV.encode()
    park = make_member()
    source = plug(park, "sheet", f"{elsewhere.url}/needs.csv", listing_kind="need")
    run(source)
    record = parse(SourceRecord, {"name": "新名", "kind": "sheet", "url": source.url, "listing_kind": "need"})
    change_source(actor=viewer("liaison", park), source=source, record=record, expected_version=1)
    delete_source(actor=viewer("liaison", park), source=source, archive=True)
    assert {x.status for x in listings(park).values()} == {"archived"}
    assert (every(Source).count(), every(Item).count(), every(Run).count(), Job.objects.count()) == (0, 0, 0, 1)


def test_progress_is_told_while_it_runs(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    to = Progress.to
    monkeypatch.setattr(Progress, "to", lambda self, done, *a, **k: (told.append(done), to(self, done, *a, **k)))
    elsewhere.pages["/api/3/action/package_search"] = ckan([package(n) for n in range(450)])
    run(plug(make_member(), "ckan", elsewhere.url, listing_kind="policy"))
    assert told[:3] == [200, 400, 450]
