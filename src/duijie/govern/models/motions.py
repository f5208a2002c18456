from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from duijie.core.ids import new_id
from duijie.govern.models.scopes import CouncilModel


class QuestionKind(models.TextChoices):
    ADMISSION = "admission", "吸收成员"
    SUSPENSION = "suspension", "暂停资格"
    EXCLUSION = "exclusion", "取消资格"
    CHARTER = "charter", "修改章程"
    OFFICE = "office", "人事任免"
    PLAN = "plan", "行动计划"
    EVENT = "event", "活动"
    AGREEMENT = "agreement", "合作协议"
    BUDGET = "budget", "经费预算"
    OTHER = "other", "其他事项"


class Meeting(CouncilModel):  # type: ignore[django-manager-missing]
    """A session of an alliance's council."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    agenda = models.TextField(blank=True)
    chaired_by = models.CharField(max_length=80, blank=True)
    present = models.JSONField(default=list, help_text="names of the members and guests who were there")
    notes = models.TextField(blank=True)
    held = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Motion(CouncilModel):  # type: ignore[django-manager-missing]
    """A question put to the council: discussed, amended, voted on, decided, sealed."""

    class Status(models.TextChoices):
        DISCUSSION = "discussion", "讨论中"
        VOTING = "voting", "表决中"
        CARRIED = "carried", "已通过"
        REJECTED = "rejected", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    class Way(models.TextChoices):
        CIRCULATION = "circulation", "通讯表决"
        MEETING = "meeting", "会议表决"

    class Ballot(models.TextChoices):
        OPEN = "open", "记名"
        SECRET = "secret", "无记名"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=QuestionKind.choices)
    title = models.CharField(max_length=120)
    text = models.TextField()
    proposed_by = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by_organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    author_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DISCUSSION)
    way = models.CharField(max_length=11, choices=Way.choices, default=Way.CIRCULATION)
    ballot = models.CharField(max_length=6, choices=Ballot.choices, default=Ballot.OPEN)
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.SET_NULL, related_name="motions")
    charter = models.ForeignKey("govern.Charter", null=True, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_ref = models.CharField(max_length=60, blank=True)
    subject = models.JSONField(default=dict, help_text="what is to be done if it carries")
    opened_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    rule = models.JSONField(default=dict, help_text="quorum, majority and vetoes as they stood when the vote began")
    result = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["alliance", "status", "-created_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'

    @property
    def last_day(self) -> date | None:
        """The last day on which a vote is taken, in Asia/Shanghai: the deadline is the midnight after it."""
        return (timezone.localtime(self.deadline) - timedelta(seconds=1)).date() if self.deadline else None

    @property
    def is_decided(self) -> bool:
        return self.status in (self.Status.CARRIED, self.Status.REJECTED)


class MotionPaper(CouncilModel):
    """A paper before the council."""

    alliance_path = "motion__alliance"
    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="papers")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    added_at = models.DateTimeField(auto_now_add=True)


class Amendment(CouncilModel):
    """Another wording for a motion, proposed while it is discussed."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        ACCEPTED = "accepted", "已采纳"
        REJECTED = "rejected", "未采纳"

    alliance_path = "motion__alliance"
    uid = models.CharField(max_length=26, unique=True, default=new_id)
    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="amendments")
    text = models.TextField()
    reason = models.CharField(max_length=300, blank=True)
    before = models.TextField(blank=True, help_text="the wording that it replaced")
    proposed_by = models.CharField(max_length=120)
    author_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PROPOSED)
    at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)


class Contribution(CouncilModel):
    """What somebody said on a motion."""

    alliance_path = "motion__alliance"
    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="contributions")
    speaker = models.CharField(max_length=120, help_text="the member or organisation in whose name it was said")
    author = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
