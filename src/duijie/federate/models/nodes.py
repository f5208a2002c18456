from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class NodeKey(models.Model):
    """This installation's own Ed25519 key; the private half is kept encrypted and never leaves."""

    key_id = models.CharField(max_length=60, unique=True)
    public = models.CharField(max_length=60)
    private = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)


class Peer(models.Model):
    """Another Duijie installation that this one exchanges with: its address, its key, the member that stands for it here."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    url = models.URLField(max_length=300, unique=True)
    key_id = models.CharField(max_length=60, unique=True)
    public_key = models.CharField(max_length=60)
    member = models.OneToOneField("members.Member", on_delete=models.PROTECT, related_name="+")
    source = models.OneToOneField("federate.Source", null=True, on_delete=models.SET_NULL, related_name="+")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class Mirror(models.Model):
    """A member of a peer as it is shown here, and the name that it has there."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="mirrors")
    remote_slug = models.CharField(max_length=80)
    member = models.OneToOneField("members.Member", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "remote_slug"], name="one_mirror_per_member")]


class Letter(models.Model):
    """A signed message between two nodes, in either direction, kept with its digest; each id counts once."""

    class Direction(models.TextChoices):
        OUT = "out", "发出"
        IN = "in", "收到"

    class Status(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已送达"
        ACCEPTED = "accepted", "已接受"
        REFUSED = "refused", "已拒绝"
        FAILED = "failed", "失败"

    uid = models.CharField(max_length=26, default=new_id)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    peer = models.ForeignKey(Peer, null=True, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=20, blank=True)
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status.choices)
    reason_zh = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)
    reason_code = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"]), models.Index(fields=["peer", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "peer", "uid"], name="one_letter_per_id", condition=~models.Q(status="refused")
            )
        ]


class Nonce(models.Model):
    """A nonce that a peer has used; the second time it is a replay."""

    key_id = models.CharField(max_length=60)
    value = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_id", "value"], name="a_nonce_counts_once")]


class Across(models.Model):
    """An interest between a listing here and a side at a peer: which interest it is there, and the contact that came over.

    contact: name, title, organisation, phone, email of the other side; empty until both sides have agreed.
    """

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+")
    interest = models.OneToOneField("match.Interest", on_delete=models.CASCADE, related_name="+")
    thread = models.CharField(max_length=26, help_text="the id of the first message, the same at both nodes")
    shown_here = models.BooleanField(help_text="whether the interest was shown here (else there)")
    contact = models.JSONField(default=dict)
    contact_sent = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "thread"], name="one_interest_per_thread")]
