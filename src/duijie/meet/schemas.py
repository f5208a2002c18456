"""The records of this app as people give them; forms, API bodies, sheets and the command line are made from these."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from duijie.core.language import Label
from duijie.core.schema import (
    Amount,
    Day,
    Decimal2,
    IndustryCodes,
    LongText,
    Record,
    RegionCode,
    Whole,
    Words,
    YesNo,
    choice,
    said,
)
from duijie.core.schema.types import line
from duijie.meet.choices import EntryStatus, EventKind, IntentKind, SessionKind, Visibility, WishLevel
from duijie.meet.fields import Instant, People

_WHEN, _WHO, _RULES = Label("时间地点", "When and where"), Label("报名", "Registration"), Label("会面", "Meetings")


class EventRecord(Record):
    """An event as its host gives it."""

    kind: Annotated[choice(EventKind), said("类型", "Kind", example="对接会", aliases=("活动类型",))]
    title: Annotated[line(120), said("名称", "Title", example="长江流域园区项目对接会", aliases=("活动名称",))]
    title_en: Annotated[line(160) | None, said("英文名称", "English title")] = None
    summary: Annotated[LongText | None, said("介绍", "Summary", example="百余个项目、一对一洽谈、现场签约。")] = None
    alliance: Annotated[line(60) | None, said("联盟", "Alliance", help_zh="联盟名称或网址简称", help_en="Its name or short name", example="长江流域园区合作联盟")] = None  # fmt: skip
    visibility: Annotated[choice(Visibility), said("公开范围", "Who sees it")] = "public"
    starts_on: Annotated[
        Day, said("开始日期", "First day", example="2026-12-18", aliases=("日期", "举办日期"), group=_WHEN)
    ]
    ends_on: Annotated[Day | None, said("结束日期", "Last day", example="2026-12-18", group=_WHEN)] = None
    region: Annotated[RegionCode | None, said("举办地", "Region", example="嘉兴市南湖区", group=_WHEN)] = None
    venue: Annotated[line(120) | None, said("会场", "Venue", example="南湖国际会议中心", group=_WHEN)] = None
    address: Annotated[line(200) | None, said("地址", "Address", group=_WHEN)] = None
    industries: Annotated[IndustryCodes | None, said("产业", "Industries", example="C34 通用设备制造业")] = None
    capacity: Annotated[Whole | None, Field(ge=1, le=20_000), said("单位名额", "Organisations at most", example="120", group=_WHO)] = None  # fmt: skip
    most_representatives: Annotated[Whole, Field(ge=1, le=20), said("每家代表人数", "Representatives of each", example="3", group=_WHO)] = 3  # fmt: skip
    approval_needed: Annotated[YesNo, said("报名需要审核", "Registration needs approval", group=_WHO)] = True
    registration_from: Annotated[Day | None, said("报名开始", "Registration from", group=_WHO)] = None
    registration_until: Annotated[Day | None, said("报名截止", "Registration until", group=_WHO)] = None
    wishes_from: Annotated[Day | None, said("意愿填报开始", "Wishes from", group=_RULES)] = None
    wishes_until: Annotated[Day | None, said("意愿填报截止", "Wishes until", help_zh="留空则没有一对一会面", help_en="Empty: no one-to-one meetings", group=_RULES)] = None  # fmt: skip
    answer_days: Annotated[
        Whole, Field(ge=1, le=60), said("请求有效天数", "Days to answer a request", group=_RULES)
    ] = 5
    most_meetings: Annotated[Whole | None, Field(ge=1, le=100), said("每家会面上限", "Meetings of each at most", group=_RULES)] = None  # fmt: skip
    fairness: Annotated[Whole | None, Field(ge=0, le=20), said("空档公平差", "Fairness of breaks", help_zh="任何两人空档次数之差的上限", help_en="How far the numbers of breaks of two people may differ", group=_RULES)] = 2  # fmt: skip
    floor: Annotated[Whole, Field(ge=0, le=10), said("最低保障场数", "Meetings for everybody first", group=_RULES)] = 1
    external_id: Annotated[line(80) | None, said("外部编号", "External id")] = None


class PlaceRow(Record):
    """A table or room."""

    code: Annotated[line(20), said("编号", "Code", example="T01", aliases=("桌号",))]
    capacity: Annotated[Whole, Field(ge=1, le=5_000), said("座位数", "Seats", example="4", aliases=("容量",))]
    name: Annotated[line(80) | None, said("名称", "Name", example="1 号桌")] = None
    kind: Annotated[line(40) | None, said("类别", "Kind", example="洽谈桌")] = None
    area: Annotated[line(40) | None, said("区域", "Area", example="A 厅")] = None
    closed: Annotated[Words | None, said("关闭时段", "Closed slots")] = None


class SlotRow(Record):
    """A slot of meetings."""

    code: Annotated[line(20), said("编号", "Code", example="S01")]
    starts_at: Annotated[Instant, said("开始", "Start", example="2026-12-18 09:00")]
    ends_at: Annotated[Instant, said("结束", "End", example="2026-12-18 09:20")]
    session: Annotated[line(40) | None, said("场次", "Session", example="上午")] = None


class SlotPlan(Record):
    """Slots by the rule: from, until, so long each, with so much between."""

    day: Annotated[Day, said("日期", "Day")]
    first: Annotated[line(5), said("开始", "From", example="09:00")]
    last: Annotated[line(5), said("结束", "Until", example="11:40")]
    minutes: Annotated[Whole, Field(ge=5, le=240), said("每场分钟", "Minutes each", example="20")] = 20
    gap: Annotated[Whole, Field(ge=0, le=120), said("间隔分钟", "Minutes between", example="5")] = 5
    session: Annotated[line(40) | None, said("场次", "Session", example="上午")] = None


class PlacePlan(Record):
    """Tables by the rule: so many of so many seats in an area."""

    count: Annotated[Whole, Field(ge=1, le=500), said("桌数", "Tables", example="20")]
    capacity: Annotated[Whole, Field(ge=2, le=50), said("每桌座位", "Seats each", example="4")] = 4
    prefix: Annotated[line(8) | None, said("编号前缀", "Prefix of codes", example="T")] = "T"
    kind: Annotated[line(40) | None, said("类别", "Kind", example="洽谈桌")] = None
    area: Annotated[line(40) | None, said("区域", "Area", example="A 厅")] = None


class SessionRow(Record):
    """A part of the programme."""

    kind: Annotated[choice(SessionKind), said("类型", "Kind", example="报告")]
    title: Annotated[line(160), said("题目", "Title", example="长江流域产业协作的新机会")]
    title_en: Annotated[line(200) | None, said("英文题目", "English title")] = None
    starts_at: Annotated[Instant, said("开始", "Start", example="2026-12-18 09:00")]
    ends_at: Annotated[Instant, said("结束", "End", example="2026-12-18 09:40")]
    where: Annotated[line(80) | None, said("地点", "Where", example="主会场")] = None
    speakers: Annotated[People | None, said("嘉宾", "Speakers", help_zh="每位写“姓名/职务/单位”", help_en="Each as name/title/organisation", example="严国栋/理事长/长江流域园区合作联盟")] = None  # fmt: skip


class RegistrationRecord(Record):
    """An organisation that wants to come."""

    organisation: Annotated[line(120), said("单位", "Organisation", help_zh="全称或统一社会信用代码", help_en="Full name or credit code", example="上海循光智能视觉有限公司", aliases=("单位名称", "企业名称"))]  # fmt: skip
    kind: Annotated[line(40) | None, said("参会类别", "Comes as", example="项目方", aliases=("类别",))] = None
    representatives: Annotated[People | None, said("参会代表", "Representatives", help_zh="每位写“姓名/职务/账号”，职务和账号可以不写", help_en="Each as name/title/account; title and account may be left out", example="陆铸/总经理", aliases=("代表", "参会人员"))] = None  # fmt: skip
    brings: Annotated[line(500) | None, said("带来什么", "Brings", example="压铸件在线检测设备，已有三十条线在用")] = (
        None
    )
    seeks: Annotated[line(500) | None, said("想找什么", "Seeks", example="汽车零部件企业的试用产线")] = None
    listing: Annotated[
        line(60) | None, said("展示的供需信息", "Listing to show", help_zh="信息编号", help_en="Its id")
    ] = None
    most_meetings: Annotated[Whole | None, Field(ge=0, le=100), said("会面上限", "Meetings at most", example="8")] = (
        None
    )
    place_kinds: Annotated[Words | None, said("可用场地类别", "Kinds of places")] = None
    external_id: Annotated[line(80) | None, said("外部编号", "External id", aliases=("编号",))] = None


class WishRow(Record):
    """A wish in a sheet: both sides by name or credit code."""

    organisation: Annotated[
        line(120), said("单位", "Organisation", aliases=("单位名称",), example="嘉兴禾城压铸有限公司")
    ]
    wanted: Annotated[
        line(120), said("对象", "Wishes to meet", aliases=("想见的单位",), example="上海循光智能视觉有限公司")
    ]
    level: Annotated[choice(WishLevel), said("意愿", "Wish", example="想见")]
    representatives: Annotated[Words | None, said("指定代表", "Representatives")] = None
    message: Annotated[line(300) | None, said("附言", "Message")] = None


class WishRecord(Record):
    """A wish of a participant."""

    wanted: Annotated[line(120), said("对象", "Wishes to meet")]
    level: Annotated[choice(WishLevel), said("意愿", "Wish")]
    representatives: Annotated[Words | None, said("指定代表", "Representatives")] = None
    message: Annotated[line(300) | None, said("附言", "Message", example="想看样机，请带检测报告")] = None


class CallRecord(Record):
    """A call for projects."""

    text: Annotated[LongText, said("征集要求", "What is called for", example="智能制造方向，已有样机，愿意现场路演。")]
    closes_on: Annotated[Day, said("截止日期", "Closes on")]
    places: Annotated[Whole | None, Field(ge=1, le=1_000), said("入选名额", "How many")] = None


class EntryRecord(Record):
    """A project put forward."""

    organisation: Annotated[line(120), said("单位", "Organisation")]
    title: Annotated[line(160), said("项目名称", "Project")]
    summary: Annotated[LongText, said("项目简介", "Summary")]


class ReviewRecord(Record):
    """A reviewer's word on an entry."""

    score: Annotated[Whole, Field(ge=0, le=100), said("评分", "Score", example="85")]
    reason: Annotated[line(300), said("理由", "Reason", example="样机成熟，市场清楚")]


class DecisionRecord(Record):
    """The planner's decision on an entry."""

    decision: Annotated[choice(EntryStatus), said("结果", "Decision")]
    reason: Annotated[line(300) | None, said("说明", "Reason")] = None


class FixedRecord(Record):
    """A meeting that must be held."""

    organisations: Annotated[Words, said("单位", "Participants", help_zh="两家以上", help_en="Two or more")]
    slot: Annotated[line(20) | None, said("时段", "Slot")] = None
    place: Annotated[line(20) | None, said("场地", "Place")] = None


class QuotaRow(Record):
    """How many meetings participants of a kind have with another kind."""

    kind: Annotated[line(40), said("参会类别", "Kind of participant", example="企业", aliases=("类别",))]
    with_kind: Annotated[line(40) | None, said("对方类别", "With kind", help_zh="留空为任何类别", help_en="Empty: any kind", example="项目方")] = None  # fmt: skip
    most: Annotated[Whole | None, Field(ge=0, le=200), said("至多", "At most", example="6")] = None
    fewest: Annotated[Whole | None, Field(ge=0, le=200), said("至少", "At least", help_zh="能做到时保证", help_en="Where it can be had", example="1")] = None  # fmt: skip


class PrecedenceRow(Record):
    """Where both meetings are held, the first is earlier."""

    first: Annotated[line(250), said("先", "First", help_zh="指定会面的编号，或“单位甲~单位乙”", help_en="The code of a fixed meeting, or organisation A~organisation B", example="F001")]  # fmt: skip
    then: Annotated[line(250), said("后", "Then", example="临港精密机械有限公司~上海循光智能视觉有限公司")]


class NoteRecord(Record):
    """What one side keeps of a meeting."""

    rating: Annotated[Whole | None, Field(ge=1, le=5), said("评价", "Rating", help_zh="1 到 5", help_en="1 to 5")] = (
        None
    )
    text: Annotated[
        LongText | None, said("记录", "Note", help_zh="只有本单位看得到", help_en="For your own side only")
    ] = None


class IntentRecord(Record):
    """An intent that two organisations sign."""

    other: Annotated[line(120), said("对方单位", "The other side")]
    kind: Annotated[choice(IntentKind), said("类别", "Kind")] = "cooperation"
    title: Annotated[line(160), said("项目名称", "Project", example="压铸件在线检测产线试用")]
    amount: Annotated[Amount, said("金额", "Sum", example="300万元")] = None
    summary: Annotated[LongText | None, said("主要内容", "What is agreed")] = None
    upgrade_of: Annotated[line(26) | None, said("升级自", "Upgrade of", help_zh="同一项目已签过的，选原来那份", help_en="The intent that the same project signed before")] = None  # fmt: skip


class FollowUpRecord(Record):
    """What is to be done, by a day."""

    text: Annotated[line(300), said("要做的事", "What is to be done", example="安排到厂试机")]
    due_on: Annotated[Day, said("期限", "By")]


class ArrangeRecord(Record):
    """How the machine is to work."""

    name: Annotated[line(80) | None, said("草案名称", "Name of the draft", example="先保必须见")] = None
    scale: Annotated[Decimal2, Field(gt=0, le=10), said("用力程度", "Effort", example="1")] = 1.0
    seed: Annotated[Whole, Field(ge=0, le=1_000_000), said("随机种子", "Seed")] = 0


class DisruptionRecord(Record):
    """What happened on the day."""

    absent: Annotated[Words | None, said("没有来的单位或代表", "Who did not come")] = None
    late: Annotated[
        Words | None, said("晚到", "Who comes late", help_zh="每项写“编号=时段”", help_en="Each as id=slot")
    ] = None
    closed: Annotated[Words | None, said("关闭的场地", "Places that are closed")] = None
    from_slot: Annotated[line(20) | None, said("从哪个时段起", "From which slot on")] = None


class EventFilters(Record):
    """Which events a figure counts."""

    kind: Annotated[choice(EventKind) | None, said("活动类型", "Kind of event")] = None
