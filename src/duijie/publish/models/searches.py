from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class SavedSearch(models.Model):
    """A search that somebody wants to hear of: in the app, by mail, at once or once a day or week."""

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", "立即"
        DAILY = "daily", "每天"
        WEEKLY = "weekly", "每周"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    user = models.ForeignKey("members.User", on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.DAILY)
    by_mail = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    told_until = models.DateTimeField(null=True)
