"""Who comes: the planner's list with decisions, sheets in and out; registering; an organisation's own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, Faults, NotFound
from duijie.core.files import XLSX
from duijie.core.language import Label, t
from duijie.meet import actions, queries
from duijie.meet.choices import RegistrationStatus
from duijie.meet.models import Registration
from duijie.meet.papers import sheets
from duijie.meet.rules import may_plan, may_speak_for
from duijie.meet.schemas import RegistrationRecord
from duijie.members.queries import own_organisations
from duijie.web.kit import Cell, Column, Option, Pages, Table
from duijie.web.kit.facets import Facet
from duijie.web.kit.parts import badge
from duijie.web.meet.events import done, title_of
from duijie.web.meet.navigation import crumbs, tabs_of, under_events
from duijie.web.meet.setup import planned_event
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

_BADGES = {"applied": "warn", "confirmed": "good", "waiting": "line", "declined": "bad", "withdrawn": ""}


def state_badge(status: str) -> str:
    return badge(RegistrationStatus(status).label, _BADGES[status])


@for_people
def registrations(request: HttpRequest, uid: str) -> HttpResponse:
    """Everybody who registered, with the decision one click away."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    status, text = request.GET.get("status", ""), request.GET.get("q", "")
    found = queries.registrations(viewer, event, status=status, text=text)
    pages = Pages.of(request, total=found.count(), size=50)
    plans = may_plan(viewer, event)
    columns = [
        Column("organisation", Label("单位", "Organisation")), Column("member", Label("所在成员", "Member")),
        Column("kind", Label("参会类别", "Comes as")), Column("people", Label("代表", "Representatives")),
        Column("at", Label("报名时间", "Registered"), "date"), Column("status", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(r.organisation.name, reverse("meet:mine", args=[uid, r.uid]) if plans else ""),
            r.organisation.home_member.name, r.kind, "、".join(p.name for p in r.representatives.all()),
            timezone.localtime(r.applied_at).strftime("%Y-%m-%d %H:%M"), state_badge(r.status),
        ]
        for r in found[pages.start : pages.stop]
    ]  # fmt: skip
    own = reverse("meet:sheet", args=[uid, "registrations"])
    facets = [
        Facet.of(
            request,
            "status",
            Label("状态", "State"),
            [Option(s.value, s.label) for s in RegistrationStatus],
            many=False,
        )
    ]
    context = {
        "event": event, "tabs": tabs_of(viewer, event, "registrations"), "crumbs": crumbs(event, (t("报名", "Registrations"), "")),
        "table": Table(
            columns, rows, request, pages, caption=t("报名", "Registrations"), empty=t("还没有单位报名。", "Nobody has registered yet."),
            exports={"Excel": own, "CSV": f"{own}?form=csv"} if plans else {},
        ),
        "facets": facets, "q": text, "plans": plans, "pending": list(queries.registrations(viewer, event, status="applied")[:30]) if plans else [],
        "waiting": queries.registrations(viewer, event, status="waiting").count(), "title": title_of(event),
    }  # fmt: skip
    return render(request, "meet/registrations.html", context)


@require_POST
@for_people
def decide(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    registration = queries.get_registration(viewer, event, registration_uid)
    accept = request.POST.get("decision") == "accept"

    def act() -> None:
        actions.decide_registration(
            actor=viewer, registration=registration, accept=accept, reason=request.POST.get("reason", ""),
            version=posted_version(request.POST),
        )  # fmt: skip

    return done(request, act, t("已处理。", "Decided."), reverse("meet:registrations", args=[uid]))


@for_people
def register(request: HttpRequest, uid: str) -> HttpResponse:
    """Register an organisation for an event."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    own = list(own_organisations(viewer)[:50])

    def save(record: RegistrationRecord, posted: QueryDict) -> str:
        made = actions.register(actor=viewer, event=event, record=record)
        return reverse("meet:mine", args=[uid, made.uid])

    return FormPage(
        request, RegistrationRecord, t("报名参加", "Register"), save, crumbs=crumbs(event), lead=title_of(event),
        values={"organisation": own[0].name} if len(own) == 1 else {}, submit=t("提交报名", "Register"),
        only=("organisation", "kind", "representatives", "brings", "seeks", "most_meetings"),
        done=Label("报名已提交。", "Registered."), draft=f"register-{uid}",
    ).response()  # fmt: skip


def mine_of(request: HttpRequest, uid: str, registration_uid: str) -> Registration:
    """An own registration (or one that the viewer plans), for its pages."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    registration = queries.get_registration(viewer, event, registration_uid)
    registration.event = event
    return registration


def own_tabs(registration: Registration, here: str) -> list[dict[str, object]]:
    event = registration.event
    names = [("mine", t("报名", "Registration"))]
    if registration.is_in and event.wishes_until:
        names.append(("own_wishes", t("意愿", "Wishes")))
    if registration.is_in and event.timetable_id:
        names.append(("own_timetable", t("我的日程", "My timetable")))
    return [
        {"label": label, "url": reverse(f"meet:{name}", args=[event.uid, registration.uid]), "active": name == here}
        for name, label in names
    ]


@for_people
def mine(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    """An organisation's own page: how it stands, who comes, when they are free."""
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)
    event = registration.event
    people = list(registration.representatives.all())
    context = {
        "event": event, "registration": registration, "title": title_of(event), "state": state_badge(registration.status),
        "tabs": own_tabs(registration, "mine"), "crumbs": crumbs(event, (registration.organisation.name, "")),
        "people": people, "slots": list(event.slots.all()), "speaks": may_speak_for(viewer, registration),
        "plans": may_plan(viewer, event), "open": event.status in ("draft", "published"),
    }  # fmt: skip
    return render(request, "meet/mine.html", context)


@for_people
def edit_mine(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)

    def save(record: RegistrationRecord, posted: QueryDict) -> str:
        actions.change_registration(
            actor=viewer, registration=registration, record=record, version=posted_version(posted)
        )
        return reverse("meet:mine", args=[uid, registration_uid])

    return FormPage(
        request, RegistrationRecord, t("修改报名", "Change the registration"), save,
        values=queries.registration_values(registration), version=registration.version,
        only=("kind", "representatives", "brings", "seeks", "most_meetings", "place_kinds"),
        crumbs=crumbs(registration.event, (registration.organisation.name, reverse("meet:mine", args=[uid, registration_uid]))),
        done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip


@require_POST
@for_people
def mine_verb(request: HttpRequest, uid: str, registration_uid: str, verb: str) -> HttpResponse:
    """Withdraw, or say when one is busy."""
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)

    def act() -> None:
        if verb == "withdraw":
            actions.withdraw_registration(actor=viewer, registration=registration)
        elif verb == "busy":
            person = registration.representatives.filter(uid=request.POST.get("person", "")).first()
            busy = request.POST.getlist("busy")
            actions.mark_availability(actor=viewer, registration=registration, busy=busy, person=person)
        else:
            raise NotFound

    return done(request, act, t("已保存。", "Saved."), reverse("meet:mine", args=[uid, registration_uid]))


@for_people
def sheet(request: HttpRequest, uid: str, kind: str) -> HttpResponse:
    """Registrations, wishes, quotas or the order of meetings as a sheet; posted, brought in from one."""
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    if kind not in sheets.SHEETS:
        raise NotFound
    if request.method == "POST":
        return _brought_in(request, event, kind)
    form = "csv" if request.GET.get("form") == "csv" else "xlsx"
    if request.GET.get("template"):
        content = sheets.template_of(kind)
    else:
        content = sheets.WRITERS[kind](viewer, event, form=form)
    media = "text/csv; charset=utf-8" if form == "csv" else XLSX
    return attachment(content, f"{kind}-{event.starts_on}.{form}", media)


def attachment(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_PAGES = {"registrations": "registrations", "wishes": "wishes"}


def _brought_in(request: HttpRequest, event: Any, kind: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    back = reverse(f"meet:{_PAGES.get(kind, 'setup')}", args=[event.uid])
    file = request.FILES.get("file")
    if file is None:
        return done(request, _refuse_missing, "", back)
    path = sheets.kept(file.chunks(), file.name or "sheet.xlsx")
    try:
        counts = actions.import_sheet(actor=viewer, event=event, kind=kind, path=path)
    except Fault as refused:
        if refused.status in {403, 404}:
            raise
        faults = refused.faults if isinstance(refused, Faults) else [refused]
        columns = [Column("place", Label("位置", "Place")), Column("fault", Label("问题", "What is wrong"))]
        rows = [[f.place or "", f.sentence] for f in faults]
        context = {
            "event": event, "title": title_of(event), "crumbs": crumbs(event), "back": back, "count": len(faults),
            "table": Table(columns, rows, caption=t("需要修改的地方", "What to mend"), tight=True),
        }  # fmt: skip
        return render(request, "meet/sheet_refused.html", context, status=422)
    finally:
        path.unlink(missing_ok=True)
    told = t(
        "新增 {a} 行，修改 {b} 行，{c} 行不变。",
        "{a} new, {b} changed, {c} as they were.",
        a=counts["created"],
        b=counts["changed"],
        c=counts["unchanged"],
    )
    return done(request, lambda: None, told, back)


def _refuse_missing() -> None:
    raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)


def redirect_to_own(request: HttpRequest, uid: str) -> HttpResponse:
    """From the short address on a poster to one's own page, or to registering."""
    viewer = viewer_of_page(request)
    event = queries.get_event(viewer, uid)
    first = None if viewer.is_guest else queries.own_registrations(viewer, event).first()
    name, more = ("mine", [first.uid]) if first else ("event", [])
    return HttpResponseRedirect(reverse(f"meet:{name}", args=[uid, *more]))
