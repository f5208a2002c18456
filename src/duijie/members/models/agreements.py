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


class AgreementParty(models.Model):
    """One party to an agreement; the pairs of parties are the edges of the partner graph."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="agreement_parties")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True, help_text="a party outside the platform")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "member"], name="a_member_is_party_once", condition=models.Q(member__isnull=False)
            )
        ]
