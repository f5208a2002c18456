"""Capacity: lines and workshops that take others' orders or are let by the shift."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Day, LongText, Record, ShortLine, Words, YesNo, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import PROOF, SUBSTANCE, TERMS, Count, Days


class CapacityUse(Choices):
    ORDER = (
        "order",
        "接订单",
        "Takes orders",
        (
            "来料加工",
            "代工",
        ),
    )
    LEASE_LINE = "lease_line", "租产线", "Lease of the line", ("租设备",)
    LEASE_SHOP = "lease_shop", "租车间", "Lease of the workshop"
    JOINT = "joint", "合作经营", "Joint operation"


class CapacityStage(Choices):
    FREE = "free", "有空档", "Free", ("空闲",)
    PARTLY = "partly", "部分空闲", "Partly free"
    FULL = "full", "排满", "Full; orders queue", ("可排队",)
    BUILDING = "building", "在建", "Being built"


class CapacityFacets(Record):
    """Which process, how much, to which standard, at what price, and whether one orders or rents."""

    process: Annotated[
        ShortLine | None,
        said("工艺", "Process", example="水性漆往复机喷涂", group=SUBSTANCE, weight=10, secret=False, aliases=("加工工艺", "工序", "加工类型")),
    ] = None  # fmt: skip
    products: Annotated[
        Words,
        said(
            "能做的产品",
            "Products",
            example="实木餐椅；柜门",
            group=SUBSTANCE,
            weight=6,
            secret=False,
            aliases=("加工产品", "产品"),
        ),
    ] = []
    line_count: Annotated[
        Count | None,
        said(
            "产线数",
            "Lines",
            unit=("条", "lines"),
            example="4",
            group=SUBSTANCE,
            weight=3,
            secret=False,
            aliases=("生产线", "产线数量", "设备台数"),
        ),
    ] = None
    equipment: Annotated[
        LongText | None,
        said(
            "主要设备",
            "Equipment",
            example="往复喷涂机4台，UV固化线1条",
            group=SUBSTANCE,
            weight=5,
            aliases=("设备清单", "设备"),
        ),
    ] = None
    monthly_output: Annotated[
        ShortLine | None,
        said("月产能", "Output per month", example="2.4万件", group=SUBSTANCE, weight=7, secret=False, aliases=("产能", "月产量", "生产能力")),
    ] = None  # fmt: skip
    spare_share: Annotated[
        ShortLine | None,
        said(
            "空余产能",
            "Spare capacity",
            example="约四成",
            group=SUBSTANCE,
            weight=4,
            secret=False,
            aliases=("闲置产能", "可释放产能"),
        ),
    ] = None
    size_limits: Annotated[
        LongText | None,
        said(
            "尺寸与精度",
            "Sizes and precision",
            example="最大工件2.4米；公差±0.02毫米",
            group=SUBSTANCE,
            weight=5,
            secret=False,
            aliases=("加工精度", "加工范围"),
        ),
    ] = None
    standards: Annotated[
        Words,
        said(
            "执行标准与认证",
            "Standards and certificates",
            example="IATF 16949；GB 18581",
            group=PROOF,
            weight=5,
            secret=False,
            aliases=("标准", "认证", "质量体系", "资质"),
        ),
    ] = []
    minimum_order: Annotated[
        ShortLine | None,
        said(
            "起订量",
            "Minimum order",
            example="200件",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("最小起订量", "MOQ"),
        ),
    ] = None
    lead_days: Annotated[
        Days | None,
        said(
            "交期",
            "Lead time",
            unit=("天", "days"),
            example="12",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("交货周期", "加工周期"),
        ),
    ] = None
    price_terms: Annotated[
        LongText | None,
        said(
            "价格",
            "Price",
            example="按面积，28元/平方米起",
            group=TERMS,
            weight=4,
            aliases=("加工费", "价格说明", "收费方式"),
        ),
    ] = None
    use_modes: Annotated[
        choices(CapacityUse),
        said(
            "合作方式",
            "Ways of use",
            example="接订单；租产线",
            group=TERMS,
            weight=6,
            secret=False,
            aliases=("共享方式", "合作模式"),
        ),
    ] = []
    free_from: Annotated[
        Day | None,
        said("何时有空", "Free from", example="2026-12-10", group=TERMS, weight=2, secret=False, aliases=("空档起始",)),
    ] = None
    discharge_permit: Annotated[
        YesNo | None,
        said(
            "有排污许可",
            "Discharge permit",
            example="是",
            group=PROOF,
            weight=1,
            secret=False,
            aliases=("环保手续", "排污许可证"),
        ),
    ] = None


CAPACITY = KindDefinition(
    kind="capacity",
    label=Label("共享产能", "Capacity"),
    icon="building-factory-2",
    colour="capacity",
    side="offers",
    schema=CapacityFacets,
    amount_label=Label("加工价格", "Price"),
    hint=Label("产线有空档，接单或者出租", "Lines with time to spare: order or rent"),
    complements=("need", "project"),
    stages=CapacityStage,
    validity_days=180,
    listed=("process", "monthly_output", "use_modes"),
    carded=("process", "monthly_output", "lead_days"),
    filters=("use_modes",),
    example={
        "title": "共享喷涂车间对外接单",
        "summary": "水性漆和UV线都有，废气集中处理，家具、木门都能做。",
        "keywords": "喷涂；水性漆；家具",
        "stage": "部分空闲",
        "facets": {
            "process": "水性漆往复机喷涂",
            "products": "实木餐椅、柜门",
            "line_count": "4",
            "monthly_output": "2.4万件",
            "spare_share": "约四成",
            "size_limits": "最大工件2.4米",
            "standards": "GB 18581",
            "minimum_order": "200件",
            "lead_days": "12",
            "use_modes": "接订单、租产线",
        },
    },
)
