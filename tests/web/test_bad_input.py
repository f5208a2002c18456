"""What offices bring, through the page, the API, the command line and the sheet: understood alike, or refused with the same
sentence and the place of the fault, and nothing half done."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from duijie.cli.main import main
from duijie.core.jobs import run_all
from duijie.core.models import AuditLine, Job
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import ApiKey, Member, Organisation
from duijie.members.schemas import ApiKeyRecord
from duijie.publish.models import ImportBatch, Listing
from duijie.publish.sheets import columns_of
from duijie.web.kit.fields import without_label
from tests.factories import credit_code, make_member, make_user, viewer

pytestmark = pytest.mark.django_db
Refusal = tuple[str, str]  # the place within the record, and the sentence
DOORS = ("page", "api", "command", "sheet")


@dataclass
class House:
    """A member, and its liaison at each door."""

    park: Member
    client: Client
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def api(self, method: str, path: str, body: Any, **headers: str) -> Any:
        sent = json.dumps(body, ensure_ascii=False)
        return Client().generic(
            method, f"/api/v1{path}", sent, content_type="application/json", headers=self.headers | headers
        )


@pytest.fixture
def house() -> House:
    park = make_member("南湖高新区", slug="nanhu")
    client = Client()
    client.force_login(make_user("liaison", park))
    record = parse(ApiKeyRecord, {"name": "系统", "scopes": ["listings:write", "listings:read", "organisations:write"]})
    _, secret = actions.create_api_key(actor=viewer("member_admin", park), record=record, member=park)
    return House(park, client, secret)


def command(*words: str, **environment: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(main, list(words), env={"LANG": "zh_CN.UTF-8"} | environment)
    return done.exit_code, done.output.splitlines()


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def of_problem(answer: Any) -> list[Refusal]:
    assert answer["Content-Type"] == "application/problem+json"
    return [(part["place"].removeprefix("facets."), part["detail"]) for part in answer.json()["errors"]]


def of_command(lines: list[str]) -> list[Refusal]:
    return [(line.split(": ", 1)[0].removeprefix("facets."), line.split(": ", 1)[1]) for line in lines]


# --- a record ------------------------------------------------------------------------------------------------------------
def listing_at(door: str, house: House, kind: str, data: dict[str, str]) -> list[Refusal]:
    """Bring a listing through a door; how it was refused, [] where it was taken. The sheet's place is turned into its column."""
    data = {"title": "标题"} | data
    if door == "page":
        answer = house.client.post(f"/publish/{kind}/", data | {"then": "publish"})
        assert answer.status_code in (302, 422)
        shown = answer.context["errors"] if answer.status_code == 422 else {}
        labels = {column.name: column.label_zh for column in columns_of(kind)}
        for name, said in shown.items():  # the page says the name of the field once, above it
            assert all(without_label(sentence, labels[name]) in answer.content.decode() for sentence in said)
        return [(name, sentence) for name, said in shown.items() for sentence in said]
    if door == "api":
        answer = house.api("PUT", "/members/nanhu/listings/A1", {"kind": kind} | data)
        assert answer.status_code in (201, 422)
        return [] if answer.status_code == 201 else of_problem(answer)
    if door == "command":
        fields = [word for name, value in data.items() for word in ("-f", f"{name}={value}")]
        status, said = command("listing", "put", "A1", "--member", "nanhu", "-f", f"kind={kind}", *fields)
        assert status == (1 if not said[0].startswith("created") else 0)
        return of_command(said) if status else []
    headings = {column.name: column.label_zh for column in columns_of(kind)}
    content = workbook([["编号", *(headings[name] for name in data)], ["A1", *data.values()]])
    return sheet_at(house, kind, content, {f"Sheet!{chr(66 + n)}2": name for n, name in enumerate(data)})


def sheet_at(house: House, kind: str, content: bytes, columns: dict[str, str], name: str = "表.xlsx") -> list[Refusal]:
    answer = house.client.post("/import/", {"kind": kind, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    run_all()
    batch = ImportBatch.objects.latest("id")
    if batch.status == "checked" and not batch.faults:
        house.client.post(f"/import/{batch.uid}/apply/")
        run_all()
        return []
    page = house.client.get(f"/import/{batch.uid}/").content.decode().replace("&quot;", '"')
    assert all(fault["zh"] in page and fault["place"] in page for fault in batch.faults)
    return [(columns[fault["place"]], fault["zh"]) for fault in batch.faults]


def organisation_at(door: str, house: House, data: dict[str, str]) -> list[Refusal]:
    """Register an organisation through a door; how it was refused."""
    data = {"name": "禾城精密", "kind": "企业"} | data
    if door == "page":
        answer = house.client.post("/organisations/new/", data | {"home_member": "nanhu"})
        page = answer.content.decode()
        assert answer.status_code == 422
        known = of_problem(house.api("PUT", "/members/nanhu/organisations/A1", data))
        return [(place, sentence) for place, sentence in known if without_label(sentence, "行政区") in page]
    if door == "api":
        return of_problem(house.api("PUT", "/members/nanhu/organisations/A1", data))
    if door == "command":
        options = [
            "--kind",
            data["kind"],
            "--credit-code",
            data.get("credit_code", ""),
            "--region",
            data.get("region", ""),
        ]
        status, said = command("organisation", "register", data["name"], "--member", "nanhu", *options)
        assert status == 1
        return of_command(said)
    headings = {"name": "名称", "kind": "类型", "credit_code": "统一社会信用代码", "region": "地区"}
    content = workbook([[headings[name] for name in data], list(data.values())])
    answer = house.client.post(
        "/members/nanhu/import/organisations/", {"file": SimpleUploadedFile("单位.xlsx", content)}
    )
    assert answer.status_code == 302
    run_all()
    columns = {f"Sheet!{chr(65 + n)}2": name for n, name in enumerate(data)}
    return [(columns[fault["place"]], fault["zh"]) for fault in Job.objects.latest("id").result["faults"]]


# --- understood ----------------------------------------------------------------------------------------------------------
UNDERSTOOD: dict[str, tuple[dict[str, str], Callable[[Listing], Any], Any, str]] = {
    "12 万": ({"amount": "12 万"}, lambda x: x.amount_low_minor, 12_000_000, "12万元"),
    "full-width digits": ({"amount": "１２０万元"}, lambda x: x.amount_low_minor, 120_000_000, "120万元"),
    "a full-width date": ({"expires_on": "２０９９年５月１日"}, lambda x: str(x.expires_on), "2099-05-01", "2099"),
    "traditional characters": ({"regions": "嘉興市"}, lambda x: x.regions, ["330400"], "嘉兴市"),
    "a list in one cell": ({"keywords": "壓鑄、氣孔；檢測"}, lambda x: x.keywords, ["壓鑄", "氣孔", "檢測"], "氣孔"),
}


@pytest.mark.parametrize("case", UNDERSTOOD)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_understood_is_shown_as_understood(door: str, case: str, house: House) -> None:
    data, read, value, shown = UNDERSTOOD[case]
    assert listing_at(door, house, "need", data) == []
    listing = Listing.objects.unscoped("test").get()
    assert read(listing) == value
    assert shown in house.client.get(f"/listings/{listing.uid}/").content.decode()


def test_a_gbk_text_file_and_merged_headings_are_understood_as_tables(house: House) -> None:
    text = "编号,标题,预算\nB1,噴漆廢氣治理,３０-50 万\n".encode("gb18030")
    assert sheet_at(house, "need", text, {}, name="需求.csv") == []
    book = Workbook()
    for row in (["2026 年需求汇总表", None, None], ["编号", "标题", "预算"], ["B2", "气孔检测", "12万"]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    target = io.BytesIO()
    book.save(target)
    assert sheet_at(house, "need", target.getvalue(), {}) == []
    rows = Listing.objects.unscoped("test").order_by("external_id").values_list("title", "amount_low_minor")
    assert list(rows) == [("噴漆廢氣治理", 30_000_000), ("气孔检测", 12_000_000)]


# --- refused -------------------------------------------------------------------------------------------------------------
REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "an unknown region": ("need", {"regions": "亚特兰蒂斯市"}, "地区：没有“亚特兰蒂斯市”这个地区。"),
    "an unknown industry": ("need", {"industries": "炼金术"}, "行业：没有“炼金术”这个行业（GB/T 4754-2017）。"),
    "text in an amount": (
        "need",
        {"amount": "很多钱"},
        "金额“很多钱”：看不懂，请写成“12万”“1.5亿”“3,000元”“300-500万元”或“面议”。",
    ),
    "text in a number": ("site", {"smallest_unit_m2": "不小"}, "最小分割：“不小”不是数字。"),
    "no such day": (
        "need",
        {"expires_on": "2027年2月30日"},
        "截止日期：日期“2027年2月30日”：没有这一天。",
    ),
    "neither yes nor no": ("need", {"confidential": "大概"}, "保密：“大概”看不懂，请写“是”或“否”。"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("door", DOORS)
def test_a_bad_field_is_refused_with_the_same_sentence_at_every_door(door: str, case: str, house: House) -> None:
    kind, data, sentence = REFUSED[case]
    lines = AuditLine.objects.filter(object_kind="listing").count()
    assert listing_at(door, house, kind, data) == [(next(iter(data)), sentence)]
    assert not Listing.objects.unscoped("test").exists()
    assert AuditLine.objects.filter(object_kind="listing").count() == lines


BAD_CODE = "91330402MA28A1234X"
WRONG_CODE = f"统一社会信用代码“{BAD_CODE}”：校验不符：前17位若无误，第18位应为“9”，这里是“X”，请逐位核对。"


@pytest.mark.parametrize("door", DOORS)
def test_a_wrong_credit_code_and_an_unknown_region_are_told_together(door: str, house: House) -> None:
    data = {"credit_code": BAD_CODE, "region": "亚特兰蒂斯市"}
    assert organisation_at(door, house, data) == [
        ("credit_code", WRONG_CODE),
        ("region", "行政区：没有“亚特兰蒂斯市”这个地区。"),
    ]
    assert not Organisation.objects.exists()


def test_the_sentence_is_in_the_language_of_whoever_reads_it(house: House) -> None:
    body = {"kind": "need", "title": "标题", "regions": "Atlantis"}
    answer = house.api("PUT", "/members/nanhu/listings/A1", body, **{"Accept-Language": "en"})
    english = "Regions: There is no place called “Atlantis”; did you mean “Dalian”?"
    assert of_problem(answer) == [("regions", english)]
    page = house.client.post("/publish/need/?lang=en", {"title": "标题", "regions": "Atlantis"})
    assert page.context["errors"] == {"regions": [english]}
    put = ("listing", "put", "A1", "--member", "nanhu", "-f", "kind=need", "-f", "title=x", "-f", "regions=Atlantis")
    assert of_command(command(*put, LANG="en_GB.UTF-8", DUIJIE_LANG="en")[1]) == [("regions", english)]


# --- a file --------------------------------------------------------------------------------------------------------------
def bomb() -> bytes:
    """A small workbook whose sheet inflates a thousandfold."""
    source = zipfile.ZipFile(io.BytesIO(workbook([["编号", "标题"], ["1", "甲"]])))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in source.namelist():
            if not name.startswith("xl/worksheets/"):
                packed.writestr(name, source.read(name))
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            )
            for _ in range(64):
                sheet.write(b" " * (1 << 20))
    return target.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "a zip bomb": (
        "弹.xlsx",
        bomb,
        "",
        "文件解压后异常庞大，已拒绝读取；如确需上传，请另存为新的工作簿后再试。",
    ),
    "a formula": (
        "表.xlsx",
        lambda: workbook([["编号", "标题", "预算"], ["1", "甲", "=1+1"]]),
        "Sheet!C2",
        "单元格是公式，请改为数值（复制后“选择性粘贴—数值”）。",
    ),
    "a damaged .xls": (
        "旧.xls",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900,
        "",
        "文件已损坏，无法读取，请用 Excel 或 WPS 打开并另存后再上传。",
    ),
    "no sheet at all": ("图.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, "", ""),
}


def file_at(door: str, house: House, name: str, content: bytes, tmp_path: Any) -> list[Refusal]:
    """Bring a sheet of needs through a door that takes sheets; what it was refused with."""
    if door == "command":
        path = tmp_path / name
        path.write_bytes(content)
        status, said = command("listing", "import", str(path), "--member", "nanhu", "--kind", "need")
        assert status == 1
        return [(place, sentence) for place, sentence in (line.split("\t") for line in said if "\t" in line)]
    if door == "page":
        house.client.post("/import/", {"kind": "need", "file": SimpleUploadedFile(name, content)})
        run_all()
        batch = ImportBatch.objects.latest("id")
        page = house.client.get(f"/import/{batch.uid}/").content.decode()
        assert all(fault["zh"] in page for fault in batch.faults)
        return [(fault["place"] or "", fault["zh"]) for fault in batch.faults]
    answer = Client().post(
        "/api/v1/members/nanhu/imports",
        {"kind": "need", "file": SimpleUploadedFile(name, content)},
        headers=house.headers,
    )
    assert answer.status_code == 202
    run_all()
    report = Client().get(f"/api/v1/imports/{answer.json()['id']}", headers=house.headers).json()
    return [(fault["place"] or "", fault["zh"]) for fault in report["faults"]]


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_refused_with_the_same_sentence_at_every_door(case: str, house: House, tmp_path: Any) -> None:
    name, make, place, sentence = FILES[case]
    content = make()
    said = {door: file_at(door, house, name, content, tmp_path) for door in ("page", "api", "command")}
    assert said["page"] == said["api"] == said["command"]
    assert len(said["page"]) == 1
    if sentence:
        assert said["page"] == [(place, sentence)]
    assert not Listing.objects.unscoped("test").exists()


def test_a_sheet_of_200_megabytes_is_refused_while_it_arrives(house: House, tmp_path: Any) -> None:
    size = 200 * 1024 * 1024
    path = tmp_path / "大.xlsx"
    with path.open("wb") as handle:
        handle.truncate(size)
    sentence = "文件“大.xlsx”超过 100 MB，请拆分后再上传。"
    with path.open("rb") as handle:
        page = house.client.post("/import/", {"kind": "need", "file": handle})
    assert (page.status_code, sentence in page.content.decode()) == (413, True)
    with path.open("rb") as handle:
        answer = Client().post("/api/v1/members/nanhu/imports", {"kind": "need", "file": handle}, headers=house.headers)
    assert (answer.status_code, of_problem(answer)) == (413, [("大.xlsx", sentence)])
    status, said = command("listing", "import", str(path), "--member", "nanhu", "--kind", "need")
    assert (status, said) == (1, [f"大.xlsx: {sentence}"])
    assert not ImportBatch.objects.exists()


# --- keys and versions ---------------------------------------------------------------------------------------------------
def test_an_expired_key_is_refused_wherever_a_key_is_taken(house: House) -> None:
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    sentence = house.api("GET", "/listings", None).json()["detail"]
    assert "过期" in sentence
    for method, path in (
        ("PUT", "/members/nanhu/listings/A1"),
        ("PUT", "/members/nanhu/organisations/A1"),
        ("GET", "/members"),
    ):
        answer = house.api(method, path, {"kind": "need", "title": "标题"})
        assert (answer.status_code, answer.json()["detail"]) == (401, sentence)
    assert not Listing.objects.unscoped("test").exists()


STALE = "这条记录在您读取之后已被他人修改，请重新读取后再提交。"


def test_who_writes_on_what_somebody_has_changed_is_refused_at_every_door(house: House) -> None:
    """Two writers read the same version; the second to save is refused, whichever doors they came through."""
    house.api("PUT", "/members/nanhu/listings/A1", {"kind": "need", "title": "原来的"})
    listing = Listing.objects.unscoped("test").get()
    read = listing.etag
    first = house.api("PUT", "/members/nanhu/listings/A1", {"kind": "need", "title": "第一人"}, **{"If-Match": read})
    assert first.status_code == 200
    by_api = house.api("PUT", "/members/nanhu/listings/A1", {"kind": "need", "title": "第二人"}, **{"If-Match": read})
    assert (by_api.status_code, by_api.json()["detail"]) == (412, STALE)
    by_page = house.client.post(f"/listings/{listing.uid}/edit/", {"title": "第三人", "version": "1"})
    assert (by_page.status_code, STALE in by_page.content.decode(), "第三人" in by_page.content.decode()) == (
        422,
        True,
        True,
    )
    put = ("listing", "put", "A1", "--member", "nanhu", "-f", "kind=need", "-f", "title=第四人", "--if-version", "1")
    assert command(*put) == (1, [STALE])
    listing.refresh_from_db()
    assert (listing.title, listing.version) == ("第一人", 2)
    organisation = {"name": "禾城精密", "kind": "企业", "credit_code": credit_code(3)}
    tag = house.api("PUT", "/members/nanhu/organisations/A1", organisation)["ETag"]
    house.api("PUT", "/members/nanhu/organisations/A1", organisation | {"name": "禾城精工"})
    late = house.api("PUT", "/members/nanhu/organisations/A1", organisation | {"name": "晚了"}, **{"If-Match": tag})
    assert (late.status_code, late.json()["detail"]) == (412, STALE)
