from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.land.audience import allied_member_ids
from duijie.land.models.deals import Deal, DealParty


class ProjectQuerySet(ScopedQuerySet):
    """Projects with their scope: open to all, to the officers of allied members, or to the parties alone."""

    def visible_to(self, viewer: Viewer) -> Any:
        if viewer.is_system:
            return self.scoped()
        seen = Q(openness="public")
        if viewer.member_ids:
            seen |= Q(owner_member_id__in=viewer.member_ids)
        allies = allied_member_ids(viewer) if viewer.grants else []
        if allies:
            seen |= Q(openness="alliance", owner_member_id__in=allies)
        parties = Q()
        if viewer.member_ids:
            parties |= Q(member_id__in=viewer.member_ids)
        if viewer.organisation_ids:
            parties |= Q(organisation_id__in=viewer.organisation_ids)
            seen |= Q(investor_organisation_id__in=viewer.organisation_ids)
        if parties:
            seen |= Q(deal_id__in=DealParty.objects.filter(parties).values("deal_id"))
        return self.filter(seen).scoped()


class Project(models.Model):
    """Something that landed or is to land: where, by whom, with what money, how far it is.

    `stage`, the milestone's days and the sums are kept for lists; facts and milestones with their history are the truth.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    name = models.CharField(max_length=160)
    name_key = models.CharField(max_length=160, help_text="the form in which names are compared")
    deal = models.OneToOneField(Deal, null=True, on_delete=models.PROTECT, related_name="project")
    owner_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    openness = models.CharField(max_length=8, default="alliance")
    kind = models.CharField(max_length=12, default="investment")
    investor = models.CharField(max_length=120, blank=True)
    investor_organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    summary = models.TextField(blank=True)
    site = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=12, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    industry = models.CharField(max_length=8, blank=True)
    chain_link = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=12, blank=True)
    foreign = models.BooleanField(default=False)
    technology = models.BooleanField(default=False, help_text="rests on a technology cooperation")
    relation = models.CharField(max_length=9, default="first")
    relates_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    zone = models.ForeignKey("land.JointZone", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=16, default="by_hand")
    source_ref = models.CharField(max_length=80, blank=True)
    source_label = models.CharField(max_length=160, blank=True)
    distinct_reason = models.CharField(max_length=300, blank=True, help_text="why it is not the one it looks like")
    cancelled_on = models.DateField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    stage = models.CharField(max_length=12, blank=True)
    signed_on = models.DateField(null=True)
    total_cny_minor = models.BigIntegerField(default=0)
    paid_cny_minor = models.BigIntegerField(default=0)
    late_days = models.IntegerField(default=0, help_text="by how many days the worst open milestone is late")
    risk_flag = models.BooleanField(default=False)
    risk_reason = models.CharField(max_length=300, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager.from_queryset(ProjectQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_member", "external_id"], name="one_project_per_external_id", condition=~Q(external_id="")
            )
        ]
        indexes = [
            models.Index(fields=["owner_member", "-signed_on"]),
            models.Index(fields=["-signed_on"]),
            models.Index(fields=["name_key"]),
            models.Index(fields=["-total_cny_minor"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class ProjectVersion(models.Model):
    """What a project was from an instant on: everything that decides whether and where its facts count."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    snapshot = models.JSONField(default=dict)

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_version_per_number")]


class Figure(models.Model):
    """A figure of a project, effective on a day: money by source and currency, jobs, land. Appended, never changed.

    For money `cny_minor` and `usd_minor` are counted at the rate of the day, which is kept (`rate`: yuan for one unit of the
    currency; `usd_rate`: yuan for one dollar); they are never counted anew. A correction names the row that it replaces;
    `cancelled` takes the corrected one away. amount: minor units for money, heads for jobs, square metres for land.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="figures")
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=8, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount = models.BigIntegerField()
    cny_minor = models.BigIntegerField(null=True)
    usd_minor = models.BigIntegerField(null=True)
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    usd_rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    rate_on = models.DateField(null=True)
    effective_on = models.DateField(null=True, help_text="none: a promise that counts on the day of signing")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=40)
    evidence = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ["effective_on", "id"]
        indexes = [models.Index(fields=["project", "kind", "effective_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["corrects"], name="a_figure_is_corrected_once", condition=Q(corrects__isnull=False)
            )
        ]


class MilestoneDay(models.Model):
    """The planned or actual day of a milestone, as it was put on record; the latest record of each counts.

    The actual days of a project that came from a deal are those of the deal's moves and stand there alone.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    milestone = models.CharField(max_length=12)
    actual = models.BooleanField(default=False)
    day = models.DateField(null=True, help_text="none: taken back")
    evidence = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=40)

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(fields=["project", "actual", "milestone"])]


class Relocation(models.Model):
    """A project moved its site from one region to another, and why; what was agreed on sharing hangs on it."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="relocations")
    origin = models.CharField(max_length=12)
    destination = models.CharField(max_length=12)
    origin_member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=40)
    cancelled_at = models.DateTimeField(null=True)


class Rate(models.Model):
    """Yuan for one unit of a currency on a day, as the office keeps it (the central parity of the day)."""

    currency = models.CharField(max_length=3)
    on = models.DateField()
    yuan = models.DecimalField(max_digits=18, decimal_places=8)
    kept_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "on"], name="one_rate_per_day")]


class Closing(models.Model):
    """A member's figures of a period were closed, or opened again, by whom and why. Appended; the last one counts."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    first_day = models.DateField()
    last_day = models.DateField()
    closed = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=40)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["member", "first_day"])]
