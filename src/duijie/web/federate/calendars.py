"""Calendars to subscribe to: the whole's and each member's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from duijie.core.dates import all_dates
from duijie.core.language import t
from duijie.federate.out.calendar import calendar
from duijie.web.federate.out import refusals_as_problems
from duijie.web.federate.visitors import member_named, viewer_of_machine


@require_safe
@refusals_as_problems
def ics(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Deadlines and whatever else has a date, as iCalendar."""
    member = member_named(slug)
    found = all_dates(viewer_of_machine(request), member.pk if member else None)
    name = member.name if member else t("对接日历", "Duijie")
    response = HttpResponse(calendar(name, found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{slug or "duijie"}.ics"'
    return response
