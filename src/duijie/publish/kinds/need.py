"""Needs: what a firm, hospital or office cannot solve by itself."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Day, LongText, Record, ShortLine, Whole, YesNo, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import SUBSTANCE, TERMS, CooperationMode, PartnerKind


class NeedType(Choices):
    TECHNOLOGY = "technology", "技术难题", "Technical problem", ("技术攻关",)
    PRODUCT = "product", "产品或设备", "Product or equipment", ("设备采购",)
    TESTING = "testing", "检验检测", "Testing"
    PRODUCTION = "production", "加工生产", "Production", ("找代工",)
    FINANCE = "finance", "资金", "Money", ("融资",)
    TALENT = "talent", "人才", "People"
    SITE = "site", "场地厂房", "Premises"
    SERVICE = "service", "专业服务", "Professional service"
    OTHER = "other", "其他", "Other"


class NeedStage(Choices):
    IDEA = "idea", "有想法", "Idea", ("初步设想",)
    DEFINED = "defined", "需求明确", "Defined"
    FUNDED = "funded", "已立项", "Funded", ("预算已批",)
    URGENT = "urgent", "急需", "Urgent", ("紧急",)


class NeedFacets(Record):
    """What is asked for, by which figures the answer is judged, and on what terms."""

    need_type: Annotated[
        choice(NeedType) | None,
        said("需求类型", "Type of need", example="技术难题", group=SUBSTANCE, weight=3, secret=False),
    ] = None
    problem: Annotated[
        LongText | None,
        said("要解决的问题", "Problem", example="压铸件壁厚处有直径0.3毫米以上的气孔，人工抽检漏检率约8%。", group=SUBSTANCE, weight=14,
             aliases=("问题描述", "技术难题", "痛点", "主要问题"),
             help_zh="现在卡在哪里，造成多大损失", help_en="Where it sticks and what that costs"),
    ] = None  # fmt: skip
    target_figures: Annotated[
        LongText | None,
        said("目标指标", "Target figures", example="检出最小孔径0.2毫米；节拍≤25秒/件；漏检率＜0.5%", group=SUBSTANCE, weight=14,
             aliases=("技术指标", "预期指标", "主要指标", "考核指标"), secret=False,
             help_zh="达到什么数就算解决，带单位", help_en="The figures, with units, that count as solved"),
    ] = None  # fmt: skip
    current_state: Annotated[
        LongText | None,
        said("现状与基础", "Current state", example="已有两台压铸岛，尚无在线检测。", group=SUBSTANCE, weight=8,
             aliases=("现有基础", "现状", "目前情况", "现有条件")),
    ] = None  # fmt: skip
    already_tried: Annotated[
        LongText | None,
        said("已尝试的办法", "Already tried", example="试过超声抽检，速度跟不上。", group=SUBSTANCE, weight=5,
             aliases=("已做工作", "尝试过的方案", "前期工作"),
             help_zh="免得别人再走一遍弯路", help_en="Saves others the detour"),
    ] = None  # fmt: skip
    budget_note: Annotated[
        ShortLine | None,
        said(
            "预算说明",
            "Budget note",
            example="每台3万元以内",
            group=TERMS,
            secret=False,
            aliases=("预算备注", "单价预算"),
        ),
    ] = None
    deadline: Annotated[
        Day | None,
        said("希望完成日期", "Wanted by", example="2027-06-30", group=TERMS, weight=5, secret=False,
             aliases=("期望完成时间", "完成期限", "交付时间", "时间要求")),
    ] = None  # fmt: skip
    cooperation_modes: Annotated[
        choices(CooperationMode),
        said("合作方式", "Cooperation modes", example="委托开发；采购", group=TERMS, weight=6, secret=False,
             aliases=("合作模式", "拟合作方式", "希望合作方式")),
    ] = []  # fmt: skip
    partners_wanted: Annotated[
        choices(PartnerKind),
        said("希望的合作方", "Partners wanted", example="高校；科研院所", group=TERMS, weight=4, secret=False,
             aliases=("合作对象", "意向合作方", "合作单位要求")),
    ] = []  # fmt: skip
    partner_conditions: Annotated[
        LongText | None,
        said("对合作方的要求", "Conditions on the partner", example="有铸件检测产线案例，能到厂调试。", group=TERMS, weight=3,
             aliases=("合作方要求", "资质要求")),
    ] = None  # fmt: skip
    yearly_quantity: Annotated[
        LongText | None,
        said("数量或规模", "Quantity", example="年检测120万件", group=TERMS, weight=2, secret=False, aliases=("需求数量", "数量", "用量")),
    ] = None  # fmt: skip
    rights_expected: Annotated[
        LongText | None,
        said("知识产权约定", "Rights expected", example="成果归我方，对方可署名发表。", group=TERMS, aliases=("知识产权归属",)),
    ] = None  # fmt: skip
    visits_possible: Annotated[
        YesNo | None,
        said("可到现场看", "Visits possible", example="是", group=TERMS, secret=False, aliases=("是否可现场考察",)),
    ] = None
    staff_assigned: Annotated[
        Whole | None,
        said("可投入人员", "Staff assigned", unit=("人", "people"), example="4", group=TERMS, aliases=("配合人员",)),
    ] = None  # fmt: skip


NEED = KindDefinition(
    kind="need",
    label=Label("需求", "Need"),
    icon="help-hexagon",
    colour="need",
    side="wants",
    schema=NeedFacets,
    amount_label=Label("预算", "Budget"),
    hint=Label(
        "遇到解决不了的问题，说出来，平台去找人", "Say what you cannot solve alone; the exchange looks for somebody"
    ),
    complements=("technology", "expert", "instrument", "capacity", "site", "fund", "policy", "talent", "topic"),
    stages=NeedStage,
    validity_days=365,
    listed=("need_type", "cooperation_modes", "deadline"),
    carded=("target_figures", "deadline", "cooperation_modes"),
    filters=("need_type", "cooperation_modes", "partners_wanted"),
    example={
        "title": "铝合金压铸件内部气孔在线检测",
        "summary": "转向节类压铸件百分之百在线检出气孔，替代人工抽检。",
        "amount": "60-90万",
        "keywords": "压铸；气孔；X射线；在线检测",
        "stage": "需求明确",
        "facets": {
            "need_type": "技术难题",
            "problem": "壁厚处气孔靠人工抽检，漏检率约8%，去年因此赔付三次。",
            "target_figures": "最小孔径0.2毫米；节拍25秒以内；漏检率低于0.5%",
            "current_state": "两台压铸岛，产线预留检测工位2米乘3米。",
            "already_tried": "超声抽检，速度跟不上。",
            "deadline": "2027-06-30",
            "cooperation_modes": "委托开发、直接采购",
            "partners_wanted": "高校、供应商",
        },
    },
)
