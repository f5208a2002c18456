from __future__ import annotations

from django.db import models


class Shape(models.Model):
    """What a counted fact is like, for filters: one row for each combination that occurs."""

    kind = models.CharField(max_length=12)
    industry = models.CharField(max_length=8, blank=True)
    origin = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=12, blank=True)
    foreign = models.BooleanField()
    technology = models.BooleanField()
    amount_minor = models.BigIntegerField(help_text="total investment in fen; 0 where there is none")
    zone_id = models.BigIntegerField(default=0)
    source = models.CharField(max_length=16, blank=True)
    source_key = models.CharField(max_length=80, blank=True)
    slice = models.ForeignKey("land.Slice", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "kind", "industry", "origin", "region", "foreign", "technology", "amount_minor", "zone_id",
                    "source", "source_key",
                ],
                name="one_shape",
            )
        ]  # fmt: skip


class Slice(models.Model):
    """Shapes alike in what is asked for most: kind, division of industry, province of origin, foreign, technology, size."""

    kind = models.CharField(max_length=12)
    division = models.CharField(max_length=3, blank=True)
    province = models.CharField(max_length=2, blank=True)
    foreign = models.BooleanField()
    technology = models.BooleanField()
    large = models.BooleanField(help_text="100 million yuan or more")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "division", "province", "foreign", "technology", "large"], name="one_slice"
            )
        ]


class Posting(models.Model):
    """One counted fact, or a part of it taken back: appended and never changed, so that the past stays what it was.

    The sum of `value` over `effective_on` in a period and `recorded_at` up to an instant is the figure of the period as it
    was known at the instant. Derived from deals, projects, their moves, figures and versions; `ledger.rebuild` makes it anew.
    """

    code = models.PositiveSmallIntegerField()
    member_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    value = models.BigIntegerField()
    shape = models.ForeignKey(Shape, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            # Holds all that a sum over days needs, so that the past is added up from the index alone.
            models.Index(
                fields=["code", "effective_on", "recorded_at", "member_id", "value", "shape"], name="posting_covering"
            ),
            models.Index(fields=["code", "recorded_at"], name="posting_code_recorded"),
            models.Index(fields=["project_id"], name="posting_project"),
            models.Index(fields=["deal_id"], name="posting_deal"),
        ]


class Tally(models.Model):
    """The sum of postings of a month, by member and slice, as known now; `slice_id` 0 is that of all slices."""

    code = models.PositiveSmallIntegerField()
    slice_id = models.BigIntegerField()
    month = models.PositiveIntegerField(help_text="year * 12 + month - 1")
    member_id = models.BigIntegerField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "slice_id", "month", "member_id"], name="one_tally")]
        indexes = [
            models.Index(fields=["code", "slice_id", "month", "member_id", "value"], name="tally_covering"),
            models.Index(fields=["code", "month", "slice_id", "member_id", "value"], name="tally_by_month"),
        ]
