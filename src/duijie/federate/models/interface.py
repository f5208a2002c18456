from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Interface(models.Model):
    """How a member shows itself to other sites: its mark, its own host name, the sites that may embed its listings."""

    member = models.OneToOneField("members.Member", on_delete=models.CASCADE, related_name="+")
    mark = models.ForeignKey("core.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    host = models.CharField(max_length=120, null=True, unique=True)
    origins = models.JSONField(default=list, help_text="sites that may embed the widget, https://www.example.cn")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)


class CatalogueEntry(models.Model):
    """What the catalogue for harvesters says of a listing that is or once was open to everybody; kept for ever.

    stamp: when this entry last changed, whole seconds. deleted: no longer open (closed, expired, archived, narrowed).
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    listing_uid = models.CharField(max_length=26, unique=True)
    kind = models.CharField(max_length=12)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    deleted = models.BooleanField(default=False)
    stamp = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["stamp", "id"]),
            models.Index(fields=["kind", "stamp", "id"]),
            models.Index(fields=["member", "stamp", "id"]),
        ]
