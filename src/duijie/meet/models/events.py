from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from duijie.core.access import ALLIANCE, ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id

PLANNERS_OF_MEMBER = ("event_planner", "liaison", "member_admin")
PLANNERS_OF_ALLIANCE = ("secretariat", "event_planner")


class EventKind(models.TextChoices):
    ROADSHOW = "roadshow", "项目路演"
    MATCHMAKING = "matchmaking", "对接会"
    FORUM = "forum", "论坛"
    VISIT = "visit", "考察"
    LECTURE = "lecture", "讲座"
    TRAINING = "training", "联络员培训"


class EventStatus(models.TextChoices):
    """A draft is seen by its planners; a published event takes registrations; an over one is told of; a cancelled one says so."""

    DRAFT = "draft", "筹备中"
    PUBLISHED = "published", "已发布"
    OVER = "over", "已结束"
    CANCELLED = "cancelled", "已取消"


class EventQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Published events of the public and of the viewer's alliances; drafts for those who plan them."""
        if viewer.is_system:
            return self.scoped()
        return self.filter(_planned_by(viewer) | _open_to(viewer)).scoped()

    def planned_by(self, viewer: Viewer) -> Self:
        """Those that the viewer plans."""
        return self.scoped() if viewer.is_system else self.filter(_planned_by(viewer)).scoped()


def _open_to(viewer: Viewer) -> Q:
    seen = Q(visibility=Event.Visibility.PUBLIC) | Q(alliance_id__in=viewer.alliance_ids)
    return ~Q(status=EventStatus.DRAFT) & (seen | Q(host_member_id__in=viewer.member_ids))


def _planned_by(viewer: Viewer) -> Q:
    if viewer.key_scopes is not None and "events:write" not in viewer.key_scopes:
        return Q(pk__in=())
    roles = PLANNERS_OF_MEMBER if viewer.key_scopes is None else (*PLANNERS_OF_MEMBER, "editor")
    members = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in roles]
    alliances = [g.scope_id for g in viewer.grants if g.scope == ALLIANCE and g.role in PLANNERS_OF_ALLIANCE]
    return Q(host_member_id__in=members) | Q(alliance_id__in=alliances) | Q(alliance__parent_id__in=alliances)


class Event(models.Model):
    """A roadshow, a matchmaking day, a forum, a visit, a lecture or a training, with its host and its rules.

    walking: [[area, area, minutes]]. quotas: [{kind, with_kind, most, fewest}]. precedences: [[meeting, later meeting]].
    conflict_levels: what the planner wants another way than usual, {conflict: level}. timetable: the draft that was published.
    """

    class Visibility(models.TextChoices):
        PUBLIC = "public", "公开"
        ALLIANCE = "alliance", "联盟内"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    status = models.CharField(max_length=9, choices=EventStatus.choices, default=EventStatus.DRAFT)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    summary = models.TextField(blank=True)
    alliance = models.ForeignKey("members.Alliance", null=True, on_delete=models.PROTECT, related_name="+")
    host_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    region = models.CharField(max_length=12, blank=True)
    venue = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    industries = models.JSONField(default=list)
    capacity = models.PositiveIntegerField(null=True, help_text="organisations; empty for any number")
    most_representatives = models.PositiveSmallIntegerField(default=3)
    approval_needed = models.BooleanField(default=True)
    registration_from = models.DateField(null=True)
    registration_until = models.DateField(null=True)
    wishes_from = models.DateField(null=True)
    wishes_until = models.DateField(null=True)
    answer_days = models.PositiveSmallIntegerField(
        default=5, help_text="days after which an unanswered request expires"
    )
    most_meetings = models.PositiveSmallIntegerField(null=True)
    fairness = models.PositiveSmallIntegerField(null=True, default=2)
    floor = models.PositiveSmallIntegerField(default=1)
    met_before = models.FloatField(default=0.25)
    silent = models.FloatField(default=0.5)
    walking = models.JSONField(default=list)
    quotas = models.JSONField(default=list)
    precedences = models.JSONField(default=list)
    conflict_levels = models.JSONField(default=dict)
    timetable = models.ForeignKey("meet.Draft", null=True, on_delete=models.SET_NULL, related_name="+")
    timetable_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(EventQuerySet)()  # type: ignore[django-manager-missing]

    class Meta:
        indexes = [models.Index(fields=["status", "starts_on"]), models.Index(fields=["host_member", "starts_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["host_member", "external_id"],
                name="one_event_per_external_id",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="event_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Place(models.Model):
    """A table, room or hall of an event. closed: codes of the slots in which it is shut."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="places")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    area = models.CharField(max_length=40, blank=True)
    capacity = models.PositiveSmallIntegerField()
    closed = models.JSONField(default=list)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "code"], name="one_place_per_code")]

    def __str__(self) -> str:
        return self.name or self.code


class Slot(models.Model):
    """A stretch of time for one round of meetings; breaks lie between slots of different sessions."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots")
    code = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    session = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="one_slot_per_code"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="slot_ends_after_it_starts"),
        ]


class Session(models.Model):
    """A part of the programme. speakers: [{name, title, organisation}]."""

    class Kind(models.TextChoices):
        OPENING = "opening", "开幕"
        TALK = "talk", "报告"
        PITCH = "pitch", "路演"
        PANEL = "panel", "对话"
        MEETINGS = "meetings", "一对一洽谈"
        SIGNING = "signing", "签约"
        VISIT = "visit", "参观"
        BREAK = "break", "休息"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TALK)
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    where = models.CharField(max_length=80, blank=True)
    speakers = models.JSONField(default=list)

    class Meta:
        ordering = ["starts_at", "pk"]


class Document(models.Model):
    """A paper of an event, for everybody who sees the event or for its participants only."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="documents")
    uid = models.CharField(max_length=26, unique=True, default=new_id)
    title = models.CharField(max_length=120)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    for_participants = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["added_at", "pk"]
