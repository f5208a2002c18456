from __future__ import annotations

from datetime import date

from django.db import models

from duijie.core.ids import new_id


class Charter(models.Model):
    """A version of an alliance's charter: who votes with how many votes, what carries, for how long offices last. Public."""

    class Voting(models.TextChoices):
        EQUAL = "equal", "一员一票"
        WEIGHTED = "weighted", "加权表决"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="charters")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    effective_on = models.DateField()
    voting = models.CharField(max_length=8, choices=Voting.choices, default=Voting.EQUAL)
    votes = models.JSONField(
        default=dict, help_text="votes by member's slug or organisation's id, where they are weighted"
    )
    veto_kinds = models.JSONField(default=list, help_text="kinds of question on which each founder has a veto")
    quorum_percent = models.PositiveSmallIntegerField(default=50)
    majorities = models.JSONField(default=dict, help_text="majority by kind of question; others: simple")
    proxy_limit = models.PositiveSmallIntegerField(default=1)
    probation_votes = models.BooleanField(default=False)
    probation_months = models.PositiveSmallIntegerField(default=6)
    chair_months = models.PositiveSmallIntegerField(default=36)
    secretary_months = models.PositiveSmallIntegerField(default=36)
    notice_days = models.PositiveSmallIntegerField(default=3, help_text="least days for a vote by circulation")
    required_papers = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alliance", "number"], name="one_charter_per_number")]

    def __str__(self) -> str:
        return self.title

    def majority_for(self, kind: str) -> str:
        """The name of the majority that carries a question of this kind."""
        return str(self.majorities.get(kind, "simple"))


class Office(models.Model):
    """Who holds an office of an alliance, from a day until a day."""

    class Kind(models.TextChoices):
        CHAIR = "chair", "理事长"
        VICE_CHAIR = "vice_chair", "副理事长"
        SECRETARY_GENERAL = "secretary_general", "秘书长"
        DIRECTOR = "director", "理事"
        ADVISER = "adviser", "顾问"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="offices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=80)
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, help_text="last day of the term")
    ended_reason = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["alliance", "until"])]

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)
