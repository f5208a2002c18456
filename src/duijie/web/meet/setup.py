"""The planner's set-up: slots, places, walking, programme, fixed meetings, papers, the call, how strict conflicts are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.core.language import t
from duijie.core.schema import Record, parse
from duijie.core.text import half_width
from duijie.meet import actions, queries
from duijie.meet.choices import ConflictKind, ConflictLevel, SessionKind
from duijie.meet.models import Event
from duijie.meet.papers.sheets import said_precedences
from duijie.meet.planning.checking import LEVELS
from duijie.meet.rules import may_plan
from duijie.meet.schemas import (
    CallRecord,
    FixedRecord,
    PlacePlan,
    PlaceRow,
    PrecedenceRow,
    QuotaRow,
    SessionRow,
    SlotPlan,
)
from duijie.web.kit import Option, fields_of_schema
from duijie.web.meet.events import done, state_of, title_of
from duijie.web.meet.navigation import crumbs, tabs_of, under_events
from duijie.web.members.forms import for_people, read_form, refusals, viewer_of_page

_FORMS: dict[str, type[Record]] = {
    "slots": SlotPlan, "places": PlacePlan, "programme": SessionRow, "fixed": FixedRecord, "call": CallRecord,
}  # fmt: skip


def planned_event(request: HttpRequest, uid: str) -> Event:
    """The event, for a planner. Raises NotAllowed."""
    viewer = viewer_of_page(request)
    under_events(request)
    event = queries.get_event(viewer, uid)
    if not may_plan(viewer, event):
        raise NotAllowed("只有会务组可以打开这一页。", "This page is for the organisers.")
    return event


@for_people
def setup(request: HttpRequest, uid: str) -> HttpResponse:
    """Everything the event is made of, each part with the form that adds to it."""
    event = planned_event(request, uid)
    return _shown(request, event, {}, {}, 200)


def _shown(
    request: HttpRequest,
    event: Event,
    given: dict[str, dict[str, Any]],
    at: dict[str, dict[str, list[str]]],
    status: int,
) -> HttpResponse:
    viewer = viewer_of_page(request)
    call = getattr(event, "call", None)
    start: dict[str, dict[str, Any]] = {
        "slots": {"day": event.starts_on, "first": "09:00", "last": "11:40", "session": t("上午", "morning")},
        "call": {"text": call.text, "closes_on": call.closes_on, "places": call.places} if call else {},
    }
    forms = {
        name: [
            replace(one, id_prefix=f"{name}-")
            for one in fields_of_schema(schema, given.get(name, start.get(name, {})), at.get(name, {}))
        ]
        for name, schema in _FORMS.items()
    }
    levels = [(k, k.label, event.conflict_levels.get(k.value, LEVELS[k.value])) for k in ConflictKind]
    fixed = event.fixed.select_related("slot", "place").prefetch_related("registrations__organisation")
    context = {
        "event": event, "title": title_of(event), "state": state_of(event), "forms": forms, "call": call,
        "tabs": tabs_of(viewer, event, "setup"), "crumbs": crumbs(event, (t("筹备", "Set-up"), "")),
        "slots": list(event.slots.all()), "places": list(event.places.all()), "levels": levels,
        "level_options": [Option(x.value, x.label) for x in ConflictLevel],
        "sessions": [(s, SessionKind.named(s.kind)) for s in event.sessions.all()], "fixed": list(fixed),
        "documents": list(event.documents.select_related("file")),
        "walking": "\n".join(f"{a}，{b}，{m:g}" for a, b, m in event.walking),
        "quotas": "\n".join(_quota_line(q) for q in event.quotas),
        "order": "\n".join(f"{first}，{then}" for first, then in said_precedences(event)),
    }  # fmt: skip
    return render(request, "meet/setup.html", context, status=status)


def _quota_line(quota: dict[str, Any]) -> str:
    parts = [quota["kind"], quota.get("with_kind") or "", quota.get("most"), quota.get("fewest") or None]
    return "，".join("" if part is None else str(part) for part in parts).rstrip("，")


@for_people
def change(request: HttpRequest, uid: str, what: str) -> HttpResponse:
    """One of the set-up's forms, posted."""
    event = planned_event(request, uid)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("meet:setup", args=[uid]))
    if what not in _CHANGES:
        raise NotFound
    schema = _FORMS.get(what) if what in _FORMS else None
    try:
        _CHANGES[what](request, event)
    except Fault as fault:
        if fault.status in {403, 404} or schema is None:
            return done(request, _raise(fault), "", reverse("meet:setup", args=[uid]) + f"#{what}")
        at, others = refusals(fault)
        first = next(iter(schema.model_fields))
        at.setdefault(first, []).extend(others)
        return _shown(request, event, {what: read_form(request.POST, schema)}, {what: at}, 422)
    return done(request, lambda: None, t("已保存。", "Saved."), reverse("meet:setup", args=[uid]) + f"#{what}")


def _raise(fault: Fault) -> Callable[[], None]:
    def act() -> None:
        raise fault

    return act


def _posted(request: HttpRequest, schema: type[Record]) -> Any:
    return parse(schema, read_form(request.POST, schema))


def _slots(request: HttpRequest, event: Event) -> None:
    actor = viewer_of_page(request)
    if request.POST.get("remove") == "all":
        actions.set_slots(actor=actor, event=event, rows=[])
    else:
        actions.add_slots(actor=actor, event=event, plan=_posted(request, SlotPlan))


def _places(request: HttpRequest, event: Event) -> None:
    actor = viewer_of_page(request)
    if request.POST.get("remove") == "all":
        actions.set_places(actor=actor, event=event, rows=[])
    else:
        actions.add_places(actor=actor, event=event, plan=_posted(request, PlacePlan))


def _place(request: HttpRequest, event: Event) -> None:
    place = event.places.filter(code=request.POST.get("code", "")).first()
    if place is None:
        raise NotFound
    values = {
        "code": place.code,
        "capacity": place.capacity,
        "name": place.name,
        "kind": place.kind,
        "area": place.area,
    }
    closed = request.POST.getlist("closed")
    actions.change_place(actor=viewer_of_page(request), place=place, row=parse(PlaceRow, values | {"closed": closed}))


def _walking(request: HttpRequest, event: Event) -> None:
    rows = []
    for number, line in enumerate(request.POST.get("walking", "").splitlines(), start=1):
        parts = [p.strip() for p in half_width(line).replace("，", ",").split(",")]
        if parts == [""]:
            continue
        try:
            rows.append((parts[0], parts[1], float(parts[2])))
        except (IndexError, ValueError):
            raise Fault(
                "walking.line", f"第 {number} 行看不懂，请写“A 厅，B 厅，5”。", f"Line {number}: write “Hall A, Hall B, 5”.",
                place="walking", status=422,
            ) from None  # fmt: skip
    actions.set_walking(actor=viewer_of_page(request), event=event, walking=rows)


def _lines(request: HttpRequest, name: str) -> list[list[str]]:
    """The lines of a text field, each cut at commas; empty ones are passed over."""
    lines = [half_width(line).replace("，", ",") for line in request.POST.get(name, "").splitlines()]
    return [[part.strip() for part in line.split(",")] for line in lines if line.strip(" ,")]


def _quotas(request: HttpRequest, event: Event) -> None:
    names = ("kind", "with_kind", "most", "fewest")
    rows = [
        parse(QuotaRow, dict(zip(names, line, strict=False)), prefix=f"quotas.{n}.")
        for n, line in enumerate(_lines(request, "quotas"))
    ]
    actions.set_quotas(actor=viewer_of_page(request), event=event, rows=rows)


def _order(request: HttpRequest, event: Event) -> None:
    rows = [
        parse(PrecedenceRow, dict(zip(("first", "then"), line, strict=False)), prefix=f"precedences.{n}.")
        for n, line in enumerate(_lines(request, "order"))
    ]
    actions.set_precedences(actor=viewer_of_page(request), event=event, rows=rows)


def _programme(request: HttpRequest, event: Event) -> None:
    kept = [
        SessionRow.model_construct(
            kind=s.kind, title=s.title, title_en=s.title_en, starts_at=s.starts_at, ends_at=s.ends_at, where=s.where,
            speakers=[{"name": p["name"], "title": p["title"], "account": p["organisation"]} for p in s.speakers],
        )
        for s in event.sessions.all()
        if str(s.pk) != request.POST.get("remove")
    ]  # fmt: skip
    if not request.POST.get("remove"):
        kept.append(_posted(request, SessionRow))
    actions.set_programme(actor=viewer_of_page(request), event=event, rows=kept)


def _fixed(request: HttpRequest, event: Event) -> None:
    actor = viewer_of_page(request)
    gone = event.fixed.filter(code=request.POST.get("remove", "")).first()
    if gone is not None:
        actions.unfix_meeting(actor=actor, fixed=gone)
    else:
        actions.fix_meeting(actor=actor, event=event, record=_posted(request, FixedRecord))


def _call(request: HttpRequest, event: Event) -> None:
    actions.open_call(actor=viewer_of_page(request), event=event, record=_posted(request, CallRecord))


def _documents(request: HttpRequest, event: Event) -> None:
    actor = viewer_of_page(request)
    gone = event.documents.filter(uid=request.POST.get("remove", "")).first()
    if gone is not None:
        actions.remove_document(actor=actor, document=gone)
        return
    file = request.FILES.get("file")
    if file is None:
        raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)
    actions.add_document(
        actor=actor, event=event, title=request.POST.get("title", "") or file.name or "", chunks=file.chunks(),
        name=file.name or "file", media_type=file.content_type or "application/octet-stream",
        for_participants=request.POST.get("for_participants") == "true",
    )  # fmt: skip


def _levels(request: HttpRequest, event: Event) -> None:
    chosen = {k.value: request.POST.get(k.value, LEVELS[k.value]) for k in ConflictKind}
    levels = {k: v for k, v in chosen.items() if v != LEVELS[k]}
    actions.set_conflict_levels(actor=viewer_of_page(request), event=event, levels=levels)


_CHANGES: dict[str, Callable[[HttpRequest, Event], None]] = {
    "slots": _slots, "places": _places, "place": _place, "walking": _walking, "programme": _programme, "fixed": _fixed,
    "call": _call, "documents": _documents, "levels": _levels, "quotas": _quotas, "order": _order,
}  # fmt: skip
