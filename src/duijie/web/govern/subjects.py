"""From a motion to what it is about, and from a record to a motion about it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.language import t
from duijie.govern import queries
from duijie.govern.choices import Question
from duijie.meet import queries as meeting
from duijie.members import queries as members
from duijie.members.models import Alliance
from duijie.members.queries import name_of
from duijie.plan import queries as planning

Link = tuple[str, str]


def _plan(viewer: Viewer, ref: str) -> Link:
    found = planning.get_plan(viewer, ref)
    return t(found.title, found.title_en or found.title), reverse("plans:plan", args=[found.uid])


def _agreement(viewer: Viewer, ref: str) -> Link:
    found = members.get_agreement(viewer, ref)
    return found.title, reverse("members:agreement", args=[found.uid])


def _event(viewer: Viewer, ref: str) -> Link:
    found = meeting.get_event(viewer, ref)
    return found.title, reverse("meet:event", args=[found.uid])


def _member(viewer: Viewer, ref: str) -> Link:
    found = members.get_member(viewer, ref)
    return name_of(found), reverse("members:member", args=[found.slug])


def _application(viewer: Viewer, ref: str) -> Link:
    found = queries.get_application(viewer, ref)
    return found.name, reverse("govern:application", args=[found.uid])


def _budget_line(viewer: Viewer, ref: str) -> Link:
    found = queries.get_line(viewer, ref)
    address = f"{reverse('govern:budget', args=[found.motion.alliance.slug])}?year={found.year}"
    return f"{found.year} {t(found.item, found.item_en or found.item)}", address


_READERS: dict[str, Callable[[Viewer, str], Link]] = {
    "plan": _plan, "agreement": _agreement, "event": _event, "member": _member, "application": _application,
    "budget_line": _budget_line,
}  # fmt: skip


def subject_link(viewer: Viewer, kind: str, ref: str) -> Link | None:
    """(name, address) of what a motion is about; None where it is about nothing that the viewer may see."""
    reader = _READERS.get(kind)
    if reader is None or not ref:
        return None
    try:
        return reader(viewer, ref)
    except Fault:
        return None


def motions_to_propose(viewer: Viewer, kind: str, ref: str, title: str, alliances: list[Alliance] | None = None) -> list[Link]:  # fmt: skip
    """(alliance, address of a form that is filled in) for each council in which the viewer sits; `alliances`: of these only."""
    if viewer.is_guest:
        return []
    inside = [a for a in queries.councils(viewer) if alliances is None or a in alliances]
    query = urlencode({"kind": kind, "about": ref, "title": title[:120]})
    return [(name_of(a), f"{reverse('govern:new_motion', args=[a.slug])}?{query}") for a in inside]


def asked_for(request: HttpRequest) -> dict[str, str]:
    """What the address of the form says of the motion, where somebody came from a plan or an agreement."""
    asked = request.GET
    kind = asked.get("kind", "")
    found = {"kind": kind if kind in Question._value2member_map_ else "", "about": asked.get("about", "")[:60], "title": asked.get("title", "")[:120]}  # fmt: skip
    return {name: value for name, value in found.items() if value}
