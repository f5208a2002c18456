"""What landing adds to others' pages: projects on a member's page, due steps and blockers on the desk, the deal of an intent."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.language import t
from duijie.land import queries
from duijie.land.choices import Source, Stage
from duijie.meet.models import Intent
from duijie.members.models import Member
from duijie.web.land.words import money
from duijie.web.meet import outcomes
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


def deals_of_intent(viewer: Viewer, intent: Intent) -> list[tuple[str, str]]:
    """(words, address) of the deal that a signed intent became; an upgrade leads to the deal of the first signing."""
    first = intent.upgrade_of or intent
    found = queries.deals_of_source(viewer, Source.MEETING_INTENT.value, first.uid)
    return [
        (t("项目“{x}”：{s}", "Deal “{x}”: {s}", x=d.title, s=Stage.named(d.stage)), reverse("deal", args=[d.uid]))
        for d in found
    ]


outcomes.BECAME.append(deals_of_intent)
