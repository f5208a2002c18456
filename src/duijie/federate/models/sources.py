from __future__ import annotations

from typing import Self

from django.db import models

from duijie.core.access import ScopedManager, ScopedQuerySet, Viewer
from duijie.core.ids import new_id

READERS = frozenset({"member_admin", "liaison", "editor", "auditor", "leader"})


class OfMember(ScopedQuerySet):
    """Rows for the officers of the member that they belong to, and for the platform's administrators."""

    member_path = "member_id"

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.is_platform:
            return self.scoped()
        own = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in READERS]
        return self.filter(**{f"{self.member_path}__in": own}).scoped()


class OfSource(OfMember):
    member_path = "source__member_id"


class Source(models.Model):
    """Where a member's listings come from by themselves: a sheet at an address, a feed, a catalogue, another node.

    options: what the kind needs beside the address (set, query, format). mapping: {"defaults": {field: value}, "fields":
    {field: name there}}. credential: encrypted; sent in the header `credential_header`.
    """

    class Kind(models.TextChoices):
        SHEET = "sheet", "表格地址"
        FEED = "feed", "Atom/RSS"
        CKAN = "ckan", "CKAN"
        OAI = "oai", "OAI-PMH"
        DCAT = "dcat", "DCAT-AP"
        NODE = "node", "对接平台"

    class Schedule(models.TextChoices):
        BY_HAND = "by_hand", "手动"
        HOURLY = "hourly", "每小时"
        DAILY = "daily", "每天"
        WEEKLY = "weekly", "每周"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    url = models.URLField(max_length=500)
    schedule = models.CharField(max_length=8, choices=Schedule.choices, default=Schedule.DAILY)
    listing_kind = models.CharField(max_length=12, default="notice")
    options = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    credential = models.TextField(blank=True)
    credential_header = models.CharField(max_length=60, blank=True)
    publish = models.BooleanField(default=True, help_text="publish at once instead of leaving drafts to complete")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    since = models.CharField(max_length=40, blank=True, help_text="the other side's clock at the last whole harvest")
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager.from_queryset(OfMember)()  # type: ignore[django-manager-missing]

    class Meta:
        indexes = [models.Index(fields=["active", "due_at"]), models.Index(fields=["member", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Run(models.Model):
    """One harvest of a source: when, why, how many of each, what went wrong."""

    class Status(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"
        STOPPED = "stopped", "已停止"

    class Trigger(models.TextChoices):
        BY_HAND = "by_hand", "手动"
        SCHEDULE = "schedule", "定时"
        RETRY = "retry", "重试"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    trigger = models.CharField(max_length=8, choices=Trigger.choices, default=Trigger.BY_HAND)
    whole = models.BooleanField(default=False, help_text="take everything, not only what changed since the last time")
    gathered = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    archived = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0, help_text="vanished items that wait for a person's word")
    error_zh = models.CharField(max_length=300, blank=True)
    error_en = models.CharField(max_length=300, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(OfSource)()  # type: ignore[django-manager-missing]

    class Meta:
        indexes = [models.Index(fields=["source", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                name="one_open_run_of_a_source",
                condition=models.Q(status__in=["waiting", "running"]),
            )
        ]

    @property
    def is_over(self) -> bool:
        return self.status not in (self.Status.WAITING, self.Status.RUNNING)


class Item(models.Model):
    """One thing of a source, known by its id there: what became of it the last time, and which listing it is here."""

    class Status(models.TextChoices):
        DONE = "done", "已写入"
        SKIPPED = "skipped", "没有变化"
        FAILED = "failed", "有错"
        ARCHIVED = "archived", "已归档"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=500)
    title = models.CharField(max_length=256, blank=True)
    url = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices)
    log = models.JSONField(default=list, help_text="sentences: {zh, en, place, code}")
    listing = models.ForeignKey("publish.Listing", null=True, on_delete=models.SET_NULL, related_name="+")
    listing_version = models.PositiveIntegerField(default=0, help_text="as this source last wrote it")
    generation = models.PositiveSmallIntegerField(default=1, help_text="2 and more: came back after it was archived")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager.from_queryset(OfSource)()  # type: ignore[django-manager-missing]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "remote_id"], name="one_item_per_remote_id")]
        indexes = [models.Index(fields=["source", "status"]), models.Index(fields=["run", "status"])]
