"""Policies: what an office gives, to whom, until when."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import (
    Amount,
    Choices,
    Day,
    IndustryCodes,
    LongText,
    Record,
    RegionCodes,
    ShortLine,
    Web,
    Words,
    YesNo,
    choices,
    said,
)
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import SUBSTANCE, TERMS, Count, Figure

CONDITIONS = Label("申报条件", "Conditions")


class PolicyMeasure(Choices):
    GRANT = (
        "grant",
        "补助",
        "Grant",
        (
            "奖励",
            "资助",
        ),
    )
    TAX = "tax", "税收优惠", "Tax relief", ("减免",)
    LOAN = "loan", "贴息", "Interest subsidy", ("贷款支持",)
    RENT = "rent", "房租补贴", "Rent subsidy", ("厂房补贴",)
    LAND = "land", "用地保障", "Land"
    TALENT = "talent", "人才补贴", "Support for people"
    VOUCHER = "voucher", "创新券", "Voucher", ("服务券",)
    PROCEDURE = "procedure", "流程简化", "Procedure or status", ("资格认定",)


class ApplicantKind(Choices):
    FIRM = "firm", "企业", "Firm"
    SMALL_FIRM = "small_firm", "中小微企业", "Small firm"
    START_UP = "start_up", "初创企业", "Start-up"
    UNIVERSITY = "university", "高校", "University"
    INSTITUTE = "institute", "科研院所", "Institute", ("新型研发机构",)
    HOSPITAL = "hospital", "医疗机构", "Hospital"
    PERSON = "person", "个人", "Person", ("人才",)
    PLATFORM = "platform", "平台", "Platform or park operator", ("园区运营机构",)


class FirmStatus(Choices):
    HIGH_TECH = "high_tech", "高新技术企业", "High-tech enterprise"
    TECH_SME = "tech_sme", "科技型中小企业", "Technology-based small firm"
    SPECIALISED = "specialised", "专精特新", "Specialised firm"
    LITTLE_GIANT = "little_giant", "专精特新小巨人", "Little giant"
    ABOVE_SCALE = "above_scale", "规上企业", "Above designated size"
    LISTED = "listed", "上市企业", "Listed"


class PolicyStage(Choices):
    ANNOUNCED = "announced", "征求意见", "Announced", ("即将开放",)
    OPEN = "open", "申报中", "Open", ("受理中",)
    STANDING = "standing", "常年受理", "Standing", ("长期有效",)
    CLOSED = "closed", "已截止", "Closed"


class PolicyFacets(Record):
    """Who gives what to whom. Conditions are structured where they are figures, so that firms can be told by name."""

    issuer: Annotated[
        ShortLine | None,
        said(
            "发文单位",
            "Issuer",
            example="南湖区科学技术局",
            group=SUBSTANCE,
            weight=8,
            secret=False,
            aliases=("发布机构", "发文机关", "主管部门"),
        ),
    ] = None
    document_number: Annotated[
        ShortLine | None,
        said(
            "文号",
            "Document number",
            example="南科〔2026〕14号",
            group=SUBSTANCE,
            weight=5,
            secret=False,
            aliases=("发文字号", "文件号"),
        ),
    ] = None
    issued_on: Annotated[
        Day | None,
        said(
            "发文日期",
            "Issued on",
            example="2026-03-18",
            group=SUBSTANCE,
            weight=3,
            secret=False,
            aliases=("成文日期", "印发日期"),
        ),
    ] = None
    measures: Annotated[
        choices(PolicyMeasure),
        said(
            "支持方式",
            "Measures",
            example="补助；贴息",
            group=SUBSTANCE,
            weight=6,
            secret=False,
            aliases=("扶持方式", "政策类型"),
        ),
    ] = []
    measures_text: Annotated[
        LongText | None,
        said(
            "支持内容",
            "What is given",
            example="按合同实际支付额的20%补助，最高100万元。",
            group=SUBSTANCE,
            weight=10,
            secret=False,
            aliases=("扶持内容", "支持标准", "政策内容"),
        ),
    ] = None
    applicants: Annotated[
        choices(ApplicantKind),
        said(
            "申报主体",
            "Who can apply",
            example="企业；新型研发机构",
            group=CONDITIONS,
            weight=7,
            secret=False,
            aliases=("支持对象", "适用对象", "申报对象"),
        ),
    ] = []
    condition_text: Annotated[
        LongText | None,
        said(
            "申报条件",
            "Conditions",
            example="在本区注册满一年，上年研发投入占比不低于3%。",
            group=CONDITIONS,
            weight=6,
            secret=False,
            aliases=("条件", "基本条件"),
        ),
    ] = None
    for_industries: Annotated[
        IndustryCodes,
        said(
            "限定行业",
            "Only industries",
            example="C34；C35",
            group=CONDITIONS,
            weight=3,
            secret=False,
            aliases=("适用行业",),
        ),
    ] = []
    for_regions: Annotated[
        RegionCodes,
        said(
            "限定注册地",
            "Only registered in",
            example="嘉兴市南湖区",
            group=CONDITIONS,
            weight=3,
            secret=False,
            aliases=("注册地要求",),
        ),
    ] = []
    revenue_at_least: Annotated[
        Amount,
        said(
            "营收下限",
            "Revenue at least",
            example="2000万",
            group=CONDITIONS,
            secret=False,
            aliases=("营业收入不低于",),
        ),
    ] = None
    revenue_at_most: Annotated[
        Amount,
        said("营收上限", "Revenue at most", example="4亿", group=CONDITIONS, secret=False, aliases=("营业收入不超过",)),
    ] = None
    staff_at_least: Annotated[
        Count | None,
        said("人数下限", "Staff at least", unit=("人", "people"), example="10", group=CONDITIONS, secret=False),
    ] = None
    staff_at_most: Annotated[
        Count | None,
        said("人数上限", "Staff at most", unit=("人", "people"), example="300", group=CONDITIONS, secret=False),
    ] = None
    research_share_at_least: Annotated[
        Figure | None,
        said(
            "研发占比下限",
            "Research share at least",
            unit=("%", "%"),
            example="3",
            group=CONDITIONS,
            secret=False,
            aliases=("研发投入占比",),
        ),
    ] = None
    years_registered_at_least: Annotated[
        Count | None,
        said("注册年限", "Years registered", unit=("年", "years"), example="1", group=CONDITIONS, secret=False),
    ] = None
    statuses_required: Annotated[
        choices(FirmStatus),
        said(
            "资质要求",
            "Status required",
            example="高新技术企业",
            group=CONDITIONS,
            weight=2,
            secret=False,
            aliases=("企业资质",),
        ),
    ] = []
    certificates_required: Annotated[
        Words, said("证书要求", "Certificates required", example="ISO 9001", group=CONDITIONS, secret=False)
    ] = []
    materials: Annotated[
        LongText | None,
        said(
            "申报材料",
            "What to hand in",
            example="申请表、合同、发票、付款凭证。",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("所需材料",),
        ),
    ] = None
    window_from: Annotated[
        Day | None,
        said(
            "申报开始", "Window opens", example="2026-12-01", group=TERMS, weight=3, secret=False, aliases=("受理开始",)
        ),
    ] = None
    window_until: Annotated[
        Day | None,
        said(
            "申报截止",
            "Window closes",
            example="2027-01-15",
            group=TERMS,
            weight=5,
            secret=False,
            aliases=("受理截止", "申报截止日期"),
        ),
    ] = None
    contact_office: Annotated[
        ShortLine | None,
        said(
            "咨询部门",
            "Office to ask",
            example="区科技局成果转化科",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("联系部门", "受理部门"),
        ),
    ] = None
    official_link: Annotated[
        Web | None,
        said(
            "原文链接",
            "Official text",
            example="https://www.example.gov.cn/kj/14",
            group=TERMS,
            weight=2,
            secret=False,
            aliases=("原文", "网址"),
        ),
    ] = None
    no_application_needed: Annotated[
        YesNo | None,
        said(
            "免申即享", "Given without application", example="否", group=TERMS, secret=False, aliases=("是否免申即享",)
        ),
    ] = None


POLICY = KindDefinition(
    kind="policy",
    label=Label("政策", "Policy"),
    icon="file-certificate",
    colour="policy",
    side="tells",
    schema=PolicyFacets,
    amount_label=Label("支持金额", "Support"),
    hint=Label("一条政策一条记录，条件写成数，企业自己对得上", "One record a measure, conditions as figures"),
    complements=("need", "project"),
    stages=PolicyStage,
    validity_days=None,
    listed=("issuer", "measures", "window_until"),
    carded=("issuer", "measures_text", "window_until"),
    filters=("measures", "applicants", "statuses_required"),
    example={
        "title": "企业委托高校院所研发补助",
        "summary": "跟高校签技术合同，付多少补两成，一家一年最多一百万。",
        "amount": "最高100万",
        "keywords": "技术合同；研发补助",
        "stage": "申报中",
        "facets": {
            "issuer": "区科学技术局",
            "document_number": "科〔2026〕14号",
            "issued_on": "2026-03-18",
            "measures": "补助",
            "measures_text": "按技术合同实际支付额的20%补助，最高100万元。",
            "applicants": "企业",
            "condition_text": "本区注册，合同已登记。",
            "years_registered_at_least": "1",
            "statuses_required": "高新技术企业、科技型中小企业",
            "window_from": "2026-12-01",
            "window_until": "2027-01-15",
            "contact_office": "成果转化科",
        },
    },
)
