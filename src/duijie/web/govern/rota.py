"""The rota of hosts of an alliance: the rounds as a list and as a calendar, wishes, swaps, hand-over, an iCalendar feed."""

from __future__ import annotations

from datetime import date
from typing import Any

import icalendar
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.choices import WishKind
from duijie.members.models import Alliance, HandoverItem, Rota, RotaRound, RotaWish
from duijie.members.places import find_member
from duijie.members.queries import name_of
from duijie.members.schemas import RotaRecord, RotaWishRecord
from duijie.web.govern.posting import posted, whole_posted
from duijie.web.kit import Cell, Choice, Column, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, read_form, viewer_of_page


def alliance_crumb(alliance: Alliance) -> tuple[str, str]:
    return name_of(alliance), reverse("members:alliance", args=[alliance.slug])


def rota_crumb(alliance: Alliance) -> tuple[str, str]:
    return t("轮值", "Rota"), reverse("govern:rota", args=[alliance.slug])


def rota(request: HttpRequest, slug: str) -> HttpResponse:
    """All rotas of an alliance; `?rota=` chooses one."""
    viewer = viewer_of_page(request)
    alliance = queries.get_alliance(viewer, slug)
    every = list(queries.rotas(viewer, alliance))
    chosen = next((r for r in every if r.uid == request.GET.get("rota")), every[0] if every else None)
    context: dict[str, Any] = {
        "alliance": alliance,
        "name": name_of(alliance),
        "rotas": every,
        "rota": chosen,
        "may_plan": queries.may_plan(viewer, alliance),
        "crumbs": [alliance_crumb(alliance), (t("轮值", "Rota"), "")],
        "today": timezone.localdate(),
    }
    if chosen is not None:
        context |= _chosen(request, chosen)
    return render(request, "govern/rota.html", context)


def _chosen(request: HttpRequest, chosen: Rota) -> dict[str, Any]:
    viewer, today = viewer_of_page(request), timezone.localdate()
    rounds = queries.rounds_of(viewer, chosen)
    own = {m.pk: m for m in queries.members_played(viewer, chosen)}
    swaps = queries.swaps_of(viewer, chosen)
    now = next((r for r in rounds if r.holds_on(today)), None)
    open_rounds = [r for r in rounds if r.last_day >= today and r.handed_over_at is None]
    tallies = queries.tallies(viewer, chosen)
    most = max((x.count for x in tallies), default=0)
    return {
        "table": _table(rounds, today),
        "now": now,
        "following": next((r for r in rounds if r.first_day > today), None),
        "tallies": [(name_of(x.member), x, round(100 * x.count / most) if most else 0) for x in tallies],
        "wishes": [(w, name_of(w.member), WishKind.named(w.kind), w.member_id in own) for w in queries.wishes_of(viewer, chosen)],
        "swaps": [(s, name_of(s.one.host), name_of(s.other.host), s.status == "asked" and s.other.host_id in own) for s in swaps],
        "own": [Choice(m.slug, name_of(m)) for m in own.values()],
        "kinds": [Choice(k.value, k.label) for k in WishKind],
        "own_rounds": [Choice(str(r.number), _label(r)) for r in open_rounds if r.host_id in own],
        "open_rounds": [Choice(str(r.number), _label(r)) for r in open_rounds],
        "handover": _handover(now, own) if now else None,
        "planned": len(rounds),
    }  # fmt: skip


def _label(found: RotaRound) -> str:
    return t("第 {n} 轮 {host}", "Round {n}: {host}", n=found.number, host=name_of(found.host))


def _table(rounds: list[RotaRound], today: date) -> Table:
    columns = [
        Column("host", Label("值办成员", "Host")),
        Column("number", Label("轮次", "Round"), "number"),
        Column("from", Label("从", "From"), "date"),
        Column("until", Label("到", "Until"), "date"),
        Column("state", Label("状态", "State")),
        Column("reason", Label("说明", "Note")),
    ]
    rows = [
        [
            Cell(name_of(r.host), reverse("members:member", args=[r.host.slug])),
            r.number, r.first_day.isoformat(), r.last_day.isoformat(), _state(r, today), r.reason,
        ]
        for r in rounds
    ]  # fmt: skip
    return Table(columns, rows, caption=t("各轮值办", "Round by round"))


def _state(found: RotaRound, today: date) -> str:
    if found.handed_over_at is not None:
        return badge(Label("已交接", "Handed over"), "good")
    if found.last_day < today:
        return badge(Label("已结束", "Over"))
    if found.holds_on(today):
        return badge(Label("值办中", "Hosting"), "river")
    return badge(Label("已定", "Settled") if found.settled else Label("待值办", "To come"), "line")


def _handover(found: RotaRound, own: dict[int, Any]) -> dict[str, Any]:
    items = list(found.handover.all())
    return {
        "round": found,
        "items": items,
        "may": found.host_id in own,
        "done": sum(i.done_at is not None for i in items),
    }


def rota_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Every round of every rota of the alliance as an iCalendar feed (RFC 5545); public, so that a phone can subscribe to it."""
    viewer = viewer_of_page(request)
    alliance = queries.get_alliance(viewer, slug)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Duijie//Rota//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", t("{name}轮值", "{name}: rota", name=name_of(alliance)))
    for each in queries.rotas(viewer, alliance):
        for found in each.rounds.all():
            calendar.add_component(_event(request, each, found))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="rota-{alliance.slug}.ics"'
    return response


def _event(request: HttpRequest, rota: Rota, found: RotaRound) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{rota.uid}-{found.number}@duijie")
    event.add("dtstamp", rota.created_at)
    event.add("sequence", rota.version)
    event.add(
        "summary", t("{title}：{host}值办", "{title}: hosted by {host}", title=rota.title, host=name_of(found.host))
    )
    event.add("dtstart", found.first_day)
    event.add("dtend", date.fromordinal(found.last_day.toordinal() + 1))  # an all-day event ends before this day
    if found.reason:
        event.add("description", found.reason)
    event.add("url", request.build_absolute_uri(reverse("govern:rota", args=[rota.alliance.slug])))
    return event


@for_people
def new_rota(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = queries.get_alliance(viewer, slug)

    def save(record: RotaRecord, posted_form: QueryDict) -> str:
        made = actions.set_up_rota(actor=viewer, alliance=alliance, record=record)
        actions.plan_rota(actor=viewer, rota=made, rounds=6)
        return f"{reverse('govern:rota', args=[alliance.slug])}?rota={made.uid}"

    return FormPage(
        request,
        RotaRecord,
        t("设立轮值", "Set up a rota"),
        save,
        values={"title": t("重大活动轮值", "Hosts of the main event"), "length": "12"},
        crumbs=[alliance_crumb(alliance), rota_crumb(alliance)],
        lead=t(
            "按公平轮转排出前 6 轮，之后可以加轮次、登记意愿和对调。",
            "The first six rounds are planned by the fair turn; wishes, swaps and more rounds can follow.",
        ),
        done=Label("轮值已设立并排好前 6 轮。", "The rota is set up with its first six rounds."),
    ).response()


def _back(rota: Rota) -> str:
    return f"{reverse('govern:rota', args=[rota.alliance.slug])}?rota={rota.uid}"


@require_POST
@for_people
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_rota(viewer, uid)
    return posted(
        request,
        lambda: actions.plan_rota(
            actor=viewer, rota=found, rounds=whole_posted(request, "rounds"), version=posted_version(request.POST)
        ),
        _back(found),
        Label("轮值已重新排定，已开始和已定的轮次不变。", "Planned anew; what has begun or is settled stays."),
    )


@require_POST
@for_people
def wish(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_rota(viewer, uid)

    def do() -> None:
        actions.wish_rota(
            actor=viewer, rota=found, record=parse(RotaWishRecord, read_form(request.POST, RotaWishRecord))
        )

    return posted(
        request, do, _back(found), Label("已登记，下次排定时生效。", "Noted; it counts at the next planning.")
    )


@require_POST
@for_people
def drop_wish(request: HttpRequest, number: int) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = get_object_or_404(RotaWish.objects.select_related("rota__alliance", "member"), pk=number)
    return posted(request, lambda: actions.drop_wish(actor=viewer, wish=found), _back(found.rota), Label("已撤回。", "Taken back."))  # fmt: skip


@require_POST
@for_people
def swap(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_rota(viewer, uid)

    def do() -> None:
        actions.ask_swap(
            actor=viewer, rota=found, one=whole_posted(request, "one"), other=whole_posted(request, "other"),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip

    return posted(request, do, _back(found), Label("已发给对方，等待答复。", "Sent to the other host for an answer."))


@require_POST
@for_people
def answer_swap(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_swap(viewer, uid)
    agree = request.POST.get("answer") == "agree"
    done = Label("已同意，两轮已对调。", "Agreed; the rounds are swapped.") if agree else Label("已婉拒。", "Declined.")
    return posted(
        request, lambda: actions.answer_swap(actor=viewer, swap=found, agree=agree), _back(found.one.rota), done
    )


@require_POST
@for_people
def set_host(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_rota(viewer, uid)

    def do() -> None:
        actions.set_host(
            actor=viewer, rota=found, number=whole_posted(request, "round"), reason=request.POST.get("reason", ""),
            member=find_member(request.POST.get("member", "")), version=posted_version(request.POST),
        )  # fmt: skip

    return posted(request, do, _back(found), Label("已指定，原因会显示在旁边。", "Set; the reason stands beside it."))


def _round(request: HttpRequest, uid: str, number: int) -> RotaRound:
    found = queries.get_rota(viewer_of_page(request), uid).rounds.filter(number=number).select_related("host", "rota__alliance").first()  # fmt: skip
    if found is None:
        raise NotFound
    return found


@require_POST
@for_people
def handover_item(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    viewer, found = viewer_of_page(request), _round(request, uid, number)
    return posted(
        request,
        lambda: actions.add_handover_item(actor=viewer, found=found, text=request.POST.get("text", "")),
        f"{_back(found.rota)}#handover",
        Label("已加入交接清单。", "Put on the list."),
    )


@require_POST
@for_people
def tick_item(request: HttpRequest, number: int) -> HttpResponse:
    viewer = viewer_of_page(request)
    item = get_object_or_404(HandoverItem.objects.select_related("round__host", "round__rota__alliance"), pk=number)
    done = request.POST.get("done") == "1"
    return posted(
        request, lambda: actions.tick_handover_item(actor=viewer, item=item, done=done), f"{_back(item.round.rota)}#handover",
        Label("已勾选。", "Ticked.") if done else Label("已取消勾选。", "Not ticked any more."),
    )  # fmt: skip


@require_POST
@for_people
def hand_over(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    viewer, found = viewer_of_page(request), _round(request, uid, number)
    return posted(
        request,
        lambda: actions.hand_over(actor=viewer, found=found, note=request.POST.get("note", "")),
        f"{_back(found.rota)}#handover",
        Label("已交接给下一轮值办成员。", "Handed over to the next host."),
    )
