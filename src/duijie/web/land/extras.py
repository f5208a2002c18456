"""What landing adds to others' pages: projects on a member's page, due steps and blockers on the desk."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from duijie.core.access import Viewer
from duijie.land import queries
from duijie.members.models import Member
from duijie.web.land.words import money
from duijie.web.members.sections import section


def hang_on() -> None:
    """Called once when the addresses are read: importing this module has registered the sections."""


@section("member", order=30)
def projects_of_member(request: HttpRequest, member: Member) -> str:
    """The latest projects of a member that the viewer may see."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = list(queries.projects(viewer, member=member.slug)[:5])
    if not rows:
        return ""
    context = {
        "member": member,
        "rows": [(p, money(p.total_cny_minor)) for p in rows],
        "is_staff": member.pk in viewer.member_ids,
    }
    return render_to_string("land/member_projects.html", context, request=request)


@section("desk", order=10)
def desk(request: HttpRequest, viewer: Viewer) -> str:
    """Next steps that are due, and blockers raised to one's members."""
    due = list(queries.due_deals(viewer)[:6])
    blockers = list(queries.blockers_for(viewer)[:5]) if viewer.grants else []
    if not due and not blockers:
        return ""
    return render_to_string("land/desk.html", {"due": due, "blockers": blockers}, request=request)
