"""What events add to the desk: requests that wait for an answer, follow-ups that are due."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.meet.queries.outcomes import open_follow_ups
from duijie.meet.queries.wishes import received_requests
from duijie.web.members.sections import section

# Follow-ups of the coming week stand on the desk; the rest on their own page.
DAYS_AHEAD = 7


def hang_on() -> None:
    """Called once when the addresses are read: importing this module has registered the section."""


@section("desk", order=5)
def desk(request: HttpRequest, viewer: Viewer) -> str:
    """Requests to meet, the one that runs out first on top; follow-ups due within a week, the latest overdue included."""
    if viewer.is_guest:
        return ""
    today = timezone.localdate()
    asked, follow_ups = received_requests(viewer), open_follow_ups(viewer)
    due = list(follow_ups.filter(due_on__lte=today + dt.timedelta(days=DAYS_AHEAD))[:6])
    context = {"asked": list(asked[:6]), "due": due, "today": today}
    if not context["asked"] and not due:
        return ""
    context |= {"asked_count": asked.count(), "due_count": follow_ups.count()}
    return render_to_string("meet/desk.html", context, request=request)
