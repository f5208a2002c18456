from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class IdempotencyKey(models.Model):
    """A request that was answered: the same key and content get the same answer again, other content is refused."""

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_answer_per_key")]


class StoredFile(models.Model):
    """A file kept by the installation (an uploaded sheet, a marked copy, a document), read through its owner only."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    audience = models.JSONField(default=list, help_text="tokens of those who may read it")
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
