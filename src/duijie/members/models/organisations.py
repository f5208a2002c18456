from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Organisation(models.Model):
    """A firm, university, institute, fund, hospital or office with a home member whose liaison verifies it."""

    class Kind(models.TextChoices):
        FIRM = "firm", "企业"
        UNIVERSITY = "university", "高校"
        INSTITUTE = "institute", "科研院所"
        FUND = "fund", "基金/金融机构"
        HOSPITAL = "hospital", "医院"
        OFFICE = "office", "机关/事业单位"
        SCHOOL = "school", "学校"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    credit_code = models.CharField(max_length=18, null=True, blank=True, unique=True)
    home_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="organisations")
    external_id = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=12, blank=True)
    industries = models.JSONField(default=list)
    profile = models.TextField(blank=True)
    website = models.URLField(blank=True)
    size = models.CharField(max_length=12, blank=True)
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by_id = models.BigIntegerField(null=True, blank=True)
    verification_remark = models.CharField(
        max_length=300, blank=True, help_text="what the liaison asked for, or why the verification was withdrawn"
    )
    registered_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["home_member", "external_id"],
                name="one_organisation_per_external_id",
                condition=~models.Q(external_id=""),
            )
        ]
        indexes = [models.Index(fields=["home_member", "name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'
