"""What people fill in in matching."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from duijie.core.schema import Choices, Day, Record, Whole, Words, YesNo, choice, choices, said
from duijie.core.schema.types import line, long_text


class Answer(Choices):
    """What may be said of a suggestion without showing interest."""

    NOT_NOW = "not_now", "暂不考虑", "Not now"
    NOT_SUITABLE = "not_suitable", "不合适", "Not suitable"


class VerdictRecord(Record):
    """What one side says of a suggestion."""

    answer: Annotated[choice(Answer), said("答复", "Answer", example="不合适")]
    reasons: Annotated[Words | None, said("原因", "Reasons", example="price")] = None
    remark: Annotated[line(300) | None, said("说明", "Remark")] = None


class InterestRecord(Record):
    """Interest in somebody's listing, with one of one's own listings or without."""

    to: Annotated[line(26), said("对哪条信息", "In which listing")]
    own: Annotated[line(26) | None, said("为我的哪条信息", "For which of one's own listings")] = None
    message: Annotated[line(500) | None, said("附言", "A word", example="想看看设备")] = None


class DeclineRecord(Record):
    """A no, with a reason where one wants to give it."""

    reasons: Annotated[Words | None, said("原因", "Reasons", example="price")] = None
    remark: Annotated[line(300) | None, said("说明", "Remark")] = None


class MessageRecord(Record):
    """Something said in an introduction."""

    text: Annotated[long_text(4000), said("留言", "Message", example="周四上午方便吗？")]


class NextStep(Record):
    """What comes next in an introduction, and by when."""

    step: Annotated[line(200) | None, said("下一步", "Next step", example="周四上午看样机")] = None
    on: Annotated[Day | None, said("日期", "By", example="2026-12-01")] = None


class NextStepRecord(NextStep):
    """The next step, and whether something may come of it."""

    promising: Annotated[YesNo | None, said("有望合作", "Promising")] = None


class EndRecord(Record):
    """Why an introduction ends."""

    reason: Annotated[line(300), said("结束的原因", "Why it ends", example="技术路线不同")]


class ChannelKind(Choices):
    """Where else one may be told."""

    STANDARD = "standard", "Webhook（Standard Webhooks）", "Webhook (Standard Webhooks)"
    WECOM = "wecom", "企业微信群机器人", "WeCom group robot"
    DINGTALK = "dingtalk", "钉钉群机器人", "DingTalk group robot"
    FEISHU = "feishu", "飞书群机器人", "Feishu group robot"


class ChannelPace(Choices):
    """How often a channel is told."""

    AT_ONCE = "at_once", "随时", "At once"
    DAILY = "daily", "每天汇总一次", "Once a day"
    WEEKLY = "weekly", "每周汇总一次", "Once a week"


class ChannelEvent(Choices):
    """What a channel may hear of."""

    MATCH_FOUND = "match.found", "找到伙伴", "Partners found"
    INTEREST_RECEIVED = "interest.received", "有人感兴趣", "Interest received"
    INTEREST_OVERDUE = "interest.overdue", "答复超时", "An answer is overdue"
    INTRODUCTION_OPENED = "introduction.opened", "双方同意", "Both sides agreed"
    LISTING_PUBLISHED = "listing.published", "有新信息发布（系统订阅）", "A listing was published (for systems)"
    LISTING_CHANGED = "listing.changed", "信息有更新（系统订阅）", "A listing changed (for systems)"
    LISTING_CLOSED = "listing.closed", "信息结束（系统订阅）", "A listing ended (for systems)"


# What is told unless somebody chooses: what concerns oneself, not everything that is published.
USUAL_EVENTS = tuple(e for e in ChannelEvent if not e.startswith("listing."))


class ChannelRecord(Record):
    """A webhook or a group robot."""

    kind: Annotated[choice(ChannelKind), said("渠道", "Channel", example="钉钉群机器人")]
    name: Annotated[line(80), said("名称", "Name", example="园区招商群")]
    url: Annotated[line(500), said("地址", "Address", example="https://oapi.dingtalk.com/robot/send?access_token=…")]
    secret: Annotated[line(120) | None, said("加签密钥", "Secret", help_zh="钉钉、飞书的“加签”密钥；Webhook 留空会自动生成", help_en="The signing secret of DingTalk or Feishu; for a webhook one is made where this is empty")] = None  # fmt: skip
    events: Annotated[choices(ChannelEvent) | None, said("通知什么", "What", help_zh="不选就是前四项；后三项给系统用，需 Standard Webhooks", help_en="None chosen: the first four; the last three are for systems and need Standard Webhooks")] = None  # fmt: skip
    pace: Annotated[choice(ChannelPace) | None, said("多久一次", "How often")] = None
    quiet_from: Annotated[Whole | None, Field(ge=0, le=23), said("免打扰从几点", "Quiet from", unit=("点", "o'clock"), example="21")] = None  # fmt: skip
    quiet_until: Annotated[Whole | None, Field(ge=0, le=23), said("免打扰到几点", "Quiet until", unit=("点", "o'clock"), example="8")] = None  # fmt: skip
