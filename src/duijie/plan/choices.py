"""The closed lists of this app with their names in both languages; the stored words are those of the models."""

from __future__ import annotations

from duijie.core.language import CHINESE, Label, current_language
from duijie.core.measures import UNITS
from duijie.core.schema import Choices


class PlanStatus(Choices):
    DRAFT = "draft", "起草中", "Draft"
    SUBMITTED = "submitted", "待审议", "Before the leaders"
    APPROVED = "approved", "已通过", "Approved"
    PUBLISHED = "published", "已发布", "Published"
    CLOSED = "closed", "已收官", "Closed"


class ItemKind(Choices):
    GOAL = "goal", "目标", "Goal", ("总体目标",)
    ACTION = "action", "专项行动", "Special action", ("行动",)
    SCHEME = "scheme", "实施方案", "Scheme", ("方案",)
    TASK = "task", "任务", "Task", ("重点任务",)
    PROJECT = "project", "重大项目", "Major project", ("项目",)


class ItemState(Choices):
    WAITING = "waiting", "未启动", "Not begun"
    RUNNING = "running", "推进中", "Under way"
    DONE = "done", "已完成", "Done"
    DROPPED = "dropped", "已取消", "Dropped"


class Relation(Choices):
    AT_LEAST = "at_least", "不少于", "At least", (">=", "≥", "至少", "以上")
    AT_MOST = "at_most", "不超过", "At most", ("<=", "≤", "至多", "以内")
    RANGE = "range", "区间", "Range", ("之间",)
    ALL = "all", "全覆盖", "All", ("全部", "全")


class DateRule(Choices):
    PERIOD = "period", "期内发生", "In the period", ("当期",)
    CUMULATIVE = "cumulative", "计划开始以来累计", "Since the plan began", ("累计",)


class Unit(Choices):
    COUNT = "count", "个", "Count", ("场", "项", "家", "次", "件")
    CNY = "CNY", "元", "Yuan", ("人民币", "亿元", "万元")
    USD = "USD", "美元", "US dollar", ("美金", "亿美元", "万美元")
    PERSONS = "persons", "人次", "Persons", ("人",)
    PERCENT = "percent", "%", "Per cent", ("百分比", "％")
    DAYS = "days", "天", "Days", ("日", "工作日")
    SQUARE_METRES = "square_metres", "平方米", "Square metres", ("㎡",)


class SubmissionStatus(Choices):
    SUBMITTED = "submitted", "待处理", "Waiting"
    TAKEN_IN = "taken_in", "已纳入", "Taken in"
    DECLINED = "declined", "未纳入", "Declined"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class ActualStatus(Choices):
    REPORTED = "reported", "待核实", "To be verified"
    VERIFIED = "verified", "已核实", "Verified"
    RETURNED = "returned", "已退回", "Returned"


class ReportKind(Choices):
    QUARTER = "quarter", "季度", "Quarterly"
    HALF = "half", "半年", "Half-yearly"
    YEAR = "year", "年度", "Yearly"
    PERIOD = "period", "期间", "Of a period"


def unit_label(unit: str, name: str = "") -> str:
    """What stands behind a figure of that unit; measure words (场, 家) are Chinese only."""
    return name if name and current_language() == CHINESE else str(UNITS.get(unit, Label(unit, unit)))
