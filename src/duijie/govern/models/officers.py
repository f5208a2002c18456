from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id


class Training(models.Model):  # type: ignore[django-manager-missing]
    """A training for liaison officers. What it is about is public; who came is not."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    held_on = models.DateField()
    hours = models.PositiveSmallIntegerField(default=4)
    place = models.CharField(max_length=120, blank=True)
    teacher = models.CharField(max_length=120, blank=True)
    about = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class TrainingPlaceQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, one's member's people, and those of the alliances whose council one works for."""
        if viewer.is_system:
            return self.scoped()
        if viewer.key_scopes is not None:
            return self.none().scoped()
        offices = [g.scope_id for g in viewer.grants if g.scope == "alliance" and g.role in {"secretariat", "leader"}]
        seen = Q(member__in=viewer.member_ids) | Q(training__alliance__in=offices)
        seen |= Q(training__alliance__parent__in=offices)
        if viewer.user_id is not None:
            seen |= Q(person_id=viewer.user_id)
        return self.filter(seen).scoped()


class TrainingPlace(models.Model):
    """A person's place in a training: attended or not, and the certificate that came of it."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="places")
    person = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    attended = models.BooleanField(default=False)
    certificate = models.CharField(max_length=40, null=True, unique=True)
    certified_on = models.DateField(null=True)

    objects = ScopedManager.from_queryset(TrainingPlaceQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["training", "name", "member"], name="one_place_per_person")]


class OfficerMessageQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Who wrote it and who got it; a substitute reads what came for the officer in those days through the notices."""
        if viewer.user_id is None:
            return self.none().scoped()
        return self.filter(Q(sender_id=viewer.user_id) | Q(receiver_id=viewer.user_id)).scoped()


class OfficerMessage(models.Model):
    """A message from one officer to another."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    sender = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    receiver = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    about = models.CharField(max_length=200, blank=True, help_text="a path of this installation")
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(OfficerMessageQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        indexes = [models.Index(fields=["receiver", "-at"])]


class CaseHandover(models.Model):
    """One officer's cases went to another with one action: how many of which kind."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    taker = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    counts = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)
