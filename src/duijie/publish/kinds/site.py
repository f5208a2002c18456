"""Sites: land, standard workshops, laboratories and offices that take in firms."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Line, LongText, Record, ShortLine, YesNo, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import PLACE, SUBSTANCE, TERMS, Figure


class SiteType(Choices):
    WORKSHOP = "workshop", "标准厂房", "Standard workshop", ("厂房",)
    LAND = "land", "工业用地", "Industrial land", ("土地",)
    LABORATORY = "laboratory", "实验室", "Laboratory", ("研发楼",)
    OFFICE = "office", "办公楼宇", "Office", ("写字楼",)
    INCUBATOR = "incubator", "孵化器", "Incubator", ("众创空间",)
    WAREHOUSE = "warehouse", "仓储物流", "Warehouse"
    ECO_PARK = "eco_park", "共享园区", "Shared eco-park", ("绿色共享园",)


class SiteTenure(Choices):
    LEASE = "lease", "租赁", "Lease"
    PURCHASE = (
        "purchase",
        "购买",
        "Purchase",
        (
            "买断",
            "出让",
        ),
    )
    LEASE_THEN_BUY = "lease_then_buy", "先租后售", "Lease, then buy"
    BUILD_TO_SUIT = "build_to_suit", "定制代建", "Built to suit"
    FREE = "free", "免租", "Rent-free"


class SiteEntry(Choices):
    ALONE = "alone", "单独入驻", "Alone"
    JOINTLY = "jointly", "联合入驻", "Jointly"


class SiteStage(Choices):
    PLANNED = "planned", "规划中", "Planned"
    BUILDING = "building", "在建", "Being built"
    READY = (
        "ready",
        "现房",
        "Ready",
        (
            "可入驻",
            "可供地",
        ),
    )
    LAST = "last", "余量不多", "Little left"


class SiteFacets(Record):
    """How large, on what terms, with which utilities, and who may not come."""

    site_type: Annotated[
        choice(SiteType) | None,
        said(
            "载体类型",
            "Type of site",
            example="标准厂房",
            group=SUBSTANCE,
            weight=6,
            secret=False,
            aliases=("类型", "载体性质"),
        ),
    ] = None
    area_m2: Annotated[
        Figure | None,
        said(
            "可用面积",
            "Free area",
            unit=("平方米", "m²"),
            example="12000",
            group=SUBSTANCE,
            weight=10,
            secret=False,
            aliases=("面积", "建筑面积", "面积(平方米)"),
        ),
    ] = None
    area_mu: Annotated[
        Figure | None,
        said(
            "土地面积",
            "Land",
            unit=("亩", "mu"),
            example="45",
            group=SUBSTANCE,
            weight=2,
            secret=False,
            aliases=("用地面积", "亩数"),
        ),
    ] = None
    smallest_unit_m2: Annotated[
        Figure | None,
        said(
            "最小分割",
            "Smallest unit",
            unit=("平方米", "m²"),
            example="800",
            group=SUBSTANCE,
            weight=3,
            secret=False,
            aliases=("最小面积", "起租面积"),
        ),
    ] = None
    storeys: Annotated[
        LongText | None,
        said(
            "层高与荷载",
            "Height and load",
            example="首层8.1米，荷载1.5吨/平方米",
            group=PLACE,
            weight=5,
            secret=False,
            aliases=("层高", "荷载", "楼层"),
        ),
    ] = None
    utilities: Annotated[
        LongText | None,
        said(
            "水电气热",
            "Utilities",
            example="10千伏双回路，蒸汽0.8兆帕，天然气",
            group=PLACE,
            weight=5,
            secret=False,
            aliases=("配套", "基础设施", "公用配套"),
        ),
    ] = None
    transport: Annotated[
        LongText | None,
        said(
            "交通",
            "Transport",
            example="距沪昆高速入口3公里，到高铁站20分钟",
            group=PLACE,
            weight=3,
            secret=False,
            aliases=("交通条件", "区位"),
        ),
    ] = None
    industries_welcome: Annotated[
        LongText | None,
        said(
            "欢迎的产业",
            "Industries welcome",
            example="智能装备、光伏配套",
            group=TERMS,
            weight=5,
            secret=False,
            aliases=("产业定位", "主导产业", "招商方向"),
        ),
    ] = None
    environmental_limits: Annotated[
        LongText | None,
        said(
            "环保准入",
            "Environmental limits",
            example="不接受电镀；VOCs须接入园区集中治理",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("环保要求", "准入条件", "环评要求"),
        ),
    ] = None
    rent: Annotated[
        Figure | None,
        said(
            "租金",
            "Rent",
            unit=("元/平方米/月", "yuan/m²/month"),
            example="18",
            group=TERMS,
            weight=6,
            secret=False,
            aliases=("租金标准", "月租金"),
        ),
    ] = None
    sale_price: Annotated[
        ShortLine | None,
        said(
            "售价或地价",
            "Sale price",
            example="32万元/亩",
            group=TERMS,
            weight=2,
            secret=False,
            aliases=("售价", "地价"),
        ),
    ] = None
    tenures: Annotated[
        choices(SiteTenure),
        said(
            "租售方式",
            "Tenure",
            example="租赁；先租后售",
            group=TERMS,
            weight=5,
            secret=False,
            aliases=("供应方式", "租售"),
        ),
    ] = []
    entries: Annotated[
        choices(SiteEntry), said("入驻方式", "Entry", example="单独入驻；联合入驻", group=TERMS, weight=2, secret=False)
    ] = []
    entry_conditions: Annotated[
        LongText | None,
        said(
            "入驻条件",
            "Conditions of entry",
            example="亩均税收20万元以上；执行统一生产标准",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("入园条件",),
        ),
    ] = None
    support: Annotated[
        LongText | None,
        said(
            "扶持措施",
            "Support",
            example="首年免租，装修补贴300元/平方米",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("优惠政策", "扶持政策"),
        ),
    ] = None
    address: Annotated[
        Line | None,
        said("地址", "Address", example="科技大道88号", group=PLACE, weight=2, aliases=("具体地址", "坐落")),
    ] = None
    dangerous_goods: Annotated[
        YesNo | None,
        said("可存放危化品", "Dangerous goods allowed", example="否", group=PLACE, secret=False, aliases=("甲类",)),
    ] = None


SITE = KindDefinition(
    kind="site",
    label=Label("载体场地", "Site"),
    icon="map-pin",
    colour="site",
    side="offers",
    schema=SiteFacets,
    amount_label=Label("总价", "Total price"),
    hint=Label("厂房、土地、楼宇，租或者买", "Workshops, land and offices, to rent or buy"),
    complements=("project", "need"),
    stages=SiteStage,
    validity_days=365,
    listed=("site_type", "area_m2", "rent"),
    carded=("site_type", "area_m2", "rent"),
    filters=("site_type", "tenures", "entries"),
    example={
        "title": "智能装备产业园二期标准厂房",
        "summary": "首层可上行车，明年一月交付，最小800平方米起租。",
        "keywords": "标准厂房；智能装备；行车",
        "stage": "在建",
        "facets": {
            "site_type": "标准厂房",
            "area_m2": "1.2万",
            "smallest_unit_m2": "800",
            "storeys": "首层8.1米，荷载1.5吨/平方米",
            "utilities": "10千伏双回路",
            "transport": "距高速入口3公里",
            "industries_welcome": "智能装备、机器人零部件",
            "environmental_limits": "不接受电镀、铸造",
            "rent": "18",
            "tenures": "租赁、先租后售",
            "entries": "单独入驻、联合入驻",
            "address": "科技大道88号",
        },
    },
)
