from __future__ import annotations

from datetime import date

from django.db import models

from duijie.core.ids import new_id


class Absence(models.Model):
    """A liaison officer is away, and somebody else does the work for these days: with the officer's rights, notices and lists."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    person = models.ForeignKey("members.User", on_delete=models.CASCADE, related_name="absences")
    substitute = models.ForeignKey("members.User", on_delete=models.CASCADE, related_name="stands_in")
    first_day = models.DateField()
    last_day = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["substitute", "first_day"])]

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day
