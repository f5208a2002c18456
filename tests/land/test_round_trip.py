"""A sheet that went out comes in again: unchanged it changes nothing, edited it changes what was edited, and a bad cell is named."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from duijie.cli.land import deal as deal_command
from duijie.cli.land import project as project_command
from duijie.core.access import SYSTEM
from duijie.core.jobs import run_all
from duijie.core.models import AuditLine, Job
from duijie.core.schema import parse
from duijie.land import actions
from duijie.land.models import Deal, DealMove, DealVersion, Figure, MilestoneDay, Posting, Project, ProjectVersion
from duijie.land.schemas import DealRecord, ProjectRecord
from duijie.members.actions import start_sheet
from tests.factories import make_organisation, make_user
from tests.land.conftest import Land

pytestmark = pytest.mark.django_db
TABLES = (Deal, DealMove, DealVersion, Project, ProjectVersion, Figure, MilestoneDay, Posting)


@pytest.fixture
def filled(land: Land) -> Land:
    """Deals and projects with everything a sheet can hold, and what an ally has beside them."""
    firm = make_organisation("禾城精密", member=land.own)
    twins = [make_organisation("同名公司") for _ in range(2)]
    land.deal(
        "压铸件产线", external_id="D-1", summary="两条线，三期建设", industry="汽车制造业", amount="1.2亿元", source="驻点招商",
        source_label="虹桥小组", own_organisations=[firm.uid], other_members=["平湖市"], other_organisations=[twins[0].uid],
        other_names=["上海某某材料公司", "苏州某厂"], next_step="看厂房", next_on="2027-03-01",
    )  # fmt: skip
    land.deal("保密产线", confidential="是", foreign="是", amount="1200万美元", other_names=["某外企"])
    signed = land.deal("已签产线", amount="3000万元")
    land.move(signed, "intent", "2017-02-01")
    land.move(signed, "signed", "2017-03-01")
    land.project(
        "异质结电池", external_id="P-1", total="3.5亿元", agreed_domestic="2亿元", jobs="300", land_square_metres="80000", investor="申能源",
        registered_on="2017-04-01", planned_start_on="2017-06-01", longitude="120.71", latitude="30.75", technology="是", openness="公开",
    )  # fmt: skip
    abroad = land.project("外资电机", foreign="是", total="9000万元", contracted="1200万美元", rate="6.8")
    land.figure(land.project("电池二期", relation="升级", relates_to="异质结电池"), "20万元", "2017-05")
    land.figure(abroad, "100万美元", "2017-06", source="外资", rate="6.7744")
    actions.create_deal(actor=SYSTEM, member=land.ally, record=parse(DealRecord, {"title": "盟友产线", "kind": "investment", "external_id": "D-1", "stage_on": "2017-01-03"}))  # fmt: skip
    actions.create_project(actor=SYSTEM, member=land.ally, record=parse(ProjectRecord, {"name": "盟友项目", "total": "1亿元", "signed_on": "2017-03-01"}))  # fmt: skip
    return land


@pytest.fixture
def client(filled: Land) -> Client:
    made = Client()
    made.force_login(make_user("liaison", filled.own))
    return made


def exported(client: Client, address: str, form: str = "xlsx") -> Any:
    """The sheet that a page hands out, as a workbook."""
    return load_workbook(io.BytesIO(client.get(address, {"format": form}).content))


def brought_in(land: Land, kind: str, book: Any, *, write: bool = True) -> Job:
    out = io.BytesIO()
    book.save(out)
    job = start_sheet(
        actor=land.admin, member=land.own, kind=kind, chunks=[out.getvalue()], name="s.xlsx", dry_run=not write
    )
    run_all()
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job


def own_rows(book: Any, name: str) -> Any:
    """The workbook without the rows of other members."""
    sheet = book.active
    column = headings(sheet)[name]
    for number in range(sheet.max_row, 1, -1):
        if sheet.cell(number, column).value != "秀洲高新区":
            sheet.delete_rows(number)
    return book


def headings(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def row_of(sheet: Any, heading: str, value: str) -> int:
    column = headings(sheet)[heading]
    return next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, column).value == value)


def put(sheet: Any, row: int, **values: Any) -> None:
    for heading, value in values.items():
        sheet.cell(row, headings(sheet)[heading]).value = value


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.all().unscoped("test").count() if hasattr(model._default_manager.all(), "unscoped") else model._default_manager.count() for model in TABLES}  # fmt: skip


def versions() -> list[tuple[str, int]]:
    rows = [*Deal.objects.unscoped("test").order_by("pk"), *Project.objects.unscoped("test").order_by("pk")]
    return [(row.uid, row.version) for row in rows]


@pytest.mark.parametrize(
    ("kind", "address", "form", "rows"),
    [("deals", "/deals/list/", "xlsx", 3), ("projects", "/projects/", "xlsx", 4), ("figures", "/projects/", "figures", 10)],
)  # fmt: skip
def test_unchanged_it_changes_nothing(
    kind: str, address: str, form: str, rows: int, filled: Land, client: Client
) -> None:
    book = exported(client, address, form)
    if kind != "figures":
        own_rows(book, "主办成员")
    before, lines, stood = counts(), AuditLine.objects.exclude(verb="members.sheet.start").count(), versions()
    job = brought_in(filled, kind, book)
    assert (job.result["faults"], job.result["written"]) == ([], {"created": 0, "changed": 0, "unchanged": rows})  # fmt: skip
    assert (counts(), versions()) == (before, stood)
    assert AuditLine.objects.exclude(verb="members.sheet.start").count() == lines


def test_what_was_edited_is_changed_and_nothing_else(filled: Land, client: Client) -> None:
    book = own_rows(exported(client, "/deals/list/"), "主办成员")
    sheet = book.active
    put(sheet, row_of(sheet, "名称", "压铸件产线"), 名称="压铸件三期", 下一步=None, 阶段="接洽", 阶段日期="2017-02-06")
    put(sheet, row_of(sheet, "名称", "保密产线"), **{"意向金额（元）": "1500万美元"})
    before = counts()
    job = brought_in(filled, "deals", book)
    assert (job.result["faults"], job.result["written"]["changed"], job.result["written"]["unchanged"]) == ([], 2, 1)
    first = Deal.objects.unscoped("test").get(external_id="D-1", owner_member=filled.own)
    assert (first.title, first.next_step, first.stage, first.source, first.source_label) == ("压铸件三期", "", "contact", "posted_team", "虹桥小组")  # fmt: skip
    assert (first.summary, first.parties.count()) == ("两条线，三期建设", 6)
    second = Deal.objects.unscoped("test").get(title="保密产线")
    assert (second.amount_minor, second.currency, second.confidential, second.external_id) == (15 * 10**8, "USD", True, "")  # fmt: skip
    assert (counts()["Deal"], counts()["DealMove"]) == (before["Deal"], before["DealMove"] + 1)


def test_a_sheet_with_few_columns_leaves_the_others_as_they_are(filled: Land, client: Client) -> None:
    for kind, address, keep in (("deals", "/deals/list/", ("名称", "类型", "编号")), ("projects", "/projects/", ("项目名称", "编号"))):  # fmt: skip
        book = own_rows(exported(client, address), "主办成员")
        sheet = book.active
        for heading, column in sorted(headings(sheet).items(), key=lambda pair: -pair[1]):
            if heading not in keep:
                sheet.delete_cols(column)
        job = brought_in(filled, kind, book)
        assert (job.result["faults"], job.result["written"]["changed"], job.result["written"]["created"]) == (
            [],
            0,
            0,
        ), kind


def test_a_bad_cell_is_named_and_nothing_is_written(filled: Land, client: Client) -> None:
    cases = {
        "deals": ("/deals/list/", "xlsx", "名称", "压铸件产线", {
            "意向金额（元）": "很多", "类型": "炼金", "下一步日期": "2027-02-30", "落地地区": "亚特兰蒂斯", "来源名称": "别的小组", "阶段日期": "2017-01-09"}),
        "projects": ("/projects/", "xlsx", "项目名称", "异质结电池", {"总投资（元）": "很多", "签约日": "2017-02-30", "就业人数": "-3"}),
    }  # fmt: skip
    for kind, (address, form, heading, name, cells) in cases.items():
        before = counts()
        for column, value in cells.items():
            book = own_rows(exported(client, address, form), "主办成员")
            sheet = book.active
            row = row_of(sheet, heading, name)
            put(sheet, row, **{column: value})
            job = brought_in(filled, kind, book)
            place = sheet.cell(row, headings(sheet)[column]).coordinate
            assert [fault["place"].split("!")[-1] for fault in job.result["faults"]] == [place], (column, job.result["faults"])  # fmt: skip
        assert counts() == before, kind


def test_a_figure_that_was_edited_needs_its_reason_and_a_new_month_is_new(filled: Land, client: Client) -> None:
    book = exported(client, "/projects/", "figures")
    sheet = book.active
    row = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, headings(sheet)["数额"]).value == "200,000元")
    put(sheet, row, 数额="25万元")
    job = brought_in(filled, "figures", book)
    assert ["已填报为 200,000元；要更正请写明原因" in fault["zh"] for fault in job.result["faults"]] == [True]
    sheet.cell(1, sheet.max_column + 1, "更正原因")
    put(sheet, row, 更正原因="漏报一笔")
    project = sheet.cell(row, headings(sheet)["项目"]).value
    sheet.append([project if heading == "项目" else {"指标": "实到资金", "资金来源": "内资", "日期": "2017-07-31", "数额": "30万元"}.get(heading) for heading in headings(sheet)])  # fmt: skip
    job = brought_in(filled, "figures", book)
    assert (job.result["faults"], job.result["written"]["changed"], job.result["written"]["created"]) == ([], 1, 1)


def test_another_members_rows_are_refused_and_not_taken_for_ones_own(filled: Land, client: Client) -> None:
    for kind, address, said in (("deals", "/deals/list/", "不是秀洲高新区的线索"), ("projects", "/projects/", "不是秀洲高新区的项目")):  # fmt: skip
        before = counts()
        job = brought_in(filled, kind, exported(client, address))
        assert [said in fault["zh"] for fault in job.result["faults"]] == [True], job.result["faults"]
        assert counts() == before


def test_the_command_writes_the_same_sheet(filled: Land, tmp_path: Path) -> None:
    for command, name, kind in ((deal_command, "export", "deals"), (project_command, "export", "projects"), (project_command, "export-figures", "figures")):  # fmt: skip
        path = tmp_path / f"{kind}.xlsx"
        ran = CliRunner().invoke(command, [name, "-o", str(path), "--member", filled.own.slug])
        assert ran.exit_code == 0, ran.output
        job = brought_in(filled, kind, load_workbook(path))
        assert (job.result["faults"], job.result["written"]["created"], job.result["written"]["changed"]) == (
            [],
            0,
            0,
        ), kind


@pytest.mark.parametrize("form", ["xlsx", "figures"])
def test_a_longer_list_is_read_in_no_more_queries(form: str, filled: Land, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            exported(client, "/projects/", form)
        return len(seen)

    before = queries()
    for number in range(5):
        filled.figure(filled.project(f"标准厂房{number}期"), "20万元", "2017-05")
    assert queries() == before


@pytest.mark.parametrize(
    ("kind", "address", "heading"), [("deals", "/deals/list/", "保密"), ("projects", "/projects/", "公开范围")]
)
def test_an_emptied_cell_opens_nothing(kind: str, address: str, heading: str, filled: Land, client: Client) -> None:
    filled.project("自用厂房", openness="parties")
    book = own_rows(exported(client, address), "主办成员")
    for number in range(2, book.active.max_row + 1):
        put(book.active, number, **{heading: None})
    rows = book.active.max_row - 1
    assert brought_in(filled, kind, book).result["written"] == {"created": 0, "changed": 0, "unchanged": rows}
    assert Deal.objects.unscoped("test").get(title="保密产线").confidential
    assert Project.objects.unscoped("test").get(name="自用厂房").openness == "parties"
