"""On the day: a participant's own timetable, check-in at the door, the wall board, prints."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.core.language import t
from duijie.meet import actions, queries
from duijie.meet.choices import MeetingState
from duijie.meet.fields import read_instant
from duijie.meet.models import Representative
from duijie.meet.papers import prints
from duijie.meet.papers.calendars import MEDIA_TYPE, personal_calendar
from duijie.meet.rules import may_help, may_speak_for
from duijie.web.meet.events import done, title_of
from duijie.web.meet.navigation import crumbs, tabs_of, under_events
from duijie.web.meet.registrations import attachment, mine_of, own_tabs
from duijie.web.meet.setup import planned_event
from duijie.web.members.forms import for_people, viewer_of_page

PDF = "application/pdf"


@for_people
def own_timetable(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    """My day on the phone: the next meeting first, all of them below, badge and calendar."""
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)
    event = registration.event
    meetings = queries.meetings_of_registration(viewer, registration)
    now = timezone.now()
    coming = [m for m in meetings if m.meeting.slot.ends_at > now and m.meeting.state in ("planned", "running")]
    own_people = list(registration.representatives.all())
    person = next((p for p in own_people if p.user_id == viewer.user_id), own_people[0] if own_people else None)
    host = f"{request.scheme}://{request.get_host()}"
    context = {
        "event": event, "registration": registration, "title": title_of(event), "tabs": own_tabs(registration, "own_timetable"),
        "crumbs": crumbs(event, (registration.organisation.name, reverse("meet:mine", args=[uid, registration_uid])), (t("我的日程", "My timetable"), "")),
        "meetings": [(m, MeetingState.named(m.meeting.state)) for m in meetings], "next": coming[0] if coming else None, "person": person,
        "badge": f"{host}{reverse('meet:check_in', args=[uid])}?code={person.badge}" if person else "",
        "feed": f"{host}{reverse('meet:feed', args=[person.feed])}" if person and may_speak_for(viewer, registration) else "",
        "today": event.starts_on <= timezone.localdate() <= event.ends_on, "speaks": may_speak_for(viewer, registration),
    }  # fmt: skip
    return render(request, "meet/own_timetable.html", context)


@for_people
def own_timetable_pdf(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)
    meetings = queries.meetings_of_registration(viewer, registration)
    address = request.build_absolute_uri(reverse("meet:own_timetable", args=[uid, registration_uid]))
    people = "、".join(p.name for p in registration.representatives.all())
    content = prints.timetable_pdf(registration.event, registration.organisation.name, people, meetings, qr=address)
    return attachment(content, f"timetable-{registration.uid}.pdf", PDF)


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's meetings for a calendar program; whoever holds the address reads it, and nothing else."""
    person = queries.person_by_feed(token)
    event = person.registration.event
    content = personal_calendar(event, person.name, queries.meetings_of_person(person))
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "private, max-age=300"
    return response


# --- at the door ---------------------------------------------------------------------------------------------------------
def _helped(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    if not may_help(viewer, event):
        raise NotAllowed("签到和现场由会务组办理。", "Check-in and the board are for the organisers.")
    return event


@for_people
def check_in(request: HttpRequest, uid: str) -> HttpResponse:
    """The camera of a phone, or a typed code; what was done is kept on the phone until it has arrived here."""
    event = _helped(request, uid)
    if request.method == "POST":
        return _checked_in(request, event)
    viewer = viewer_of_page(request)
    text = request.GET.get("q", "").strip()
    people = Representative.objects.filter(registration__event=event, registration__status="confirmed").select_related(
        "registration__organisation"
    )
    if text:
        people = people.filter(name__icontains=text) | people.filter(registration__organisation__name__icontains=text)
    _, counts = queries.board(viewer, event)
    context = {
        "event": event, "title": title_of(event), "tabs": tabs_of(viewer, event, "check_in"), "crumbs": crumbs(event, (t("签到", "Check-in"), "")),
        "people": list(people.order_by("registration__organisation__name", "pk")[:100]) if text else [], "q": text, "counts": counts,
        "code": request.GET.get("code", ""),
    }  # fmt: skip
    return render(request, "meet/check_in.html", context)


def _checked_in(request: HttpRequest, event: Any) -> JsonResponse:
    """{"items": [{"code", "request", "at"}]} -> {"items": [{"request", "name" | "error", "first"}]}; each item on its own."""
    viewer = viewer_of_page(request)
    try:
        items = json.loads(request.body or b"{}").get("items", [])
        assert isinstance(items, list) and len(items) <= 200 and all(isinstance(x, dict) for x in items)
    except (ValueError, AssertionError, AttributeError):
        return JsonResponse({"error": t("请求看不懂。", "The request is unreadable.")}, status=400)
    answers = []
    for item in items:
        number = str(item.get("request", ""))[:40]
        try:
            at = read_instant(item["at"]) if item.get("at") else None
            person, first = actions.check_in(
                actor=viewer, event=event, code=str(item.get("code", ""))[:300], request=number, at=at
            )
            answers.append(
                {
                    "request": number,
                    "name": person.name,
                    "organisation": person.registration.organisation.name,
                    "first": first,
                }
            )
        except Fault as fault:
            answers.append({"request": number, "error": fault.sentence})
    return JsonResponse({"items": answers})


@require_POST
@for_people
def absent(request: HttpRequest, uid: str) -> HttpResponse:
    event = _helped(request, uid)
    person = (
        Representative.objects.filter(uid=request.POST.get("person", ""), registration__event=event)
        .select_related("registration__event")
        .first()
    )
    if person is None:
        raise NotFound
    gone = request.POST.get("absent", "true") == "true"
    back = f"{reverse('meet:check_in', args=[uid])}?q={request.POST.get('q', '')}"
    return done(
        request,
        lambda: actions.mark_absent(actor=viewer_of_page(request), person=person, absent=gone),
        t("已记录。", "Kept."),
        back,
    )


@for_people
def board(request: HttpRequest, uid: str) -> HttpResponse:
    """The wall: every table now and next, what is late; by itself every ten seconds."""
    viewer = viewer_of_page(request)
    event = _helped(request, uid)
    lines, counts = queries.board(viewer, event)
    context = {
        "event": event, "title": title_of(event), "lines": lines, "counts": counts, "now": timezone.now(),
        "tabs": tabs_of(viewer, event, "board"), "crumbs": crumbs(event, (t("现场", "Board"), "")),
    }  # fmt: skip
    return render(request, "meet/board_part.html" if request.headers.get("HX-Request") else "meet/board.html", context)


@for_people
def signs(request: HttpRequest, uid: str) -> HttpResponse:
    event = planned_event(request, uid)
    meetings = list(queries.draft_meetings(event.timetable)) if event.timetable else []
    return attachment(prints.signs_pdf(event, list(event.places.all()), meetings), f"signs-{event.starts_on}.pdf", PDF)


@for_people
def badges(request: HttpRequest, uid: str) -> HttpResponse:
    event = planned_event(request, uid)
    people = Representative.objects.filter(registration__event=event, registration__status="confirmed")
    address = request.build_absolute_uri(reverse("meet:check_in", args=[uid])) + "?code="
    rows = list(
        people.select_related("registration__organisation").order_by("registration__organisation__name", "pk")[:3_000]
    )
    return attachment(prints.badges_pdf(event, rows, address=address), f"badges-{event.starts_on}.pdf", PDF)
