"""The records of this app as people give them; forms, API bodies, sheets and the command line are made from these."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from duijie.core.language import Label
from duijie.core.schema import (
    Amount,
    Day,
    Line,
    LongText,
    Record,
    RegionCode,
    Whole,
    Words,
    YesNo,
    choice,
    choices,
    said,
)
from duijie.core.schema.types import line
from duijie.govern.choices import (
    ApplicantKind,
    ApplicantStanding,
    BallotKind,
    ExchangeKind,
    ExchangeStatus,
    OfficeKind,
    Question,
    Voting,
    Way,
)
from duijie.members.fields import Email, Phone, Slug

_VOTES, _WHO, _TERMS = Label("表决", "Votes"), Label("申请单位", "Applicant"), Label("任期", "Terms")
_CONTACT, _OFFICE = Label("联系人", "Contact"), Label("人事任免", "Filling an office")


class CharterRecord(Record):
    """A version of an alliance's charter."""

    title: Annotated[line(120), said("名称", "Title", example="联盟章程（2026 年修订）")]
    effective_on: Annotated[Day, said("生效日", "In force from", example="2026-01-01")]
    text: Annotated[LongText | None, said("正文", "Text")] = None
    voting: Annotated[choice(Voting) | None, said("表决权", "Votes", example="一员一票", group=_VOTES)] = None
    votes: Annotated[Words | None, said("各成员票数", "Votes of each", example="zhangjiang=3、donghu=2", help_zh="加权表决时填写：网址简称=票数，没写的 1 票", help_en="For weighted votes: short name=votes; others have 1", group=_VOTES)] = None  # fmt: skip
    quorum_percent: Annotated[Whole | None, Field(ge=1, le=100), said("到会比例", "Quorum", unit=("%", "%"), example="60", group=_VOTES)] = None  # fmt: skip
    two_thirds: Annotated[choices(Question) | None, said("须三分之二多数的事项", "Questions that need two thirds", example="吸收成员", group=_VOTES)] = None  # fmt: skip
    absolute: Annotated[choices(Question) | None, said("须全体过半数的事项", "Questions that need half of all", group=_VOTES)] = None  # fmt: skip
    unanimous: Annotated[choices(Question) | None, said("须一致同意的事项", "Questions that nobody may be against", example="取消资格", group=_VOTES)] = None  # fmt: skip
    veto: Annotated[choices(Question) | None, said("发起成员可否决的事项", "Questions on which founders have a veto", example="修改章程", group=_VOTES)] = None  # fmt: skip
    proxy_limit: Annotated[Whole | None, Field(ge=0, le=20), said("一人最多代理几票", "Proxies that one may hold", example="1", group=_VOTES)] = None  # fmt: skip
    notice_days: Annotated[Whole | None, Field(ge=0, le=60), said("通讯表决最少天数", "Days for a vote by circulation", unit=("天", "days"), example="3", group=_VOTES)] = None  # fmt: skip
    probation_votes: Annotated[YesNo | None, said("见习期有表决权", "Votes during probation", group=_VOTES)] = None
    probation_months: Annotated[Whole | None, Field(ge=0, le=36), said("见习期", "Probation", unit=("个月", "months"), example="6", group=_TERMS)] = None  # fmt: skip
    chair_months: Annotated[Whole | None, Field(ge=1, le=120), said("理事长任期", "Chair's term", unit=("个月", "months"), example="36", group=_TERMS)] = None  # fmt: skip
    secretary_months: Annotated[Whole | None, Field(ge=1, le=120), said("秘书长任期", "Secretary-general's term", unit=("个月", "months"), example="36", group=_TERMS)] = None  # fmt: skip
    required_papers: Annotated[Words | None, said("申请加入需要的材料", "Papers that an application needs", example="入盟申请函、单位简介", group=_TERMS)] = None  # fmt: skip


class OfficeRecord(Record):
    """An office and who holds it."""

    kind: Annotated[choice(OfficeKind), said("职务", "Office", example="理事长")]
    name: Annotated[line(80), said("姓名", "Name", example="严国栋")]
    member: Annotated[Line | None, said("所在成员", "Member", example="张江高新区")] = None
    since: Annotated[Day, said("任职起", "From", example="2026-01-01")]
    until: Annotated[Day | None, said("任期到", "Until", help_zh="留空按章程任期计算", help_en="Empty: by the charter's term")] = None  # fmt: skip


class MeetingRecord(Record):
    """A session of the council."""

    title: Annotated[line(120), said("名称", "Title", example="第三届理事会第二次会议")]
    held_on: Annotated[Day, said("日期", "Day", example="2026-12-18")]
    time: Annotated[line(5) | None, said("时间", "Time", example="14:00")] = None
    place: Annotated[line(120) | None, said("地点", "Place")] = None
    agenda: Annotated[LongText | None, said("议程", "Agenda")] = None


class MotionRecord(Record):
    """A question for the council."""

    kind: Annotated[choice(Question), said("事项", "Question", example="活动")]
    title: Annotated[line(120), said("标题", "Title", example="关于举办 2027 年长江流域园区大会的议案")]
    text: Annotated[LongText, said("议案内容", "Text", help_zh="通过后就是决议正文", help_en="Once carried, it is the resolution's text")]  # fmt: skip
    way: Annotated[choice(Way) | None, said("表决方式", "How it is voted on", example="通讯表决")] = None
    ballot: Annotated[choice(BallotKind) | None, said("记名方式", "Ballot", example="记名")] = None
    proposed_by: Annotated[Line | None, said("提案成员", "Proposed by", help_zh="留空则由秘书处提出", help_en="Empty: by the secretariat")] = None  # fmt: skip
    about: Annotated[Line | None, said("对象", "About", help_zh="暂停、取消资格写成员名称；计划写其编号，通过后即获批准；活动、协议和要调整的预算项可写其编号", help_en="The member concerned; the id of a plan, which is approved once this carries; or that of an event, an agreement or a budget line to be amended")] = None  # fmt: skip
    office: Annotated[choice(OfficeKind) | None, said("职务", "Office", example="秘书长", help_zh="通过后自动任职；当日在任的理事长、秘书长同时卸任", help_en="Filled once this carries; whoever is chair or secretary-general that day leaves the office", group=_OFFICE)] = None  # fmt: skip
    holder: Annotated[line(80) | None, said("人选", "Who", example="严国栋", group=_OFFICE)] = None
    holder_member: Annotated[Line | None, said("人选所在成员", "Member", example="张江高新区", group=_OFFICE)] = None
    since: Annotated[Day | None, said("任职起", "From", help_zh="留空从通过之日起", help_en="Empty: from the day it carries", group=_OFFICE)] = None  # fmt: skip


class BudgetLineRecord(Record):
    """What a motion means to spend on an item in a year; another of the same year and item in the motion replaces it."""

    year: Annotated[Whole, Field(ge=2000, le=2100), said("年度", "Year", example="2027", aliases=("预算年度",))]
    item: Annotated[line(80), said("预算项", "Item", example="联络员培训", aliases=("科目", "项目"))]
    item_en: Annotated[line(120) | None, said("英文名称", "Item in English", example="Training of liaison officers")] = None  # fmt: skip
    amount: Annotated[Amount, said("金额", "Amount", example="40万元", help_zh="人民币；调整时写 0 就是取消这一项", help_en="In yuan; 0 in an amendment strikes the line out", aliases=("预算金额",))]  # fmt: skip
    purpose: Annotated[line(300) | None, said("用途", "Purpose", example="两期业务培训和教材", aliases=("说明",))] = None  # fmt: skip
    owner: Annotated[Line | None, said("责任成员", "Owner", example="合肥高新区", help_zh="留空由秘书处办理", help_en="Empty: the secretariat", aliases=("责任单位",))] = None  # fmt: skip
    amends: Annotated[Line | None, said("调整哪一项", "Amends", help_zh="已批准预算项的编号，见联盟预算页；新列的留空", help_en="The id of an adopted line, as the alliance's budget shows it; empty for a new one", aliases=("原预算项编号",))] = None  # fmt: skip


class DutyRecord(Record):
    """What a resolution obliges somebody to do."""

    text: Annotated[line(300), said("任务", "Duty", example="6 月底前提交场地方案")]
    due_on: Annotated[Day, said("办结期限", "Due", example="2027-06-30")]
    owner: Annotated[Line | None, said("责任成员", "Owner", help_zh="留空由秘书处办理", help_en="Empty: the secretariat")] = None  # fmt: skip


class ApplicationRecord(Record):
    """A request to join an alliance, from anybody outside."""

    name: Annotated[line(80), said("单位名称", "Name", example="芜湖市", group=_WHO)]
    kind: Annotated[choice(ApplicantKind), said("类型", "Kind", example="城市", group=_WHO)]
    region: Annotated[RegionCode | None, said("行政区", "Region", example="安徽省芜湖市", widget="region", group=_WHO)] = None  # fmt: skip
    slug: Annotated[Slug | None, said("希望的网址简称", "Short name in addresses", example="wuhu", group=_WHO)] = None
    standing: Annotated[choice(ApplicantStanding) | None, said("申请身份", "Standing", example="成员", group=_WHO)] = None  # fmt: skip
    reasons: Annotated[LongText, said("为什么加入，能带来什么", "Why, and what you bring", example="12 个省级以上园区，愿开放中试基地")]  # fmt: skip
    contact_name: Annotated[line(80), said("姓名", "Name", example="宣城山", group=_CONTACT)]
    contact_title: Annotated[line(80) | None, said("职务", "Title", example="合作交流办副主任", group=_CONTACT)] = None
    contact_email: Annotated[Email, said("邮箱", "E-mail", group=_CONTACT)]
    contact_phone: Annotated[Phone | None, said("电话", "Telephone", group=_CONTACT)] = None


class TrainingRecord(Record):
    """A training for liaison officers."""

    title: Annotated[line(120), said("培训名称", "Title", example="2026 年联络员业务培训班")]
    held_on: Annotated[Day, said("日期", "Day", example="2026-11-20")]
    hours: Annotated[Whole | None, Field(ge=1, le=400), said("学时", "Hours", example="8")] = None
    place: Annotated[line(120) | None, said("地点", "Place")] = None
    teacher: Annotated[line(120) | None, said("授课", "Teacher")] = None
    about: Annotated[LongText | None, said("内容", "About")] = None


class AttendanceRow(Record):
    """Somebody in a training, as a row of its sheet."""

    name: Annotated[line(80), said("姓名", "Name", example="周南", aliases=("学员",))]
    member: Annotated[Line | None, said("成员", "Member", example="南湖区", aliases=("单位", "所在成员"))] = None
    attended: Annotated[YesNo | None, said("到课", "Attended", example="是", aliases=("出席", "签到"))] = None
    account: Annotated[Line | None, said("账号", "Account", help_zh="有账号就写用户名或邮箱", help_en="Username or e-mail, if any")] = None  # fmt: skip


class ExchangeRecord(Record):
    """A secondment, a visit or a lecture."""

    kind: Annotated[choice(ExchangeKind), said("类型", "Kind", example="挂职", aliases=("交流类型",))]
    title: Annotated[line(120), said("名称", "Title", example="2026 年第二批互派干部挂职", aliases=("交流名称",))]
    sender: Annotated[Line, said("派出成员", "Sent by", example="淮北市", aliases=("派出方",))]
    host: Annotated[Line, said("接待方", "Host", example="普陀区", help_zh="成员名称，或平台外单位的名称", help_en="A member, or a body outside", aliases=("接待成员", "接收方"))]  # fmt: skip
    first_day: Annotated[Day, said("开始", "From", example="2026-03-01", aliases=("开始日期",))]
    last_day: Annotated[Day | None, said("结束", "Until", help_zh="只有一天就留空", help_en="Empty: one day", aliases=("结束日期",))] = None  # fmt: skip
    people: Annotated[Words | None, said("人员", "People", example="尉迟平（发改委科长）、任一帆", help_zh="只有双方工作人员能看到", help_en="Seen by the staff of both sides only")] = None  # fmt: skip
    head_count: Annotated[Whole | None, Field(ge=1, le=10_000), said("人数", "Number of people", example="3")] = None
    place: Annotated[line(120) | None, said("地点", "Place")] = None
    topic: Annotated[LongText | None, said("内容", "About", aliases=("主题",))] = None
    status: Annotated[choice(ExchangeStatus) | None, said("状态", "Status", example="计划中")] = None
    outcome: Annotated[LongText | None, said("成果", "Outcome", help_zh="已总结的必须写", help_en="Required once it is reported")] = None  # fmt: skip
    agreement: Annotated[Line | None, said("依据的协议", "Under the agreement", help_zh="协议编号", help_en="The agreement's id")] = None  # fmt: skip
    external_id: Annotated[line(80) | None, said("编号", "External id", help_zh="再次导入时按它更新", help_en="A second import updates by it")] = None  # fmt: skip
