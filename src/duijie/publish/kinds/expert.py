"""Experts: people who can be asked, their subject and their terms."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, LongText, Record, ShortLine, Words, YesNo, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import PROOF, SUBSTANCE, TERMS, Days, Figure, PriceBasis


class ExpertService(Choices):
    CONSULTING = "consulting", "技术咨询", "Consulting", ("诊断", "技术诊断")
    DEVELOPMENT = "development", "合作研发", "Joint development"
    REVIEW = "review", "项目评审", "Review", ("论证",)
    TRAINING = "training", "培训讲座", "Training"
    RESIDENCE = (
        "residence",
        "驻点",
        "Residence at the firm",
        (
            "科技特派员",
            "周末工程师",
        ),
    )
    MENTORING = "mentoring", "创业辅导", "Mentoring"


class ExpertStage(Choices):
    AVAILABLE = "available", "可接洽", "Available"
    LIMITED = "limited", "时间有限", "Limited"
    BUSY = "busy", "暂不接洽", "Not at present"


class ExpertFacets(Record):
    """What the expert knows, has done, and when and how one can have their time."""

    expert_title: Annotated[
        ShortLine | None,
        said("职称职务", "Title", example="教授、博士生导师", group=SUBSTANCE, weight=5, secret=False, aliases=("职称", "职务", "头衔")),
    ] = None  # fmt: skip
    research_field: Annotated[
        ShortLine | None,
        said("专业方向", "Field", example="表面工程与涂层", group=SUBSTANCE, weight=8, secret=False,
             aliases=("研究方向", "专业领域", "学科", "研究领域")),
    ] = None  # fmt: skip
    skilled_in: Annotated[
        Words,
        said("擅长解决", "Can solve", example="喷涂附着力；耐候老化；VOCs减排", group=SUBSTANCE, weight=10, secret=False,
             aliases=("擅长领域", "可解决的问题", "专长")),
    ] = []  # fmt: skip
    results: Annotated[
        LongText | None,
        said("代表成果", "Results", example="主持国家重点研发计划课题2项，成果用于6家企业。", group=PROOF, weight=10,
             aliases=("主要成果", "业绩", "代表性成果")),
    ] = None  # fmt: skip
    firm_experience: Annotated[
        LongText | None,
        said("服务企业经历", "Work with firms", example="连续三年驻点台州水泵企业。", group=PROOF, weight=6, aliases=("企业服务经历", "产业经验")),
    ] = None  # fmt: skip
    services: Annotated[
        choices(ExpertService),
        said("可提供的服务", "Services", example="技术咨询；驻点", group=TERMS, weight=6, secret=False, aliases=("服务内容", "服务方式")),
    ] = []  # fmt: skip
    availability: Annotated[
        LongText | None,
        said("可用时间", "Availability", example="每月两天，周五周六。", group=TERMS, weight=5, secret=False, aliases=("时间安排", "可接洽时间")),
    ] = None  # fmt: skip
    days_per_year: Annotated[
        Days | None,
        said("每年可投入", "Days a year", unit=("天", "days"), example="24", group=TERMS, weight=2, secret=False),
    ] = None
    fee: Annotated[
        Figure | None,
        said(
            "费用",
            "Fee",
            unit=("元", "yuan"),
            example="3000",
            group=TERMS,
            weight=3,
            aliases=("收费", "咨询费", "费用标准"),
        ),
    ] = None
    fee_basis: Annotated[
        choice(PriceBasis) | None,
        said("计费方式", "Fee basis", example="每天", group=TERMS, secret=False, aliases=("计费单位",)),
    ] = None
    travels: Annotated[
        YesNo | None,
        said("可到现场", "Travels", example="是", group=TERMS, weight=1, secret=False, aliases=("是否可出差",)),
    ] = None
    languages: Annotated[
        Words,
        said("语言", "Languages", example="中文；英语", group=TERMS, weight=1, secret=False, aliases=("工作语言",)),
    ] = []


EXPERT = KindDefinition(
    kind="expert",
    label=Label("专家", "Expert"),
    icon="school",
    colour="expert",
    side="offers",
    schema=ExpertFacets,
    amount_label=Label("费用", "Fee"),
    hint=Label("愿意为企业解决问题的人", "People who help firms solve problems"),
    complements=("need", "topic", "talent"),
    stages=ExpertStage,
    validity_days=730,
    listed=("expert_title", "research_field", "services"),
    carded=("expert_title", "research_field", "skilled_in"),
    filters=("services", "fee_basis"),
    example={
        "title": "涂料与表面工程教授，愿到厂诊断",
        "summary": "做了二十年木器与金属涂装，熟悉水性化改造。",
        "keywords": "水性涂料；附着力；VOCs",
        "stage": "可接洽",
        "facets": {
            "expert_title": "教授",
            "research_field": "表面工程与涂层",
            "skilled_in": "涂层开裂、水性漆干燥慢、废气治理",
            "results": "主持省级课题4项，授权专利17件。",
            "services": "技术咨询、培训讲座",
            "availability": "每月最后一周可出差。",
            "days_per_year": "20",
            "fee": "3000",
            "fee_basis": "元/天",
            "travels": "是",
            "languages": "中文、英语",
        },
    },
)
