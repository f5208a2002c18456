"""What matching brought, by member and by industry, counted from the records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Q

from duijie.core.access import Viewer
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.match.worklist import members_in_charge
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status

GOOD = ("strong", "fair")


@dataclass
class Line:
    """The figures of one member or industry; `answer_days` holds the days that each answer took."""

    shown: int = 0
    interests: int = 0
    agreed: int = 0
    introductions: int = 0
    answer_days: list[float] = field(default_factory=list)
    needs: int = 0
    needs_with_good_match: int = 0

    @property
    def median_days(self) -> float | None:
        return round(median(self.answer_days), 1) if self.answer_days else None

    @property
    def share_percent(self) -> int | None:
        return round(100 * self.needs_with_good_match / self.needs) if self.needs else None


def figures(viewer: Viewer, *, by: str = "member") -> dict[str, Line]:
    """Lines by member id, or by division of GB/T 4754 ("" for listings without one), of the viewer's members."""
    members = set(members_in_charge(viewer))
    lines: dict[str, Line] = defaultdict(Line)

    def keys(listing: Listing | None, member_id: int) -> list[str]:
        if by == "member":
            return [str(member_id)]
        return sorted({code[:2] for code in listing.industries}) if listing and listing.industries else [""]

    for row in _suggestions(members):
        for listing, shown in ((row.asking, row.shown_to_asking_at), (row.giving, row.shown_to_giving_at)):
            if shown is not None and listing.owner_member_id in members:
                for key in keys(listing, listing.owner_member_id):
                    lines[key].shown += 1
    own = Q(from_member_id__in=members) | Q(to_listing__owner_member_id__in=members)
    for interest in Interest.objects.filter(own).select_related("from_listing", "to_listing"):
        ours = interest.from_member_id in members
        member = interest.from_member_id if ours else interest.to_listing.owner_member_id
        for key in keys(interest.from_listing if ours else interest.to_listing, member):
            lines[key].interests += 1
            lines[key].agreed += interest.status == Interest.Status.ACCEPTED
        if interest.answered_at is not None and interest.to_listing.owner_member_id in members:
            took = (interest.answered_at - interest.created_at).total_seconds() / 86_400
            for key in keys(interest.to_listing, interest.to_listing.owner_member_id):
                lines[key].answer_days.append(took)
    sides = Q(first_member_id__in=members) | Q(second_member_id__in=members)
    for introduction in Introduction.objects.filter(sides).select_related("first_listing", "second_listing"):
        ours = introduction.first_member_id in members
        side = introduction.first_listing if ours else introduction.second_listing
        for key in keys(side, introduction.first_member_id if ours else introduction.second_member_id):
            lines[key].introductions += 1
    needs = Listing.objects.unscoped("figures of the viewer's own members count, and show nothing").filter(
        kind="need", status=Status.PUBLISHED, owner_member_id__in=members
    )
    served = set(Suggestion.objects.filter(open=True, grade__in=GOOD).values_list("asking_id", flat=True))
    for need in needs:
        for key in keys(need, need.owner_member_id):
            lines[key].needs += 1
            lines[key].needs_with_good_match += need.pk in served
    return dict(lines)


def _suggestions(members: set[int]) -> list[Suggestion]:
    either = Q(asking__owner_member_id__in=members, shown_to_asking_at__isnull=False)
    either |= Q(giving__owner_member_id__in=members, shown_to_giving_at__isnull=False)
    return list(Suggestion.objects.filter(either).select_related("asking", "giving"))
