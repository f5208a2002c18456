"""The events of the demonstration region: the first matchmaking day, over; one in planning; one that takes registrations;
trainings, a forum, a visit, a lecture. Everything through the same actions as everybody's page."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.calendar import SHANGHAI
from duijie.core.schema import parse
from duijie.demo.reading import _parsed
from duijie.engines import timetable as engine
from duijie.meet import actions, schemas
from duijie.meet.actions.planning import new_draft
from duijie.meet.models import Draft, Event, Intent, Meeting, Registration, Representative
from duijie.meet.planning.building import build_input
from duijie.members.models import Member, Organisation, User
from duijie.publish.models import Listing

Tell = Callable[[str], object]
SEATED = 0.39  # share of the work after which everybody is seated; proving fewer breaks would take most of the time
KINDS = {"fund": "投资机构", "firm": "企业"}
_SURNAMES, _GIVEN = (
    "王李张刘陈杨黄吴徐孙胡朱高林何郭马罗",
    ["建国", "晓燕", "志强", "雨桐", "海波", "文静", "立新", "思远", "春梅", "一鸣"],
)


@dataclass(frozen=True)
class _Plan:
    """How large a day is: organisations, tables, wishes of each."""

    guests: int
    tables: int
    wishes: int
    seed: int


def load(*, tell: Tell, today: dt.date) -> None:
    """Make the events. Without the members that host them nothing is made."""
    found: dict[str, Any] = dict(_parsed("meet.yaml"))
    if not Member.objects.filter(slug="xiuzhou").exists():
        return
    past = _matchmaking(found["matchmaking"], today, _Plan(34, 12, 6, 7))
    _hold(past, found["matchmaking"]["projects"])
    coming = _matchmaking(found["planning"], today, _Plan(14, 5, 5, 11))
    _open(found["open"], today)
    for row in found["others"]:
        _other(row, today)
    meetings = Meeting.objects.filter(draft__event__in=[past.pk, coming.pk]).count()
    tell(f"活动 events: {3 + len(found['others'])}；会面 meetings: {meetings}；意向 intents: {Intent.objects.count()}")


def _event(row: dict[str, Any], kind: str, today: dt.date, **more: Any) -> Event:
    day = today + dt.timedelta(days=row["days"])
    same = ("title", "title_en", "summary", "venue", "address", "alliance")
    data = {"kind": kind, "starts_on": day, **{name: row.get(name) for name in same}, **more}
    host = Member.objects.get(slug=row["host"])
    event = actions.create_event(
        actor=SYSTEM, member=host, record=parse(schemas.EventRecord, data | {"region": host.region})
    )
    return actions.publish_event(actor=SYSTEM, event=event)


def _session(day: dt.date, first: str, last: str, kind: str, title: str, where: str = "", speakers: str = "") -> Any:
    row = {"kind": kind, "title": title, "starts_at": f"{day} {first}", "ends_at": f"{day} {last}", "where": where}
    return parse(schemas.SessionRow, row | {"speakers": speakers})


def _matchmaking(row: dict[str, Any], today: dt.date, plan: _Plan) -> Event:
    """A day with slots, tables, guests and wishes, arranged by the engine with a small limit."""
    day = today + dt.timedelta(days=row["days"])
    event = _event(
        row, "matchmaking", today, wishes_until=day - dt.timedelta(days=5), registration_until=day - dt.timedelta(days=8),
        capacity=60, most_meetings=8,
    )  # fmt: skip
    for first, last, session in (("10:00", "11:40", "上午"), ("13:30", "15:35", "下午")):
        slots = {"day": day, "first": first, "last": last, "minutes": 20, "gap": 5, "session": session}
        actions.add_slots(actor=SYSTEM, event=event, plan=parse(schemas.SlotPlan, slots))
    for area, count in (("A厅", plan.tables - plan.tables // 3), ("B厅", plan.tables // 3)):
        tables = {"count": count, "capacity": 4, "kind": "洽谈桌", "area": area, "prefix": area[0]}
        actions.add_places(actor=SYSTEM, event=event, plan=parse(schemas.PlacePlan, tables))
    actions.set_walking(actor=SYSTEM, event=event, walking=[("A厅", "B厅", 4)])
    actions.set_programme(
        actor=SYSTEM, event=event,
        rows=[
            _session(day, "09:00", "09:20", "opening", "主办方致辞", "主会场", "严国栋/理事长/长江流域园区合作联盟"),
            _session(day, "09:20", "10:00", "pitch", "重点项目路演", "主会场"),
            _session(day, "10:00", "11:40", "meetings", "一对一洽谈（上午）", "A厅、B厅"),
            _session(day, "13:30", "15:35", "meetings", "一对一洽谈（下午）", "A厅、B厅"),
            _session(day, "15:40", "16:10", "signing", "意向签约", "主会场"),
        ],
    )  # fmt: skip
    draw = random.Random(plan.seed)
    guests = _guests(event, plan, draw)
    _wishes(guests, plan, draw)
    _arrange(event)
    return event


def _guests(event: Event, plan: _Plan, draw: random.Random) -> list[Registration]:
    """Organisations with something to offer or to seek, each with one or two people; who can sign in is among them."""
    rows = list(Organisation.objects.filter(verified_at__isnull=False).order_by("pk"))
    chosen = sorted(draw.sample(rows, min(plan.guests, len(rows))), key=lambda o: o.pk)
    known = [o for o in rows if o.external_id in ("xunguang", "hecheng", "huilan")]
    chosen = list(dict.fromkeys([*known, *chosen]))[: plan.guests]
    users = {u.organisation_id: u for u in User.objects.filter(organisation__in=chosen).order_by("-pk")}
    listings = Listing.objects.unscoped("the demonstration shows what its organisations published")
    shown = {x.owner_organisation_id: x for x in listings.filter(owner_organisation__in=chosen, status="published")}
    made = []
    for firm in chosen:
        user, listing = users.get(firm.pk), shown.get(firm.pk)
        people = [f"{user.name}/{user.title or '负责人'}/{user.username}"] if user else []
        while len(people) < 1 + (firm.pk % 3 == 0):
            name = draw.choice(_SURNAMES) + draw.choice(_GIVEN)
            if all(not p.startswith(name) for p in people):
                people.append(f"{name}/{draw.choice(['总经理', '技术总监', '投资经理', '副院长', '市场部长'])}")
        data = {
            "organisation": firm.uid, "kind": KINDS.get(firm.kind, "院所高校"), "representatives": people,
            "brings": (firm.profile or "")[:200], "seeks": listing.title if listing and listing.kind == "need" else "",
        }  # fmt: skip
        record = parse(schemas.RegistrationRecord, data)
        made.append(actions.register(actor=SYSTEM, event=event, record=record))
    return [Registration.objects.select_related("event", "organisation").get(pk=r.pk) for r in made]


def _wishes(guests: list[Registration], plan: _Plan, draw: random.Random) -> None:
    for guest in guests:
        others = [g for g in guests if g.pk != guest.pk]
        for number, other in enumerate(draw.sample(others, min(plan.wishes, len(others)))):
            level = (
                "must" if number == 0 and guest.pk % 3 == 0 else "no" if number == 5 and guest.pk % 7 == 0 else "want"
            )
            record = parse(schemas.WishRecord, {"wanted": other.uid, "level": level})
            actions.make_wish(actor=SYSTEM, wisher=guest, record=record)


def _arrange(event: Event) -> Draft:
    """What the job does, with a small limit, so that loading takes seconds."""
    built = build_input(event)
    told: list[float] = []
    effort = engine.Effort(
        scale=0.05, report=lambda report: told.append(report.share), stop=lambda: bool(told) and told[-1] >= SEATED
    )
    found = engine.arrange(built, effort)
    draft = new_draft(event, SYSTEM, name="系统编排", scale=0.05)
    return actions.finish_draft(actor=SYSTEM, draft=draft, built=built, timetable=found, stopped=False, locked=[])


def _hold(event: Event, projects: list[list[str]]) -> None:
    """The day as it went: most came, most met, some signed, things were left to do."""
    draft = event.drafts.get()
    actions.publish_draft(actor=SYSTEM, draft=draft)
    event.refresh_from_db()
    at = dt.datetime.combine(event.starts_on, dt.time(8, 40), SHANGHAI)
    people = list(Representative.objects.filter(registration__event=event).order_by("pk"))
    for number, person in enumerate(people):
        if number % 15 == 14:
            actions.mark_absent(actor=SYSTEM, person=person)
            continue
        when = at + dt.timedelta(minutes=number % 45)
        actions.check_in(actor=SYSTEM, event=event, code=person.badge, request=f"demo-{person.uid}"[:40], at=when)
    meetings = list(
        draft.meetings.select_related("slot", "draft__event").prefetch_related("parties__registration__organisation")
    )
    for number, meeting in enumerate(meetings):
        actions.call_meeting(actor=SYSTEM, meeting=meeting, state="missed" if number % 17 == 16 else "held")
    _notes(meetings)
    _sign(event, meetings, projects)
    for meeting in Meeting.objects.filter(draft=draft, state="held").select_related("slot"):
        Meeting.objects.filter(pk=meeting.pk).update(started_at=meeting.slot.starts_at, ended_at=meeting.slot.ends_at)
    actions.close_event(actor=SYSTEM, event=event)


def _notes(meetings: list[Meeting]) -> None:
    for number, meeting in enumerate(meetings):
        if number % 3 == 0:
            side = meeting.parties.all()[0].registration
            record = parse(
                schemas.NoteRecord,
                {"rating": 3 + number // 3 % 3, "text": "对方愿意继续谈，约厂里看样机。" if number % 2 else ""},
            )
            actions.keep_note(actor=SYSTEM, meeting=meeting, registration=side, record=record)


def _sign(event: Event, meetings: list[Meeting], projects: list[list[str]]) -> None:
    """Every fourth or so meeting ends with an intent; half of them with something to do."""
    step = max(len(meetings) // max(len(projects), 1), 1)
    for (title, kind, amount), meeting in zip(projects, meetings[::step], strict=False):
        first, second = (p.registration.organisation for p in list(meeting.parties.all())[:2])
        data = {"other": second.uid, "title": title, "kind": kind, "amount": amount}
        intent = actions.propose_intent(
            actor=SYSTEM, event=event, organisation=first, meeting=meeting, both_sign=True,
            record=parse(schemas.IntentRecord, data),
        )  # fmt: skip
        when = dt.datetime.combine(event.starts_on, dt.time(16, 0), SHANGHAI)
        Intent.objects.filter(pk=intent.pk).update(effective_on=event.starts_on, signed_at=when)
        if intent.pk % 2:
            due = timezone.localdate() + dt.timedelta(days=7 * (intent.pk % 5) - 7)
            record = parse(
                schemas.FollowUpRecord, {"text": f"{title}：互访并确定下一步", "due_on": max(due, event.starts_on)}
            )
            actions.add_follow_up(
                actor=SYSTEM, event=event, first=first, second=second, record=record, meeting=meeting, intent=intent
            )


def _open(row: dict[str, Any], today: dt.date) -> Event:
    """An event that takes registrations, with a call for projects under review."""
    day = today + dt.timedelta(days=row["days"])
    event = _event(
        row,
        "roadshow",
        today,
        capacity=100,
        registration_until=day - dt.timedelta(days=10),
        wishes_until=day - dt.timedelta(days=6),
    )
    actions.set_programme(
        actor=SYSTEM, event=event,
        rows=[_session(day, "09:00", "11:30", "pitch", "入选项目路演", "主会场"), _session(day, "13:30", "16:30", "meetings", "投资机构与项目一对一", "二层")],
    )  # fmt: skip
    call = {"text": row["call"], "closes_on": day - dt.timedelta(days=14), "places": 20}
    actions.open_call(actor=SYSTEM, event=event, record=parse(schemas.CallRecord, call))
    for external_id, title, summary, score, reason in row["entries"]:
        firm = Organisation.objects.filter(external_id=external_id).first()
        if firm is None:
            continue
        record = parse(schemas.EntryRecord, {"organisation": firm.uid, "title": title, "summary": summary})
        entry = actions.submit_entry(actor=SYSTEM, event=event, record=record)
        actions.review_entry(
            actor=SYSTEM, entry=entry, record=parse(schemas.ReviewRecord, {"score": score, "reason": reason})
        )
    for firm in Organisation.objects.filter(kind="fund", verified_at__isnull=False).order_by("pk")[:8]:
        actions.register(
            actor=SYSTEM,
            event=event,
            record=parse(schemas.RegistrationRecord, {"organisation": firm.uid, "kind": "投资机构"}),
        )
    return event


def _other(row: dict[str, Any], today: dt.date) -> None:
    event = _event(row, row["kind"], today)
    day = event.starts_on
    actions.set_programme(
        actor=SYSTEM,
        event=event,
        rows=[_session(day, "14:00", "16:30", "talk", row["title"], row["venue"], row["speakers"])],
    )
    for firm in Organisation.objects.filter(verified_at__isnull=False, home_member=event.host_member).order_by("pk")[
        :6
    ]:
        record = parse(schemas.RegistrationRecord, {"organisation": firm.uid})
        actions.register(actor=SYSTEM, event=event, record=record)
    if row["days"] < 0:
        actions.close_event(actor=SYSTEM, event=event)
