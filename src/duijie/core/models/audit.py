from __future__ import annotations

from django.db import models


class AuditLine(models.Model):
    """One thing that was done: who, what, to which record, when, through which door. Appended, never changed.

    detail holds references and digests, never personal data.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=40)
    via = models.CharField(max_length=12)
    verb = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=40)
    object_ref = models.CharField(max_length=64)
    member_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_ref"]), models.Index(fields=["member_id", "id"])]


class AuditSeal(models.Model):
    """The chain: each seal covers one line and the hash of the seal before it; made by one sealer, within a second."""

    number = models.BigIntegerField(primary_key=True)
    line = models.OneToOneField(AuditLine, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
