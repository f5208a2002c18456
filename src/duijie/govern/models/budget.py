from __future__ import annotations

from typing import Self

from django.db import models

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.govern.models.motions import Motion
from duijie.govern.models.resolutions import Resolution
from duijie.govern.models.scopes import councils_of


class BudgetQuerySet(ScopedQuerySet):
    """Lines of budgets: a motion's are for its council's eyes, adopted ones are as public as their resolution."""

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.is_system:
            return self.scoped()
        shown = models.Q(resolution__isnull=False)
        if viewer.key_scopes is None:  # no key reads the council's papers
            shown |= models.Q(motion__alliance__in=councils_of(viewer))
        return self.filter(shown).scoped()

    def in_force(self) -> Self:
        """Adopted, not struck out, and not amended by an adopted line."""
        adopted = self.filter(resolution__isnull=False, amount_minor__gt=0)
        return adopted.exclude(amended_by__resolution__isnull=False)


BudgetManager = ScopedManager.from_queryset(BudgetQuerySet)


class BudgetLine(models.Model):  # type: ignore[django-manager-missing]
    """What an alliance means to spend on an item in a year: moved, adopted under a resolution, amended by a later line."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="lines")
    resolution = models.ForeignKey(Resolution, null=True, on_delete=models.PROTECT, related_name="lines")
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="amended_by")
    year = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=80)
    item_en = models.CharField(max_length=120, blank=True)
    amount_minor = models.BigIntegerField(help_text="in fen; 0 where an amendment strikes the line out")
    purpose = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")

    objects = BudgetManager()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "year", "item"], name="one_budget_line_per_item_of_a_motion"),
            models.UniqueConstraint(
                fields=["amends"], condition=models.Q(resolution__isnull=False), name="one_adopted_amendment_per_line"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="budget_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.item}"
