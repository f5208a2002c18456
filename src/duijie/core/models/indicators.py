from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models

from duijie.core.access import PUBLIC, ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id


class ExactDecimalField(models.CharField[Any, Any]):
    """A decimal kept as its figures, so that no database rounds it (SQLite would, beyond 15 digits). Not ordered in the database."""

    _pyi_private_set_type: Any  # for the type checker: not only text is set
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        return value if value is None or isinstance(value, Decimal) else Decimal(str(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else plain_figures(Decimal(str(value)))


def plain_figures(value: Decimal) -> str:
    """The one way of writing a value: no exponent, no zeros that say nothing."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


class Indicator(models.Model):
    """What is measured: code, names, unit, direction, definition, and where its values come from.

    formula: over the codes of other indicators; its values are computed, never given. measure_code: a figure of the platform itself
    (`core.measures`), divided by `measure_scale`. lower, upper: bounds of a value, in its own unit; change_limit: the change on the
    last period, in per cent, above which a value is asked about. sum_of: codes whose values must add up to this one's.
    """

    class Frequency(models.TextChoices):
        YEAR = "A", "年"
        HALF = "S", "半年"
        QUARTER = "Q", "季"
        MONTH = "M", "月"

    class Direction(models.IntegerChoices):
        HIGHER = 1, "越高越好"
        NEITHER = 0, "不分好坏"
        LOWER = -1, "越低越好"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    unit_en = models.CharField(max_length=60, blank=True)
    direction = models.SmallIntegerField(choices=Direction.choices, default=Direction.HIGHER)
    definition = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    theme = models.CharField(max_length=80, blank=True)
    formula = models.CharField(max_length=500, blank=True)
    frequency = models.CharField(max_length=1, choices=Frequency.choices, default=Frequency.YEAR)
    source = models.CharField(max_length=200, blank=True)
    measure_code = models.CharField(max_length=80, blank=True)
    measure_scale = ExactDecimalField(default=Decimal(1))
    decimals = models.PositiveSmallIntegerField(default=2)
    lower = ExactDecimalField(null=True, blank=True)
    upper = ExactDecimalField(null=True, blank=True)
    change_limit = ExactDecimalField(null=True, blank=True)
    sum_of = models.JSONField(default=list)
    owner_member_id = models.BigIntegerField(null=True)
    owner_alliance_id = models.BigIntegerField(null=True)
    is_retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'

    @property
    def is_percent(self) -> bool:
        """Whether values are in per cent (12.5 means 12.5 %)."""
        return self.unit.strip() in {"%", "％", "percent"}


class Vintage(models.Model):
    """One act of putting values on record: a published round, an import, a reading of the platform itself. Kept for ever."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    source_kind = models.CharField(max_length=30, help_text="round, import, measure, formula, demo")
    source_ref = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField(db_index=True)
    recorded_by = models.CharField(max_length=40, help_text="the actor's reference, as in the audit trail")

    def __str__(self) -> str:
        return self.title


class ObservationQuerySet(ScopedQuerySet):
    """Observations, each with one audience token."""

    def visible_to(self, viewer: Viewer) -> ObservationQuerySet:
        if viewer.is_system:
            return self.scoped()
        return self.filter(audience__in=sorted(viewer.tokens)).scoped()


class Observation(models.Model):
    """One value of an indicator for a unit (a member, a region, another area) in a period, as recorded by a vintage.

    effective_on: the last day of the period. A correction is another row of a later vintage; no row is ever changed.
    """

    class Status(models.TextChoices):
        NORMAL = "A", "正常"
        PROVISIONAL = "P", "初步"
        ESTIMATED = "E", "估计"
        IMPUTED = "I", "补值"
        BREAK = "B", "口径变化"
        MISSING = "M", "缺失"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    vintage = models.ForeignKey(Vintage, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=80, help_text="member:7, region:330402, area:…; whole for all together")
    member_id = models.BigIntegerField(null=True, db_index=True)
    region = models.CharField(max_length=12, blank=True)
    period = models.CharField(max_length=10)
    effective_on = models.DateField()
    value = ExactDecimalField(null=True)
    status = models.CharField(max_length=1, choices=Status.choices, default=Status.NORMAL)
    reason = models.CharField(max_length=300, blank=True, help_text="why it is missing, or what a reader should know")
    source_ref = models.CharField(max_length=80, blank=True, help_text="the record it came from, within the vintage")
    audience = models.CharField(max_length=40, default=PUBLIC)
    recorded_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(ObservationQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        indexes = [
            models.Index(fields=["indicator", "unit", "period", "recorded_at"], name="observation_series"),
            models.Index(fields=["indicator", "period"], name="observation_period"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["vintage", "indicator", "unit", "period", "audience"], name="one_value_per_vintage"
            ),
            models.CheckConstraint(
                condition=models.Q(status="M", value__isnull=True)
                | (~models.Q(status="M") & models.Q(value__isnull=False)),
                name="missing_has_no_value",
            ),
        ]
