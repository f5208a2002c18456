from __future__ import annotations

from django.db import models
from django.db.models import Q

from duijie.core.ids import new_id
from duijie.core.models import StoredFile
from duijie.members.models import Member
from duijie.plan.models.plans import Plan, PlanItem


class PlanPeriod(models.Model):
    """A period for which the plan has targets. Closed: its figures stand as they were known then."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="periods")
    code = models.CharField(max_length=12, help_text="2026, 2026H1, 2026Q3, 2026-11, or a code of the plan's own")
    starts_on = models.DateField()
    ends_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="one_period_per_code"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="a_period_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PlanIndicator(models.Model):
    """What an item is measured by: a named measure of the platform, or what its members report."""

    class Relation(models.TextChoices):
        AT_LEAST = "at_least"
        AT_MOST = "at_most"
        RANGE = "range"
        ALL = "all"

    class DateRule(models.TextChoices):
        """Which facts count: those of the period, or all since the plan began until the period's end."""

        PERIOD = "period"
        CUMULATIVE = "cumulative"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="indicators")
    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    definition = models.TextField(blank=True)
    unit = models.CharField(max_length=16)
    unit_name = models.CharField(max_length=12, blank=True, help_text="what one is called: 场, 家, 项")
    relation = models.CharField(max_length=8, choices=Relation.choices, default=Relation.AT_LEAST)
    measure = models.CharField(max_length=60, blank=True, help_text="code of the measure; empty: members report")
    filters = models.JSONField(default=dict)
    date_rule = models.CharField(max_length=10, choices=DateRule.choices, default=DateRule.PERIOD)
    headline = models.BooleanField(default=False, help_text="stands in the cockpit and in the brief")
    retired = models.BooleanField(default=False)
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="one_indicator_per_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


def one_of_each_cut(*fields: str, name: str, where: Q | None = None) -> list[models.BaseConstraint]:
    """One row for each cut within `fields`; two constraints, for SQLite does not keep one whose nulls are alike."""
    rest = where or Q()
    return [
        models.UniqueConstraint(
            fields=[*fields, "member", "place", "breakdown"], name=f"{name}_of_member", condition=Q(member__isnull=False) & rest
        ),
        models.UniqueConstraint(
            fields=[*fields, "place", "breakdown"], name=f"{name}_of_all", condition=Q(member__isnull=True) & rest
        ),
    ]  # fmt: skip


class Cut(models.Model):
    """Of whom, where and in which breakdown a value is. Values are whole stored units: minor units for money, hundredths for percent."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    indicator = models.ForeignKey(PlanIndicator, on_delete=models.CASCADE, related_name="%(class)ss")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12, blank=True, help_text="code of a region")
    breakdown = models.CharField(max_length=80, blank=True, help_text="来源=上海")
    value = models.BigIntegerField()
    comment = models.CharField(max_length=1000, blank=True)

    class Meta:
        abstract = True


class Baseline(Cut):
    """Where an indicator stood on a day before; there may be several."""

    on = models.DateField()

    class Meta:
        constraints = one_of_each_cut("indicator", "on", name="one_baseline")


class Target(Cut):
    """What is promised for a period; `value_high` is the upper end of a range."""

    period = models.ForeignKey(PlanPeriod, on_delete=models.PROTECT, related_name="targets")
    value_high = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = one_of_each_cut("indicator", "period", name="one_target")


class Actual(Cut):
    """What a member reported for a period. Rows are never changed: a correction is a new row that replaces the one before."""

    class Status(models.TextChoices):
        REPORTED = "reported"
        VERIFIED = "verified"
        RETURNED = "returned"

    period = models.ForeignKey(PlanPeriod, on_delete=models.PROTECT, related_name="actuals")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.REPORTED)
    reported_by_id = models.BigIntegerField(null=True)
    reported_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="why it was returned, or corrected")
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        # One first report for each cut: whoever comes second is told so by the database.
        constraints = one_of_each_cut("indicator", "period", name="one_first_actual", where=Q(replaces__isnull=True))
        indexes = [models.Index(fields=["indicator", "period", "status"])]

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Evidence(models.Model):
    """A file that stands behind a baseline, a target or an actual."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    baseline = models.ForeignKey(Baseline, null=True, on_delete=models.CASCADE, related_name="evidence")
    target = models.ForeignKey(Target, null=True, on_delete=models.CASCADE, related_name="evidence")
    actual = models.ForeignKey(Actual, null=True, on_delete=models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(baseline__isnull=False, target__isnull=True, actual__isnull=True)
                | Q(baseline__isnull=True, target__isnull=False, actual__isnull=True)
                | Q(baseline__isnull=True, target__isnull=True, actual__isnull=False),
                name="evidence_of_one_thing",
            )
        ]
