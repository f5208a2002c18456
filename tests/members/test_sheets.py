"""Organisations and people by sheet, through page, API and command line: the same sentences, nothing half done."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from duijie.cli.main import main
from duijie.core.files import get_file, path_of
from duijie.core.jobs import run_all
from duijie.core.models import Job
from duijie.members import actions
from duijie.members.models import Member, Organisation, RoleGrant
from duijie.members.sheets import columns_of, rows_of, write_template_of
from tests.factories import credit_code, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = ["单位名称", "单位类型", "统一社会信用代码", "所在地", "编号", "成立年份", "规模"]


def book(*rows: list[Any], head: list[str] = HEAD) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "单位"
    for row in ([*head], *rows):
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def good(number: int) -> list[Any]:
    return [f"第{number}厂", "企业", credit_code(900 + number), "嘉兴市", f"N-{number}", "２００９", "中型"]


BAD = [
    ["", "企业", credit_code(990), "嘉兴市", "B-1", 2009, ""],
    ["坏码厂", "企业", "91330402MA28A1234X", "嘉兴市", "B-2", 2009, ""],
    ["何处厂", "公司店", "", "亚特兰蒂斯", "B-3", "去年", ""],
    ["公式厂", "企业", "", "嘉兴市", "B-4", "=2000+9", ""],
    ["第1厂重复", "企业", "", "嘉兴市", "N-1", 2009, ""],
]
EXPECTED = ["单位!A3", "单位!C4", "单位!B5", "单位!D5", "单位!F5", "单位!F6", "单位!E7"]


def start(member: Member, content: bytes, **options: Any) -> Job:
    job = actions.start_sheet(
        actor=viewer("liaison", member),
        member=member,
        kind="organisations",
        chunks=[content],
        name="单位.xlsx",
        **options,
    )
    run_all()
    job.refresh_from_db()
    return job


def test_a_good_sheet_is_checked_then_written_and_again_changes_nothing() -> None:
    park = make_member()
    content = book(good(1), good(2))
    checked = start(park, content)
    assert (checked.status, checked.result["checked"], checked.result["written"]) == (
        "done",
        {"created": 2, "changed": 0, "unchanged": 0},
        {},
    )
    assert Organisation.objects.count() == 0
    assert start(park, content, dry_run=False).result["written"] == {"created": 2, "changed": 0, "unchanged": 0}
    assert start(park, content, dry_run=False).result["written"] == {"created": 0, "changed": 0, "unchanged": 2}
    first = Organisation.objects.get(external_id="N-1")
    assert (first.kind, first.region, first.founded_year, first.size) == ("firm", "330400", 2009, "medium")


def test_every_bad_cell_is_marked_and_one_of_them_keeps_everything_out() -> None:
    park = make_member()
    job = start(park, book(good(1), *BAD), dry_run=False)
    assert [f["place"] for f in job.result["faults"]] == EXPECTED
    assert (job.result["bad_rows"], job.result["written"], Organisation.objects.count()) == (5, {}, 0)
    marked = get_file(job.result["marked_file"], viewer("liaison", park))
    workbook = load_workbook(io.BytesIO(path_of(marked).read_bytes()))
    coloured = {c.coordinate for row in workbook["单位"].iter_rows() for c in row if c.fill.fgColor.rgb == "00FFC7CE"}
    assert coloured == {place.removeprefix("单位!") for place in EXPECTED}
    assert "校验不符" in workbook["单位"]["C4"].comment.text
    with pytest.raises(Exception, match="没有找到"):
        get_file(job.result["marked_file"], viewer("liaison", make_member()))


def test_the_good_rows_alone_can_be_chosen() -> None:
    park = make_member()
    job = start(park, book(good(1), *BAD), dry_run=False, all_or_nothing=False)
    assert (job.result["written"]["created"], list(Organisation.objects.values_list("external_id", flat=True))) == (
        1,
        ["N-1"],
    )


def test_a_code_registered_elsewhere_is_found_in_the_dry_run() -> None:
    make_organisation(member=make_member("张江高新区"), code=credit_code(901))
    job = start(make_member(), book(good(1)))
    assert [(f["place"], f["code"]) for f in job.result["faults"]] == [("单位!C2", "organisation.credit_code_taken")]


def test_a_killed_import_goes_on_where_it_was() -> None:
    park = make_member()
    job = actions.start_sheet(
        actor=viewer("liaison", park), member=park, kind="organisations", chunks=[book(good(1), good(2), good(3))],
        name="x.xlsx", dry_run=False,
    )  # fmt: skip
    checked = {"created": 3, "changed": 0, "unchanged": 0}
    Job.objects.filter(pk=job.pk).update(state={"checked": checked, "bad": 0, "marked": "", "told": [], "written": 2})
    run_all()
    assert list(Organisation.objects.values_list("external_id", flat=True)) == ["N-3"]
    job.refresh_from_db()
    assert (job.status, job.result["written"]["created"]) == ("done", 1)


def test_a_right_that_was_taken_away_meanwhile_counts() -> None:
    park = make_member()
    liaison = make_user("liaison", park)
    from duijie.members.viewers import viewer_of

    job = actions.start_sheet(
        actor=viewer_of(liaison),
        member=park,
        kind="organisations",
        chunks=[book(good(1))],
        name="x.xlsx",
        dry_run=False,
    )
    RoleGrant.objects.filter(user=liaison).delete()
    run_all()
    job.refresh_from_db()
    assert ([f["code"] for f in job.result["faults"]], Organisation.objects.count()) == (["not_allowed"], 0)


def test_a_file_that_is_no_sheet_is_refused_whole() -> None:
    job = start(make_member(), b"\x00\x01nothing")
    assert job.status == "failed"
    assert job.error["code"].startswith("sheet.")


def test_the_template_reads_back_as_its_own_columns(tmp_path: Path) -> None:
    for kind in ("organisations", "people"):
        path = tmp_path / f"{kind}.xlsx"
        with path.open("wb") as handle:
            write_template_of(kind, handle)
        assert list(rows_of(path, kind)) == []
        heads = [c.value for c in load_workbook(path).worksheets[0][1]]
        assert [str(h).removesuffix(" *") for h in heads] == [c.label_zh for c in columns_of(kind)]


def test_people_are_invited_by_sheet() -> None:
    park = make_member("南湖高新区")
    make_organisation("禾城精密", member=park)
    head = ["姓名", "邮箱", "角色", "单位", "手机"]
    rows = [
        ["沈禾", "shen@example.cn", "编辑", "", 13900001111],
        ["王工", "wang@example.cn", "单位代表", "禾城精密", ""],
    ]
    bad = [
        ["李甲", "li-at-example", "联络员", "", ""],
        ["赵乙", "zhao@example.cn", "专家", "无此单位", ""],
        ["钱丙", "qian@example.cn", "平台管理员", "", ""],
    ]
    admin = viewer("member_admin", park)

    def run(*content: list[Any], **options: Any) -> Job:
        job = actions.start_sheet(
            actor=admin, member=park, kind="people", chunks=[book(*content, head=head)], name="人员.xlsx", **options
        )
        run_all()
        job.refresh_from_db()
        return job

    refused = run(*rows, *bad, dry_run=False)
    assert [f["place"] for f in refused.result["faults"]] == ["单位!B4", "单位!D5", "单位!D6"]
    assert RoleGrant.objects.count() == 1
    assert run(*rows, dry_run=False).result["written"]["created"] == 2
    assert sorted(RoleGrant.objects.exclude(role="member_admin").values_list("role", "user__email")) == [
        ("editor", "shen@example.cn"),
        ("organisation", "wang@example.cn"),
    ]


def test_page_api_and_command_say_the_same_of_the_same_sheet(client: Client, tmp_path: Path) -> None:
    park = make_member("南湖高新区", slug="nanhu")
    content = book(good(1), *BAD)
    client.force_login(make_user("liaison", park))
    page = client.post(
        reverse("members:sheet_upload", args=["nanhu", "organisations"]),
        {"file": SimpleUploadedFile("单位.xlsx", content)},
    )
    run_all()
    shown = client.get(page["Location"])
    api = client.post("/api/v1/members/nanhu/sheets/organisations", {"file": SimpleUploadedFile("单位.xlsx", content)})
    assert api.status_code == 202
    run_all()
    told = client.get(f"/api/v1/sheets/{api.json()['id']}").json()["result"]["faults"]
    path = tmp_path / "单位.xlsx"
    path.write_bytes(content)
    done = CliRunner(env={"DUIJIE_LANG": "zh"}).invoke(
        main, ["organisation", "import", str(path), "--member", "nanhu", "-o", str(tmp_path / "marked.xlsx")]
    )
    assert done.exit_code == 1
    said = done.stderr.strip().splitlines()
    assert said == [f"{f['place']}: {f['zh']}" for f in told]
    for fault in told:
        assert (
            fault["zh"].replace("“", "&ldquo;")[:4] in shown.content.decode() or fault["zh"] in shown.content.decode()
        )
    assert load_workbook(tmp_path / "marked.xlsx").sheetnames[0] == "问题清单"
    assert client.get(f"/api/v1/sheets/{api.json()['id']}/marked-copy").status_code == 200
    assert client.get("/api/v1/sheet-templates/people").status_code == 200
    assert Organisation.objects.count() == 0


def test_the_page_writes_after_the_check(client: Client) -> None:
    park = make_member("南湖高新区", slug="nanhu")
    client.force_login(make_user("liaison", park))
    address = reverse("members:sheet_upload", args=["nanhu", "organisations"])
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 422
    first = client.post(address, {"file": SimpleUploadedFile("a.xlsx", book(good(1)))})["Location"]
    assert "离开这个页面" in client.get(first).content.decode()
    run_all()
    second = client.post(first, {})["Location"]
    run_all()
    assert "已写入" in client.get(second).content.decode()
    assert Organisation.objects.count() == 1
    client.force_login(make_user("liaison", make_member()))
    assert [client.get(a).status_code for a in (address, first)] == [404, 404]


def test_a_dry_run_of_the_command_leaves_nothing(tmp_path: Path) -> None:
    make_member("南湖高新区")
    path = tmp_path / "单位.xlsx"
    path.write_bytes(book(good(1)))
    run = ["organisation", "import", str(path), "--member", "南湖高新区"]
    done = CliRunner().invoke(main, [*run, "--dry-run"])
    assert json.loads(done.output) == {
        "dry_run": True, "checked": {"created": 1, "changed": 0, "unchanged": 0}, "written": {}, "bad_rows": 0,
    }  # fmt: skip
    assert Organisation.objects.count() == 0
    assert CliRunner().invoke(main, run).exit_code == 0
    assert Organisation.objects.count() == 1
