from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.measure.rules import served_alliances


class DesignQuerySet(ScopedQuerySet):
    """Designs are worked on by the secretariat; what is published of them are editions."""

    def visible_to(self, viewer: Viewer) -> DesignQuerySet:
        if viewer.is_system or viewer.is_platform:
            return self.scoped()
        return self.filter(alliance_id__in=served_alliances(viewer)).scoped()


class IndexDesign(models.Model):
    """An index as it is worked on: what it is made of and how, as one document.

    kind "composite": a document of `duijie index` (docs/index.md). kind "deals": how index numbers are made of deals.
    """

    class Kind(models.TextChoices):
        COMPOSITE = "composite", "综合指数"
        DEALS = "deals", "交易指数"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    slug = models.SlugField(max_length=60, unique=True)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.COMPOSITE)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    periods = models.JSONField(default=list, help_text="the periods it is made for")
    units = models.JSONField(default=list, help_text="slugs of the members it compares; empty: all with values")
    document = models.JSONField(default=dict)
    is_demonstration = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(DesignQuerySet)()  # type: ignore[django-manager-missing]

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Consultation(models.Model):
    """Experts are asked for weights of the children of a node: by sharing out points, or by comparing pairs (AHP)."""

    class Method(models.TextChoices):
        BUDGET = "budget", "分配点数"
        AHP = "ahp", "两两比较"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    design = models.ForeignKey(IndexDesign, on_delete=models.CASCADE, related_name="consultations")
    node = models.CharField(max_length=60)
    codes = models.JSONField(default=list, help_text="the children asked about, as they stood")
    method = models.CharField(max_length=6, choices=Method.choices)
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)


class JudgementQuerySet(ScopedQuerySet):
    """A judgement is the expert's own, and the secretariat's once it is handed in. Experts never see one another's."""

    def visible_to(self, viewer: Viewer) -> JudgementQuerySet:
        if viewer.is_system:
            return self.scoped()
        served = served_alliances(viewer)
        own = Q(expert_id=viewer.user_id) if viewer.user_id is not None else Q(pk__in=[])
        handed_in = Q(submitted_at__isnull=False, consultation__design__alliance_id__in=served)
        return self.filter(own | handed_in).scoped()


class Judgement(models.Model):
    """What one expert says in a consultation: points by code, or how many times one child outweighs another."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    expert = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    consistency = models.FloatField(null=True, help_text="the consistency ratio of comparisons in pairs")
    remark = models.CharField(max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(JudgementQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "expert"], name="one_judgement_per_expert")]


class EditionQuerySet(ScopedQuerySet):
    """Editions have one audience token."""

    def visible_to(self, viewer: Viewer) -> EditionQuerySet:
        if viewer.is_system:
            return self.scoped()
        return self.filter(
            Q(audience__in=sorted(viewer.tokens)) | Q(design__alliance_id__in=served_alliances(viewer))
        ).scoped()


class Edition(models.Model):
    """A published index that can never change: specification, data, log and results as one text, sealed by its digest."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    design = models.ForeignKey(IndexDesign, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    period = models.CharField(max_length=10)
    content = models.TextField(help_text="the canonical document, from which the same bytes are made again")
    digest = models.CharField(max_length=64)
    sources = models.JSONField(default=dict, help_text="unit, period, code -> the observation or deal it came from")
    summary = models.JSONField(default=dict, help_text="what lists and pages show first")
    note_zh = models.TextField()
    note_en = models.TextField()
    audience = models.CharField(max_length=40, default="public")
    is_demonstration = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=40)

    objects = ScopedManager.from_queryset(EditionQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="editions_are_numbered")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only a new edition is saved: one that was published stays as it is."""
        if self.pk is not None:
            raise TypeError("an edition never changes")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("an edition is never deleted")


class MarketDeal(models.Model):
    """One merger or acquisition in a market, as its source reported it: the ground of the M&A index."""

    class Market(models.TextChoices):
        SECURITIES = "securities", "证券市场"
        EXCHANGE = "exchange", "产权交易市场"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    external_id = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    market = models.CharField(max_length=10, choices=Market.choices)
    announced_on = models.DateField(db_index=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    industry = models.CharField(max_length=8, blank=True)
    region = models.CharField(max_length=12, blank=True)
    source = models.CharField(max_length=160, blank=True)
    is_demonstration = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
