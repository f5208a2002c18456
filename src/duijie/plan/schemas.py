"""The records of this app as people give them; forms, API bodies, sheets and the command line are made from these."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import (
    Amount,
    Day,
    IndustryCodes,
    Line,
    LongText,
    Record,
    RegionCode,
    Words,
    YesNo,
    choice,
    said,
)
from duijie.core.schema.types import line
from duijie.plan.choices import DateRule, ItemKind, ItemState, Relation, Unit
from duijie.plan.fields import Code, Filters, RawFigure

_NAME, _TIME, _WHO = Label("名称", "Name"), Label("时间", "Time"), Label("责任", "Who")
_COUNTED, _WHAT = Label("怎样计算", "How it is counted"), Label("内容", "Content")


class PlanRecord(Record):
    """A plan of an alliance, or of a member."""

    title: Annotated[line(160), said("计划名称", "Title", example="全面接轨上海三年行动计划（2025—2027年）", aliases=("名称",), group=_NAME)]  # fmt: skip
    alliance: Annotated[Line | None, said("联盟", "Alliance", help_zh="联盟的计划填联盟；成员自己的方案填成员", help_en="For a plan of an alliance; a member's own scheme names the member", group=_NAME)] = None  # fmt: skip
    member: Annotated[Line | None, said("成员", "Member", group=_NAME)] = None
    starts_on: Annotated[Day, said("开始日", "Starts on", example="2025-01-01", group=_TIME)]
    ends_on: Annotated[Day, said("结束日", "Ends on", example="2027-12-31", group=_TIME)]
    title_en: Annotated[line(200) | None, said("英文名称", "English title", group=_NAME)] = None
    summary: Annotated[LongText | None, said("总体要求", "Summary", group=_NAME)] = None
    summary_en: Annotated[LongText | None, said("英文摘要", "English summary", group=_NAME)] = None
    external_id: Annotated[line(80) | None, said("编号", "External id", group=_NAME)] = None


class ItemRecord(Record):
    """A goal, special action, scheme, task or major project of a plan; `parent` is the code of the item above it."""

    code: Annotated[Code, said("编号", "Code", example="2.1", group=_NAME)]
    kind: Annotated[choice(ItemKind), said("类型", "Kind", example="专项行动", group=_NAME)]
    title: Annotated[line(160), said("名称", "Title", example="产业融合专项行动", group=_NAME)]
    parent: Annotated[Code | None, said("上级编号", "Code of the item above", example="2", group=_NAME)] = None
    title_en: Annotated[line(200) | None, said("英文名称", "English title", group=_NAME)] = None
    description: Annotated[LongText | None, said("内容", "Description", group=_NAME)] = None
    responsible: Annotated[Words | None, said("责任成员", "Responsible members", example="秀洲高新区", help_zh="成员名称，可多个", help_en="Names of members", aliases=("责任单位", "牵头成员"), group=_WHO)] = None  # fmt: skip
    supporting: Annotated[Words | None, said("配合成员", "Supporting members", aliases=("配合单位",), group=_WHO)] = (
        None
    )
    organisation: Annotated[Line | None, said("实施单位", "Organisation", group=_WHO)] = None
    project: Annotated[line(26) | None, said("项目编号", "Project id", help_zh="平台上落地项目的编号", help_en="Id of the project that carries it out", group=_WHO)] = None  # fmt: skip
    starts_on: Annotated[Day | None, said("开始日", "Starts on", group=_TIME)] = None
    ends_on: Annotated[Day | None, said("完成日", "Due on", aliases=("完成时限",), group=_TIME)] = None


class StateRecord(Record):
    """Where a task stands, as its responsible member says."""

    state: Annotated[choice(ItemState), said("进展", "State", example="推进中")]
    note: Annotated[line(500) | None, said("说明", "Note", example="已完成选址，6 月底前开工")] = None


class IndicatorRecord(Record):
    """What an item is measured by. With a measure it is computed; without one members report."""

    code: Annotated[Code, said("指标编号", "Code", example="2.1-1", group=_NAME)]
    item: Annotated[Code, said("所属条目编号", "Code of the item", example="2.1", group=_NAME)]
    title: Annotated[line(160), said("指标名称", "Title", example="投资亿元以上的上海项目", group=_NAME)]
    unit: Annotated[choice(Unit), said("计量单位", "Unit", example="个", aliases=("单位",), group=_COUNTED)]
    title_en: Annotated[line(200) | None, said("英文名称", "English title", group=_NAME)] = None
    definition: Annotated[LongText | None, said("口径说明", "Definition", group=_COUNTED)] = None
    unit_name: Annotated[line(12) | None, said("量词", "What one is called", example="场", group=_COUNTED)] = None
    relation: Annotated[choice(Relation), said("要求", "Relation", example="不少于", group=_COUNTED)] = "at_least"
    measure: Annotated[line(60) | None, said("统计口径", "Measure", help_zh="由平台计算时选填，留空由成员上报", aliases=("统计口径代码",), help_en="Where the platform computes it; empty: members report", group=_COUNTED)] = None  # fmt: skip
    filters: Annotated[
        Filters | None,
        said(
            "筛选条件",
            "Filters",
            example="来自=上海; 总投资不低于=1亿元",
            help_zh="名称=值，多个用分号隔开",
            help_en="Name=value; several by semicolons",
            group=_COUNTED,
        ),
    ] = None
    date_rule: Annotated[choice(DateRule), said("时间口径", "Date rule", example="期内发生", group=_COUNTED)] = "period"
    headline: Annotated[YesNo, said("驾驶舱指标", "In the cockpit", group=_COUNTED)] = False


class PeriodRecord(Record):
    """A period with targets: a year, half, quarter or month by its usual name, or any two days."""

    code: Annotated[Code, said("期间", "Period", example="2026Q3", help_zh="2026、2026H1、2026Q3、2026-11；其他写法要填起止日", help_en="2026, 2026H1, 2026Q3, 2026-11; other codes need their days")]  # fmt: skip
    starts_on: Annotated[Day | None, said("开始日", "Starts on")] = None
    ends_on: Annotated[Day | None, said("结束日", "Ends on")] = None


class _CutRecord(Record):
    indicator: Annotated[Code, said("指标编号", "Indicator", example="2.1-1", aliases=("指标",))]
    value: Annotated[RawFigure, said("数值", "Value", example="10", help_zh="金额可写 45亿、2.37亿美元", help_en="Amounts: 45亿, 2.37 billion")]  # fmt: skip
    member: Annotated[Line | None, said("成员", "Member", example="秀洲高新区", help_zh="整个计划的数留空", help_en="Empty: of the whole plan")] = None  # fmt: skip
    place: Annotated[RegionCode | None, said("地区", "Place")] = None
    breakdown: Annotated[line(80) | None, said("分组", "Breakdown", example="来源=上海")] = None
    comment: Annotated[line(1000) | None, said("说明", "Comment")] = None


class BaselineRecord(_CutRecord):
    """Where an indicator stood on a day before."""

    on: Annotated[Day, said("基期日", "On", example="2024-12-31")]


class TargetRecord(_CutRecord):
    """What is promised for a period."""

    period: Annotated[Code, said("期间", "Period", example="2026")]
    value_high: Annotated[RawFigure | None, said("上限", "Upper end", help_zh="要求为区间时填写", help_en="For ranges")] = None  # fmt: skip


class ActualRecord(_CutRecord):
    """What a member reports for a period."""

    period: Annotated[Code, said("期间", "Period", example="2026Q1")]
    correction: Annotated[line(500) | None, said("更正原因", "Why it is corrected", help_zh="更正已上报的数时必填", help_en="Required where a reported figure is replaced")] = None  # fmt: skip


class CallRecord(Record):
    """A call for planned projects."""

    title: Annotated[line(160), said("征集名称", "Title", example="2026 年度拟纳入重大项目征集")]
    closes_on: Annotated[Day, said("截止日", "Closes on", example="2026-03-31")]
    opens_on: Annotated[Day | None, said("开始日", "Opens on")] = None
    text: Annotated[LongText | None, said("征集说明", "Text")] = None


class SubmissionRecord(Record):
    """A planned project that a firm or member submits to a call."""

    title: Annotated[line(160), said("项目名称", "Title", example="光伏组件二期产线", group=_WHAT)]
    organisation: Annotated[Line | None, said("申报单位", "Organisation", help_zh="成员自己的项目留空", help_en="Empty: a project of the member itself", group=_WHAT)] = None  # fmt: skip
    member: Annotated[Line | None, said("所属成员", "Member", group=_WHAT)] = None
    description: Annotated[LongText | None, said("项目内容", "Description", group=_WHAT)] = None
    amount: Annotated[Amount | None, said("总投资", "Total investment", example="1.2亿", group=_WHAT)] = None
    industries: Annotated[IndustryCodes | None, said("行业", "Industries", group=_WHAT)] = None
    region: Annotated[RegionCode | None, said("建设地点", "Region", widget="region", group=_WHAT)] = None
    starts_on: Annotated[Day | None, said("拟开工", "Starts on", group=_TIME)] = None
    ends_on: Annotated[Day | None, said("拟投产", "Ends on", group=_TIME)] = None
    partner_wanted: Annotated[line(300) | None, said("希望的合作方", "Partner wanted", group=_WHAT)] = None
    external_id: Annotated[line(80) | None, said("编号", "External id", group=_WHAT)] = None


class ReportRecord(Record):
    """What a report is of. Without an instant it is made of what is known now."""

    period: Annotated[Code, said("期间", "Period", example="2026Q1")]
    known_at: Annotated[
        line(40) | None,
        said(
            "数据时点",
            "As known at",
            example="2026-04-10 08:00",
            help_zh="只写日期：到这一天结束为止",
            help_en="A day alone: until its end",
        ),
    ] = None
    public: Annotated[YesNo, said("公开版", "For the public", help_zh="不选：联盟内部版", help_en="Otherwise for the alliance")] = False  # fmt: skip
    language: Annotated[line(8) | None, said("语言", "Language", example="zh")] = None
