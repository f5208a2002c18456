from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Call(models.Model):
    """A call for projects of an event, open until a day; what comes in is reviewed."""

    event = models.OneToOneField("meet.Event", on_delete=models.CASCADE, related_name="call")
    text = models.TextField()
    closes_on = models.DateField()
    places = models.PositiveSmallIntegerField(null=True, help_text="how many can be shown; empty for any number")


class Entry(models.Model):
    """A project put forward in answer to a call."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "待评审"
        ACCEPTED = "accepted", "入选"
        REJECTED = "rejected", "未入选"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="entries")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey("publish.Listing", null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=160)
    summary = models.TextField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SUBMITTED)
    decision_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["submitted_at", "pk"]


class EntryReview(models.Model):
    """One reviewer's score (0 to 100) with its reason; the last word of each reviewer counts."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    score = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "reviewer"], name="one_review_per_reviewer"),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="score_to_100"),
        ]
