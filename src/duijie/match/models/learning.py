from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class LearntRanking(models.Model):
    """Weights fitted to the answers given on this exchange, beside those that were in force: on needs held out of the fitting.

    weights: what `Ranking.parse` reads. ndcg_new and ndcg_before: means over the held-out needs; difference with half the width of
    its 95 % interval. At most one row is in force; without one the weights that ship with the project are.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    weights = models.JSONField()
    needs = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField()
    suitable = models.PositiveIntegerField()
    ndcg_new = models.FloatField()
    ndcg_before = models.FloatField()
    difference = models.FloatField()
    half_width = models.FloatField()
    better = models.BooleanField(help_text="the whole interval of the difference lies above zero")
    in_force = models.BooleanField(default=False)
    before = models.ForeignKey(
        "match.LearntRanking",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="what was in force until then",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    adopted_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["in_force"], condition=models.Q(in_force=True), name="one_ranking_in_force")
        ]
