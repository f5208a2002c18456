"""A meeting's own page (note, intent, what next), intents, follow-ups, the figures and the report."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.files import XLSX
from duijie.core.language import Label, t
from duijie.core.money import CURRENCIES
from duijie.core.schema import parse
from duijie.core.word import MEDIA_TYPE as WORD
from duijie.meet import actions, queries
from duijie.meet.choices import IntentKind, IntentStatus, MeetingState
from duijie.meet.models import Intent
from duijie.meet.papers import report
from duijie.meet.rules import may_help, may_plan, may_speak
from duijie.meet.schemas import FollowUpRecord, IntentRecord, NoteRecord
from duijie.web.kit import Cell, Column, Pages, Table, fields_of_schema
from duijie.web.kit.parts import badge
from duijie.web.meet.events import done, title_of
from duijie.web.meet.navigation import crumbs, tabs_of, under_events
from duijie.web.meet.registrations import attachment
from duijie.web.meet.setup import planned_event
from duijie.web.members.forms import for_people, read_form, viewer_of_page

_BADGES = {"proposed": "warn", "signed": "good", "withdrawn": ""}


@for_people
def meeting(request: HttpRequest, uid: str, meeting_uid: str) -> HttpResponse:
    """A meeting as one of its sides sees it."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    found, own = queries.get_meeting(viewer, event, meeting_uid)
    found.draft.event = event
    if request.method == "POST":
        return _done(request, event, found, own)
    sides = [p.registration for p in found.parties.all()]
    others = [r for r in sides if own is None or r.pk != own.pk]
    back = reverse("meet:own_timetable", args=[uid, own.uid]) if own else reverse("meet:board", args=[uid])
    note = queries.notes_of(viewer, found, own) if own else None
    mine = own.organisation_id if own else 0
    signed = [
        (i, IntentStatus.named(i.status), i.second_organisation_id == mine and i.status == "proposed")
        for i in queries.intents(viewer, event)
        if {i.first_organisation_id, i.second_organisation_id} <= {r.organisation_id for r in sides}
    ]
    intent_fields = fields_of_schema(
        IntentRecord, {"title": "", "kind": "cooperation"}, only=("title", "kind", "amount", "summary")
    )
    context = {
        "event": event, "meeting": found, "own": own, "others": others, "state": MeetingState.named(found.state), "back": back,
        "crumbs": crumbs(event, (t("会面", "Meeting"), "")), "note": note, "helps": may_help(viewer, event), "intents": signed,
        "note_fields": fields_of_schema(NoteRecord, {"rating": note.rating, "text": note.text} if note else {}, only=("text",)),
        "ratings": range(1, 6), "intent_fields": intent_fields,
        "follow_fields": fields_of_schema(FollowUpRecord, {}), "people": [(r, list(r.representatives.all())) for r in others],
        "follow_ups": [f for f in queries.follow_ups(viewer, event) if f.meeting_id == found.pk],
    }  # fmt: skip
    return render(request, "meet/meeting.html", context)


def _done(request: HttpRequest, event: Any, found: Any, own: Any) -> HttpResponse:
    viewer, what = viewer_of_page(request), request.POST.get("do", "")
    sides = [p.registration for p in found.parties.all()]
    other = next((r for r in sides if own is None or r.pk != own.pk), None)

    def act() -> None:
        if what in ("running", "held", "missed", "planned"):
            actions.call_meeting(actor=viewer, meeting=found, state=what)
        elif own is None or other is None:
            raise NotFound
        elif what == "note":
            actions.keep_note(
                actor=viewer,
                meeting=found,
                registration=own,
                record=parse(
                    NoteRecord, {"rating": request.POST.get("rating", ""), "text": request.POST.get("text", "")}
                ),
            )
        elif what == "intent":
            given = read_form(request.POST, IntentRecord, ("title", "kind", "amount", "summary"))
            actions.propose_intent(
                actor=viewer, event=event, organisation=own.organisation, meeting=found,
                record=parse(IntentRecord, given | {"other": other.organisation.uid}),
            )  # fmt: skip
        elif what == "follow_up":
            actions.add_follow_up(
                actor=viewer, event=event, first=own.organisation, second=other.organisation, meeting=found,
                record=parse(FollowUpRecord, read_form(request.POST, FollowUpRecord)),
            )  # fmt: skip
        else:
            raise NotFound

    words = {
        "note": t("已记下，只有本单位看得到。", "Kept for your own side."),
        "intent": t("已发给对方签字。", "Sent to the other side to sign."),
        "follow_up": t("已交给双方联络员。", "Handed to the liaison officers of both sides."),
    }
    return done(
        request, act, words.get(what, t("已记录。", "Kept.")), reverse("meet:meeting", args=[event.uid, found.uid])
    )


def money(intent: Intent) -> str:
    return report.money_of(intent.amount_minor, intent.currency)


@for_people
def intents(request: HttpRequest, uid: str) -> HttpResponse:
    """The intents of an event, and the form for what was signed on paper."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    found = queries.intents(viewer, event)
    if request.method == "POST":

        def act() -> None:
            from duijie.members.places import find_organisation

            given = read_form(request.POST, IntentRecord)
            first = find_organisation(request.POST.get("first", ""), place="first")
            actions.propose_intent(
                actor=viewer, event=event, organisation=first, record=parse(IntentRecord, given), both_sign=True
            )

        return done(request, act, t("已登记。", "On record."), reverse("meet:intents", args=[uid]))
    pages = Pages.of(request, total=found.count(), size=50)
    columns = [
        Column("title", Label("项目", "Project")), Column("sides", Label("双方", "Both sides")), Column("kind", Label("类别", "Kind")),
        Column("sum", Label("金额", "Sum"), "money"), Column("on", Label("签署日", "Signed on"), "date"), Column("state", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(i.title, reverse("meet:intent", args=[uid, i.uid])), f"{i.first_organisation} — {i.second_organisation}", IntentKind.named(i.kind),
            money(i), i.effective_on.isoformat() if i.effective_on else "",
            badge(t("升级", "upgrade"), "line") if i.upgrade_of_id else badge(IntentStatus(i.status).label, _BADGES[i.status]),
        ]
        for i in found[pages.start : pages.stop]
    ]  # fmt: skip
    plans = may_plan(viewer, event)
    context = {
        "event": event, "title": title_of(event), "tabs": tabs_of(viewer, event, "intents"), "crumbs": crumbs(event, (t("意向", "Intents"), "")),
        "table": Table(columns, rows, request, pages, caption=t("意向", "Intents"), empty=t("还没有意向。", "No intents yet.")),
        "plans": plans, "fields": fields_of_schema(IntentRecord, {"kind": "cooperation"}, only=("other", "title", "kind", "amount", "summary")),
    }  # fmt: skip
    return render(request, "meet/intents.html", context)


@for_people
def intent(request: HttpRequest, uid: str, intent_uid: str) -> HttpResponse:
    """One intent: sign it, take it back, and see what became of it."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    found = queries.get_intent(viewer, event, intent_uid)
    if request.method == "POST":
        act = actions.sign_intent if request.POST.get("do") == "sign" else actions.withdraw_intent
        return done(
            request,
            lambda: act(actor=viewer, intent=found),
            t("已签署。", "Signed.") if act is actions.sign_intent else t("已撤回。", "Withdrawn."),
            reverse("meet:intent", args=[uid, intent_uid]),
        )
    waits = found.status == "proposed"
    context = {
        "event": event, "intent": found, "kind": IntentKind.named(found.kind), "amount": money(found),
        "state": badge(IntentStatus(found.status).label, _BADGES[found.status]), "crumbs": crumbs(event, (t("意向", "Intents"), reverse("meet:intents", args=[uid])), (found.title, "")),
        "may_sign": waits and may_speak(viewer, found.second_organisation), "may_withdraw": waits and may_speak(viewer, found.first_organisation),
        "became": [link for show in BECAME for link in show(viewer, found)],
    }  # fmt: skip
    return render(request, "meet/intent.html", context)


# What pages of later stages show of an intent (a deal, say): each gives (label, address) pairs.
BECAME: list[Callable[[Viewer, Intent], list[tuple[str, str]]]] = []


@for_people
def follow_ups(request: HttpRequest, uid: str = "") -> HttpResponse:
    """What is to be done: of one event, or all of one's own."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid) if uid else None
    if not uid:
        request.nav_key = "follow_ups"  # type: ignore[attr-defined]
    found = queries.follow_ups(viewer, event)
    if request.GET.get("all") != "1":
        found = found.filter(done_at__isnull=True)
    pages = Pages.of(request, total=found.count(), size=50)
    address = reverse("meet:follow_ups", args=[uid]) if uid else reverse("meet:all_follow_ups")
    context = {
        "event": event, "rows": found[pages.start : pages.stop], "pages": pages, "today": timezone.localdate(), "address": address,
        "every": request.GET.get("all") == "1", "crumbs": crumbs(event, (t("会后跟进", "Follow-ups"), "")) if event else [],
    }  # fmt: skip
    return render(request, "meet/follow_ups.html", context)


@require_POST
@for_people
def follow_up_done(request: HttpRequest, uid: str, follow_up_uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_follow_up(viewer, queries.get_event(viewer, uid), follow_up_uid)
    return done(
        request,
        lambda: actions.finish_follow_up(actor=viewer, follow_up=found),
        t("已完成。", "Done."),
        reverse("meet:all_follow_ups"),
    )


@for_people
def figures(request: HttpRequest, uid: str) -> HttpResponse:
    """What came of the event."""
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    found = queries.figures_of_event(viewer, event)
    columns = [Column("what", Label("指标", "Figure")), Column("value", Label("数值", "Value"))]
    rows = [[name, str(value)] for name, value in report.figure_rows(found)]
    sums = [
        (Decimal(minor).scaleb(-CURRENCIES[code].decimals), t(CURRENCIES[code].zh, code))
        for code, minor in sorted(found.amounts.items())
    ]
    context = {
        "event": event, "title": title_of(event), "figures": found, "sums": sums, "tabs": tabs_of(viewer, event, "figures"),
        "crumbs": crumbs(event, (t("成果", "Results"), "")), "table": Table(columns, rows, caption=t("全部指标", "All figures")),
    }  # fmt: skip
    return render(request, "meet/figures.html", context)


@for_people
def report_file(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """The report as Word or Excel."""
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    if form == "docx":
        return attachment(report.word_report(viewer, event), f"report-{event.starts_on}.docx", WORD)
    if form == "xlsx":
        return attachment(report.excel_report(viewer, event), f"report-{event.starts_on}.xlsx", XLSX)
    raise NotFound
