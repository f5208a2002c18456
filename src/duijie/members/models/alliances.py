from __future__ import annotations

from datetime import date

from django.db import models

from duijie.core.ids import new_id


class Alliance(models.Model):
    """An alliance of members; a sub-alliance (by industry, say) has a parent."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    purpose = models.TextField(blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="sub_alliances")
    industries = models.JSONField(default=list)
    founded_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A park, district, city or other body that feeds the exchange through an interface of its own."""

    class Kind(models.TextChoices):
        PARK = "park", "园区"
        DISTRICT = "district", "区县"
        CITY = "city", "城市"
        TOWN = "town", "镇街"
        THINK_TANK = "think_tank", "智库"
        SCIENCE_CENTRE = "science_centre", "科学中心"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=20, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=12)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    summary = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    website = models.URLField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    industries = models.JSONField(default=list)
    colour = models.CharField(max_length=7, default="#1f5a8a")
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    office_name = models.CharField(max_length=80, blank=True)
    office_phone = models.CharField(max_length=40, blank=True)
    office_email = models.EmailField(blank=True)
    review_needed = models.BooleanField(default=True, help_text="listings of its organisations wait for the liaison")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    alliances = models.ManyToManyField(Alliance, through="Membership", related_name="members")

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Membership(models.Model):
    """A member's standing in an alliance, from a day until a day."""

    class Standing(models.TextChoices):
        FOUNDER = "founder", "发起成员"
        MEMBER = "member", "成员"
        PARTNER = "partner", "伙伴"

    alliance = models.ForeignKey(Alliance, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.MEMBER)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    probation_until = models.DateField(null=True, blank=True)
    suspended_from = models.DateField(null=True, blank=True)
    suspended_until = models.DateField(null=True, blank=True, help_text="last day; empty: until it is lifted")
    suspension_reason = models.CharField(max_length=300, blank=True)
    left_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alliance", "member"], name="one_membership")]

    def holds_on(self, day: date) -> bool:
        """Whether the member is in the alliance on `day`; both ends belong to it."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def suspended_on(self, day: date) -> bool:
        """Whether the membership rests on `day`."""
        if self.suspended_from is None or day < self.suspended_from:
            return False
        return self.suspended_until is None or day <= self.suspended_until


class OrganisationMembership(models.Model):
    """A firm's, institute's or investor's place in an industry alliance, from a day until a day."""

    class Standing(models.TextChoices):
        FOUNDER = "founder", "发起单位"
        MEMBER = "member", "成员单位"
        OBSERVER = "observer", "观察员"

    alliance = models.ForeignKey(Alliance, on_delete=models.CASCADE, related_name="organisation_memberships")
    organisation = models.ForeignKey(
        "members.Organisation", on_delete=models.CASCADE, related_name="alliance_memberships"
    )
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.MEMBER)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alliance", "organisation"], name="one_organisation_membership")]

    def holds_on(self, day: date) -> bool:
        """Whether the organisation is in the alliance on `day`; both ends belong to it."""
        return self.since <= day and (self.until is None or day <= self.until)
