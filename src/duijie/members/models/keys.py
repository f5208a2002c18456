from __future__ import annotations

from django.db import models
from django.utils import timezone

from duijie.core.ids import new_id


class ApiKey(models.Model):
    """A key of a member's (or organisation's) system: shown once, kept as a hash, with scopes, rotated, last use known."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    member = models.ForeignKey("members.Member", null=True, on_delete=models.CASCADE, related_name="api_keys")
    organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.CASCADE, related_name="api_keys"
    )
    created_by = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="replaced_by")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())
