from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Channel(models.Model):
    """Where else to tell than behind the bell and by mail: a webhook of Standard Webhooks, or a group robot of WeCom,
    DingTalk or Feishu. It belongs to a member, an organisation or a person; robots are silent in the quiet hours."""

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", "随时"
        DAILY = "daily", "每天"
        WEEKLY = "weekly", "每周"

    class Kind(models.TextChoices):
        STANDARD = "standard", "Standard Webhooks"
        WECOM = "wecom", "企业微信群机器人"
        DINGTALK = "dingtalk", "钉钉群机器人"
        FEISHU = "feishu", "飞书群机器人"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80)
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=120, blank=True)
    user = models.ForeignKey("members.User", null=True, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("members.Member", null=True, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.CASCADE, related_name="+")
    events = models.JSONField(default=list)
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.AT_ONCE)
    quiet_from = models.PositiveSmallIntegerField(default=21, help_text="hour of the day in Asia/Shanghai")
    quiet_until = models.PositiveSmallIntegerField(default=8)
    active = models.BooleanField(default=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)


class Outgoing(models.Model):
    """One message owed to a channel: sent at least once, retried with growing pauses, kept as a log."""

    class Status(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "失败"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="outgoing")
    key = models.CharField(max_length=80, default=new_id, help_text="the same key is owed once to a channel")
    subject = models.CharField(max_length=200, blank=True)
    body = models.JSONField(default=dict)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer_ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"])]
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="owed_once_to_a_channel")]
