from __future__ import annotations

import secrets

from django.db import models

from duijie.core.ids import new_id


def new_badge() -> str:
    """A code that is printed on a badge and typed where a camera fails: eight characters that nobody confuses."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(8))


def new_feed_token() -> str:
    return secrets.token_urlsafe(24)


class Registration(models.Model):
    """An organisation that wants to come to an event, with what it brings and seeks."""

    class Status(models.TextChoices):
        APPLIED = "applied", "待确认"
        CONFIRMED = "confirmed", "已确认"
        WAITING = "waiting", "候补"
        DECLINED = "declined", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    event = models.ForeignKey("meet.Event", on_delete=models.CASCADE, related_name="registrations")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.APPLIED)
    kind = models.CharField(
        max_length=40, blank=True, help_text="project, investor, firm, ... as the event names its guests"
    )
    listing = models.ForeignKey("publish.Listing", null=True, on_delete=models.SET_NULL, related_name="+")
    brings = models.CharField(max_length=500, blank=True)
    seeks = models.CharField(max_length=500, blank=True)
    most_meetings = models.PositiveSmallIntegerField(null=True)
    place_kinds = models.JSONField(default=list)
    unavailable = models.JSONField(default=list, help_text="codes of slots in which nobody of it can come")
    decision_reason = models.CharField(max_length=300, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    applied_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["applied_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "organisation"], name="one_registration_per_organisation")
        ]
        indexes = [models.Index(fields=["event", "status"])]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'

    @property
    def is_in(self) -> bool:
        return self.status == self.Status.CONFIRMED


class Representative(models.Model):
    """A person who comes for an organisation. badge: on the badge's QR code. feed: secret of the calendar feed."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="representatives")
    user = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True)
    unavailable = models.JSONField(default=list)
    badge = models.CharField(max_length=12, unique=True, default=new_badge)
    feed = models.CharField(max_length=40, unique=True, default=new_feed_token)
    checked_in_at = models.DateTimeField(null=True)
    absent = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
