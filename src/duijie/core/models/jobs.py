from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Job(models.Model):
    """Long work: what was asked, how far it is, what came of it. Run by the worker; may be stopped."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message_zh = models.CharField(max_length=200, blank=True)
    message_en = models.CharField(max_length=200, blank=True)
    stop_requested = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    error = models.JSONField(default=dict)
    state = models.JSONField(default=dict, help_text="where to go on after a kill")
    attempts = models.PositiveSmallIntegerField(default=0)
    owner_user_id = models.BigIntegerField(null=True)
    owner_member_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "id"]), models.Index(fields=["owner_user_id", "id"])]

    @property
    def percent(self) -> int | None:
        return min(100, 100 * self.done // self.total) if self.total else None

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED, self.Status.STOPPED)
