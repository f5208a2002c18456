from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id


class Exchange(models.Model):  # type: ignore[django-manager-missing]
    """A secondment, a visit or a lecture between two members: planned, held, reported. Public, without the people in it."""

    class Kind(models.TextChoices):
        SECONDMENT = "secondment", "挂职"
        VISIT = "visit", "互访考察"
        LECTURE = "lecture", "讲座授课"

    class Status(models.TextChoices):
        PLANNED = "planned", "计划中"
        HELD = "held", "已举行"
        REPORTED = "reported", "已总结"
        CANCELLED = "cancelled", "已取消"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120)
    sender = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    host_name = models.CharField(max_length=120, blank=True, help_text="a host that is no member")
    first_day = models.DateField()
    last_day = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    topic = models.TextField(blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    head_count = models.PositiveIntegerField(default=1)
    outcome = models.TextField(blank=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)
    agreement_uid = models.CharField(max_length=26, blank=True, help_text="the agreement under which it takes place")
    held_recorded_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "external_id"], name="one_exchange_per_external_id", condition=~Q(external_id="")
            )
        ]
        indexes = [models.Index(fields=["status", "-first_day"])]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class ExchangePersonQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The staff of both members."""
        if viewer.is_system:
            return self.scoped()
        own = viewer.member_ids
        return self.filter(Q(exchange__sender__in=own) | Q(exchange__host__in=own)).scoped()


class ExchangePerson(models.Model):
    """Who went, came or lectured: personal, for the staff of both members."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=120, blank=True)

    objects = ScopedManager.from_queryset(ExchangePersonQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["pk"]
