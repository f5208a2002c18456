"""Write workbooks: the template to fill in, and the result by participant, by place and by time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from duijie.engines.spreadsheets import harmless

from .event import Event
from .result import Meeting, Timetable
from .slot_problem import Proof
from .workbook_columns import SHEETS

HEAD = PatternFill("solid", fgColor="FF1F4E79")
NEEDED = PatternFill("solid", fgColor="FF9C4A00")
GOALS = {
    "musts": "“必须”意愿 / served musts",
    "floor": "最低保障 / floor",
    "worth": "双方总价值 / total worth",
    "breaks": "空档次数 / breaks",
    "idle": "空闲时段 / idle slots",
    "place_changes": "换桌次数 / changes of place",
}
PROOFS = {Proof.OPTIMAL: "已证明最优 / proven optimal", Proof.BOUND: "有界 / within the bound"}


def _widths(sheet: Worksheet) -> None:
    for number, column in enumerate(sheet.iter_cols(max_row=min(sheet.max_row, 200)), 1):
        longest = max((sum(2 if ord(c) > 255 else 1 for c in str(cell.value or "")) for cell in column), default=8)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, 8), 48)


def _add(page: Worksheet, cells: Sequence[object]) -> None:
    """A row; names come from outside."""
    page.append([harmless(cell) for cell in cells])


def _head(sheet: Worksheet, names: Sequence[str], needed: Iterable[int] = ()) -> None:
    _add(sheet, names)
    must = set(needed)
    for number, cell in enumerate(sheet[1]):
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = NEEDED if number in must else HEAD
        cell.alignment = Alignment(vertical="center")
    sheet.freeze_panes = "B2"


def write_template(path: Path) -> None:
    """An empty workbook with every sheet, one example line each, and a remark on every column that needs one."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.zh)
        _head(page, [c.zh for c in sheet.columns], [n for n, c in enumerate(sheet.columns) if c.required])
        page.append([_typed(column.field, column.example) for column in sheet.columns])
        for number, column in enumerate(sheet.columns, 1):
            said = (
                f"{column.en}"
                + ("（必填 / required）" if column.required else "")
                + (f"\n{column.note}" if column.note else "")
            )
            page.cell(1, number).comment = Comment(said, "Duijie")
        _widths(page)
    _fill_example(book)
    book.save(path)


def _typed(field: str, example: str) -> object:
    if field in ("capacity", "most_meetings", "most", "fewest", "minutes") and example:
        return int(example)
    return float(example) if field == "score" else example or None


def _fill_example(book: Workbook) -> None:
    """Further lines, so that the template is an event that can be arranged."""
    book["时段"].append(["S02", "2026-09-18 09:25", "2026-09-18 09:45", "上午"])
    book["时段"].append(["S03", "2026-09-18 09:50", "2026-09-18 10:10", "上午"])
    book["场地"].append(["T02", 4, "2 号桌", "洽谈桌", "B 厅"])
    book["单位"].append(["P001", "长江新材料中试项目", "项目"])
    book["单位"].append(["P002", "园区氢能装备项目", "项目"])
    book["单位"]["D2"] = "S01"
    book["代表"].append(["P001-1", "P001", "李强"])
    book["意愿"].append(["P002", "E001", "必须"])


def write_result(path: Path, event: Event, timetable: Timetable) -> None:
    """The timetable as a workbook: 概况, 按单位, 按场地, 按时段, 未满足的意愿, 个人统计."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    _overview(book, event, timetable)
    _by_participant(book, event, timetable)
    _by_place(book, event, timetable)
    _by_time(book, event, timetable)
    _unserved(book, event, timetable)
    _people(book, event, timetable)
    for page in book.worksheets:
        _widths(page)
    book.save(path)


def _overview(book: Workbook, event: Event, timetable: Timetable) -> None:
    page = book.create_sheet("概况")
    _head(page, ["目标", "数值", "界", "证明"])
    for name, goal in timetable.goals.items():
        _add(page, [GOALS[name], goal.value, goal.bound, PROOFS.get(goal.proof, goal.proof.value)])
    active = {p for one in timetable.meetings for p in one.participants}
    _add(page, [])
    _add(page, ["会面 / meetings", len(timetable.meetings)])
    _add(page, ["至少一场会面的单位 / participants with a meeting", len(active)])
    _add(page, ["单位 / participants", len(event.participants)])
    _add(page, ["每人最多空档次数 / most breaks of a person", timetable.most_breaks])
    _add(page, ["空档次数最大差 / spread of breaks", timetable.spread])
    _add(page, ["未满足的意愿 / unserved wishes", len(timetable.unserved)])


def _names(event: Event) -> dict[str, str]:
    names = {participant.id: participant.label for participant in event.participants}
    names |= {person.id: person.name or person.id for p in event.participants for person in p.people}
    return names | {place.id: place.name or place.id for place in event.places}


def _hours(event: Event) -> dict[str, str]:
    several = len({slot.start.date() for slot in event.slots}) > 1
    pattern = "%m-%d %H:%M" if several else "%H:%M"
    return {slot.id: f"{slot.start.strftime(pattern)}-{slot.end.strftime('%H:%M')}" for slot in event.slots}


def _ordered(event: Event, timetable: Timetable) -> list[Meeting]:
    start = {slot.id: slot.start for slot in event.slots}
    return sorted(timetable.meetings, key=lambda one: (start[one.slot], one.place))


def _by_participant(book: Workbook, event: Event, timetable: Timetable) -> None:
    page = book.create_sheet("按单位")
    _head(page, ["单位编号", "单位", "时段", "时间", "会面对象", "本方代表", "场地编号", "场地", "区域"])
    names, hours = _names(event), _hours(event)
    area = {place.id: place.area for place in event.places}
    mine: dict[str, list[Meeting]] = {participant.id: [] for participant in event.participants}
    for one in _ordered(event, timetable):
        for name in one.participants:
            mine[name].append(one)
    for participant in event.participants:
        own = {person.id for person in participant.people}
        for one in mine[participant.id]:
            others = "、".join(names[p] for p in one.participants if p != participant.id)
            people = "、".join(names[p] for p in one.representatives if p in own)
            _add(
                page,
                [participant.id, participant.label, one.slot, hours[one.slot], others, people, one.place, names[one.place],
                 area[one.place]]
            )  # fmt: skip


def _by_place(book: Workbook, event: Event, timetable: Timetable) -> None:
    page = book.create_sheet("按场地")
    order = sorted(event.slots, key=lambda slot: slot.start)
    names, hours = _names(event), _hours(event)
    _head(page, ["场地编号", "场地", *(f"{slot.id} {hours[slot.id]}" for slot in order)])
    held = {(one.place, one.slot): "–".join(names[p] for p in one.participants) for one in timetable.meetings}
    for place in event.places:
        _add(page, [place.id, names[place.id], *(held.get((place.id, slot.id)) for slot in order)])


def _by_time(book: Workbook, event: Event, timetable: Timetable) -> None:
    page = book.create_sheet("按时段")
    _head(page, ["时段", "时间", "场地编号", "场地", "单位", "代表", "会面编号", "固定"])
    names, hours = _names(event), _hours(event)
    for one in _ordered(event, timetable):
        _add(
            page,
            [one.slot, hours[one.slot], one.place, names[one.place], "、".join(names[p] for p in one.participants),
             "、".join(names[p] for p in one.representatives), one.id, "是" if one.fixed else ""]
        )  # fmt: skip


def _unserved(book: Workbook, event: Event, timetable: Timetable) -> None:
    page = book.create_sheet("未满足的意愿")
    _head(page, ["单位编号", "单位", "对象编号", "对象", "意愿", "原因", "reason"])
    names = _names(event)
    level = {"must": "必须", "want": "希望"}
    for one in timetable.unserved:
        _add(page, [one.wisher, names[one.wisher], one.wanted, names[one.wanted], level[one.level], one.zh, one.en])


def _people(book: Workbook, event: Event, timetable: Timetable) -> None:
    page = book.create_sheet("个人统计")
    _head(page, ["代表编号", "代表", "单位", "会面", "空档次数", "空闲时段", "换桌次数", "步行分钟"])
    names = _names(event)
    for one in timetable.people:
        _add(
            page,
            [one.person, names[one.person], names[one.participant], one.meetings, one.breaks, one.idle, one.place_changes,
             one.walking]
        )  # fmt: skip
