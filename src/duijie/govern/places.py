"""Where the records of this app stand, for the rules; and the charter in force."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from duijie.core.errors import Conflict
from duijie.govern.models import Charter, Motion, Seat
from duijie.members.models import Alliance, Member, Organisation
from duijie.members.places import place_of_alliance, with_parents
from duijie.members.rules import Place

USUAL_PAPERS = ["入盟申请函", "单位简介", "授权委托书"]


def council_place(alliance: Alliance, member: Member | None = None, organisation: Organisation | None = None) -> Place:
    """The council of an alliance, as a member's or an organisation's people sit in it."""
    return Place(
        with_parents([alliance.pk]),
        frozenset({member.pk} if member else ()),
        frozenset({organisation.pk} if organisation else ()),
    )


def place_of_motion(motion: Motion) -> Place:
    return place_of_alliance(motion.alliance)


def place_of_seat(seat: Seat) -> Place:
    """The seat alone, without the alliance: who runs the council votes for nobody."""
    return Place(
        frozenset(),
        frozenset({seat.member_id} if seat.member_id else ()),
        frozenset({seat.organisation_id} if seat.organisation_id else ()),
    )


def charter_on(alliance: Alliance, day: date | None = None) -> Charter | None:
    """The charter in force on a day (today); a sub-alliance without one of its own goes by its parent's."""
    when, here = day or timezone.localdate(), alliance
    while True:
        found = (
            Charter.objects.filter(alliance=here, effective_on__lte=when).order_by("-effective_on", "-number").first()
        )
        if found is not None or here.parent is None:
            return found
        here = here.parent


def demand_charter(alliance: Alliance) -> Charter:
    """The charter in force today. Raises Conflict "charter.none"."""
    found = charter_on(alliance)
    if found is None:
        raise Conflict(
            "charter.none",
            f"{alliance}还没有章程，无法确定表决规则。请秘书处先登记章程。",
            f"{alliance} has no charter yet, so nobody knows how to vote. The secretariat records one first.",
        )
    return found


def papers_required(alliance: Alliance) -> list[str]:
    """The papers that an application to this alliance needs."""
    charter = charter_on(alliance)
    return list(charter.required_papers) if charter and charter.required_papers else list(USUAL_PAPERS)
