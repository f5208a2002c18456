"""Technologies: results that somebody holds and others could use."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, LongText, Record, ShortLine, Whole, Words, YesNo, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import PROOF, SUBSTANCE, TERMS, CooperationMode, MaturityLevel


class RightsStatus(Choices):
    GRANTED = "granted", "已授权专利", "Patent granted"
    PENDING = "pending", "专利申请中", "Patent pending"
    SECRET = "secret", "技术秘密", "Trade secret", ("专有技术",)
    SOFTWARE = "software", "软件著作权", "Software copyright"
    VARIETY = "variety", "植物新品种权", "Plant variety right"
    NONE = "none", "无", "None"


class TechnologyStage(Choices):
    CONCEPT = "concept", "概念", "Concept", ("原理",)
    LABORATORY = "laboratory", "实验室", "Laboratory", ("小试",)
    PILOT = "pilot", "中试", "Pilot"
    SMALL_BATCH = "small_batch", "小批量", "Small batch or prototype", ("样机",)
    INDUSTRIAL = (
        "industrial",
        "产业化",
        "Industrial use",
        (
            "已量产",
            "成熟应用",
        ),
    )


class TechnologyFacets(Record):
    """What it does, how far it has come, who holds the rights and how one gets it."""

    field: Annotated[
        ShortLine | None,
        said("技术领域", "Field", example="机器视觉", group=SUBSTANCE, weight=5, secret=False, aliases=("领域", "学科", "专业领域", "技术方向")),
    ] = None  # fmt: skip
    maturity: Annotated[
        MaturityLevel | None,
        said("成熟度", "Maturity (TRL)", unit=("级", "TRL"), example="7", group=SUBSTANCE, weight=8, secret=False,
             aliases=("技术成熟度", "TRL", "成熟度等级"),
             help_zh="1到9级：3级实验室验证，6级样机，9级量产", help_en="1 to 9: 3 proven in the laboratory, 6 prototype, 9 in production"),
    ] = None  # fmt: skip
    advantages: Annotated[
        LongText | None,
        said("创新点与优势", "Advantages", example="不用停线，单件成本不到两毛。", group=SUBSTANCE, weight=8, secret=False,
             aliases=("创新点", "技术优势", "先进性", "主要优势")),
    ] = None  # fmt: skip
    figures_reached: Annotated[
        LongText | None,
        said("已达指标", "Figures reached", example="最小可检孔径0.15毫米；节拍18秒", group=SUBSTANCE, weight=12, secret=False,
             aliases=("技术指标", "主要技术指标", "性能指标", "达到的指标")),
    ] = None  # fmt: skip
    applications: Annotated[
        Words, said("应用场景", "Applications", example="汽车压铸件；阀体", group=SUBSTANCE, weight=6, secret=False,
                    aliases=("应用领域", "适用范围", "应用方向"))
    ] = []  # fmt: skip
    rights_status: Annotated[
        choices(RightsStatus),
        said("知识产权状态", "Rights status", example="已授权专利", group=PROOF, weight=5, secret=False, aliases=("知识产权", "专利状态")),
    ] = []  # fmt: skip
    patents: Annotated[
        Words,
        said(
            "专利号",
            "Patents",
            example="ZL202310000000.X",
            group=PROOF,
            weight=2,
            aliases=("专利", "专利编号", "专利清单"),
        ),
    ] = []
    cases: Annotated[
        LongText | None,
        said("应用案例", "Cases", example="在两家压铸厂连续运行14个月。", group=PROOF, weight=6, aliases=("转化案例", "已有用户", "应用情况")),
    ] = None  # fmt: skip
    team: Annotated[
        LongText | None,
        said("团队", "Team", example="教授1人、博士4人", group=PROOF, weight=3, aliases=("研发团队", "负责人", "完成人", "团队介绍")),
    ] = None  # fmt: skip
    awards: Annotated[
        LongText | None, said("获奖与鉴定", "Awards and appraisals", group=PROOF, aliases=("获奖情况", "鉴定情况"))
    ] = None
    cooperation_modes: Annotated[
        choices(CooperationMode),
        said("转化方式", "Ways to get it", example="技术许可；作价入股", group=TERMS, weight=6, secret=False,
             aliases=("合作方式", "合作模式", "交易方式", "拟转化方式")),
    ] = []  # fmt: skip
    price_note: Annotated[
        LongText | None,
        said("价格说明", "Price note", example="普通许可30万元起，独占面议。", group=TERMS, weight=2, aliases=("价格备注", "报价说明")),
    ] = None  # fmt: skip
    investment_needed: Annotated[
        LongText | None,
        said("转化所需条件", "What it takes to apply it", example="厂房500平方米，设备投入约400万元。", group=TERMS, weight=3, secret=False,
             aliases=("投资估算", "转化条件", "所需条件")),
    ] = None  # fmt: skip
    months_to_market: Annotated[
        Whole | None, said("预计落地周期", "Months to market", unit=("个月", "months"), example="6", group=TERMS, weight=1,
                           secret=False, aliases=("转化周期",))
    ] = None  # fmt: skip
    exclusive_possible: Annotated[
        YesNo | None, said("可独占许可", "Exclusive licence possible", example="是", group=TERMS, secret=False)
    ] = None


TECHNOLOGY = KindDefinition(
    kind="technology",
    label=Label("技术成果", "Technology"),
    icon="bulb",
    colour="technology",
    side="offers",
    schema=TechnologyFacets,
    amount_label=Label("报价", "Price"),
    hint=Label("手里有成果，想找人用起来", "A result in hand that others could put to use"),
    complements=("need", "topic", "project"),
    stages=TechnologyStage,
    validity_days=730,
    listed=("field", "maturity", "cooperation_modes"),
    carded=("figures_reached", "maturity", "cooperation_modes"),
    filters=("maturity", "cooperation_modes", "rights_status"),
    example={
        "title": "铸件内部缺陷X射线动态成像与自动判定",
        "summary": "产线上不停机完成成像和判定，判定规则可由质检员自己教。",
        "amount": "35万起",
        "keywords": "X射线；铸件；缺陷检测；深度学习",
        "stage": "小批量",
        "facets": {
            "field": "无损检测",
            "maturity": "8",
            "advantages": "一次成像同时看气孔、缩松和裂纹。",
            "figures_reached": "最小可检孔径0.15毫米；单件18秒；漏检率0.3%",
            "applications": "汽车压铸件、阀体、泵壳",
            "rights_status": "已授权专利、软件著作权",
            "cases": "两家压铸厂连续运行14个月。",
            "team": "教授1人，工程师6人。",
            "cooperation_modes": "技术许可、技术服务",
        },
    },
)
