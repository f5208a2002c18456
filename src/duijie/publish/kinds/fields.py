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

SUBSTANCE = Label("要点", "Key facts")
TERMS = Label("合作条件", "Terms")
PROOF = Label("依据", "Evidence")
PLACE = Label("场地与设施", "Place and facilities")


class CooperationMode(Choices):
    """How two parties work together on a technology."""

    LICENCE = "licence", "技术许可", "Licence"
    TRANSFER = "transfer", "技术转让", "Transfer of rights", ("专利转让",)
    COMMISSIONED = "commissioned", "委托开发", "Commissioned development"
    JOINT = "joint", "合作开发", "Joint development", ("联合攻关",)
    SERVICE = "service", "技术服务", "Technical service", ("技术咨询",)
    EQUITY = "equity", "作价入股", "Equity", ("股权合作",)
    PURCHASE = "purchase", "采购", "Purchase", ("直接采购",)
    PRODUCTION = "production", "代工", "Contract production", ("委托加工",)
    JOINT_LAB = "joint_lab", "共建平台", "Joint laboratory", ("联合实验室",)
    OPEN = "open", "面议", "Open to discussion", ("不限",)


class PartnerKind(Choices):
    """Whom somebody wants to work with."""

    FIRM = "firm", "企业", "Firm"
    UNIVERSITY = "university", "高校", "University"
    INSTITUTE = "institute", "科研院所", "Research institute"
    EXPERT = "expert", "专家", "Expert or team", ("专家团队",)
    SUPPLIER = "supplier", "供应商", "Supplier"
    INVESTOR = "investor", "投资机构", "Investor"
    PARK = "park", "园区", "Park or government", ("政府",)
    HOSPITAL = "hospital", "医院", "Hospital"
    ANY = "any", "不限", "Any"


class PriceBasis(Choices):
    """What a price is for."""

    HOUR = "hour", "每小时", "per hour", ("元/小时", "元/时", "小时")
    DAY = "day", "每天", "per day", ("元/天", "元/日", "天")
    SAMPLE = "sample", "每样", "per sample", ("元/样", "元/件", "元/样品", "元/个", "每件")
    RUN = "run", "每次", "per run", ("元/次", "次")
    PROJECT = "project", "按项目", "per project", ("一事一议", "面议")
    FREE = "free", "免费", "Free"
