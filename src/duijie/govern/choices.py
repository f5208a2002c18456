"""The closed lists of this app with their names in both languages; the stored words are those of the models."""

from __future__ import annotations

from duijie.core.schema import Choices


class Question(Choices):
    """What a motion is about; the charter gives each kind its majority."""

    ADMISSION = "admission", "吸收成员", "Admit a member"
    SUSPENSION = "suspension", "暂停资格", "Suspend a member"
    EXCLUSION = "exclusion", "取消资格", "End a membership"
    CHARTER = "charter", "修改章程", "Change the charter"
    OFFICE = "office", "人事任免", "Fill an office"
    PLAN = "plan", "行动计划", "A plan"
    EVENT = "event", "活动", "An event"
    AGREEMENT = "agreement", "合作协议", "An agreement"
    BUDGET = "budget", "经费预算", "A budget"
    OTHER = "other", "其他事项", "Other"


class Way(Choices):
    CIRCULATION = "circulation", "通讯表决", "By circulation"
    MEETING = "meeting", "会议表决", "In a meeting"


class BallotKind(Choices):
    OPEN = "open", "记名", "Roll call"
    SECRET = "secret", "无记名", "Secret"


class Choice(Choices):
    YES = "yes", "赞成", "Yes"
    NO = "no", "反对", "No"
    ABSTAIN = "abstain", "弃权", "Abstain"


class MotionStatus(Choices):
    DISCUSSION = "discussion", "讨论中", "In discussion"
    VOTING = "voting", "表决中", "Being voted on"
    CARRIED = "carried", "已通过", "Carried"
    REJECTED = "rejected", "未通过", "Not carried"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class Outcome(Choices):
    CARRIED = "carried", "通过", "Carried"
    REJECTED = "rejected", "赞成票未达多数", "No majority"
    VETOED = "vetoed", "被发起成员否决", "Vetoed by a founder"
    NO_QUORUM = "no_quorum", "参加表决的票数不足", "No quorum"


class Voting(Choices):
    EQUAL = "equal", "一员一票", "One member, one vote"
    WEIGHTED = "weighted", "加权表决", "Weighted votes"


class Majority(Choices):
    SIMPLE = "simple", "过半数（参加投票）", "More than half of yes and no"
    TWO_THIRDS = "two_thirds", "三分之二（参加投票）", "Two thirds of yes and no"
    THREE_QUARTERS = "three_quarters", "四分之三（参加投票）", "Three quarters of yes and no"
    ABSOLUTE = "absolute", "全体过半数", "More than half of all votes"
    TWO_THIRDS_OF_ALL = "two_thirds_of_all", "全体三分之二", "Two thirds of all votes"
    UNANIMOUS = "unanimous", "一致同意", "Nobody against"


class OfficeKind(Choices):
    CHAIR = "chair", "理事长", "Chair"
    VICE_CHAIR = "vice_chair", "副理事长", "Vice chair"
    SECRETARY_GENERAL = "secretary_general", "秘书长", "Secretary-general"
    DIRECTOR = "director", "理事", "Director"
    ADVISER = "adviser", "顾问", "Adviser"


class DutyStatus(Choices):
    OPEN = "open", "办理中", "Open"
    DONE = "done", "已办结", "Done"
    DROPPED = "dropped", "不再办理", "Dropped"


class ApplicationStatus(Choices):
    RECEIVED = "received", "已收到", "Received"
    INCOMPLETE = "incomplete", "待补材料", "Papers missing"
    EXAMINED = "examined", "已有初审意见", "Examined"
    COUNCIL = "council", "提交理事会", "Before the council"
    ADMITTED = "admitted", "已加入", "Admitted"
    REJECTED = "rejected", "未通过", "Not admitted"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class ApplicantKind(Choices):
    """What asks to join: a body that becomes a member, or an organisation for an industry alliance."""

    CITY = "city", "城市", "City", ("市",)
    DISTRICT = "district", "区县", "District", ("区", "县")
    PARK = "park", "园区", "Park", ("高新区", "开发区")
    THINK_TANK = "think_tank", "智库", "Think tank"
    SCIENCE_CENTRE = "science_centre", "科学中心", "Science centre"
    ORGANISATION = "organisation", "企业、院所或投资机构", "Firm, institute or investor", ("企业", "院所", "投资机构")


class ApplicantStanding(Choices):
    MEMBER = "member", "成员", "Member"
    PARTNER = "partner", "伙伴", "Partner"


class ExchangeKind(Choices):
    SECONDMENT = "secondment", "挂职", "Secondment", ("干部挂职", "互派干部")
    VISIT = "visit", "互访考察", "Visit", ("互访", "考察")
    LECTURE = "lecture", "讲座授课", "Lecture", ("讲座", "授课")


class ExchangeStatus(Choices):
    PLANNED = "planned", "计划中", "Planned"
    HELD = "held", "已举行", "Held"
    REPORTED = "reported", "已总结", "Reported"
    CANCELLED = "cancelled", "已取消", "Cancelled"
