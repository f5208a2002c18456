from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import ALLIANCE, ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id
from duijie.members.models import Alliance, Member, Organisation

# Who reads a plan of an alliance before it is public; the leaders of its members join them once it is submitted.
READERS = ("secretariat", "leader", "approver", "auditor")


class PlanQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Public plans for everybody; drafts for those who write and approve them; submitted ones for the members' leaders too."""
        if viewer.is_system:
            return self.scoped()
        seen = Q(published_at__isnull=False)
        if not key_reads(viewer):
            return self.filter(seen).scoped()
        if viewer.is_platform:
            seen |= Q(member__isnull=True)
        seen |= Q(alliance_id__in=alliances_read_by(viewer)) | Q(member_id__in=viewer.member_ids)
        led = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in ("leader", "approver")]
        if led:
            inside = Alliance.objects.filter(memberships__member_id__in=led).values("pk")
            seen |= Q(alliance_id__in=inside, status__in=[Plan.Status.SUBMITTED, Plan.Status.APPROVED])
        return self.filter(seen).scoped()


def key_reads(viewer: Viewer) -> bool:
    """Whether an API key was given the scope for what is not public; people always read what is theirs."""
    return viewer.key_scopes is None or bool(viewer.key_scopes & {"plans:read", "plans:write"})


def alliances_read_by(viewer: Viewer) -> set[int]:
    """The alliances whose plans the viewer reads from the first draft on: own ones and the sub-alliances below them."""
    own = {g.scope_id for g in viewer.grants if g.scope == ALLIANCE and g.role in READERS}
    if not own or not key_reads(viewer):
        return set()
    parents = dict(Alliance.objects.values_list("pk", "parent_id"))
    found = set()
    for number in parents:
        above: int | None = number
        while above is not None:
            if above in own:
                found.add(number)
                break
            above = parents.get(above)
    return found


class Plan(models.Model):
    """A plan of an alliance or of a member: its rows are the working copy; what was approved stands in its editions."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        PUBLISHED = "published"
        CLOSED = "closed"

    class Amendment(models.TextChoices):
        """Where the amendment of a published plan stands; none is open where it is empty."""

        OPEN = "open"
        SUBMITTED = "submitted"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey(Alliance, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    amendment = models.CharField(max_length=10, choices=Amendment.choices, blank=True)
    amendment_reason = models.CharField(max_length=500, blank=True)
    edition = models.PositiveIntegerField(default=0, help_text="the number of the last approved edition; 0: none")
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(PlanQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(alliance__isnull=False, member__isnull=True)
                | Q(alliance__isnull=True, member__isnull=False),
                name="a_plan_has_one_owner",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="a_plan_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["alliance", "external_id"], name="one_plan_of_an_alliance_per_external_id",
                condition=Q(alliance__isnull=False) & ~Q(external_id=""),
            ),
            models.UniqueConstraint(
                fields=["member", "external_id"], name="one_plan_of_a_member_per_external_id",
                condition=Q(member__isnull=False) & ~Q(external_id=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'

    @property
    def owner(self) -> Alliance | Member:
        """The alliance or member whose plan it is."""
        found = self.alliance or self.member
        assert found is not None
        return found

    @property
    def may_be_written(self) -> bool:
        """Whether its working copy is open: a draft, or a published plan in amendment."""
        return self.status == self.Status.DRAFT or self.amendment == self.Amendment.OPEN


class PlanItem(models.Model):
    """A node of a plan's tree: a goal, a special action, a scheme, a task or a major project."""

    class Kind(models.TextChoices):
        GOAL = "goal"
        ACTION = "action"
        SCHEME = "scheme"
        TASK = "task"
        PROJECT = "project"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        DROPPED = "dropped"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    state_note = models.CharField(max_length=500, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    project = models.CharField(max_length=26, blank=True, help_text="the project of `land` that carries it out")
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="one_item_per_code")]
        indexes = [models.Index(fields=["plan", "order", "id"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class ItemMember(models.Model):
    """A member that answers for an item or supports it."""

    class Part(models.TextChoices):
        RESPONSIBLE = "responsible"
        SUPPORTING = "supporting"

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="item_members")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "member"], name="a_member_has_one_part_in_an_item")]


class PlanEdition(models.Model):
    """A plan as it was approved: its whole content, kept for ever. An amendment makes the next one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    resolution = models.CharField(max_length=120, blank=True, help_text="number or id of the meeting's resolution")
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_edition_per_number")]
