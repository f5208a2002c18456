"""Tables that only an alliance's council may read: rows are found through the council token of the viewer."""

from __future__ import annotations

from typing import Self

from django.db import models

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer


def councils_of(viewer: Viewer) -> list[int]:
    """The alliances whose council papers are open to the viewer."""
    return sorted(int(token.partition(":")[2]) for token in viewer.tokens if token.startswith("council:"))


class CouncilQuerySet(ScopedQuerySet):
    """Rows of an alliance (`alliance_path`), seen by its council and its secretariat."""

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.is_system:
            return self.scoped()
        if viewer.key_scopes is not None:  # no key reads the council's papers
            return self.none().scoped()
        path = getattr(self.model, "alliance_path", "alliance")
        return self.filter(**{f"{path}__in": councils_of(viewer)}).scoped()


CouncilManager = ScopedManager.from_queryset(CouncilQuerySet)


class CouncilModel(models.Model):
    """Base of tables for the council's eyes only."""

    objects = CouncilManager()  # type: ignore[django-manager-missing]

    class Meta:
        abstract = True
