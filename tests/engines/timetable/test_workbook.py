"""Workbooks in and out, and what is said of bad ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from duijie.engines.timetable import Effort, TimetableInputError, WishLevel, arrange, verify
from duijie.engines.timetable.workbook_columns import SHEETS
from duijie.engines.timetable.workbook_read import FaultyWorkbook, read_workbook
from duijie.engines.timetable.workbook_write import write_result, write_template


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "event.xlsx"
    write_template(path)
    return path


def test_the_template_is_an_event(template: Path) -> None:
    event = read_workbook(template)
    assert [slot.id for slot in event.slots] == ["S01", "S02", "S03"]
    assert event.slots[0].start.isoformat() == "2026-09-18T09:00:00"
    assert [(place.id, place.capacity, place.area) for place in event.places] == [
        ("T01", 4, "A 厅"),
        ("T02", 4, "B 厅"),
    ]
    assert event.walking == {("A 厅", "B 厅"): 5.0}
    first = event.participants[0]
    assert (first.id, first.kind, first.unavailable, first.most_meetings) == ("E001", "企业", {"S01"}, 8)
    assert [person.name for person in first.representatives] == ["王敏"]
    assert [(w.wisher, w.wanted, w.level) for w in event.wishes] == [
        ("E001", "P001", WishLevel.WANT),
        ("P002", "E001", WishLevel.MUST),
    ]
    assert (event.fixed[0].participants, event.fixed[0].slot, event.fixed[0].place) == (("E001", "P001"), "S03", "T01")
    assert (event.quotas[0].kind, event.quotas[0].most, event.quotas[0].fewest) == ("企业", 6, 1)


def test_the_result_has_a_sheet_for_everyone(template: Path, tmp_path: Path) -> None:
    event = read_workbook(template)
    result = arrange(event, Effort(scale=0.05))
    assert verify(event, result.meetings) == []
    out = tmp_path / "result.xlsx"
    write_result(out, event, result)
    book = load_workbook(out)
    assert book.sheetnames == ["概况", "按单位", "按场地", "按时段", "未满足的意愿", "个人统计"]
    by_time = list(book["按时段"].iter_rows(values_only=True))
    assert by_time[0] == ("时段", "时间", "场地编号", "场地", "单位", "代表", "会面编号", "固定")
    assert by_time[-1][0] == "S03" and by_time[-1][6:] == ("M01", "是")
    assert len(by_time) == 1 + len(result.meetings)
    assert book["按场地"]["E2"].value == "临港精密机械有限公司–长江新材料中试项目"
    assert [row[3] for row in book["按单位"].iter_rows(min_row=2, values_only=True)].count("09:50-10:10") == 2


def test_a_name_from_outside_does_not_become_a_formula(template: Path, tmp_path: Path) -> None:
    book = load_workbook(template)
    for row in book["单位"].iter_rows(min_row=2):
        if row[0].value == "P001":
            row[1].value, row[1].data_type = "=HYPERLINK(1)", "s"
    book.save(template)
    event = read_workbook(template)
    out = tmp_path / "result.xlsx"
    write_result(out, event, arrange(event, Effort(scale=0.05)))
    cells = [cell for page in load_workbook(out) for row in page.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert "'=HYPERLINK(1)" in {cell.value for cell in cells}


def changed(path: Path, change: Callable[[Workbook], None]) -> list[str]:
    book = load_workbook(path)
    change(book)
    book.save(path)
    with pytest.raises(FaultyWorkbook) as caught:
        read_workbook(path)
    return [str(fault) for fault in caught.value.faults]


def put(sheet: str, cell: str, value: object) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("时段", "B1", "起"), "工作表“时段”第 1 行“开始”列: 缺少这一列, 是不是改名成了“起” / the column (start) is missing; renamed to '起'?"),
        (put("时段", "B3", "2026-09-18 09:10"), "工作表“时段”第 3 行“开始”列: 时段“S02”与“S01”重叠 / slot 'S02' overlaps slot 'S01'"),
        (put("时段", "B3", "明天"), "工作表“时段”第 3 行“开始”列: “明天”不是日期和时间, 例如 2026-09-18 09:00 / '明天' is no date and time"),
        (put("场地", "B3", None), "工作表“场地”第 3 行“座位数”列: 没有填写 / is empty"),
        (put("场地", "B3", "0"), "工作表“场地”第 3 行“座位数”列: 场地“T02”容量为 0, 至少要坐 2 人 / place 'T02' seats 0; a meeting needs 2"),
        (put("场地", "B3", "四"), "工作表“场地”第 3 行“座位数”列: “四”不是整数 / '四' is no whole number"),
        (put("意愿", "B2", "E001"), "工作表“意愿”第 2 行“对象”列: “E001”想见自己 / 'E001' wishes to meet itself"),
        (put("意愿", "C3", "也许"), "工作表“意愿”第 3 行“意愿”列: “也许”不是 必须、希望 或 不见 / '也许' is none of must, want, no"),
        (put("意愿", "A3", "P009"), "工作表“意愿”第 3 行“单位”列: 没有单位“P009” / there is no participant 'P009'"),
        (put("代表", "B3", "P009"), "工作表“代表”第 3 行“单位”列: 没有单位“P009” / there is no participant 'P009'"),
        (put("代表", "A3", "E001-1"), "工作表“代表”第 3 行“编号”列: “李强”同时属于“E001”和“P001” / '李强' belongs to both 'E001' and 'P001'"),
        (put("固定会面", "C2", "S9"), "工作表“固定会面”第 2 行“时段”列: 没有时段“S9” / there is no slot 'S9'"),
        (put("固定会面", "B2", "E001"), "工作表“固定会面”第 2 行“单位”列: 固定会面“M01”需要两家以上不同的单位 / fixed meeting 'M01' needs two or more different participants"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_sheet_row_and_column(
    template: Path, change: Callable[[Workbook], None], words: str
) -> None:
    assert changed(template, change)[0] == words


def test_more_fixed_meetings_than_slots_are_told(template: Path) -> None:
    def change(book: Workbook) -> None:
        for number in range(2, 5):
            book["固定会面"].append([f"M0{number}", "E001；P002"])

    assert changed(template, change)[0] == (
        "工作表“单位”第 2 行“编号”列: “临港精密机械有限公司”有 4 场固定会面, 但只有 3 个时段可用 / "
        "'临港精密机械有限公司' has 4 fixed meetings but room for 3"
    )


def test_a_missing_sheet_is_told(template: Path) -> None:
    def change(book: Workbook) -> None:
        book["时段"].title = "时间段"

    assert changed(template, change)[0].startswith("工作表“时段”: 缺少这张工作表, 是不是改名成了“时间段”")


def test_all_faults_are_told_at_once(template: Path) -> None:
    def change(book: Workbook) -> None:
        put("场地", "B2", "四")(book)
        put("意愿", "C3", "也许")(book)

    assert len(changed(template, change)) >= 2


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "event.xlsx"
    path.write_text("not a workbook", encoding="utf-8")
    with pytest.raises(TimetableInputError) as caught:
        read_workbook(path)
    assert "不是可读的 Excel 工作簿" in str(caught.value)


def test_english_names_and_full_width_digits_are_understood(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in {
        "Slots": [["ID", "Start", "End"], ["1", "９：００", "9:15"], [2, "9:20", "9:35"]],
        "places": [["id", "seats"], ["T", "４"]],
        "participants": [["id", "name"], ["A", "a"], ["B", "b"]],
        "wishes": [["participant", "wishes to meet", "wish"], ["A", "B", "must"]],
    }.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    path = tmp_path / "event.xlsx"
    book.save(path)
    event = read_workbook(path)
    assert [slot.id for slot in event.slots] == ["1", "2"] and event.slots[0].start.hour == 9
    assert event.places[0].capacity == 4
    assert len(arrange(event, Effort(scale=0.05)).meetings) == 1


def test_every_column_has_both_names() -> None:
    for sheet in SHEETS:
        assert sheet.zh and sheet.en
        assert all(column.zh and column.en and column.field for column in sheet.columns)
        assert len({column.zh for column in sheet.columns}) == len(sheet.columns)
