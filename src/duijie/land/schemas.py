"""Deals, projects, figures and zones as people give them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from duijie.core.errors import Fault
from duijie.core.language import Label
from duijie.core.schema import (
    Amount,
    AmountValue,
    Day,
    Decimal2,
    Line,
    LongText,
    Record,
    RegionCode,
    Whole,
    Words,
    YesNo,
    choice,
    said,
)
from duijie.core.schema.types import Shown, line, understood
from duijie.land.choices import (
    CapitalSource,
    DealKind,
    EndReason,
    FigureKind,
    Milestone,
    Openness,
    Relation,
    Source,
    Stage,
    ZoneKind,
)


def _read_industry(value: Any) -> str:
    from duijie.core import industries

    text = str(value[0]) if isinstance(value, list) and len(value) == 1 else str(value)
    return industries.resolve(text).code


IndustryCode = Annotated[str, Shown("industry"), understood(_read_industry)]

_WHAT = Label("内容", "What it is")
_WHO = Label("各方", "Parties")
_WHERE = Label("落在哪里", "Where")
_MONEY = Label("金额", "Amounts")
_NEXT = Label("进展", "Progress")
_SOURCE = Label("来源", "Source")
_DAYS = Label("时间节点", "Milestones")


class DealRecord(Record):
    """A deal: who with whom, for what, where it comes from."""

    title: Annotated[line(160), said("名称", "Title", example="光伏组件回收产线落户秀洲", aliases=("项目名称", "线索名称"), group=_WHAT)]  # fmt: skip
    kind: Annotated[choice(DealKind), said("类型", "Kind", example="产业投资", aliases=("项目类型",), group=_WHAT)]
    summary: Annotated[LongText | None, said("简介", "Summary", aliases=("项目简介", "内容"), group=_WHAT)] = None
    industry: Annotated[IndustryCode | None, said("行业", "Industry", example="电气机械和器材制造业", aliases=("所属行业",), group=_WHAT)] = None  # fmt: skip
    amount: Annotated[Amount, said("意向金额", "Amount", example="1.2亿元", aliases=("总投资", "投资额", "金额"), group=_MONEY)] = None  # fmt: skip
    foreign: Annotated[YesNo | None, said("外资", "Foreign", group=_MONEY)] = None
    own_organisations: Annotated[Words | None, said("本方单位", "Organisations on our side", help_zh="已登记单位的名称或信用代码", help_en="Names or credit codes of registered organisations", group=_WHO)] = None  # fmt: skip
    other_members: Annotated[Words | None, said("对方成员", "Members on the other side", example="张江高新区", help_zh="平台成员的名称", help_en="Names of members", group=_WHO)] = None  # fmt: skip
    other_organisations: Annotated[Words | None, said("对方单位", "Organisations on the other side", group=_WHO)] = None
    other_names: Annotated[Words | None, said("平台外的对方", "Parties outside the platform", example="上海某某新材料公司", group=_WHO)] = None  # fmt: skip
    owner: Annotated[Line | None, said("主办人", "In charge", help_zh="用户名；留空则为登记人", help_en="Username; empty: who registers it", group=_WHO)] = None  # fmt: skip
    confidential: Annotated[YesNo | None, said("保密", "Confidential", help_zh="只有相关方能看到，仍计入统计", help_en="Seen by its parties only; counted all the same", group=_WHO)] = None  # fmt: skip
    region: Annotated[RegionCode | None, said("落地地区", "Site in", example="秀洲区", group=_WHERE)] = None
    origin: Annotated[RegionCode | None, said("来源地", "From", example="上海", aliases=("来自", "项目来源地"), group=_WHERE)] = None  # fmt: skip
    source: Annotated[choice(Source) | None, said("来源", "Source", example="驻点招商", aliases=("来源渠道",), group=_SOURCE)] = None  # fmt: skip
    source_label: Annotated[line(160) | None, said("来源名称", "Name of the source", example="2017海盐县接轨上海活动周", group=_SOURCE)] = None  # fmt: skip
    stage: Annotated[choice(Stage) | None, said("阶段", "Stage", example="洽谈", group=_NEXT)] = None
    stage_on: Annotated[Day | None, said("阶段日期", "Since", example="2026-11-21", group=_NEXT)] = None
    evidence: Annotated[line(300) | None, said("依据", "Evidence", example="意向书编号 2026-17", group=_NEXT)] = None
    next_step: Annotated[line(200) | None, said("下一步", "Next step", example="到现场看厂房", group=_NEXT)] = None
    next_on: Annotated[Day | None, said("下一步日期", "By", example="2026-12-05", group=_NEXT)] = None
    external_id: Annotated[line(80) | None, said("编号", "External id", help_zh="您自己系统里的编号；再次导入时按它更新", help_en="The number in your own system; a second import updates by it", aliases=("项目编号", "外部编号"), group=_WHAT)] = None  # fmt: skip


class MoveRecord(Record):
    """A deal comes to another stage."""

    stage: Annotated[choice(Stage), said("改为", "To", example="意向")]
    effective_on: Annotated[Day | None, said("日期", "On", help_zh="实际发生的那天；留空为今天", help_en="The day it happened; empty: today")] = None  # fmt: skip
    note: Annotated[line(300) | None, said("说明", "Note")] = None
    contract: Annotated[line(300) | None, said("合同或协议", "Contract", help_zh="编号或文件名", help_en="Number or name of the document")] = None  # fmt: skip
    registration: Annotated[line(300) | None, said("营业执照", "Business registration", help_zh="统一社会信用代码", help_en="Credit code")] = None  # fmt: skip
    permit: Annotated[line(300) | None, said("施工许可", "Building permit")] = None
    acceptance: Annotated[line(300) | None, said("竣工验收", "Acceptance of works")] = None
    production: Annotated[line(300) | None, said("投产证明", "Proof of production")] = None
    report: Annotated[line(300) | None, said("统计报表", "Statistical report")] = None
    reason: Annotated[line(300) | None, said("原因", "Reason")] = None
    end_reason: Annotated[choice(EndReason) | None, said("流失原因", "Why it ended")] = None

    def evidence(self) -> dict[str, str]:
        """What was given as evidence, by kind."""
        names = ("note", "contract", "registration", "permit", "acceptance", "production", "report", "reason")
        given = {name: getattr(self, name) for name in names}
        return {name: value for name, value in given.items() if value}


class NextStepRecord(Record):
    step: Annotated[line(200) | None, said("下一步", "Next step", example="到现场看厂房")] = None
    on: Annotated[Day | None, said("日期", "By")] = None


class ProjectRecord(Record):
    """A project: what, whose, where, with what money, how far."""

    name: Annotated[
        line(160), said("项目名称", "Name", example="年产5GW异质结电池项目", aliases=("名称",), group=_WHAT)
    ]
    kind: Annotated[choice(DealKind) | None, said("类型", "Kind", example="产业投资", group=_WHAT)] = None
    summary: Annotated[LongText | None, said("简介", "Summary", aliases=("建设内容",), group=_WHAT)] = None
    industry: Annotated[IndustryCode | None, said("行业", "Industry", aliases=("所属行业",), group=_WHAT)] = None
    chain_link: Annotated[line(80) | None, said("产业链环节", "Link of the chain", example="电池片", group=_WHAT)] = (
        None
    )
    technology: Annotated[YesNo | None, said("技术合作", "Technology cooperation", aliases=("科技合作项目",), group=_WHAT)] = None  # fmt: skip
    investor: Annotated[line(120) | None, said("投资方", "Investor", aliases=("投资主体", "企业名称"), group=_WHO)] = (
        None
    )
    openness: Annotated[choice(Openness) | None, said("公开范围", "Open to", group=_WHO)] = None
    site: Annotated[line(160) | None, said("选址", "Site", example="秀洲高新区康和路", aliases=("建设地点",), group=_WHERE)] = None  # fmt: skip
    region: Annotated[RegionCode | None, said("落地地区", "Site in", group=_WHERE)] = None
    origin: Annotated[RegionCode | None, said("来源地", "From", example="上海", aliases=("来自",), group=_WHERE)] = None
    longitude: Annotated[Decimal2 | None, Field(ge=-180, le=180), said("经度", "Longitude", group=_WHERE)] = None
    latitude: Annotated[Decimal2 | None, Field(ge=-90, le=90), said("纬度", "Latitude", group=_WHERE)] = None
    zone: Annotated[Line | None, said("共建区", "Joint zone", help_zh="名称或网址简称", help_en="Its name or short name", group=_WHERE)] = None  # fmt: skip
    foreign: Annotated[YesNo | None, said("外资", "Foreign", aliases=("是否外资",), group=_MONEY)] = None
    total: Annotated[Amount, said("总投资", "Total investment", example="3.5亿元", aliases=("计划总投资", "投资总额"), group=_MONEY)] = None  # fmt: skip
    contracted: Annotated[Amount, said("合同外资", "Contracted foreign capital", example="1200万美元", group=_MONEY)] = None  # fmt: skip
    agreed_domestic: Annotated[Amount, said("协议内资", "Agreed, domestic", aliases=("协议资金",), group=_MONEY)] = None
    agreed_foreign: Annotated[Amount, said("协议外资", "Agreed, foreign", group=_MONEY)] = None
    rate: Annotated[Line | None, said("汇率", "Exchange rate", example="6.7744", help_zh="一个外币单位合多少元；留空用当日登记的汇率", help_en="Yuan for one unit; empty: the kept rate of the day", group=_MONEY)] = None  # fmt: skip
    jobs: Annotated[Whole | None, Field(ge=0), said("就业人数", "Jobs", group=_MONEY)] = None
    land_square_metres: Annotated[Whole | None, Field(ge=0), said("用地面积", "Land", unit=("平方米", "m²"), group=_MONEY)] = None  # fmt: skip
    signed_on: Annotated[Day | None, said("签约日", "Signed on", aliases=("签约日期", "签约时间"), group=_DAYS)] = None
    registered_on: Annotated[Day | None, said("注册日", "Registered on", group=_DAYS)] = None
    started_on: Annotated[Day | None, said("开工日", "Started on", aliases=("开工日期",), group=_DAYS)] = None
    completed_on: Annotated[Day | None, said("竣工日", "Completed on", group=_DAYS)] = None
    production_on: Annotated[Day | None, said("投产日", "In production on", group=_DAYS)] = None
    full_output_on: Annotated[Day | None, said("达产日", "At full output on", group=_DAYS)] = None
    planned_start_on: Annotated[Day | None, said("计划开工", "Planned start", group=_DAYS)] = None
    planned_completion_on: Annotated[Day | None, said("计划竣工", "Planned completion", group=_DAYS)] = None
    planned_production_on: Annotated[Day | None, said("计划投产", "Planned production", group=_DAYS)] = None
    evidence: Annotated[line(300) | None, said("依据", "Evidence", example="投资协议 2017-031", group=_DAYS)] = None
    source: Annotated[choice(Source) | None, said("来源", "Source", group=_SOURCE)] = None
    source_label: Annotated[line(160) | None, said("来源名称", "Name of the source", group=_SOURCE)] = None
    relation: Annotated[choice(Relation) | None, said("与已有项目的关系", "Relation to an earlier project", help_zh="升级、增资不算新项目", help_en="Upgrades and capital increases are no new projects", group=_SOURCE)] = None  # fmt: skip
    relates_to: Annotated[Line | None, said("已有项目", "The earlier project", help_zh="名称或编号", help_en="Its name or id", group=_SOURCE)] = None  # fmt: skip
    distinct_reason: Annotated[line(300) | None, said("不是重复的理由", "Why it is not the same", help_zh="与已有项目相像时填写", help_en="Where it looks like one that exists", group=_SOURCE)] = None  # fmt: skip
    external_id: Annotated[line(80) | None, said("编号", "External id", aliases=("项目编号",), group=_WHAT)] = None


def _read_period(value: Any) -> str:
    import datetime as dt

    from duijie.core.calendar import parse_period

    if isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    return parse_period(str(value)).code


PeriodCode = Annotated[str, understood(_read_period)]


class FigureRecord(Record):
    """A figure of a project for a month or a day."""

    project: Annotated[Line | None, said("项目", "Project", example="XZ-2017-03", help_zh="编号或名称", help_en="Its id or name", aliases=("项目编号", "项目名称"))] = None  # fmt: skip
    kind: Annotated[choice(FigureKind), said("指标", "Figure", example="实到资金", aliases=("类别", "指标名称"))]
    source: Annotated[choice(CapitalSource) | None, said("资金来源", "Source of capital", example="内资")] = None
    month: Annotated[PeriodCode | None, said("月份", "Month", example="2017-03", aliases=("期间", "统计月份"))] = None
    on: Annotated[
        Day | None, said("日期", "On", help_zh="知道到账日就填日期", help_en="The day, where it is known")
    ] = None
    amount: Annotated[Line, said("数额", "Amount", example="1200万元", aliases=("金额", "数值"))]
    rate: Annotated[Line | None, said("汇率", "Exchange rate", example="6.8633")] = None
    evidence: Annotated[line(300) | None, said("依据", "Evidence", example="验资报告 2017-112")] = None
    reason: Annotated[line(300) | None, said("更正原因", "Reason of a correction")] = None


class MilestoneRecord(Record):
    milestone: Annotated[choice(Milestone), said("节点", "Milestone", example="开工")]
    planned_on: Annotated[Day | None, said("计划日期", "Planned")] = None
    actual_on: Annotated[Day | None, said("实际日期", "Actual")] = None
    evidence: Annotated[line(300) | None, said("依据", "Evidence")] = None


class RelocationRecord(Record):
    origin: Annotated[RegionCode, said("迁出地", "From", example="上海")]
    destination: Annotated[RegionCode, said("迁入地", "To", example="平湖")]
    origin_member: Annotated[Line | None, said("迁出成员", "Member it leaves")] = None
    effective_on: Annotated[Day, said("日期", "On")]
    reason: Annotated[line(300), said("原因", "Reason", example="疏解非核心制造环节")]


class ZoneRecord(Record):
    """A joint zone. partners: 名称 | 面积 | 份额 in one item each."""

    name: Annotated[line(120), said("名称", "Name", example="张江长三角科技城")]
    slug: Annotated[line(60), said("网址简称", "Short name in addresses", example="zj-science-town")]
    kind: Annotated[choice(ZoneKind), said("类型", "Kind", example="示范区")]
    name_en: Annotated[line(160) | None, said("英文名称", "English name")] = None
    summary: Annotated[LongText | None, said("简介", "Summary")] = None
    industry: Annotated[IndustryCode | None, said("行业", "Industry")] = None
    area_square_metres: Annotated[Whole | None, Field(ge=0), said("总面积", "Area", unit=("平方米", "m²"))] = None
    founded_on: Annotated[Day | None, said("成立日", "Founded on")] = None
    longitude: Annotated[Decimal2 | None, Field(ge=-180, le=180), said("经度", "Longitude")] = None
    latitude: Annotated[Decimal2 | None, Field(ge=-90, le=90), said("纬度", "Latitude")] = None
    partners: Annotated[Words, said("共建方", "Partners", example="平湖市|4700000|50、金山工业区|2400000|50", help_zh="每项：名称|面积（平方米）|份额（%），份额合计 100", help_en="Each: name|area in m²|share in %; shares add up to 100")]  # fmt: skip


def one_amount(value: AmountValue | None, place: str) -> tuple[int, str] | None:
    """(minor units, currency) of a single amount; None where none is given. Raises Fault "money.range" for a range."""
    if value is None or (value.low_minor is None and value.high_minor is None):
        return None
    if value.low_minor != value.high_minor or value.low_minor is None:
        raise Fault(
            "money.range",
            "这里要一个金额，不是范围。",
            "One amount is wanted here, not a range.",
            place=place,
            status=422,
        )
    return value.low_minor, value.currency


def read_rate(text: str | None) -> Decimal | None:
    """A rate as people write it. Raises Fault "rate.unreadable" (422)."""
    if not text:
        return None
    try:
        rate = Decimal(text.strip())
    except ArithmeticError:
        rate = Decimal(0)
    if not rate.is_finite() or not Decimal("0.000001") <= rate <= Decimal(100_000):
        raise Fault(
            "rate.unreadable", f"“{text}”不是汇率。", f"“{text}” is not an exchange rate.", place="rate", status=422
        )
    return rate


class CorrectionRecord(Record):
    """A move or a figure is corrected: another day or amount, or taken back."""

    effective_on: Annotated[Day | None, said("实际日期", "The right day")] = None
    amount: Annotated[Line | None, said("数额", "Amount")] = None
    rate: Annotated[Line | None, said("汇率", "Exchange rate")] = None
    cancel: Annotated[YesNo | None, said("撤回", "Take it back")] = None
    reason: Annotated[line(300) | None, said("更正原因", "Reason")] = None


class PeriodRecord(Record):
    """A period is closed or opened again."""

    period: Annotated[Line, said("期间", "Period", example="2017年第二季度")]
    closed: Annotated[YesNo | None, said("结账", "Closed", help_zh="否：重新打开", help_en="No: open it again")] = None
    reason: Annotated[line(300) | None, said("原因", "Reason")] = None


class RateRecord(Record):
    """An exchange rate of a day."""

    currency: Annotated[Line, said("币种", "Currency", example="USD")]
    on: Annotated[Day, said("日期", "On")]
    yuan: Annotated[Line, said("一单位合多少元", "Yuan for one unit", example="6.7744")]
