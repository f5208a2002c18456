"""The sheets and columns of an event's workbook: Chinese names first, English ones understood too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. field: the attribute it fills. example: for the template. note: what may be written."""

    zh: str
    en: str
    field: str
    required: bool = False
    example: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet. record: the kind of record, as in `Fault.record`."""

    zh: str
    en: str
    record: str
    columns: tuple[Column, ...]
    required: bool = False


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "时段",
        "slots",
        "slots",
        (
            Column("编号", "id", "id", True, "S01"),
            Column("开始", "start", "start", True, "2026-09-18 09:00", "日期和时间 / date and time"),
            Column("结束", "end", "end", True, "2026-09-18 09:20"),
            Column("场次", "session", "session", False, "上午"),
        ),
        True,
    ),
    Sheet(
        "场地",
        "places",
        "places",
        (
            Column("编号", "id", "id", True, "T01"),
            Column("座位数", "seats", "capacity", True, "4", "至少 2 / at least 2"),
            Column("名称", "name", "name", False, "1 号桌"),
            Column("类别", "kind", "kind", False, "洽谈桌"),
            Column("区域", "area", "area", False, "A 厅"),
            Column("关闭时段", "closed slots", "closed", False, "", "多个用分号隔开 / separated by semicolons"),
        ),
        True,
    ),
    Sheet(
        "步行",
        "walking",
        "walking",
        (
            Column("区域甲", "area 1", "area", True, "A 厅"),
            Column("区域乙", "area 2", "other", True, "B 厅"),
            Column("分钟", "minutes", "minutes", True, "5"),
        ),
    ),
    Sheet(
        "单位",
        "participants",
        "participants",
        (
            Column("编号", "id", "id", True, "E001"),
            Column("名称", "name", "name", False, "临港精密机械有限公司"),
            Column("类别", "kind", "kind", False, "企业"),
            Column("不可用时段", "unavailable slots", "unavailable", False, "S01；S02"),
            Column("会面上限", "most meetings", "most_meetings", False, "8"),
            Column("可用场地类别", "place kinds", "place_kinds", False, ""),
        ),
        True,
    ),
    Sheet(
        "代表",
        "representatives",
        "representatives",
        (
            Column("编号", "id", "id", True, "E001-1"),
            Column("单位", "participant", "participant", True, "E001"),
            Column("姓名", "name", "name", False, "王敏"),
            Column("不可用时段", "unavailable slots", "unavailable", False, ""),
        ),
    ),
    Sheet(
        "意愿",
        "wishes",
        "wishes",
        (
            Column("单位", "participant", "wisher", True, "E001"),
            Column("对象", "wishes to meet", "wanted", True, "P001"),
            Column("意愿", "wish", "level", True, "希望", "必须、希望、不见 / must, want, no"),
            Column("指定代表", "representatives", "representatives", False, ""),
        ),
    ),
    Sheet(
        "推荐",
        "suggestions",
        "suggestions",
        (
            Column("单位甲", "participant 1", "first", True, "E001"),
            Column("单位乙", "participant 2", "second", True, "P001"),
            Column("分数", "score", "score", True, "0.8", "0 到 1 / 0 to 1"),
        ),
    ),
    Sheet(
        "见过",
        "met before",
        "met_before",
        (
            Column("单位甲", "participant 1", "first", True, "E001"),
            Column("单位乙", "participant 2", "second", True, "P001"),
        ),
    ),
    Sheet(
        "固定会面",
        "fixed meetings",
        "fixed",
        (
            Column("编号", "id", "id", True, "M01"),
            Column("单位", "participants", "participants", True, "E001；P001", "两家以上 / two or more"),
            Column("时段", "slot", "slot", False, "S03"),
            Column("场地", "place", "place", False, "T01"),
            Column("代表", "representatives", "representatives", False, ""),
        ),
    ),
    Sheet(
        "先后",
        "order",
        "precedences",
        (
            Column(
                "先",
                "first",
                "first",
                True,
                "E001~P002",
                "固定会面编号，或两家单位编号用 ~ 连接 / a fixed meeting, or A~B",
            ),
            Column("后", "then", "then", True, "M01"),
        ),
    ),
    Sheet(
        "配额",
        "quotas",
        "quotas",
        (
            Column("类别", "kind", "kind", True, "企业"),
            Column("对方类别", "with kind", "with_kind", False, "项目"),
            Column("至多", "at most", "most", False, "6"),
            Column("至少", "at least", "fewest", False, "1"),
        ),
    ),
)
LEVELS = {"必须": "must", "必见": "must", "must": "must", "希望": "want", "想见": "want", "want": "want",
          "不见": "no", "不愿": "no", "no": "no"}  # fmt: skip
