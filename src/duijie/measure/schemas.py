"""Records of this app as people give them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from duijie.core.schema import Amount, Choices, Day, Line, LongText, Record, RegionCode, ShortLine, Words, choice, said
from duijie.core.schema.types import understood


class Audience(Choices):
    """Who sees what a round or an edition publishes."""

    PUBLIC = "public", "公开", "Public", ("所有人",)
    ALLIANCE = "alliance", "联盟内部", "The alliance", ("内部",)


class RoundRecord(Record):
    """A round of collection."""

    title: Annotated[Line, said("名称", "Title", example="2025 年度园区指标采集")]
    title_en: Annotated[Line, said("英文名称", "Title in English", example="Yearly indicators 2025")] = ""
    alliance: Annotated[ShortLine, said("联盟", "Alliance", example="parks")]
    period: Annotated[
        ShortLine,
        said("期间", "Period", example="2025", help_zh="2025、2025Q3 或 2025-10", help_en="2025, 2025Q3 or 2025-10"),
    ]
    due_on: Annotated[Day, said("截止日", "Due on", example="2026-02-28")]
    indicators: Annotated[
        Words,
        said("指标代码", "Indicators", example="revenue、rd_spending", help_zh="每项一个代码", help_en="One code each"),
    ]
    optional: Annotated[Words, said("可不填的指标", "Optional ones", example="green_share")] = []
    members: Annotated[
        Words,
        said(
            "填报成员",
            "Members",
            example="nanhu",
            help_zh="不写就是联盟全部成员",
            help_en="Empty: every member of the alliance",
        ),
    ] = []
    audience: Annotated[choice(Audience), said("发布范围", "Published to", example="公开")] = "public"
    note: Annotated[LongText, said("填报说明", "Notes")] = ""


class ReasonRecord(Record):
    """Why a submission is given back or opened again."""

    reason: Annotated[Line, said("原因", "Reason", example="营业收入与统计局数据不符")]


class QuestionRecord(Record):
    """A question about a submission, or about one figure of it."""

    text: Annotated[LongText, said("疑问", "Question", example="为何比上年少一半？")]
    indicator: Annotated[ShortLine, said("指标代码", "Indicator", example="revenue")] = ""


class AnswerRecord(Record):
    """The member's answer to a question."""

    text: Annotated[LongText, said("回答", "Answer", example="两家企业迁出。")]


class IndexRecord(Record):
    """What an index is called and whom it compares; how it is made is its document."""

    name: Annotated[Line, said("名称", "Name", example="园区发展指数")]
    name_en: Annotated[Line, said("英文名称", "Name in English", example="Park development index")] = ""
    slug: Annotated[ShortLine, said("网址简称", "Short name", example="park-index")]
    alliance: Annotated[ShortLine, said("联盟", "Alliance", example="parks")]
    description: Annotated[LongText, said("说明", "Description")] = ""
    description_en: Annotated[LongText, said("说明（英文）", "Description in English")] = ""
    periods: Annotated[Words, said("期间", "Periods", example="2023、2024、2025")]
    units: Annotated[
        Words,
        said(
            "参评成员",
            "Members compared",
            help_zh="不写就是有数据的全部成员",
            help_en="Empty: every member with values",
        ),
    ] = []


class Market(Choices):
    """Where a deal was made."""

    SECURITIES = "securities", "证券市场", "Securities market", ("证券", "上市公司")
    EXCHANGE = "exchange", "产权交易市场", "Property-rights exchange", ("产权", "产权市场", "产权交易所")


class ConsultationMethod(Choices):
    BUDGET = "budget", "分配点数", "Budget allocation", ("预算分配",)
    AHP = "ahp", "两两比较", "Comparison in pairs (AHP)", ("层次分析",)


class ConsultationRecord(Record):
    """Asking experts for the weights of the children of a node."""

    node: Annotated[ShortLine, said("节点", "Node", example="index")]
    method: Annotated[choice(ConsultationMethod), said("方法", "Method", example="分配点数")]
    experts: Annotated[Words, said("专家", "Experts", help_zh="用户名", help_en="Usernames")]
    due_on: Annotated[Day, said("截止日", "Due on", example="2026-02-28")]


def _industry(value: Any) -> str:
    from duijie.core import industries

    return industries.resolve(str(value)).code


IndustryCode = Annotated[str, understood(_industry)]


class DealRecord(Record):
    """One merger or acquisition."""

    external_id: Annotated[ShortLine, said("编号", "Number", example="SSE-2025-0137", aliases=("交易编号",))]
    title: Annotated[Line, said("交易", "Deal", example="甲公司收购乙公司 60% 股权", aliases=("名称",))]
    market: Annotated[choice(Market), said("市场", "Market", example="证券市场")]
    announced_on: Annotated[Day, said("公告日", "Announced on", example="2025-10-21", aliases=("日期",))]
    amount: Annotated[Amount, said("金额", "Amount", example="3.2亿", aliases=("交易金额",))]
    industry: Annotated[
        IndustryCode,
        said("行业", "Industry", example="C39", help_zh="被并购方的行业", help_en="Of the target"),
    ] = ""
    region: Annotated[
        RegionCode, said("地区", "Region", example="嘉兴", help_zh="被并购方的地区", help_en="Of the target")
    ] = ""
    source: Annotated[Line, said("来源", "Source", example="交易所公告")] = ""


def day_needed(day: dt.date | None, place: str, zh: str, en: str) -> dt.date:
    """A day that has to be there. Raises Fault "missing"."""
    from duijie.core.errors import Fault

    if day is None:
        raise Fault("missing", f"{zh}：必须填写。", f"{en}: is required.", place=place, status=422)
    return day
