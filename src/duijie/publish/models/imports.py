from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class ImportBatch(models.Model):
    """One sheet that somebody brought: staged, checked, applied, undone."""

    class Status(models.TextChoices):
        CHECKING = "checking", "检查中"
        CHECKED = "checked", "已检查"
        APPLYING = "applying", "导入中"
        APPLIED = "applied", "已导入"
        FAILED = "failed", "未导入"
        UNDONE = "undone", "已撤销"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    kind = models.CharField(max_length=12)
    owner_member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    owner_organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.CASCADE, related_name="+"
    )
    created_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    marked_file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHECKING)
    all_or_nothing = models.BooleanField(default=True)
    publish = models.BooleanField(
        default=False, help_text="submit or publish what is imported, instead of leaving drafts"
    )
    rows_total = models.PositiveIntegerField(default=0)
    rows_good = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
