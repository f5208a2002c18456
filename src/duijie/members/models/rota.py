from __future__ import annotations

from datetime import date

from django.db import models

from duijie.core.ids import new_id


class Rota(models.Model):
    """Who of an alliance hosts what, round after round."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    alliance = models.ForeignKey("members.Alliance", on_delete=models.CASCADE, related_name="rotas")
    title = models.CharField(max_length=80)
    purpose = models.TextField(blank=True)
    starts_on = models.DateField()
    round_months = models.PositiveSmallIntegerField(default=12)
    standings = models.JSONField(default=list, help_text="who takes part: founder, member, partner")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alliance", "title"], name="one_rota_per_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class RotaRound(models.Model):
    """One turn of hosting. A settled round was swapped, set by hand or handed over, and no planning changes it."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    host = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=600, blank=True, help_text="why this host stands here out of turn")
    settled = models.BooleanField(default=False)
    handed_over_at = models.DateTimeField(null=True)
    handover_note = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["rota", "number"], name="one_round_per_number")]

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


class RotaWish(models.Model):
    """A member's wish for some rounds, or that it cannot host in them; an exclusion has its reason."""

    class Kind(models.TextChoices):
        PREFERS = "prefers", "希望值办"
        EXCLUDED = "excluded", "不能值办"

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="wishes")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    first_round = models.PositiveSmallIntegerField()
    last_round = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200, blank=True)

    def covers(self, number: int) -> bool:
        return self.first_round <= number <= self.last_round


class RotaSwap(models.Model):
    """Two hosts change places: asked by one, agreed to by the other."""

    class Status(models.TextChoices):
        ASKED = "asked", "待对方答复"
        AGREED = "agreed", "已对调"
        DECLINED = "declined", "未同意"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    one = models.ForeignKey(RotaRound, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(RotaRound, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)


class HandoverItem(models.Model):
    """One thing that a host hands to the next: files, contacts, open matters."""

    round = models.ForeignKey(RotaRound, on_delete=models.CASCADE, related_name="handover")
    text = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
