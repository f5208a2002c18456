from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.members.models import Member, Organisation
from duijie.plan.models.plans import Plan, PlanItem, alliances_read_by


class PlanCall(models.Model):
    """A call for planned projects that a plan is fed by; open to the members of its alliance and their organisations."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="calls")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class PlannedProjectQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Its organisation's people, the officers of its member, and those who write the plan."""
        if viewer.is_system:
            return self.scoped()
        staff = {g.scope_id for g in viewer.grants if g.scope == "member"}
        seen = Q(organisation_id__in=viewer.organisation_ids) | Q(member_id__in=staff)
        writers = {g.scope_id for g in viewer.grants if g.scope == "member" and g.role in ("liaison", "member_admin")}
        seen |= Q(call__plan__alliance_id__in=alliances_read_by(viewer)) | Q(call__plan__member_id__in=writers)
        return self.filter(seen).scoped()


class PlannedProject(models.Model):
    """A planned project that a firm or a member submits to a call; taken in as an item of the plan, or declined with a reason."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted"
        TAKEN_IN = "taken_in"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    call = models.ForeignKey(PlanCall, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    industries = models.JSONField(default=list)
    region = models.CharField(max_length=12, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    partner_wanted = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    reason = models.CharField(max_length=500, blank=True)
    item = models.ForeignKey(PlanItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    submitted_by_id = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(PlannedProjectQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "member", "external_id"], name="one_planned_project_per_external_id",
                condition=~Q(external_id=""),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["call", "status"])]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'
