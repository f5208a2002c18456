from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class Wish(models.Model):
    """What one participant says of another. A must or a want is a request to the other side; a no is a veto and is never shown to it.

    representatives: uids of those who must sit there, of either side.
    """

    class Level(models.TextChoices):
        MUST = "must", "必须见"
        WANT = "want", "想见"
        NO = "no", "不见"

    class Answer(models.TextChoices):
        PENDING = "pending", "等待答复"
        ACCEPTED = "accepted", "同意"
        DECLINED = "declined", "婉拒"
        EXPIRED = "expired", "超时"
        CANCELLED = "cancelled", "已撤回"

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    wisher = models.ForeignKey("meet.Registration", on_delete=models.CASCADE, related_name="wishes")
    wanted = models.ForeignKey("meet.Registration", on_delete=models.CASCADE, related_name="wished_by")
    level = models.CharField(max_length=4, choices=Level.choices)
    representatives = models.JSONField(default=list)
    message = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=9, choices=Answer.choices, default=Answer.PENDING)
    expires_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["wisher", "wanted"], name="one_wish_per_pair"),
            models.CheckConstraint(condition=~models.Q(wisher=models.F("wanted")), name="no_wish_for_oneself"),
        ]
        indexes = [models.Index(fields=["wanted", "answer"]), models.Index(fields=["answer", "expires_on"])]
