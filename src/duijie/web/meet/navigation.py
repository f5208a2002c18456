"""Where the pages of events stand in the navigation, and their tabs."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.language import Label, t
from duijie.meet.models import Event
from duijie.meet.queries.outcomes import open_follow_ups
from duijie.meet.queries.wishes import received_requests
from duijie.meet.rules import may_help, may_plan
from duijie.web.navigation import NavigationItem, register, signed_in

Tabs = list[dict[str, object]]


def _waiting(viewer: Viewer) -> int | None:
    return (received_requests(viewer).count() or None) if not viewer.is_guest else None


register(NavigationItem("meet", Label("活动", "Events"), "calendar-event", "meet:events", order=40, count=_waiting))
register(
    NavigationItem(
        "follow_ups", Label("会后跟进", "Follow-ups"), "list-check", "meet:all_follow_ups", order=42, visible=signed_in,
        count=lambda viewer: open_follow_ups(viewer).count() or None,
    )
)  # fmt: skip


def under_events(request: HttpRequest) -> None:
    request.nav_key = "meet"  # type: ignore[attr-defined]


def crumbs(event: Event, *more: tuple[str, str]) -> list[tuple[str, str]]:
    own = (event.title, reverse("meet:event", args=[event.uid]))
    return [(t("活动", "Events"), reverse("meet:events")), own, *more]


_TABS = (
    ("setup", Label("筹备", "Set-up"), "plan"),
    ("registrations", Label("报名", "Registrations"), "help"),
    ("wishes", Label("意愿", "Wishes"), "plan"),
    ("drafts", Label("排程", "Timetables"), "plan"),
    ("check_in", Label("签到", "Check-in"), "help"),
    ("board", Label("现场", "Board"), "help"),
    ("repairs", Label("现场调整", "Repair"), "plan"),
    ("intents", Label("意向", "Intents"), "plan"),
    ("figures", Label("成果", "Results"), "plan"),
)


def tabs_of(viewer: Viewer, event: Event, here: str) -> Tabs:
    """The planner's tabs, or those of a helper; none for anybody else."""
    plans = may_plan(viewer, event)
    if not plans and not may_help(viewer, event):
        return []
    first: Tabs = [
        {"label": t("活动页", "Page"), "url": reverse("meet:event", args=[event.uid]), "active": here == "event"}
    ]
    return first + [
        {"label": label, "url": reverse(f"meet:{name}", args=[event.uid]), "active": name == here}
        for name, label, who in _TABS
        if plans or who == "help"
    ]
