from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id
from duijie.meet.models.registrations import Registration


class FixedMeeting(models.Model):
    """A meeting that the planner wants held, of two or more participants; with its slot and place where they are settled."""

    event = models.ForeignKey("meet.Event", on_delete=models.CASCADE, related_name="fixed")
    code = models.CharField(max_length=40)
    registrations = models.ManyToManyField(Registration, related_name="+")
    slot = models.ForeignKey("meet.Slot", null=True, on_delete=models.SET_NULL, related_name="+")
    place = models.ForeignKey("meet.Place", null=True, on_delete=models.SET_NULL, related_name="+")
    representatives = models.JSONField(default=list, help_text="uids")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "code"], name="one_fixed_meeting_per_code")]


class Draft(models.Model):
    """A timetable of an event: made by the machine, changed by hand, one of them published; or a repair waiting to be confirmed.

    goals: {goal: {value, bound, proof}}. unserved, conflict, progress, disruption, repair: as the engine tells them, with uids.
    """

    class Status(models.TextChoices):
        RUNNING = "running", "编排中"
        READY = "ready", "可用"
        STOPPED = "stopped", "已停止"
        IMPOSSIBLE = "impossible", "无法满足"
        FAILED = "failed", "失败"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    event = models.ForeignKey("meet.Event", on_delete=models.CASCADE, related_name="drafts")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    based_on = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    is_repair = models.BooleanField(default=False)
    seed = models.PositiveIntegerField(default=0)
    scale = models.FloatField(default=1.0)
    goals = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    unserved = models.JSONField(default=list)
    conflict = models.JSONField(default=list)
    progress = models.JSONField(default=dict)
    disruption = models.JSONField(default=dict)
    repair = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="one_draft_per_number")]

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Meeting(models.Model):
    """A meeting of a timetable: when, where, and what became of it."""

    class State(models.TextChoices):
        PLANNED = "planned", "待开始"
        RUNNING = "running", "进行中"
        HELD = "held", "已完成"
        MISSED = "missed", "未到场"
        CANCELLED = "cancelled", "已取消"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="meetings")
    code = models.CharField(max_length=60, help_text="the engine's id: both participants, or the fixed meeting's")
    slot = models.ForeignKey("meet.Slot", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("meet.Place", on_delete=models.PROTECT, related_name="+")
    worth = models.FloatField(default=0.0)
    fixed = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    registrations = models.ManyToManyField(Registration, through="MeetingParty", related_name="+")

    class Meta:
        ordering = ["slot__starts_at", "place__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["draft", "code"], name="one_meeting_per_code")]


class MeetingParty(models.Model):
    """A participant of a meeting. representatives: uids of the people who sit there."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="parties")
    registration = models.ForeignKey("meet.Registration", on_delete=models.CASCADE, related_name="+")
    representatives = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "registration"], name="one_party_per_meeting")]


class DraftStep(models.Model):
    """Something that a planner did to a draft by hand, so that it can be undone. before, after: meetings as they stood."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    undone = models.BooleanField(default=False)
    by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
