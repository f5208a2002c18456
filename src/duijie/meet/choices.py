"""The closed lists of this app, each value with its names in both languages."""

from __future__ import annotations

from duijie.core.schema import Choices


class EventKind(Choices):
    ROADSHOW = "roadshow", "项目路演", "Roadshow", ("路演",)
    MATCHMAKING = "matchmaking", "对接会", "Matchmaking day", ("洽谈会", "对接洽谈")
    FORUM = "forum", "论坛", "Forum", ("峰会",)
    VISIT = "visit", "考察", "Visit", ("参观",)
    LECTURE = "lecture", "讲座", "Lecture", ("报告会",)
    TRAINING = "training", "联络员培训", "Liaison training", ("培训",)


class EventStatus(Choices):
    DRAFT = "draft", "筹备中", "In preparation"
    PUBLISHED = "published", "已发布", "Published"
    OVER = "over", "已结束", "Over"
    CANCELLED = "cancelled", "已取消", "Cancelled"


class Visibility(Choices):
    PUBLIC = "public", "公开", "Public"
    ALLIANCE = "alliance", "联盟内", "Within the alliance"


class SessionKind(Choices):
    OPENING = "opening", "开幕", "Opening"
    TALK = "talk", "报告", "Talk"
    PITCH = "pitch", "路演", "Pitches"
    PANEL = "panel", "对话", "Panel"
    MEETINGS = "meetings", "一对一洽谈", "One-to-one meetings"
    SIGNING = "signing", "签约", "Signing"
    VISIT = "visit", "参观", "Visit"
    BREAK = "break", "休息", "Break"


class RegistrationStatus(Choices):
    APPLIED = "applied", "待确认", "Waiting for approval"
    CONFIRMED = "confirmed", "已确认", "Confirmed"
    WAITING = "waiting", "候补", "On the waiting list"
    DECLINED = "declined", "未通过", "Declined"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class WishLevel(Choices):
    MUST = "must", "必须见", "Must", ("必须", "必见")
    WANT = "want", "想见", "Want", ("希望", "想约")
    NO = "no", "不见", "No", ("不愿", "否")


class Answer(Choices):
    PENDING = "pending", "等待答复", "Pending"
    ACCEPTED = "accepted", "同意", "Accepted", ("接受",)
    DECLINED = "declined", "婉拒", "Declined", ("拒绝",)
    EXPIRED = "expired", "超时", "Expired"
    CANCELLED = "cancelled", "已撤回", "Cancelled"


class DraftStatus(Choices):
    RUNNING = "running", "编排中", "Running"
    READY = "ready", "可用", "Ready"
    STOPPED = "stopped", "已停止（保留最好结果）", "Stopped (best so far)"
    IMPOSSIBLE = "impossible", "无法满足", "Cannot be satisfied"
    FAILED = "failed", "失败", "Failed"


class MeetingState(Choices):
    PLANNED = "planned", "待开始", "Planned"
    RUNNING = "running", "进行中", "Running"
    HELD = "held", "已完成", "Held"
    MISSED = "missed", "未到场", "Missed"
    CANCELLED = "cancelled", "已取消", "Cancelled"


class IntentKind(Choices):
    COOPERATION = "cooperation", "合作意向", "Cooperation", ("合作",)
    TECHNOLOGY = "technology", "技术合作", "Technology", ("技术",)
    INVESTMENT = "investment", "投资意向", "Investment", ("投资",)
    PURCHASE = "purchase", "采购意向", "Purchase", ("采购",)
    SETTLEMENT = "settlement", "落地意向", "Settlement", ("落地",)


class IntentStatus(Choices):
    PROPOSED = "proposed", "待对方签字", "Waits for the other side"
    SIGNED = "signed", "已签署", "Signed"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class EntryStatus(Choices):
    SUBMITTED = "submitted", "待评审", "Under review"
    ACCEPTED = "accepted", "入选", "Accepted", ("通过",)
    REJECTED = "rejected", "未入选", "Rejected", ("不通过",)


class ConflictLevel(Choices):
    """How much a conflict stands in the way of a planner: the change is refused; publication is; it is said; it is not said."""

    BLOCK_PLANNING = "block_planning", "禁止排入", "Blocks planning"
    BLOCK_PUBLICATION = "block_publication", "禁止发布", "Blocks publication"
    WARN = "warn", "提醒", "Warns"
    IGNORE = "ignore", "忽略", "Ignored"


class ConflictKind(Choices):
    """What a meeting in a slot at a place can break."""

    PERSON_TWICE = "person_twice", "一人同时在两处", "A person twice"
    PLACE_TWICE = "place_twice", "一桌同时两场", "A table twice"
    VETO = "veto", "一方不见", "A veto"
    PAIR_TWICE = "pair_twice", "同一对见两次", "A pair twice"
    PLACE_CLOSED = "place_closed", "场地关闭", "The place is closed"
    SEATS = "seats", "座位不够", "Too few seats"
    UNAVAILABLE = "unavailable", "本人没空", "Somebody is busy"
    WALKING = "walking", "来不及走到", "No time to walk"
    LIMIT = "limit", "超过会面上限", "Over a limit of meetings"
    PLACE_KIND = "place_kind", "场地类别不合", "Wrong kind of place"
    ORDER = "order", "先后颠倒", "Out of order"
    UNFAIR = "unfair", "空档太多", "Too many breaks"
