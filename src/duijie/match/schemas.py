"""What people fill in in matching."""

from __future__ import annotations

from typing import Annotated

from duijie.core.schema import Choices, Day, Record, Words, YesNo, choice, said
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
