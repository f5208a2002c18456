"""Instruments: large equipment whose owner lets others use it."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Line, LongText, Record, ShortLine, Words, YesNo, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import PLACE, SUBSTANCE, TERMS, Count, Days, Figure, PriceBasis, Year


class InstrumentUse(Choices):
    OPERATED = "operated", "委托测试", "Operated by the owner", ("代测",)
    SELF = "self", "培训后自主上机", "By oneself after training", ("自主上机",)
    REMOTE = "remote", "远程", "Remotely"
    LOAN = "loan", "外借", "On loan"


class Certificate(Choices):
    CMA = "cma", "CMA", "CMA"
    CNAS = "cnas", "CNAS", "CNAS"
    CAL = "cal", "CAL", "CAL"
    GLP = "glp", "GLP", "GLP"
    NONE = "none", "无资质", "None"


class InstrumentStage(Choices):
    OPEN = "open", "开放共享", "Open", ("正常开放",)
    LIMITED = "limited", "限时开放", "Limited hours"
    REPAIR = "repair", "维修中", "Under repair"


class InstrumentFacets(Record):
    """What it is, what it measures, what an hour or a sample costs and how one books it."""

    model: Annotated[
        ShortLine | None,
        said(
            "型号", "Model", example="SU8600", group=SUBSTANCE, weight=5, secret=False, aliases=("规格型号", "仪器型号")
        ),
    ] = None
    maker: Annotated[
        ShortLine | None,
        said(
            "厂家",
            "Maker",
            example="日立",
            group=SUBSTANCE,
            weight=3,
            secret=False,
            aliases=("生产厂家", "品牌", "制造商"),
        ),
    ] = None
    bought_year: Annotated[
        Year | None,
        said(
            "购置年份",
            "Bought in",
            example="2022",
            group=SUBSTANCE,
            weight=1,
            secret=False,
            aliases=("启用年份", "购置时间"),
        ),
    ] = None
    original_value_yuan: Annotated[
        Count | None,
        said(
            "原值",
            "Original value",
            unit=("元", "yuan"),
            example="4200000",
            group=SUBSTANCE,
            aliases=("仪器原值", "设备原值"),
        ),
    ] = None
    main_figures: Annotated[
        LongText | None,
        said("主要技术指标", "Main figures", example="分辨率0.6 nm@15 kV；样品台直径150 mm", group=SUBSTANCE, weight=10, secret=False,
             aliases=("技术指标", "性能指标", "主要参数", "参数")),
    ] = None  # fmt: skip
    tests_offered: Annotated[
        Words,
        said("可做的测试", "Tests offered", example="表面形貌；能谱；断口分析", group=SUBSTANCE, weight=10, secret=False,
             aliases=("服务内容", "检测项目", "功能", "服务项目")),
    ] = []  # fmt: skip
    sample_demands: Annotated[
        LongText | None,
        said("样品要求", "Demands on samples", example="干燥、导电，最大边长80毫米。", group=SUBSTANCE, weight=3, secret=False, aliases=("送样要求",)),
    ] = None  # fmt: skip
    certificates: Annotated[
        choices(Certificate),
        said(
            "资质", "Certificates", example="CMA；CNAS", group=SUBSTANCE, weight=4, secret=False, aliases=("检测资质",)
        ),
    ] = []
    use_modes: Annotated[
        choices(InstrumentUse),
        said(
            "使用方式",
            "Ways of use",
            example="委托测试",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("开放方式", "服务方式"),
        ),
    ] = []
    price: Annotated[
        Figure | None,
        said(
            "收费",
            "Price",
            unit=("元", "yuan"),
            example="400",
            group=TERMS,
            weight=6,
            secret=False,
            aliases=("单价", "收费标准", "价格(元)"),
        ),
    ] = None
    price_basis: Annotated[
        choice(PriceBasis) | None,
        said("计费单位", "Price basis", example="每小时", group=TERMS, weight=3, secret=False, aliases=("计费方式",)),
    ] = None
    member_discount: Annotated[
        LongText | None,
        said(
            "联盟优惠",
            "Discount for members",
            example="联盟企业八折，可用创新券。",
            group=TERMS,
            weight=1,
            secret=False,
            aliases=("优惠",),
        ),
    ] = None
    booking_terms: Annotated[
        LongText | None,
        said("预约办法", "Booking terms", example="提前3个工作日预约，周一至周五。", group=TERMS, weight=5, secret=False, aliases=("预约方式", "预约要求", "开放时间")),
    ] = None  # fmt: skip
    notice_days: Annotated[
        Days | None, said("提前预约", "Notice needed", unit=("天", "days"), example="3", group=TERMS, secret=False)
    ] = None
    location: Annotated[
        Line | None,
        said(
            "安放地点",
            "Location",
            example="江城路18号2号楼B103",
            group=PLACE,
            weight=3,
            aliases=("放置地点", "存放地点", "地址"),
        ),
    ] = None
    vouchers_accepted: Annotated[
        YesNo | None,
        said(
            "可用创新券", "Innovation vouchers accepted", example="是", group=TERMS, secret=False, aliases=("创新券",)
        ),
    ] = None


INSTRUMENT = KindDefinition(
    kind="instrument",
    label=Label("仪器设备", "Instrument"),
    icon="microscope",
    colour="instrument",
    side="offers",
    schema=InstrumentFacets,
    amount_label=Label("费用", "Cost"),
    hint=Label("大型仪器开放共享，谁用谁约", "Large instruments that others may book"),
    complements=("need",),
    stages=InstrumentStage,
    validity_days=1095,
    listed=("model", "tests_offered", "price"),
    carded=("main_figures", "tests_offered", "price"),
    filters=("use_modes", "certificates", "price_basis"),
    example={
        "title": "场发射扫描电镜对外测试",
        "summary": "配能谱，断口、镀层、粉体都能做，三天出报告。",
        "keywords": "扫描电镜；能谱；断口分析",
        "stage": "正常开放",
        "facets": {
            "model": "SU8600",
            "maker": "日立",
            "bought_year": "2022",
            "main_figures": "分辨率0.6 nm@15 kV",
            "tests_offered": "表面形貌、能谱、断口分析",
            "sample_demands": "干燥，最大边长80毫米。",
            "certificates": "CMA",
            "use_modes": "委托测试、培训后自主上机",
            "price": "400",
            "price_basis": "元/小时",
            "booking_terms": "提前3个工作日。",
            "location": "材料楼B103",
        },
    },
)
