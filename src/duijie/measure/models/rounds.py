from __future__ import annotations

from django.db import models
from django.db.models import Q

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.core.models import Indicator, Observation
from duijie.core.models.indicators import ExactDecimalField
from duijie.measure.rules import served_alliances


class RoundQuerySet(ScopedQuerySet):
    """Rounds: a draft is its secretariat's; an open or closed one is its alliance's."""

    def visible_to(self, viewer: Viewer) -> RoundQuerySet:
        if viewer.is_system or viewer.is_platform:
            return self.scoped()
        served = served_alliances(viewer)
        mine = Q(alliance_id__in=served)
        # A member takes part by its submission; the alliance's people see what is asked of their members.
        theirs = ~Q(status="draft") & Q(alliance_id__in=viewer.alliance_ids)
        reports = Submission.objects.unscoped("only whether there is one").filter(member_id__in=viewer.member_ids)
        taking_part = ~Q(status="draft") & Q(pk__in=reports.values("round_id"))
        return self.filter(mine | theirs | taking_part).scoped()


class Round(models.Model):
    """A round of collection: which indicators, of which period, by when, from the members of an alliance."""

    class Status(models.TextChoices):
        DRAFT = "draft", "准备中"
        OPEN = "open", "填报中"
        CLOSED = "closed", "已结束"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    note = models.TextField(blank=True)
    period = models.CharField(max_length=10)
    due_on = models.DateField()
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT)
    audience = models.CharField(
        max_length=8, default="public", help_text="who sees what is published: public, alliance"
    )
    opened_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(RoundQuerySet)()  # type: ignore[django-manager-missing]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'

    @property
    def audience_token(self) -> str:
        """The audience of what it publishes."""
        return "public" if self.audience == "public" else f"alliance:{self.alliance_id}"


class RoundItem(models.Model):
    """One indicator asked for in a round, in its place."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="items")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["round", "indicator"], name="an_indicator_once_in_a_round")]


class SubmissionQuerySet(ScopedQuerySet):
    """Submissions: of the own member, and those of the alliances one serves. Their values: see `Entry`."""

    def visible_to(self, viewer: Viewer) -> SubmissionQuerySet:
        if viewer.is_system:
            return self.scoped()
        served = served_alliances(viewer)
        return self.filter(Q(member_id__in=viewer.member_ids) | Q(round__alliance_id__in=served)).scoped()


class Submission(models.Model):
    """What one member reports in one round, and how far it is."""

    class Status(models.TextChoices):
        FILLING = "filling", "填报中"
        SUBMITTED = "submitted", "待核验"
        VERIFIED = "verified", "已核验"
        PUBLISHED = "published", "已发布"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.FILLING)
    submitted_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(SubmissionQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "member"], name="one_submission_per_member_and_round")]

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class EntryQuerySet(ScopedQuerySet):
    """Values of a submission: the member's staff, and the secretariat once they were submitted."""

    def visible_to(self, viewer: Viewer) -> EntryQuerySet:
        if viewer.is_system:
            return self.scoped()
        served = served_alliances(viewer)
        handed_in = Q(submission__submitted_at__isnull=False, submission__round__alliance_id__in=served)
        return self.filter(Q(submission__member_id__in=viewer.member_ids) | handed_in).scoped()


class Entry(models.Model):
    """One cell of a submission: a value, or the reason why there is none."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    value = ExactDecimalField(null=True)
    status = models.CharField(max_length=1, choices=Observation.Status.choices, default=Observation.Status.NORMAL)
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager.from_queryset(EntryQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "indicator"], name="one_entry_per_indicator")]


class RemarkQuerySet(ScopedQuerySet):
    """Questions and answers: between the member's staff and the secretariat."""

    def visible_to(self, viewer: Viewer) -> RemarkQuerySet:
        if viewer.is_system:
            return self.scoped()
        served = served_alliances(viewer)
        both = Q(submission__member_id__in=viewer.member_ids) | Q(submission__round__alliance_id__in=served)
        return self.filter(both).scoped()


class Remark(models.Model):
    """A question about a submission (or one cell of it), or an answer. Appended; a question is settled by whoever asked."""

    class Side(models.TextChoices):
        SECRETARIAT = "secretariat", "秘书处"
        MEMBER = "member", "成员"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=12, choices=Side.choices)
    author_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(RemarkQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["at", "id"]


class Step(models.Model):
    """One step of a submission: who brought it where, when, and why. Appended; a reopening stays on record."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=40)
    verb = models.CharField(max_length=12, help_text="opened, submitted, returned, verified, published, reopened")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]
