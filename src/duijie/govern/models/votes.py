from __future__ import annotations

from django.db import models

from duijie.govern.models.motions import Motion
from duijie.govern.models.scopes import CouncilModel


class Seat(CouncilModel):  # type: ignore[django-manager-missing]
    """A member's (or organisation's) right to vote on one motion, as it stood when the vote began, and whether it was used."""

    alliance_path = "motion__alliance"
    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="seats")
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("members.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    votes = models.PositiveSmallIntegerField()
    veto = models.BooleanField(default=False)
    voted_at = models.DateTimeField(null=True)
    voted_by_id = models.BigIntegerField(null=True, help_text="the person who cast it; says nothing of how")
    through = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "member"], name="one_seat_per_member"),
            models.UniqueConstraint(fields=["motion", "organisation"], name="one_seat_per_organisation"),
        ]

    @property
    def key(self) -> str:
        """ "m12" or "o5": how ballots, proxies and addresses name the seat."""
        return f"m{self.member_id}" if self.member_id else f"o{self.organisation_id}"


class Proxy(CouncilModel):
    """A seat lends its vote on one motion to another; undone by voting oneself or by taking it back."""

    alliance_path = "giver__motion__alliance"
    giver = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="proxy")
    holder = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="held")
    given_at = models.DateTimeField(auto_now_add=True)


class OpenBallot(CouncilModel):
    """How a seat voted by roll call."""

    alliance_path = "seat__motion__alliance"
    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="ballot")
    choice = models.CharField(max_length=7)
    at = models.DateTimeField(auto_now_add=True)


class BallotBox(models.Model):
    """The secret ballots of one motion: one row, encrypted, of constant length, shuffled anew with each ballot.

    There is no row for a ballot, so none has an actor, a time, a place among rows, or a trace in the database's pages. It is
    opened once, by counting; then its list of (random number, choice) stands in the motion's result.
    """

    motion = models.OneToOneField(Motion, on_delete=models.CASCADE, related_name="box")
    content = models.TextField()
