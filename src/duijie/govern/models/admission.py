from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.govern.models.scopes import councils_of


class ApplicationQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The council of the alliance applied to, and who handed it in."""
        if viewer.is_system:
            return self.scoped()
        if viewer.key_scopes is not None:
            return self.none().scoped()
        seen = Q(alliance__in=councils_of(viewer))
        if viewer.user_id is not None:
            seen |= Q(submitted_by_id=viewer.user_id)
        return self.filter(seen).scoped()


class Application(models.Model):
    """A city, park or firm asks to join an alliance."""

    class Status(models.TextChoices):
        RECEIVED = "received", "已收到"
        INCOMPLETE = "incomplete", "待补材料"
        EXAMINED = "examined", "已有初审意见"
        COUNCIL = "council", "提交理事会"
        ADMITTED = "admitted", "已加入"
        REJECTED = "rejected", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    follow_digest = models.CharField(max_length=64, unique=True, help_text="of the secret in the applicant's link")
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    region = models.CharField(max_length=12, blank=True)
    slug = models.CharField(max_length=60, blank=True)
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=8, default="member")
    reasons = models.TextField()
    contact_name = models.CharField(max_length=80)
    contact_title = models.CharField(max_length=80, blank=True)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    remark = models.CharField(
        max_length=500, blank=True, help_text="what the secretariat asked for, or why it was refused"
    )
    opinion = models.TextField(blank=True)
    opinion_favours = models.BooleanField(null=True)
    opinion_by_id = models.BigIntegerField(null=True)
    opinion_at = models.DateTimeField(null=True)
    motion = models.ForeignKey("govern.Motion", null=True, on_delete=models.SET_NULL, related_name="+")
    submitted_by_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ApplicationQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        indexes = [models.Index(fields=["alliance", "status", "-submitted_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status in (
            self.Status.RECEIVED, self.Status.INCOMPLETE, self.Status.EXAMINED, self.Status.COUNCIL,
        )  # fmt: skip


class ApplicationPaper(models.Model):
    """A paper handed in with an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="papers")
    title = models.CharField(max_length=120, help_text="which of the required papers it is")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
