"""An indicator as people give it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from duijie.core.errors import Fault
from duijie.core.schema import Choices, Exact, Line, LongText, Record, ShortLine, Whole, Words, YesNo, choice, said
from duijie.core.schema.types import understood

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")


class Frequency(Choices):
    """How often an indicator is measured: the codes of SDMX."""

    YEAR = "A", "年", "yearly", ("年度", "annual")
    HALF = "S", "半年", "half-yearly", ("半年度",)
    QUARTER = "Q", "季", "quarterly", ("季度",)
    MONTH = "M", "月", "monthly", ("月度",)


class Direction(Choices):
    """Which way is better."""

    HIGHER = "1", "越高越好", "higher is better", ("正向", "+", "+1")
    LOWER = "-1", "越低越好", "lower is better", ("逆向", "-")
    NEITHER = "0", "不分好坏", "neither", ("适度",)


def _read_code(value: Any) -> str:
    text = str(value).strip()
    if len(text) > 60 or not _CODE.fullmatch(text) or text in {"previous", "min", "max", "abs"}:
        raise Fault(
            "indicator.code",
            "代码由英文字母、数字、下划线和点组成，以字母开头，最多 60 个字符，例如 green_share。",
            "A code has letters, digits, underscores and dots, begins with a letter, and is at most 60 long: green_share.",
        )
    return text


Code = Annotated[str, understood(_read_code)]


class IndicatorRecord(Record):
    """An indicator, its unit, its rules, and where its values come from."""

    code: Annotated[Code, said("代码", "Code", example="rd_share", aliases=("指标代码",))]
    name: Annotated[ShortLine, said("名称", "Name", example="研发经费占营业收入比重", aliases=("指标名称", "指标"))]
    name_en: Annotated[Line, said("英文名称", "Name in English", example="R&D spending as a share of revenue")] = ""
    unit: Annotated[
        ShortLine, said("单位", "Unit", example="%", aliases=("计量单位",), help_zh="百分比写 %，比例小数写“比例”",
                        help_en="% for per cent, fraction for a fraction of one")
    ] = ""  # fmt: skip
    unit_en: Annotated[ShortLine, said("单位（英文）", "Unit in English", example="%")] = ""
    direction: Annotated[choice(Direction), said("方向", "Direction", example="越高越好")] = "1"
    definition: Annotated[LongText, said("定义", "Definition", example="规模以上企业研发经费支出与营业收入之比。")] = ""
    definition_en: Annotated[LongText, said("定义（英文）", "Definition in English")] = ""
    theme: Annotated[ShortLine, said("类别", "Theme", example="创新能力")] = ""
    formula: Annotated[
        Line, said("公式", "Formula", example="rd / revenue * 100", help_zh="引用其他指标的代码；上一期写 previous(代码)",
                   help_en="Over codes of other indicators; previous(code) is the value of the last period")
    ] = ""  # fmt: skip
    frequency: Annotated[choice(Frequency), said("频率", "Frequency", example="年")] = "A"
    source: Annotated[Line, said("数据来源", "Source", example="园区统计报表")] = ""
    measure_code: Annotated[
        Line, said("平台口径", "Measure of the platform", example="land.projects_signed",
                   help_zh="由平台自动统计的指标", help_en="Counted by the platform itself")
    ] = ""  # fmt: skip
    measure_scale: Annotated[Exact, said("换算", "Divided by", example="1000000000000")] = Decimal(1)
    decimals: Annotated[Whole, said("小数位数", "Decimals shown", example="2")] = 2
    lower: Annotated[Exact | None, said("下限", "Lower bound", example="0")] = None
    upper: Annotated[Exact | None, said("上限", "Upper bound", example="100")] = None
    change_limit: Annotated[
        Exact | None, said("变化提醒（%）", "Change to ask about (%)", example="50", help_zh="比上期变化超过这个百分比时要说明",
                    help_en="A larger change on the last period has to be explained")
    ] = None  # fmt: skip
    sum_of: Annotated[Words, said("合计项", "Sum of", example="exports_goods、exports_services")] = []
    retired: Annotated[YesNo, said("停用", "Retired", example="否")] = False
