"""Where these pages stand in the navigation, and what they put on the pages of alliances and members."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.govern import queries
from duijie.members import queries as members
from duijie.members.choices import OrganisationStanding
from duijie.members.models import Alliance, Member
from duijie.members.queries import name_of
from duijie.web.govern.desk import waiting_count
from duijie.web.members.sections import section
from duijie.web.navigation import NavigationItem, register

_OFFICERS = {"liaison", "member_admin", "secretariat", "leader", "editor"}


def _works(viewer: Viewer) -> bool:
    return viewer.has_role(_OFFICERS)


register(
    NavigationItem(
        "desk", Label("今日工作", "Today"), "checklist", "govern:desk", 5, visible=_works, section="own",
        count=lambda viewer: waiting_count(viewer) or None,
    )
)  # fmt: skip
register(NavigationItem("exchanges", Label("交流互访", "Exchanges"), "plane-departure", "govern:exchanges", 45))
register(
    NavigationItem(
        "officers", Label("联络员", "Officers"), "address-book", "govern:officers", 15, visible=lambda v: not v.is_guest, section="rule"
    )
)  # fmt: skip


@section("alliance", order=5)
def governance(request: HttpRequest, alliance: Alliance) -> str:
    """Who hosts, who leads, what was resolved, how to join; the organisations of an industry alliance."""
    viewer = request.viewer  # type: ignore[attr-defined]
    today = timezone.localdate()
    firms = members.organisation_memberships(viewer, alliance)
    context = {
        "alliance": alliance,
        "host": members.host_on(alliance, today),
        "offices": queries.offices(viewer, alliance)[:3],
        "resolutions": list(queries.resolutions(viewer, alliance=alliance)[:3]),
        "firms": [(f.organisation, name_of(f.organisation), OrganisationStanding.named(f.standing)) for f in firms],
        "serves": queries.rights_in(viewer, alliance)["council_run"],
    }
    return render_to_string("govern/alliance_section.html", context, request)


@section("member", order=30)
def exchanges_of_member(request: HttpRequest, member: Member) -> str:
    """The latest exchanges of a member."""
    found = list(queries.exchanges(request.viewer, member=member)[:5])  # type: ignore[attr-defined]
    return (
        render_to_string("govern/member_section.html", {"exchanges": found, "member": member}, request) if found else ""
    )
