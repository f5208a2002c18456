from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.land.audience import allied_member_ids


class DealQuerySet(ScopedQuerySet):
    """Deals with their scope: the parties', and the officers' of allied members where a deal is not confidential."""

    def visible_to(self, viewer: Viewer) -> Any:
        if viewer.is_system:
            return self.scoped()
        if viewer.is_guest and not viewer.grants:
            return self.none().scoped()
        parties = Q()
        if viewer.member_ids:
            parties |= Q(member_id__in=viewer.member_ids)
        if viewer.organisation_ids:
            parties |= Q(organisation_id__in=viewer.organisation_ids)
        mine = Q(owner_member_id__in=viewer.member_ids)
        if viewer.user_id is not None:
            mine |= Q(owner_user_id=viewer.user_id)
        if parties:
            mine |= Q(pk__in=DealParty.objects.filter(parties).values("deal_id"))
        allies = allied_member_ids(viewer)
        if allies:
            mine |= Q(confidential=False, owner_member_id__in=allies)
        return self.filter(mine).scoped()


class Deal(models.Model):
    """Something that is being brought to land: who with whom, for what, how far it is, what comes next.

    `stage`, `stage_since` and `reached` follow from the moves and are kept here for lists; `history.stage_at` is the truth.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=12)
    summary = models.TextField(blank=True)
    owner_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    owner_user = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    confidential = models.BooleanField(default=False)
    source = models.CharField(max_length=16, default="by_hand")
    source_ref = models.CharField(max_length=80, blank=True, help_text="uid of the introduction, intent or event")
    source_label = models.CharField(max_length=160, blank=True)
    stage = models.CharField(max_length=12, default="lead")
    stage_since = models.DateField()
    reached = models.PositiveSmallIntegerField(default=0, help_text="place of the furthest stage that was ever reached")
    end_reason = models.CharField(max_length=12, blank=True)
    end_remark = models.CharField(max_length=300, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="CNY")
    foreign = models.BooleanField(default=False)
    region = models.CharField(max_length=12, blank=True, help_text="where it is to land")
    origin = models.CharField(max_length=12, blank=True, help_text="where it comes from")
    industry = models.CharField(max_length=8, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager.from_queryset(DealQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_member", "external_id"], name="one_deal_per_external_id", condition=~Q(external_id="")
            ),
            models.UniqueConstraint(
                fields=["source", "source_ref"],
                name="one_deal_per_source",
                condition=Q(source__in=["introduction", "meeting_intent"]) & ~Q(source_ref=""),
            ),
        ]
        indexes = [
            # With the key as their last column they give rows in the order of the board and of the list, without sorting.
            models.Index(fields=["owner_member", "stage", "stage_since", "id"], name="deal_member_stage"),
            # The others decide who sees a deal: so that each lane's number is counted from the index alone.
            models.Index(
                fields=["stage", "stage_since", "id", "owner_member", "owner_user", "confidential"], name="deal_board"
            ),
            models.Index(fields=["stage_since", "id"], name="deal_latest"),
            models.Index(fields=["owner_user", "next_on"]),
            models.Index(fields=["next_on"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class DealParty(models.Model):
    """A party on one side of a deal: a member, an organisation, or a body outside the platform by its name."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="parties")
    side = models.CharField(max_length=5)
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["member", "deal"]), models.Index(fields=["organisation", "deal"])]


class DealMove(models.Model):
    """A deal came to a stage on a day. Appended; a mistake is corrected by a row that names the one it corrects.

    effective_on: the day on which it happened. recorded_at: when it was put here. cancelled: the corrected move never happened.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="moves")
    from_stage = models.CharField(max_length=12, blank=True)
    to_stage = models.CharField(max_length=12)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict, help_text="kind of evidence -> what was said, or the document's uid")
    reason = models.CharField(max_length=300, blank=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(fields=["deal", "recorded_at", "id"])]


class DealVersion(models.Model):
    """What a deal was from an instant on: whose, what kind, where from and where to, whether it is confidential."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    snapshot = models.JSONField(default=dict)

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["deal", "number"], name="one_deal_version_per_number")]


class DealComment(models.Model):
    """Something said on a deal, or a document put to it."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]


class Blocker(models.Model):
    """What stands in a deal's way, raised to another member or to an alliance's council."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="blockers")
    text = models.CharField(max_length=500)
    to_member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    to_alliance = models.ForeignKey("members.Alliance", null=True, on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=500, blank=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["raised_at", "id"]
