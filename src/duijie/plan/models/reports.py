from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import PUBLIC, ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.plan.models.plans import Plan, alliances_read_by, key_reads


class ReportQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Public ones for everybody; the others for the officers of the alliance or member, and those who write its plans.

        The files name deals and projects: they are for the audience alone, and a key reads them with the scopes for plans and deals.
        """
        if viewer.is_system:
            return self.scoped()
        seen = Q(audience=PUBLIC)
        if viewer.key_scopes is None or (key_reads(viewer) and "deals:read" in viewer.key_scopes):
            seen |= Q(audience__in=sorted(viewer.tokens)) | Q(plan__alliance_id__in=alliances_read_by(viewer))
            if viewer.is_platform:
                seen |= Q(plan__member__isnull=True)
        return self.filter(seen, plan__published_at__isnull=False).scoped()


class PlanReport(models.Model):
    """A report of results: which plan, period and instant it is of, what it says, and the files made of that."""

    class Kind(models.TextChoices):
        QUARTER = "quarter"
        HALF = "half"
        YEAR = "year"
        PERIOD = "period"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    known_at = models.DateTimeField()
    edition = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    audience = models.CharField(max_length=40, default=PUBLIC, help_text="the token of those whom it is written for")
    content = models.JSONField(default=dict, help_text="every figure and line of it; the files are made of this alone")
    files = models.JSONField(default=dict, help_text='{"word": {"file": id, "sha256": …}, …}')
    job = models.CharField(max_length=26, blank=True)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(ReportQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "starts_on", "ends_on", "known_at", "edition", "language", "audience"],
                name="one_report_of_an_instant",
            )
        ]
        indexes = [models.Index(fields=["plan", "-ends_on"])]

    @property
    def is_ready(self) -> bool:
        return bool(self.files)
