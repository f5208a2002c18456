from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class CheckIn(models.Model):
    """Somebody arrived. request: made by the device, so that a check-in that is sent twice counts once."""

    event = models.ForeignKey("meet.Event", on_delete=models.CASCADE, related_name="check_ins")
    representative = models.ForeignKey("meet.Representative", on_delete=models.CASCADE, related_name="check_ins")
    request = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(help_text="on the device's clock, never in the future")
    by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)


class Note(models.Model):
    """What one side keeps of a meeting: a rating and a text for its own eyes. Planners see figures only."""

    meeting = models.ForeignKey("meet.Meeting", on_delete=models.CASCADE, related_name="notes")
    registration = models.ForeignKey("meet.Registration", on_delete=models.CASCADE, related_name="notes")
    rating = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "registration"], name="one_note_per_side"),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__range=(1, 5)), name="rating_1_to_5"
            ),
        ]


class Intent(models.Model):
    """An intent that two organisations sign at an event. One side writes it down, the other signs; then it counts.

    counts: whether it is the first signing of the project; a later one is an upgrade of it (`upgrade_of`) and counts for no new
    project. effective_on: the day it was signed; amount_minor in the currency's minor unit, None where no sum was named.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待对方签字"
        SIGNED = "signed", "已签署"
        WITHDRAWN = "withdrawn", "已撤回"

    class Kind(models.TextChoices):
        COOPERATION = "cooperation", "合作意向"
        TECHNOLOGY = "technology", "技术合作"
        INVESTMENT = "investment", "投资意向"
        PURCHASE = "purchase", "采购意向"
        SETTLEMENT = "settlement", "落地意向"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    event = models.ForeignKey("meet.Event", on_delete=models.PROTECT, related_name="intents")
    meeting = models.ForeignKey("meet.Meeting", null=True, on_delete=models.SET_NULL, related_name="intents")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.COOPERATION)
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    first_organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    second_organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    first_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    second_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey("publish.Listing", null=True, on_delete=models.SET_NULL, related_name="+")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="CNY")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PROPOSED)
    counts = models.BooleanField(default=False)
    upgrade_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="upgrades")
    effective_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    signed_at = models.DateTimeField(null=True)
    first_signed_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    second_signed_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["status", "effective_on"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_organisation=models.F("second_organisation")),
                name="an_intent_has_two_sides",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class FollowUp(models.Model):
    """What is to be done after the event, by a day, for the liaison officers of both sides."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    event = models.ForeignKey("meet.Event", on_delete=models.CASCADE, related_name="follow_ups")
    meeting = models.ForeignKey("meet.Meeting", null=True, on_delete=models.SET_NULL, related_name="follow_ups")
    intent = models.ForeignKey(Intent, null=True, on_delete=models.CASCADE, related_name="follow_ups")
    first_organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    second_organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    reminded_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["done_at", "due_on"])]
