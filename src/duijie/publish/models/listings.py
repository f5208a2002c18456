from __future__ import annotations

from typing import Self

from django.db import models

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id


class Kind(models.TextChoices):
    """The twelve kinds; labels and facets stand in `publish.kinds`."""

    NEED = "need"
    TECHNOLOGY = "technology"
    EXPERT = "expert"
    INSTRUMENT = "instrument"
    CAPACITY = "capacity"
    SITE = "site"
    FUND = "fund"
    PROJECT = "project"
    POLICY = "policy"
    TALENT = "talent"
    TOPIC = "topic"
    NOTICE = "notice"


class Status(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CLOSED = "closed"
    EXPIRED = "expired"
    ARCHIVED = "archived"


class Visibility(models.TextChoices):
    PUBLIC = "public"
    ALLIANCE = "alliance"
    MEMBERS = "members"
    MEMBER = "member"
    OWNER = "owner"


# Public once, reachable for ever: these say at their old address what became of them.
ONCE_PUBLIC = (Status.PUBLISHED, Status.CLOSED, Status.EXPIRED, Status.ARCHIVED)


class ListingQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Rows whose audience meets the viewer's tokens. Confidential ones come too: `reveals` says who reads past the teaser."""
        if viewer.is_system:
            return self.scoped()
        seen = ListingAudience.objects.filter(listing=models.OuterRef("pk"), token__in=sorted(viewer.tokens))
        return self.filter(models.Exists(seen)).scoped()

    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)


class Listing(models.Model):
    """The public face of anything offered or wanted."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(max_length=256)
    summary = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    industries = models.JSONField(default=list)
    amount_low_minor = models.BigIntegerField(null=True)
    amount_high_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="CNY")
    stage = models.CharField(max_length=24, blank=True)
    starts_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    renewals = models.PositiveSmallIntegerField(default=0)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    visible_alliance = models.ForeignKey("members.Alliance", null=True, on_delete=models.PROTECT, related_name="+")
    visible_members = models.ManyToManyField("members.Member", related_name="+")
    confidential = models.BooleanField(default=False)
    teaser = models.CharField(max_length=300, blank=True)
    owner_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    owner_organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    contact = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=120, null=True)
    origin = models.CharField(max_length=200, blank=True, help_text="address it was taken from, where it was harvested")
    home_node = models.CharField(
        max_length=80, blank=True, help_text="the installation that it belongs to, where it is only shown here"
    )
    facets = models.JSONField(default=dict)
    schema_version = models.PositiveSmallIntegerField(default=1)
    completeness = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)

    objects = ScopedManager.from_queryset(ListingQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_member", "external_id"], name="one_listing_per_external_id")
        ]
        indexes = [
            models.Index(fields=["status", "kind", "-published_at"]),
            models.Index(fields=["owner_member", "status", "-changed_at"]),
            models.Index(fields=["owner_organisation", "status"]),
            models.Index(fields=["status", "expires_on"]),
            models.Index(fields=["fingerprint"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class ListingAudience(models.Model):
    """Whose eyes may open a listing, as tokens; written with every change of visibility, status or owner."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="audience")
    token = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "listing"], name="one_row_per_token")]


class ListingVersion(models.Model):
    """The record as it stood after each change: the full history."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    snapshot = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "number"], name="one_snapshot_per_version")]


class Review(models.Model):
    """What the liaison decided on a submitted listing, and why."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "通过"
        RETURNED = "returned", "退回修改"
        REJECTED = "rejected", "不予发布"

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reasons = models.JSONField(default=list)
    remark = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)


class Disclosure(models.Model):
    """A confidential listing's full text opened to somebody, because both sides agreed."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="disclosures")
    token = models.CharField(max_length=32)
    because = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "token"], name="disclosed_once")]


class NarrowedListing(models.Model):
    """A listing that fewer eyes may see than the search index still believes: left out of every search until indexed.

    Written in the transaction that narrows, removed by the indexer after its commit, so that a narrowed visibility counts
    from the moment the answer goes out, whatever the index is doing.
    """

    listing_uid = models.CharField(max_length=26, primary_key=True)
    version = models.PositiveIntegerField()
