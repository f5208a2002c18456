"""Sheets in: checked first, all or nothing by choice, marked copies, undo, the same result as one by one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from duijie.core.events import dispatch_all
from duijie.core.files import path_of
from duijie.core.jobs import run_all
from duijie.members.models import Member
from duijie.publish.actions import create_listing, imports, upsert_listing
from duijie.publish.models import ImportBatch, Listing, ListingVersion
from duijie.publish.schemas import as_data
from duijie.publish.search import search_index
from tests.factories import make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
HEADINGS = ["编号", "标题", "内容", "预算", "地区", "截止日期"]


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in [HEADINGS, *rows]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def bring(park: Member, content: bytes, *, name: str = "需求.xlsx", apply: bool = True, **options: bool) -> ImportBatch:
    batch = imports.start_import(
        actor=viewer("liaison", park),
        member=park,
        kind="need",
        chunks=[content],
        name=name,
        apply_when_good=apply,
        **options,
    )
    run_all()
    return ImportBatch.objects.get(pk=batch.pk)


def titles() -> list[str]:
    return sorted(x.title for x in Listing.objects.unscoped("test"))


GOOD = [
    ["A1", "电机降噪", "振动大", "12 万", "嘉兴", "2027-03-01"],
    ["A2", "廢水處理", "需要達標", "１２０万元", "上海", "2027年5月1日"],
]


def test_what_offices_write_is_understood() -> None:
    park = make_member()
    batch = bring(park, workbook(GOOD))
    assert (batch.status, batch.rows_new, batch.rows_bad) == ("applied", 2, 0)
    rows = {x.external_id: x for x in Listing.objects.unscoped("test")}
    assert rows["A1"].amount_low_minor == 12_000_000
    assert rows["A2"].amount_low_minor == 120_000_000
    assert str(rows["A2"].expires_on) == "2027-05-01"
    assert {x.status for x in rows.values()} == {"published"}


def test_a_gbk_csv_is_understood() -> None:
    text = "编号,标题,内容,预算\nB1,喷漆废气治理,车间密闭,30-50万\n"
    batch = bring(make_member(), text.encode("gb18030"), name="需求.csv")
    assert batch.status == "applied"
    assert titles() == ["喷漆废气治理"]


def test_one_bad_cell_keeps_everything_out_and_is_marked() -> None:
    park = make_member()
    bad = [*GOOD, ["A3", "坏行", "正文", "很多钱", "上梅市", ""]]
    batch = bring(park, workbook(bad))
    assert (batch.status, batch.rows_good, batch.rows_bad) == ("checked", 2, 1)
    assert titles() == []
    assert [f["place"] for f in batch.faults] == ["Sheet!D4", "Sheet!E4"]
    assert batch.marked_file is not None
    marked = load_workbook(io.BytesIO(path_of(batch.marked_file).read_bytes()))
    sheet = marked["Sheet"]
    assert sheet["D4"].comment is not None
    assert "很多钱" in sheet["D4"].comment.text


def test_the_good_rows_alone_by_choice_and_undo() -> None:
    park = make_member()
    liaison = viewer("liaison", park)
    batch = bring(park, workbook([*GOOD, ["A3", "坏行", "", "很多钱", "", ""]]))
    imports.apply_import(actor=liaison, batch=imports.choose_good_rows(actor=liaison, batch=batch))
    run_all()
    assert titles() == ["廢水處理", "电机降噪"]
    batch.refresh_from_db()
    imports.undo_import(actor=liaison, batch=batch)
    run_all()
    assert {x.status for x in Listing.objects.unscoped("test")} == {"closed"}


def test_undo_gives_back_what_was_changed() -> None:
    park = make_member()
    upsert_listing(
        actor=viewer("liaison", park), member=park, external_id="A1", data={"kind": "need", "title": "原来的"}
    )
    batch = bring(park, workbook(GOOD))
    assert (batch.rows_new, batch.rows_changed) == (1, 1)
    imports.undo_import(actor=viewer("liaison", park), batch=batch)
    run_all()
    assert Listing.objects.unscoped("test").get(external_id="A1").title == "原来的"


def test_the_same_sheet_again_changes_nothing() -> None:
    park = make_member()
    bring(park, workbook(GOOD))
    batch = bring(park, workbook(GOOD))
    assert (batch.rows_new, batch.rows_changed, batch.rows_same) == (0, 0, 2)
    assert ListingVersion.objects.count() == 2


def test_rows_come_out_as_they_would_one_by_one() -> None:
    sheet, single = make_member(), make_member()
    bring(sheet, workbook(GOOD))
    for external_id, title, body, amount, region, until in GOOD:
        data = {"kind": "need", "title": title, "body": body, "amount": amount, "regions": region, "expires_on": until}
        upsert_listing(actor=viewer("liaison", single), member=single, external_id=str(external_id), data=data)
    one, other = (
        {
            x.external_id: (as_data(x), x.status, x.version, x.fingerprint)
            for x in Listing.objects.unscoped("t").filter(owner_member=m)
        }
        for m in (sheet, single)
    )
    assert one == other


def test_a_repeated_id_is_told_with_both_rows() -> None:
    batch = bring(make_member(), workbook([GOOD[0], GOOD[0]]))
    assert "第 2 行" in batch.faults[0]["zh"]
    assert batch.faults[0]["place"] == "Sheet!A3"


def test_a_firm_imports_for_itself_and_waits_for_review() -> None:
    park = make_member()
    firm = make_organisation(member=park)
    imports.start_import(
        actor=viewer("organisation", firm),
        member=park,
        organisation=firm,
        kind="need",
        chunks=[workbook(GOOD)],
        name="x.xlsx",
        apply_when_good=True,
    )
    run_all()
    assert {x.status for x in Listing.objects.unscoped("test")} == {"submitted"}


def test_who_has_lost_the_right_since_writes_nothing() -> None:
    park = make_member()
    liaison = make_user("liaison", park)
    batch = imports.start_import(
        actor=viewer(liaison), member=park, kind="need", chunks=[workbook(GOOD)], name="x.xlsx", apply_when_good=True
    )
    liaison.role_grants.all().delete()
    run_all()
    batch.refresh_from_db()
    assert titles() == []


def test_a_file_that_is_no_sheet_is_refused_with_a_sentence(tmp_path: Path) -> None:
    batch = bring(make_member(), b"%PDF-1.7 not a sheet", name="x.xlsx")
    assert batch.status == "failed"
    assert batch.faults[0]["zh"]


def test_a_formula_cell_is_refused_with_its_place() -> None:
    batch = bring(make_member(), workbook([["A1", "=1+1", "正文", "12万", "", ""]]))
    assert [f["place"] for f in batch.faults] == ["Sheet!B2"]
    assert titles() == []


def test_imported_listings_are_found() -> None:
    search_index().clear()
    bring(make_member(), workbook(GOOD))
    dispatch_all()
    from duijie.core.access import GUEST
    from duijie.publish.search import SearchRequest, search

    assert search(SearchRequest(text="电机降噪"), GUEST).total == 1
    search_index().close()


def test_creating_leaves_the_same_history(django_assert_max_num_queries: object) -> None:
    park = make_member()
    listing = create_listing(
        actor=viewer("liaison", park), member=park, data={"kind": "need", "title": "一条"}, put_forward=True
    )
    assert [v.number for v in ListingVersion.objects.filter(listing=listing)] == [1]
