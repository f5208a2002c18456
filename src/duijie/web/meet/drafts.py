"""Timetables: asked of the machine, compared side by side, worked on in the grid, published; repairs on the day."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotFound
from duijie.core.files import XLSX
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.choices import DraftStatus, WishLevel
from duijie.meet.models import Draft, Meeting
from duijie.meet.papers import sheets
from duijie.meet.planning.loading import load_day
from duijie.meet.schemas import ArrangeRecord, DisruptionRecord
from duijie.web.kit import Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.meet.events import done, title_of
from duijie.web.meet.navigation import crumbs, tabs_of
from duijie.web.meet.registrations import attachment
from duijie.web.meet.setup import planned_event
from duijie.web.members.forms import FormPage, for_people, posted_version, read_form, viewer_of_page

GOALS = (
    ("musts", Label("“必须见”满足", "Musts served")), ("worth", Label("双方总价值", "Worth of both sides")),
    ("breaks", Label("空档次数", "Breaks")), ("idle", Label("空闲时段", "Idle slots")), ("place_changes", Label("换桌次数", "Changes of table")),
)  # fmt: skip
PROOFS = {
    "optimal": (Label("已证明最优", "proven optimal"), "good"), "bound": (Label("在界内", "within the bound"), "line"),
    "by_hand": (Label("手工改动", "changed by hand"), "warn"),
}  # fmt: skip
_STATES = {"running": "river", "ready": "good", "stopped": "warn", "impossible": "bad", "failed": "bad"}


def name_of(draft: Draft) -> str:
    words = t("草案 {n}", "Draft {n}", n=draft.number)
    return f"{words}：{draft.name}" if draft.name else words


def state_of(draft: Draft) -> str:
    return badge(DraftStatus(draft.status).label, _STATES[draft.status])


def goal_cell(draft: Draft, goal: str) -> str:
    """Value, bound and proof of a goal, short."""
    found = draft.goals.get(goal)
    if not found:
        return "—"
    value, bound = found["value"], found.get("bound")
    words = f"{value:g}" + (f" / {bound:g}" if bound is not None and bound != value else "")
    proof = PROOFS.get(found["proof"])
    return f"{words}（{proof[0]}）" if proof else words


@for_people
def drafts(request: HttpRequest, uid: str) -> HttpResponse:
    """The drafts side by side, and the form that asks for another."""
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    found = list(queries.drafts(viewer, event))
    if request.method == "POST":
        return _started(request, event, found)
    ready = [d for d in found if d.status in ("ready", "stopped")]
    columns = [Column("what", Label("比较", "Compare")), *(Column(d.uid, Label(name_of(d), name_of(d))) for d in ready)]
    rows: list[list[Any]] = [[str(label), *(goal_cell(d, goal) for d in ready)] for goal, label in GOALS]
    extra = (
        ("meetings", Label("会面", "Meetings")), ("with_meetings", Label("有会面的单位", "Participants with a meeting")),
        ("most_breaks", Label("一人最多空档", "Most breaks of a person")), ("walking", Label("步行分钟", "Minutes walked")),
    )  # fmt: skip
    rows += [[str(label), *(d.figures.get(key, "—") for d in ready)] for key, label in extra]
    rows.append([t("未满足的意愿", "Wishes not served"), *(len(d.unserved) for d in ready)])
    rows.append([t("手工步骤", "Steps by hand"), *(d.steps.filter(undone=False).count() for d in ready)])
    context = {
        "event": event, "title": title_of(event), "tabs": tabs_of(viewer, event, "drafts"), "crumbs": crumbs(event, (t("排程", "Timetables"), "")),
        "drafts": [(d, name_of(d), state_of(d), d.uid == (event.timetable.uid if event.timetable else "")) for d in found],
        "running": [d for d in found if d.status == "running" and d.job],
        "comparison": Table(columns, rows, caption=t("草案比较", "Drafts side by side")) if ready else None,
        "participants": event.registrations.filter(status="confirmed").count(), "slots": event.slots.count(), "places": event.places.count(),
    }  # fmt: skip
    return render(request, "meet/drafts.html", context)


def _started(request: HttpRequest, event: Any, found: list[Draft]) -> HttpResponse:
    viewer = viewer_of_page(request)
    back = reverse("meet:drafts", args=[event.uid])
    base = next((d for d in found if d.uid == request.POST.get("based_on")), None)
    part_slots = [s for s in request.POST.getlist("part_slots") if s]
    part = [p for p in request.POST.getlist("part") if p]

    def act() -> None:
        file = request.FILES.get("file")
        if file is not None:
            path = sheets.kept(file.chunks(), file.name or "timetable.xlsx")
            try:
                actions.import_timetable(actor=viewer, event=event, path=path, name=file.name or "")
            finally:
                path.unlink(missing_ok=True)
            return
        record = parse(ArrangeRecord, read_form(request.POST, ArrangeRecord))
        actions.start_draft(actor=viewer, event=event, record=record, based_on=base, part_slots=part_slots, part=part)

    told = t("已导入为新草案。", "Brought in as a new draft.") if request.FILES else t("开始编排。", "Under way.")
    return done(request, act, told, back)


def _draft(request: HttpRequest, uid: str, draft_uid: str) -> Draft:
    event = planned_event(request, uid)
    draft = queries.get_draft(viewer_of_page(request), event, draft_uid)
    draft.event = event
    return draft


@for_people
def draft_page(request: HttpRequest, uid: str, draft_uid: str) -> HttpResponse:
    """The grid of a draft, by place, by participant or by time; dragging shows what a move would break."""
    viewer = viewer_of_page(request)
    draft = _draft(request, uid, draft_uid)
    event = draft.event
    view = request.GET.get("view", "places")
    address = reverse("meet:draft", args=[uid, draft_uid])
    views = [
        ("places", t("按桌位", "By table")),
        ("people", t("按单位", "By participant")),
        ("time", t("按时间", "By time")),
        ("unserved", t("未满足", "Not served")),
    ]
    context = {
        "event": event, "draft": draft, "name": name_of(draft), "state": state_of(draft), "tabs": tabs_of(viewer, event, "drafts"),
        "crumbs": crumbs(event, (t("排程", "Timetables"), reverse("meet:drafts", args=[uid])), (name_of(draft), "")),
        "view": view, "views": [{"label": n, "url": f"{address}?view={k}", "active": k == view} for k, n in views],
        "goals": [(label, goal_cell(draft, goal)) for goal, label in GOALS], "published": event.timetable_id == draft.pk,
        "may_publish": draft.status in ("ready", "stopped") and event.status == "published" and not draft.is_repair,
        "undo": draft.steps.filter(undone=False).exists(), "conflict": [t(c["zh"], c["en"]) for c in draft.conflict],
        "mine": event.timetable_id,
    }  # fmt: skip
    if draft.status in ("ready", "stopped"):
        context |= grid_of(request, draft, view)
    return render(request, "meet/draft.html", context)


def grid_of(request: HttpRequest, draft: Draft, view: str) -> dict[str, Any]:
    """Rows and cells of the grid, and what is broken as it stands."""
    event = draft.event
    slots = list(event.slots.all())
    day = load_day(draft)
    told = [(day.meetings[h.id], c) for h, c in day.all_conflicts()]
    worst: dict[int, str] = {}
    for held, conflict in told:
        worst.setdefault(held.id, conflict.level)
    meetings = list(queries.draft_meetings(draft))
    cards = {m.pk: _card(m, worst.get(m.pk, "")) for m in meetings}
    if view == "unserved":
        return {"unserved": _unserved(request, draft), "conflicts": _told(told)}
    if view == "time":
        at: dict[int, list[Any]] = defaultdict(list)
        for m in meetings:
            at[m.slot_id].append(cards[m.pk])
        return {"slots": slots, "times": [(s, at[s.pk]) for s in slots], "conflicts": _told(told)}
    seats: dict[tuple[Any, int], list[Any]] = defaultdict(list)
    if view == "people":
        guests = list(
            event.registrations.filter(status="confirmed")
            .select_related("organisation")
            .order_by("kind", "organisation__name")
        )
        text = request.GET.get("q", "").strip()
        guests = [g for g in guests if not text or text in g.organisation.name]
        pages = Pages.of(request, total=len(guests), size=40)
        for m in meetings:
            for p in m.parties.all():
                seats[p.registration_id, m.slot_id].append(_card(m, worst.get(m.pk, ""), p.registration_id))
        rows = [
            {
                "name": g.organisation.name, "note": g.kind, "key": "",
                "cells": [{"slot": s.code, "place": "", "cards": seats[g.pk, s.pk], "busy": s.code in g.unavailable} for s in slots],
            }
            for g in guests[pages.start : pages.stop]
        ]  # fmt: skip
    else:
        tables = list(event.places.all())
        pages = Pages.of(request, total=len(tables), size=60)
        for m in meetings:
            seats[m.place_id, m.slot_id].append(cards[m.pk])
        rows = [
            {
                "name": p.code, "note": " ".join(x for x in (p.area, p.name if p.name != p.code else "") if x), "key": p.code,
                "cells": [{"slot": s.code, "place": p.code, "cards": seats[p.pk, s.pk], "busy": s.code in p.closed} for s in slots],
            }
            for p in tables[pages.start : pages.stop]
        ]  # fmt: skip
    return {
        "slots": slots,
        "rows": rows,
        "pages": pages,
        "conflicts": _told(told),
        "q": request.GET.get("q", ""),
        "places": list(event.places.all()),
    }


def _card(meeting: Meeting, level: str, own: int | None = None) -> dict[str, Any]:
    names = [p.registration.organisation.name for p in meeting.parties.all() if p.registration_id != own]
    return {
        "id": meeting.pk, "uid": meeting.uid, "names": names, "title": " — ".join(names), "place": meeting.place.code, "slot": meeting.slot.code,
        "locked": meeting.locked, "level": level, "state": meeting.state, "worth": min(int(meeting.worth * 2), 4), "fixed": meeting.fixed,
    }  # fmt: skip


def _told(told: list[Any]) -> list[tuple[str, str]]:
    kinds = {"block_planning": "bad", "block_publication": "bad", "warn": "warn"}
    return [(kinds.get(c.level, "line"), f"{held.slot} · {held.place}：{c}") for held, c in told[:60]]


def _unserved(request: HttpRequest, draft: Draft) -> Table:
    names = dict(draft.event.registrations.values_list("uid", "organisation__name"))
    columns = [
        Column("who", Label("单位", "Organisation")),
        Column("wanted", Label("对象", "Wanted")),
        Column("level", Label("意愿", "Wish")),
        Column("why", Label("为什么没有满足", "Why not")),
    ]
    pages = Pages.of(request, total=len(draft.unserved), size=50)
    rows = [
        [names.get(u["wisher"], ""), names.get(u["wanted"], ""), WishLevel.named(u["level"]), t(u["zh"], u["en"])]
        for u in draft.unserved[pages.start : pages.stop]
    ]
    return Table(
        columns,
        rows,
        request,
        pages,
        caption=t("未满足的意愿", "Wishes not served"),
        empty=t("所有意愿都满足了。", "Every wish is served."),
    )


def _meeting(draft: Draft, number: str) -> Meeting:
    found = draft.meetings.select_related("slot", "place").filter(pk=int(number) if number.isdigit() else 0).first()
    if found is None:
        raise NotFound
    return found


@for_people
def targets(request: HttpRequest, uid: str, draft_uid: str, number: int) -> JsonResponse:
    """For a meeting that is being dragged: what each seat would break."""
    draft = _draft(request, uid, draft_uid)
    return JsonResponse(queries.targets(viewer_of_page(request), draft, _meeting(draft, str(number))))


@require_POST
@for_people
def draft_verb(request: HttpRequest, uid: str, draft_uid: str, verb: str) -> HttpResponse:
    """Move, undo, lock, unlock, publish, discard, stop."""
    viewer = viewer_of_page(request)
    draft = _draft(request, uid, draft_uid)
    posted = request.POST
    version = posted_version(posted)
    back = posted.get("back") or reverse("meet:draft", args=[uid, draft_uid])
    if not back.startswith("/"):
        back = reverse("meet:draft", args=[uid, draft_uid])
    told = ""
    warnings: list[str] = []

    def act() -> None:
        nonlocal told, back
        if verb == "move":
            found = actions.move_meeting(
                actor=viewer, draft=draft, meeting=_meeting(draft, posted.get("meeting", "")), slot=posted.get("slot", ""),
                place=posted.get("place", ""), version=version,
            )  # fmt: skip
            warnings.extend(str(c) for c in found)
        elif verb == "undo":
            actions.undo_step(actor=viewer, draft=draft, version=version)
        elif verb in ("lock", "unlock"):
            chosen = posted.getlist("meeting")
            which = list(draft.meetings.all()) if chosen == ["all"] else [_meeting(draft, n) for n in chosen]
            actions.lock_meetings(actor=viewer, draft=draft, meetings=which, locked=verb == "lock", version=version)
        elif verb == "publish":
            actions.publish_draft(actor=viewer, draft=draft, version=version)
        elif verb == "discard":
            actions.discard_draft(actor=viewer, draft=draft)
            back = reverse("meet:drafts", args=[uid])
        else:
            raise NotFound

    words = {
        "undo": t("已撤销。", "Undone."), "lock": t("已锁定。", "Locked."), "unlock": t("已解锁。", "Unlocked."),
        "publish": t("日程已发布，参会单位会收到通知。", "The timetable is published; everybody is told."), "discard": t("已删除。", "Discarded."),
    }  # fmt: skip
    if request.headers.get("Accept") == "application/json":
        try:
            act()
        except Fault as fault:
            return JsonResponse({"error": fault.sentence}, status=fault.status)
        draft.refresh_from_db()
        return JsonResponse({"version": draft.version, "warnings": warnings, "told": words.get(verb, "")})

    def act_and_warn() -> None:
        act()
        from django.contrib import messages

        for one in warnings:
            messages.warning(request, one)

    response = done(request, act_and_warn, words.get(verb, t("已移动。", "Moved.")), back)
    return HttpResponseRedirect(back) if response.status_code == 302 else response


@for_people
def workbook(request: HttpRequest, uid: str, draft_uid: str) -> HttpResponse:
    """The timetable as the engine's workbook."""
    draft = _draft(request, uid, draft_uid)
    return attachment(sheets.timetable_workbook(viewer_of_page(request), draft), f"timetable-{draft.number}.xlsx", XLSX)


@for_people
def free(request: HttpRequest, uid: str, draft_uid: str, slot: str) -> HttpResponse:
    """Who is free then."""
    draft = _draft(request, uid, draft_uid)
    found = queries.free_then(viewer_of_page(request), draft, slot)
    context = {
        "event": draft.event,
        "draft": draft,
        "slot": slot,
        "guests": found,
        "crumbs": crumbs(draft.event, (name_of(draft), reverse("meet:draft", args=[uid, draft_uid])), (slot, "")),
    }
    return render(request, "meet/free.html", context)


# --- repairs -------------------------------------------------------------------------------------------------------------
@for_people
def repairs(request: HttpRequest, uid: str) -> HttpResponse:
    """Say what happened; see what would move; confirm."""
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    if event.timetable is None:
        context = {
            "event": event,
            "title": title_of(event),
            "tabs": tabs_of(viewer, event, "repairs"),
            "crumbs": crumbs(event),
        }
        return render(request, "meet/no_timetable.html", context)

    def save(record: DisruptionRecord, posted: QueryDict) -> str:
        made = actions.propose_repair(actor=viewer, event=event, record=record)
        return reverse("meet:repair", args=[uid, made.uid])

    absent = [
        p for r in queries.registrations(viewer, event, status="confirmed") for p in r.representatives.all() if p.absent
    ]
    form = FormPage(
        request, DisruptionRecord, t("现场调整", "Repair on the day"), save, crumbs=crumbs(event), submit=t("看看怎么调", "Show what would move"),
        values={"absent": [p.name for p in absent]},
        lead=t("写明谁没来、谁晚到、哪里关闭；确认之前什么都不动。", "Say who did not come, who is late, what is closed; nothing moves before you confirm."),
    )  # fmt: skip
    return form.response()


@for_people
def repair(request: HttpRequest, uid: str, draft_uid: str) -> HttpResponse:
    """What a proposal would do to the published timetable."""
    viewer = viewer_of_page(request)
    draft = _draft(request, uid, draft_uid)
    event = draft.event
    if request.method == "POST":
        return done(
            request, lambda: actions.confirm_repair(actor=viewer, draft=draft), t("已调整，有关单位会收到通知。", "Done; who is concerned is told."),
            reverse("meet:board", args=[uid]),
        )  # fmt: skip
    names = dict(event.registrations.values_list("uid", "organisation__name"))
    found = draft.repair
    own = {m.code: m for m in queries.draft_meetings(draft)}
    old = {m.code: m for m in queries.draft_meetings(event.timetable)} if event.timetable else {}

    def title(code: str) -> str:
        meeting = own.get(code) or old.get(code)
        return " — ".join(p.registration.organisation.name for p in meeting.parties.all()) if meeting else code

    context = {
        "event": event, "draft": draft, "state": state_of(draft), "tabs": tabs_of(viewer, event, "repairs"),
        "crumbs": crumbs(event, (t("现场调整", "Repair"), reverse("meet:repairs", args=[uid])), (name_of(draft), "")),
        "moved": [(title(r["code"]), " · ".join(r["from"]), " · ".join(r["to"])) for r in found.get("moved", [])],
        "cancelled": [title(c) for c in found.get("cancelled", [])],
        "added": [(title(c), f"{own[c].slot.code} · {own[c].place.code}") for c in found.get("added", []) if c in own],
        "people": [title(c) for c in found.get("people", [])], "kept": found.get("kept", 0),
        "losers": [names.get(u, u) for u in found.get("losers", [])], "helped": [names.get(u, u) for u in found.get("helped", [])],
        "left": [names.get(u, u) for u in found.get("left", [])],
    }  # fmt: skip
    return render(request, "meet/repair.html", context)
