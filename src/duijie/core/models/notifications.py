from __future__ import annotations

from django.db import models


class Notification(models.Model):
    """A line behind the bell: what happened, in both languages, with the address to open."""

    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)
    address = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120, blank=True, help_text="the same key is not told twice to the same person")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["user_id", "key"], name="told_once", condition=~models.Q(key=""))
        ]
