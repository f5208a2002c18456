"""How members stand: suspending, restoring, ending; organisations of an industry alliance. Forms of the secretariat."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.calendar import parse_date
from duijie.core.errors import NotFound
from duijie.core.language import Label
from duijie.members import actions
from duijie.members.places import find_member, find_organisation
from duijie.members.queries import get_alliance
from duijie.web.govern.posting import posted
from duijie.web.members.forms import for_people, viewer_of_page


@require_POST
@for_people
def admit_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)

    def do() -> None:
        organisation = find_organisation(request.POST.get("organisation", ""))
        actions.admit_organisation(
            actor=viewer,
            alliance=alliance,
            organisation=organisation,
            standing=request.POST.get("standing") or "member",
        )

    return posted(
        request, do, f"{reverse('members:alliance', args=[slug])}#governance", Label("单位已加入。", "Admitted.")
    )


@require_POST
@for_people
def change_standing(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """suspend, restore or leave, for the member named in the form."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    form = request.POST

    def do() -> None:
        member = find_member(form.get("member", ""))
        until = parse_date(form.get("until", ""))
        if verb == "suspend":
            actions.suspend_member(
                actor=viewer, alliance=alliance, member=member, reason=form.get("reason", ""), until=until
            )
        elif verb == "restore":
            actions.restore_member(actor=viewer, alliance=alliance, member=member)
        else:
            actions.end_membership(
                actor=viewer,
                alliance=alliance,
                member=member,
                until=until or timezone.localdate(),
                reason=form.get("reason", ""),
            )

    done = {
        "suspend": Label("成员资格已暂停。", "The membership is suspended."), "restore": Label("成员资格已恢复。", "Restored."),
        "leave": Label("成员已退出。", "The member leaves."),
    }  # fmt: skip
    if verb not in done:
        raise NotFound
    return posted(request, do, reverse("members:alliance", args=[slug]), done[verb])
