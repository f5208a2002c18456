"""Projects that seek partners (`project_offer` in the design): money, land, a technical partner, a customer."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Amount, Choices, Day, LongText, Record, ShortLine, YesNo, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import PLACE, PROOF, SUBSTANCE, TERMS, Count, Figure
from duijie.publish.kinds.fund import InvestedStage


class PartySought(Choices):
    INVESTOR = "investor", "投资方", "Investor", ("融资",)
    PARK = "park", "落地园区", "Park to settle in", ("选址", "园区")
    CHAIN = "chain", "产业链上下游", "Chain partner", ("配套企业",)
    TECHNOLOGY = "technology", "技术方", "Technology partner"
    CUSTOMER = "customer", "客户", "Customer or testing ground", ("应用场景",)
    BUILDER = "builder", "建设方", "Builder"
    OPERATOR = "operator", "运营方", "Operator"


class ChainLink(Choices):
    MATERIAL = (
        "material",
        "原材料",
        "Materials",
        (
            "材料",
            "上游材料",
        ),
    )
    COMPONENT = "component", "零部件", "Components"
    EQUIPMENT = "equipment", "装备", "Equipment"
    PRODUCT = (
        "product",
        "整机",
        "Final product",
        (
            "产品",
            "终端产品",
        ),
    )
    SOFTWARE = "software", "软件与系统", "Software"
    SERVICE = "service", "服务", "Services"


class ProjectStage(Choices):
    PLANNING = "planning", "谋划", "Planning", ("可研",)
    NEGOTIATING = "negotiating", "洽谈中", "In talks"
    APPROVED = "approved", "已备案", "Approved", ("已立项",)
    BUILDING = "building", "在建", "Being built"
    PRODUCING = "producing", "已投产", "In production", ("扩产",)
    FINANCING = (
        "financing",
        "融资中",
        "Raising money",
        (
            "天使轮",
            "A轮",
            "B轮",
        ),
    )


class ProjectFacets(Record):
    """How large, how far, where, and whom it needs."""

    parties_sought: Annotated[
        choices(PartySought),
        said(
            "寻求对象",
            "Parties sought",
            example="投资方；落地园区",
            group=SUBSTANCE,
            weight=10,
            secret=False,
            aliases=("合作需求", "合作对象", "寻求合作"),
        ),
    ] = []
    chain_link: Annotated[
        choice(ChainLink) | None,
        said(
            "产业链环节",
            "Chain link",
            example="零部件",
            group=SUBSTANCE,
            weight=4,
            secret=False,
            aliases=("产业链位置",),
        ),
    ] = None
    products: Annotated[
        LongText | None,
        said(
            "产品",
            "Products",
            example="协作机器人关节模组",
            group=SUBSTANCE,
            weight=8,
            secret=False,
            aliases=("主要产品", "产品与服务", "建设内容"),
        ),
    ] = None
    yearly_output: Annotated[
        LongText | None,
        said(
            "达产规模",
            "Output at capacity",
            example="年产10万套，产值4亿元",
            group=SUBSTANCE,
            weight=5,
            secret=False,
            aliases=("建设规模", "产能规划"),
        ),
    ] = None
    money_sought: Annotated[
        Amount,
        said(
            "拟融资额",
            "Money sought",
            example="3000万",
            group=TERMS,
            weight=6,
            secret=False,
            aliases=("融资金额", "融资需求", "资金需求"),
        ),
    ] = None
    rounds_sought: Annotated[
        choices(InvestedStage),
        said("融资阶段", "Stage of financing", example="初创", group=TERMS, weight=2, secret=False, aliases=("轮次", "融资轮次")),
    ] = []  # fmt: skip
    share_offered: Annotated[
        ShortLine | None, said("出让股权", "Share offered", example="10%", group=TERMS, weight=2, aliases=("出让比例",))
    ] = None
    land_needed_mu: Annotated[
        Figure | None,
        said(
            "用地需求",
            "Land needed",
            unit=("亩", "mu"),
            example="50",
            group=PLACE,
            weight=4,
            secret=False,
            aliases=("用地", "需地", "用地面积"),
        ),
    ] = None
    workshop_needed_m2: Annotated[
        Figure | None,
        said(
            "厂房需求",
            "Workshop needed",
            unit=("平方米", "m²"),
            example="6000",
            group=PLACE,
            weight=4,
            secret=False,
            aliases=("厂房面积", "场地需求"),
        ),
    ] = None
    site_demands: Annotated[
        LongText | None,
        said(
            "场地要求",
            "Demands on the site",
            example="首层层高8米以上，需10吨行车",
            group=PLACE,
            weight=3,
            secret=False,
            aliases=("选址要求",),
        ),
    ] = None
    revenue_last_year: Annotated[
        Amount,
        said(
            "上年营收", "Last year's revenue", example="2600万", group=PROOF, weight=3, aliases=("营业收入", "年营收")
        ),
    ] = None
    staff: Annotated[
        Count | None,
        said(
            "人数",
            "Staff",
            unit=("人", "people"),
            example="45",
            group=PROOF,
            weight=1,
            secret=False,
            aliases=("员工人数",),
        ),
    ] = None
    team: Annotated[
        LongText | None,
        said("团队", "Team", example="创始人为机器人方向博士", group=PROOF, weight=4, aliases=("核心团队", "团队介绍")),
    ] = None
    foundations: Annotated[
        LongText | None,
        said(
            "已有基础",
            "Already there",
            example="样机通过两家客户验证",
            group=PROOF,
            weight=5,
            aliases=("项目进展", "前期基础"),
        ),
    ] = None
    start_wanted: Annotated[
        Day | None,
        said(
            "拟开工日期",
            "Wanted start",
            example="2027-03-01",
            group=TERMS,
            weight=2,
            secret=False,
            aliases=("计划开工", "开工时间"),
        ),
    ] = None
    foreign_capital: Annotated[
        YesNo | None, said("含外资", "Foreign capital", example="否", group=TERMS, secret=False, aliases=("是否外资",))
    ] = None
    emissions: Annotated[
        LongText | None,
        said(
            "排放情况",
            "Emissions",
            example="无工艺废水，少量VOCs",
            group=PLACE,
            weight=1,
            secret=False,
            aliases=("环评类别", "污染情况"),
        ),
    ] = None


PROJECT = KindDefinition(
    kind="project",
    label=Label("合作项目", "Project seeking partners"),
    icon="rocket",
    colour="project",
    side="wants",
    schema=ProjectFacets,
    amount_label=Label("总投资", "Total investment"),
    hint=Label("找资金、找园区、找上下游", "Looks for money, a park, partners along the chain"),
    complements=("fund", "site", "capacity", "technology", "policy"),
    stages=ProjectStage,
    validity_days=365,
    listed=("parties_sought", "chain_link", "money_sought"),
    carded=("products", "parties_sought", "money_sought"),
    filters=("parties_sought", "chain_link"),
    example={
        "title": "协作机器人关节模组扩产",
        "summary": "样线月产800套，客户排队，想找园区和A轮资金。",
        "amount": "1.2亿",
        "keywords": "机器人；关节模组；扩产",
        "stage": "A轮",
        "facets": {
            "parties_sought": "投资方、落地园区",
            "chain_link": "零部件",
            "products": "一体化关节模组，三种规格",
            "yearly_output": "年产10万套",
            "money_sought": "3000万",
            "workshop_needed_m2": "6000",
            "site_demands": "首层层高8米以上",
            "team": "研发18人，博士3人",
            "foundations": "两家客户已小批量供货",
        },
    },
)
