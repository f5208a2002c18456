"""Topics: research that several want to do together."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Day, LongText, Record, ShortLine, Words, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import SUBSTANCE, TERMS, Count, PartnerKind


class TopicType(Choices):
    POLICY_STUDY = "policy_study", "政策研究", "Policy study", ("软课题",)
    APPLIED = "applied", "应用研究", "Applied research"
    BASIC = "basic", "基础研究", "Basic research"
    KEY_PROJECT = "key_project", "揭榜挂帅", "Open competition", ("重点攻关",)
    STANDARD = "standard", "标准制定", "Standard"
    CLINICAL = "clinical", "临床研究", "Clinical study"


class TopicStage(Choices):
    CALLING = "calling", "征集承担单位", "Calling for partners", ("征集中",)
    FORMING = "forming", "组队中", "Team forming"
    RUNNING = "running", "进行中", "Running"
    CONCLUDED = "concluded", "已结题", "Concluded"


class TopicFacets(Record):
    """What is asked, who leads, who pays, until when, and who may join."""

    topic_type: Annotated[
        choice(TopicType) | None,
        said(
            "课题类型",
            "Type",
            example="揭榜挂帅",
            group=SUBSTANCE,
            weight=5,
            secret=False,
            aliases=("类型", "课题类别"),
        ),
    ] = None
    questions: Annotated[
        LongText | None,
        said(
            "研究问题",
            "Questions",
            example="跨省迁移项目的税收分享比例如何定？",
            group=SUBSTANCE,
            weight=12,
            secret=False,
            aliases=("研究内容", "主要内容", "榜单内容"),
        ),
    ] = None
    expected_results: Annotated[
        LongText | None,
        said(
            "预期成果",
            "Expected results",
            example="研究报告1份，测算模型1套",
            group=SUBSTANCE,
            weight=8,
            secret=False,
            aliases=("成果形式", "考核指标"),
        ),
    ] = None
    leader: Annotated[
        ShortLine | None,
        said(
            "牵头单位或负责人",
            "Leader",
            example="区域发展研究院",
            group=SUBSTANCE,
            weight=5,
            secret=False,
            aliases=("牵头单位", "负责人", "主持人"),
        ),
    ] = None
    participants: Annotated[
        Words,
        said(
            "参加单位",
            "Participants",
            group=SUBSTANCE,
            weight=2,
            secret=False,
            example="某市发改委；某大学",
            aliases=("合作单位",),
        ),
    ] = []
    partners_wanted: Annotated[
        choices(PartnerKind),
        said(
            "征集对象",
            "Partners wanted",
            example="高校；科研院所",
            group=TERMS,
            weight=6,
            secret=False,
            aliases=("合作方要求", "申报主体"),
        ),
    ] = []
    partner_conditions: Annotated[
        LongText | None,
        said(
            "对承担单位的要求",
            "Conditions",
            example="近三年完成过同类课题",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("申报条件",),
        ),
    ] = None
    funding_source: Annotated[
        ShortLine | None,
        said("经费来源", "Funding", example="联盟专项", group=TERMS, weight=4, secret=False, aliases=("资金来源",)),
    ] = None
    months: Annotated[
        Count | None,
        said(
            "研究周期",
            "Period",
            unit=("个月", "months"),
            example="12",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("周期", "研究期限"),
        ),
    ] = None
    apply_until: Annotated[
        Day | None,
        said("申报截止", "Apply until", example="2026-12-31", group=TERMS, weight=4, secret=False, aliases=("截止",)),
    ] = None
    places: Annotated[
        Count | None,
        said(
            "拟立项数", "Places", unit=("项", "projects"), example="2", group=TERMS, secret=False, aliases=("拟支持数",)
        ),
    ] = None


TOPIC = KindDefinition(
    kind="topic",
    label=Label("联合课题", "Research topic"),
    icon="flask",
    colour="topic",
    side="wants",
    schema=TopicFacets,
    amount_label=Label("经费", "Funding"),
    hint=Label("想一起研究的问题", "Questions to be studied together"),
    complements=("expert", "technology", "need"),
    stages=TopicStage,
    validity_days=180,
    listed=("topic_type", "leader", "apply_until"),
    carded=("questions", "leader", "apply_until"),
    filters=("topic_type", "partners_wanted"),
    example={
        "title": "项目跨省迁移的利益分享测算",
        "summary": "给出分享比例的测算办法，拿三个真实项目来验。",
        "amount": "15万",
        "keywords": "飞地经济；利益共享；税收",
        "stage": "征集中",
        "facets": {
            "topic_type": "政策研究",
            "questions": "税收、统计指标、能耗各怎么分？",
            "expected_results": "报告1份，测算表1套",
            "leader": "联盟秘书处",
            "partners_wanted": "高校、科研院所",
            "funding_source": "联盟专项",
            "months": "8",
            "apply_until": "2026-12-31",
        },
    },
)
