from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Introduction(models.Model):
    """Both sides agreed: contacts are open to each other, the liaisons of both members know, a conversation begins.

    The first side is the one that showed interest. Either listing may be missing where somebody answered without one.
    """

    class Status(models.TextChoices):
        OPEN = "open", "洽谈中"
        PROMISING = "promising", "有望合作"
        HANDED_ON = "handed_on", "转入项目"
        ENDED = "ended", "结束"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    interest = models.OneToOneField("match.Interest", on_delete=models.PROTECT, related_name="introduction")
    first_listing = models.ForeignKey("publish.Listing", null=True, on_delete=models.PROTECT, related_name="+")
    second_listing = models.ForeignKey("publish.Listing", on_delete=models.PROTECT, related_name="+")
    first_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    second_member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    first_organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    second_organisation = models.ForeignKey(
        "members.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    first_user = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    second_user = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["status", "next_on"]), models.Index(fields=["opened_at"])]


class Message(models.Model):
    """Something said, or a file handed over, in an introduction."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey("members.User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
