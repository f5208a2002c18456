"""Field types and closed lists that several kinds share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from duijie.core.language import Label
from duijie.core.schema import Choices, Decimal2, Whole

Count = Annotated[Whole, Field(ge=0, le=10**12)]
Figure = Annotated[Decimal2, Field(ge=0)]
MaturityLevel = Annotated[Whole, Field(ge=1, le=9)]
Year = Annotated[Whole, Field(ge=1900, le=2100)]
Days = Annotated[Whole, Field(ge=0, le=3660)]

SUBSTANCE = Label("内容", "Substance")
TERMS = Label("合作条件", "Terms")
PROOF = Label("依据", "Evidence")
PLACE = Label("场地与设施", "Place and facilities")


class CooperationMode(Choices):
    """How two parties work together on a technology."""

    LICENCE = "licence", "技术许可", "Licence"
    TRANSFER = "transfer", "技术转让/专利转让", "Transfer of rights"
    COMMISSIONED = "commissioned", "委托开发", "Commissioned development"
    JOINT = "joint", "合作开发/联合攻关", "Joint development"
    SERVICE = "service", "技术服务/技术咨询", "Technical service"
    EQUITY = "equity", "作价入股/股权合作", "Equity"
    PURCHASE = "purchase", "采购/直接采购", "Purchase"
    PRODUCTION = "production", "代工/委托加工", "Contract production"
    JOINT_LAB = "joint_lab", "共建平台/联合实验室", "Joint laboratory"
    OPEN = "open", "面议/不限", "Open to discussion"


class PartnerKind(Choices):
    """Whom somebody wants to work with."""

    FIRM = "firm", "企业", "Firm"
    UNIVERSITY = "university", "高校", "University"
    INSTITUTE = "institute", "科研院所", "Research institute"
    EXPERT = "expert", "专家/专家团队", "Expert or team"
    SUPPLIER = "supplier", "供应商", "Supplier"
    INVESTOR = "investor", "投资机构", "Investor"
    PARK = "park", "园区/政府", "Park or government"
    HOSPITAL = "hospital", "医院", "Hospital"
    ANY = "any", "不限", "Any"


class PriceBasis(Choices):
    """What a price is for."""

    HOUR = "hour", "元/小时", "per hour"
    DAY = "day", "元/天", "per day"
    SAMPLE = "sample", "元/样/元/件", "per sample"
    RUN = "run", "元/次", "per run"
    PROJECT = "project", "按项目/一事一议", "per project"
    FREE = "free", "免费", "Free"
