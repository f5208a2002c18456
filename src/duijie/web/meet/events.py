"""The list of events, an event's public page, making and changing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotAllowed
from duijie.core.files import download
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.choices import EntryStatus, EventKind, EventStatus, SessionKind
from duijie.meet.models import Event
from duijie.meet.papers.calendars import MEDIA_TYPE, event_calendar
from duijie.meet.rules import may_help, may_plan
from duijie.meet.schemas import DecisionRecord, EntryRecord, EventRecord, ReviewRecord
from duijie.members.models import Alliance, Member
from duijie.members.queries import own_organisations
from duijie.members.queries.rota import host_on
from duijie.web.kit import FormField, Option, Pages
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.kit.fields import Choice
from duijie.web.kit.parts import badge
from duijie.web.meet.navigation import crumbs, tabs_of, under_events
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

_KINDS = {"draft": "warn", "published": "good", "over": "", "cancelled": "bad"}


def state_of(event: Event) -> str:
    return badge(EventStatus(event.status).label, _KINDS[event.status])


def title_of(event: Event) -> str:
    return t(event.title, event.title_en or event.title)


def events(request: HttpRequest) -> HttpResponse:
    """What is coming, what was; for planners also what they prepare."""
    viewer = viewer_of_page(request)
    under_events(request)
    asked = request.GET
    when = asked.get("when", "coming")
    wanted = queries.EventFilter(
        kind=tuple(k for k in asked.getlist("kind") if k in EventKind._value2member_map_),
        when="" if when == "all" or asked.get("own") == "1" else when,
        alliance=asked.get("alliance", ""),
        text=asked.get("q", ""),
        planned=asked.get("own") == "1",
    )
    found = queries.events(viewer, wanted)
    pages = Pages.of(request, total=found.count(), size=20)
    plans = bool(viewer.grants) and queries.planned_members(viewer).exists()
    facets = [
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in EventKind]),
        Facet.of(
            request, "alliance", Label("联盟", "Alliance"),
            [Option(a.slug, Label(a.name, a.name_en or a.name)) for a in Alliance.objects.order_by("name")], many=False,
        ),
    ]  # fmt: skip
    address = reverse("meet:events")
    names = [("coming", t("即将举办", "Coming"), f"{address}"), ("past", t("往期", "Past"), f"{address}?when=past")]
    tabs = [{"label": n, "url": u, "active": k == when and not wanted.planned} for k, n, u in names]
    if plans:
        tabs.append({"label": t("我筹备的", "I prepare"), "url": f"{address}?own=1", "active": wanted.planned})
    rows = list(found[pages.start : pages.stop])
    context = {
        "rows": [(e, title_of(e), EventKind.named(e.kind), state_of(e) if e.status != "published" else "") for e in rows],
        "pages": pages, "facets": facets, "active": ActiveFilter.from_facets(facets), "tabs": tabs, "plans": plans,
        "q": wanted.text, "mine": list(queries.upcoming(viewer)[:5]) if not viewer.is_guest else [],
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "meet/events.html", context)


def event_page(request: HttpRequest, uid: str) -> HttpResponse:
    """An event for everybody who sees it: what, when, where, programme, call, papers, registering."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    today = timezone.localdate()
    last = event.registration_until or event.ends_on
    open_ = event.status == "published" and (event.registration_from or today) <= today <= last
    own = [] if viewer.is_guest else list(queries.own_registrations(viewer, event)[:20])
    papers = queries.may_see_documents(viewer, event) if viewer.grants or viewer.is_system else False
    call = getattr(event, "call", None)
    context = {
        "event": event, "title": title_of(event), "kind": EventKind.named(event.kind), "state": state_of(event),
        "tabs": tabs_of(viewer, event, "event"), "crumbs": [*crumbs(event)[:1], (title_of(event), "")],
        "open": open_, "last": last, "own": own, "confirmed": event.registrations.filter(status="confirmed").count(),
        "sessions": [(s, SessionKind.named(s.kind)) for s in event.sessions.all()],
        "documents": [d for d in event.documents.all() if papers or not d.for_participants],
        "call": call, "call_open": call is not None and today <= call.closes_on and event.status == "published",
        "entries": [(e, EntryStatus.named(e.status)) for e in queries.entries(viewer, event)[:50]] if call and viewer.grants else [],
        "plans": may_plan(viewer, event), "helps": may_help(viewer, event), "papers": papers,
        "may_register": open_ and not viewer.is_guest,
    }  # fmt: skip
    return render(request, "meet/event.html", context)


def calendar(request: HttpRequest, uid: str) -> HttpResponse:
    event = queries.get_event(viewer_of_page(request), uid)
    url = request.build_absolute_uri(reverse("meet:event", args=[uid]))
    response = HttpResponse(event_calendar(event, url=url), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{event.uid}.ics"'
    return response


def document(request: HttpRequest, uid: str, document_uid: str) -> FileResponse:
    viewer = viewer_of_page(request)
    found = queries.get_document(viewer, queries.get_event(viewer, uid), document_uid)
    return download(found.file)


def _host_field(request: HttpRequest, members: list[Member]) -> FormField:
    return FormField(
        "host", Label("主办成员", "Host"), kind="choice", required=True,
        value=request.POST.get("host", request.GET.get("host", members[0].slug if len(members) == 1 else "")),
        choices=[Choice(m.slug, Label(m.name, m.name_en or m.name)) for m in members],
        help=t("轮值表上有当值成员时，默认由它主办。", "Where the rota names a host for the day, it is suggested."),
    )  # fmt: skip


@for_people
def new_event(request: HttpRequest) -> HttpResponse:
    """Prepare an event."""
    viewer = viewer_of_page(request)
    under_events(request)
    members = list(queries.planned_members(viewer))
    if not members:
        raise NotAllowed(
            "活动由成员的活动策划、联络员或联盟秘书处筹备。",
            "Events are prepared by a member's planners or the secretariat.",
        )

    def save(record: EventRecord, posted: QueryDict) -> str:
        host = next((m for m in members if m.slug == posted.get("host")), None)
        if host is None and record.alliance and record.starts_on:
            alliance = Alliance.objects.filter(slug=record.alliance).first()
            host = host_on(alliance, record.starts_on) if alliance else None
            host = host if host in members else None
        if host is None:
            raise Fault("missing", "主办成员：必须填写。", "Host: is required.", place="host", status=422)
        made = actions.create_event(actor=viewer, member=host, record=record)
        return reverse("meet:setup", args=[made.uid])

    return FormPage(
        request, EventRecord, t("筹备活动", "Prepare an event"), save, values={"kind": request.GET.get("kind", "matchmaking")},
        crumbs=[(t("活动", "Events"), reverse("meet:events"))], extra=[_host_field(request, members)],
        done=Label("已建立，接着填时段、场地和议程。", "Made; now slots, places and programme."), draft="event-new",
    ).response()  # fmt: skip


@for_people
def edit_event(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    if not may_plan(viewer, event):
        raise NotAllowed

    def save(record: EventRecord, posted: QueryDict) -> str:
        actions.change_event(actor=viewer, event=event, record=record, version=posted_version(posted))
        return reverse("meet:setup", args=[event.uid])

    return FormPage(
        request, EventRecord, t("修改活动", "Change the event"), save, values=actions.event_values(event),
        crumbs=crumbs(event), version=event.version, done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip


_VERBS: dict[str, tuple[Any, Label]] = {
    "publish": (
        actions.publish_event,
        Label("活动已发布，可以报名。", "The event is published and takes registrations."),
    ),
    "close": (actions.close_event, Label("活动已结束。", "The event is over.")),
    "cancel": (
        actions.cancel_event,
        Label("活动已取消，报名的单位会收到通知。", "The event is cancelled; who registered is told."),
    ),
}


@require_POST
@for_people
def event_verb(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    event = queries.get_event(viewer, uid)
    if verb not in _VERBS:
        raise NotAllowed
    act, told = _VERBS[verb]
    return done(request, lambda: act(actor=viewer, event=event), str(told), reverse("meet:event", args=[uid]))


def done(request: HttpRequest, act: Any, told: str, address: str) -> HttpResponse:
    """Do it and go on; a refusal is said on the next page."""
    try:
        act()
        if told:
            messages.success(request, told)
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        for one in getattr(fault, "faults", [fault])[:20]:
            messages.error(request, one.sentence)
    return HttpResponseRedirect(address)


@for_people
def submit_entry(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a project forward."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    own = list(own_organisations(viewer)[:50])

    def save(record: EntryRecord, posted: QueryDict) -> str:
        actions.submit_entry(actor=viewer, event=event, record=record)
        return reverse("meet:event", args=[uid])

    return FormPage(
        request, EntryRecord, t("提交项目", "Put a project forward"), save, crumbs=crumbs(event),
        values={"organisation": own[0].name} if len(own) == 1 else {}, done=Label("已提交，等待评审。", "Submitted for review."),
    ).response()  # fmt: skip


@for_people
def entries(request: HttpRequest, uid: str) -> HttpResponse:
    """Reviewing what came in: scores with reasons, best first."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    if not may_plan(viewer, event):
        raise NotAllowed
    if request.method == "POST":
        entry = queries.get_entry(viewer, event, request.POST.get("entry", ""))
        given = {k: v for k, v in request.POST.items() if k in ("score", "reason", "decision")}

        def act() -> None:
            if "decision" in given:
                record = parse(DecisionRecord, {k: given.get(k) for k in ("decision", "reason")})
                actions.decide_entry(actor=viewer, entry=entry, record=record)
            else:
                actions.review_entry(actor=viewer, entry=entry, record=parse(ReviewRecord, given))

        return done(request, act, t("已记录。", "Kept."), reverse("meet:entries", args=[uid]))
    rows = [(e, EntryStatus.named(e.status)) for e in queries.entries(viewer, event)]
    context = {
        "event": event,
        "rows": rows,
        "tabs": tabs_of(viewer, event, "setup"),
        "crumbs": crumbs(event, (t("项目征集", "Call for projects"), "")),
    }
    return render(request, "meet/entries.html", context)
