from __future__ import annotations

from datetime import date

from django.db import models

from duijie.core.ids import new_id
from duijie.govern.models.motions import Motion


class Resolution(models.Model):  # type: ignore[django-manager-missing]
    """What the council adopted, under its number. Public, once it is adopted."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="+")
    motion = models.OneToOneField(Motion, on_delete=models.PROTECT, related_name="resolution")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    kind = models.CharField(max_length=12)
    adopted_on = models.DateField()
    carried_out_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="what came of carrying it out at once")

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [models.UniqueConstraint(fields=["alliance", "year", "number"], name="one_resolution_per_number")]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """〔2026〕1 号"""
        return f"〔{self.year}〕{self.number} 号"


class Duty(models.Model):
    """Something that a resolution obliges a member to do by a day; followed until it is done or dropped."""

    class Status(models.TextChoices):
        OPEN = "open", "办理中"
        DONE = "done", "已办结"
        DROPPED = "dropped", "不再办理"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    resolution = models.ForeignKey(Resolution, on_delete=models.CASCADE, related_name="duties")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    owner_name = models.CharField(max_length=120, blank=True, help_text="the secretariat or an organisation")
    due_on = models.DateField()
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.OPEN)
    report = models.TextField(blank=True)
    done_on = models.DateField(null=True)
    reminded_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["status", "due_on"])]

    def is_late(self, day: date) -> bool:
        return self.status == self.Status.OPEN and self.due_on < day
