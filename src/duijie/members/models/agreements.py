from __future__ import annotations

from datetime import date

from django.db import models

from duijie.core.ids import new_id


class Agreement(models.Model):
    """A partner agreement between members (or organisations of theirs): kind, field, validity."""

    class Kind(models.TextChoices):
        STRATEGIC = "strategic", "战略合作"
        PROJECT = "project", "项目合作"
        PLATFORM = "platform", "平台合作"
        TALENT = "talent", "人才合作"
        MEDICAL = "medical", "医疗协作"
        EDUCATION = "education", "教育协作"
        ENVIRONMENT = "environment", "环保联防"
        SERVICE = "service", "公共服务"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    field = models.CharField(max_length=120, blank=True)
    agreed = models.TextField(blank=True)
    signed_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="renewals")
    renewal_days = models.PositiveSmallIntegerField(default=60, help_text="days before its end when its renewal is due")
    signed_at = models.CharField(max_length=120, blank=True, help_text="the event at which it was signed, in words")
    signing_event_uid = models.CharField(max_length=26, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on `day`; its first and last day belong to it."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def state_on(self, day: date) -> str:
        """not_yet, in_force, to_renew (in force, and its end is near), renewed, over or ended (before its time). Derived."""
        if day < self.valid_from:
            return "not_yet"
        if self.valid_until is not None and day > self.valid_until:
            return "ended" if self.end_reason else "over"
        if self.valid_until is None or self.end_reason or (self.valid_until - day).days > self.renewal_days:
            return "in_force"
        return "renewed" if any(r.valid_from > self.valid_from for r in self.renewals.all()) else "to_renew"


class AgreementParty(models.Model):
    """One party to an agreement; the pairs of parties are the edges of the partner graph."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="agreement_parties")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True, help_text="a party outside the platform")
    body = models.CharField(max_length=12, blank=True, help_text="what kind of body an outside party is")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "member"], name="a_member_is_party_once", condition=models.Q(member__isnull=False)
            )
        ]


class AgreementVersion(models.Model):
    """An agreement as it was known from an instant on: what any figure "as known at" is worked out from."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    snapshot = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="one_agreement_per_version")]


class AgreementDocument(models.Model):
    """The signed text or an annex, kept as a file that the parties' staff may open."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="documents")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    added_at = models.DateTimeField(auto_now_add=True)


class Obligation(models.Model):
    """Something that a party promised in an agreement, with the day by which it is due."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="obligations")
    text = models.CharField(max_length=300)
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=120, blank=True, help_text="who owes it, where it is no member")
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    report = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
