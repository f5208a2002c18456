from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Suggestion(models.Model):
    """Two listings that may serve each other: `asking` is served with `giving`. Seen by both owners, each with own reasons.

    score is the text engine's logit; probability that of "suitable"; worth fuses both directions and balances exposure.
    reasons_*: {"zh": [...], "en": [...], "terms": [...], "against_zh": [...], "against_en": [...], "missing_zh": [...], ...},
    drawn only from what that side may read.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    asking = models.ForeignKey("publish.Listing", on_delete=models.CASCADE, related_name="+")
    giving = models.ForeignKey("publish.Listing", on_delete=models.CASCADE, related_name="+")
    asking_version = models.PositiveIntegerField()
    giving_version = models.PositiveIntegerField()
    score = models.FloatField()
    probability = models.FloatField()
    grade = models.CharField(max_length=6, help_text="strong, fair or weak")
    liking_of_asking = models.FloatField(null=True, help_text="probability when the asking listing was the query")
    liking_of_giving = models.FloatField(null=True)
    worth = models.FloatField(default=0.0)
    rank_for_asking = models.PositiveSmallIntegerField(null=True)
    rank_for_giving = models.PositiveSmallIntegerField(null=True)
    reasons_for_asking = models.JSONField(default=dict)
    reasons_for_giving = models.JSONField(default=dict)
    open = models.BooleanField(default=True)
    shown_to_asking_at = models.DateTimeField(null=True)
    shown_to_giving_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asking", "giving"], name="one_suggestion_per_pair")]
        indexes = [
            models.Index(fields=["asking", "open", "-probability"]),
            models.Index(fields=["giving", "open", "-probability"]),
            models.Index(fields=["created_at"]),
        ]


class Side(models.TextChoices):
    ASKING = "asking"
    GIVING = "giving"


class Verdict(models.Model):
    """What one side said of a suggestion; the last word counts, the audit trail keeps the rest."""

    class Answer(models.TextChoices):
        INTERESTED = "interested", "感兴趣"
        NOT_NOW = "not_now", "暂不考虑"
        NOT_SUITABLE = "not_suitable", "不合适"

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="verdicts")
    side = models.CharField(max_length=6, choices=Side.choices)
    answer = models.CharField(max_length=12, choices=Answer.choices)
    reasons = models.JSONField(default=list)
    remark = models.CharField(max_length=300, blank=True)
    user_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suggestion", "side"], name="one_verdict_per_side")]
        indexes = [models.Index(fields=["answer", "at"])]


class Forward(models.Model):
    """A suggestion that somebody handed to a colleague."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="forwards")
    side = models.CharField(max_length=6, choices=Side.choices)
    from_user_id = models.BigIntegerField()
    to_user_id = models.BigIntegerField()
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)


class Interest(models.Model):
    """One side wants to talk to the other: shown there, answered within the service level, or run out."""

    class Status(models.TextChoices):
        WAITING = "waiting", "等待答复"
        ACCEPTED = "accepted", "双方同意"
        DECLINED = "declined", "婉拒"
        EXPIRED = "expired", "超时"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.SET_NULL, related_name="interests")
    from_listing = models.ForeignKey("publish.Listing", null=True, on_delete=models.PROTECT, related_name="+")
    to_listing = models.ForeignKey("publish.Listing", on_delete=models.PROTECT, related_name="+")
    from_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    from_organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    from_user = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.CharField(max_length=500, blank=True)
    anonymous = models.BooleanField(default=False)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    reasons = models.JSONField(default=list)
    remark = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["to_listing", "status"]),
            models.Index(fields=["from_listing", "status"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["from_organisation", "to_listing"],
                name="one_open_interest_of_an_organisation",
                condition=models.Q(status="waiting", from_organisation__isnull=False),
            )
        ]
