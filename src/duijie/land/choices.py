"""The closed lists of this app with their names in both languages."""

from __future__ import annotations

from duijie.core.schema import Choices


class Stage(Choices):
    """The stages of a deal in their order, and the two ways in which it ends early."""

    LEAD = "lead", "线索", "Lead", ("项目线索", "信息")
    CONTACT = "contact", "接洽", "Contact", ("对接", "联系")
    NEGOTIATION = "negotiation", "洽谈", "Negotiation", ("在谈", "谈判")
    INTENT = "intent", "意向", "Intent", ("签意向", "意向协议")
    SIGNED = "signed", "签约", "Signed", ("正式签约", "签约项目")
    REGISTERED = "registered", "注册", "Registered", ("注册登记", "工商注册", "落户")
    CONSTRUCTION = "construction", "开工", "Under construction", ("在建", "开工建设")
    COMPLETED = "completed", "竣工", "Completed", ("建成",)
    PRODUCTION = "production", "投产", "In production", ("投产运营",)
    FULL_OUTPUT = "full_output", "达产", "At full output", ("达效",)
    LOST = "lost", "流失", "Lost", ("未成",)
    WITHDRAWN = "withdrawn", "撤回", "Withdrawn", ("终止", "取消")


PATH: tuple[str, ...] = tuple(s.value for s in Stage if s not in (Stage.LOST, Stage.WITHDRAWN))
PLACE: dict[str, int] = {stage: place for place, stage in enumerate(PATH)}
OVER: frozenset[str] = frozenset({Stage.LOST.value, Stage.WITHDRAWN.value})
# From signing on a deal has a project, whose milestones these stages are.
LANDING: tuple[str, ...] = PATH[PLACE["signed"] :]


class DealKind(Choices):
    INVESTMENT = "investment", "产业投资", "Industrial investment", ("招商项目", "投资项目")
    TECHNOLOGY = "technology", "技术合作", "Technology cooperation", ("科技合作", "成果转化")
    FUND = "fund", "基金投资", "Fund investment", ("基金引进",)
    FINANCE = "finance", "企业融资", "Financing of a firm", ("融资",)
    PLATFORM = "platform", "平台共建", "Joint platform", ("共建平台",)
    SERVICE = "service", "公共服务", "Public service", ("医疗教育",)


class Source(Choices):
    """Where a deal comes from. It is kept for attribution and never changes."""

    INTRODUCTION = "introduction", "平台匹配", "Introduction", ("匹配", "对接")
    MEETING_INTENT = "meeting_intent", "洽谈意向", "Intent of a meeting", ("会议意向",)
    EVENT = "event", "活动", "Event", ("对接活动", "推介会")
    POSTED_TEAM = "posted_team", "驻点招商", "Posted team", ("驻外招商",)
    BY_HAND = "by_hand", "自行登记", "By hand", ("其他",)


class EndReason(Choices):
    """Why a deal was lost or withdrawn."""

    LAND = "land", "用地落实不了", "No site"
    PRICE = "price", "条件谈不拢", "Terms"
    POLICY = "policy", "政策或准入不符", "Policy or admission"
    MONEY = "money", "资金不到位", "No money"
    ELSEWHERE = "elsewhere", "落到别处", "Went elsewhere"
    STRATEGY = "strategy", "企业调整计划", "The firm's plans changed"
    SILENT = "silent", "对方不再回应", "No answer any more"
    OTHER = "other", "其他", "Other"


class Relation(Choices):
    """What a project is to an earlier one. Only a first signing counts as a project."""

    FIRST = "first", "首次签约", "First signing", ("新项目", "新签")
    UPGRADE = "upgrade", "升级", "Upgrade of an earlier one", ("技改升级", "提质升级")
    INCREASE = "increase", "增资", "Capital increase", ("增资扩产",)
    DUPLICATE = "duplicate", "重复登记", "Registered twice", ("重复",)


class Milestone(Choices):
    """What a project reaches, in order."""

    SIGNED = "signed", "签约", "Signed"
    REGISTERED = "registered", "注册", "Registered"
    CONSTRUCTION = "construction", "开工", "Construction began", ("早开工", "动工")
    BUILDING = "building", "主体建设", "Building", ("早建设", "主体封顶")
    COMPLETED = "completed", "竣工", "Completed", ("建成",)
    PRODUCTION = "production", "投产", "Production began", ("早投产",)
    FULL_OUTPUT = "full_output", "达产", "Full output", ("达效",)


class FigureKind(Choices):
    """What is recorded of a project in figures. Total, contracted, agreed and paid in are four different things."""

    TOTAL = "total", "总投资", "Total investment", ("投资总额", "计划总投资")
    CONTRACTED = "contracted", "合同外资", "Contracted foreign capital", ("合同利用外资",)
    AGREED = "agreed", "协议资金", "Agreed capital", ("协议引资", "协议投资")
    PAID_IN = "paid_in", "实到资金", "Paid in", ("到位资金", "实际到资", "实到")
    OUTPUT = "output", "产值", "Output", ("工业产值",)
    TAX = "tax", "税收", "Tax", ("税款",)
    JOBS = "jobs", "就业人数", "Jobs", ("用工",)
    LAND = "land", "用地面积", "Land", ("占地",)


MONEY_FIGURES: frozenset[str] = frozenset({"total", "contracted", "agreed", "paid_in", "output", "tax"})
MONTHLY_FIGURES: frozenset[str] = frozenset({"paid_in", "output", "tax"})


class CapitalSource(Choices):
    DOMESTIC = "domestic", "内资", "Domestic", ("市外内资", "国内")
    FOREIGN = "foreign", "外资", "Foreign", ("境外", "利用外资")


class PartyPlace(Choices):
    """On which side a party stands: that of the deal's owner, or the other."""

    OWN = "own", "本方", "Own side"
    OTHER = "other", "对方", "Other side"


class Openness(Choices):
    """Who sees a project. Counted it is in any case."""

    PUBLIC = "public", "公开", "Public"
    ALLIANCE = "alliance", "联盟内", "Within the alliance"
    PARTIES = "parties", "仅相关方", "Its parties only", ("保密",)


class ZoneKind(Choices):
    CORRIDOR = "corridor", "走廊", "Corridor"
    DEMONSTRATION = "demonstration", "示范区", "Demonstration zone"
    SHARED = "shared", "产业共享区", "Shared zone of an industry"
    COBUILT = "cobuilt", "共建园区", "Co-built park"


class EvidenceKind(Choices):
    """What proves a move."""

    NOTE = "note", "说明", "A note"
    CONTRACT = "contract", "合同或协议", "Contract"
    REGISTRATION = "registration", "营业执照", "Business registration"
    PERMIT = "permit", "施工许可", "Building permit"
    ACCEPTANCE = "acceptance", "竣工验收", "Acceptance of works"
    PRODUCTION = "production", "投产证明", "Proof of production"
    REPORT = "report", "统计报表", "Statistical report"
    REASON = "reason", "原因", "Reason"
