"""Wishes: an organisation's page of partners with must, want, no; requests to answer; the planner's overview."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.choices import Answer, WishLevel
from duijie.meet.models import Wish
from duijie.meet.schemas import WishRecord
from duijie.web.kit import Cell, Column, Option, Pages, Table
from duijie.web.kit.facets import Facet
from duijie.web.meet.events import done, title_of
from duijie.web.meet.navigation import crumbs, tabs_of
from duijie.web.meet.registrations import mine_of, own_tabs
from duijie.web.meet.setup import planned_event
from duijie.web.members.forms import for_people, viewer_of_page


@for_people
def own_wishes(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    """Everybody one can meet: requests to answer first, then own wishes, then whom matching suggests."""
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)
    event = registration.event
    lines = queries.partners(viewer, registration)
    text, kind, show = request.GET.get("q", "").strip(), request.GET.get("kind", ""), request.GET.get("show", "")
    kinds = sorted({line.registration.kind for line in lines if line.registration.kind})
    mine = [line for line in lines if line.mine is not None]
    asked = [line for line in lines if line.asked is not None and line.asked.answer == "pending" and line.mine is None]
    chosen = [
        line
        for line in lines
        if (not kind or line.registration.kind == kind)
        and (show != "mine" or line.mine)
        and (show != "asked" or line.asked)
        and (show != "fit" or line.fit)
        and (
            not text
            or text in f"{line.registration.organisation.name}{line.registration.brings}{line.registration.seeks}"
        )
    ]
    pages = Pages.of(request, total=len(chosen), size=30)
    today = timezone.localdate()
    facets = [
        Facet.of(
            request, "show", Label("显示", "Show"),
            [Option("asked", Label("想见我的", "Who asked me")), Option("mine", Label("我填过的", "Those I chose")), Option("fit", Label("系统推荐", "Suggested"))],
            many=False,
        ),
        Facet.of(request, "kind", Label("类别", "Comes as"), [Option(k, Label(k, k)) for k in kinds], many=False),
    ]  # fmt: skip
    context = {
        "event": event, "registration": registration, "title": title_of(event), "tabs": own_tabs(registration, "own_wishes"),
        "crumbs": crumbs(event, (registration.organisation.name, reverse("meet:mine", args=[uid, registration_uid])), (t("意愿", "Wishes"), "")),
        "lines": chosen[pages.start : pages.stop], "pages": pages, "facets": facets, "q": text,
        "levels": [(x.value, x.label) for x in WishLevel],
        "musts": sum(1 for line in mine if line.mine and line.mine.level == "must"), "wants": sum(1 for line in mine if line.mine and line.mine.level == "want"),
        "asked": len(asked), "open": event.wishes_until is not None and (event.wishes_from or today) <= today <= event.wishes_until,
        "answers": {x.value: x.label for x in Answer},
    }  # fmt: skip
    return render(request, "meet/own_wishes.html", context)


@require_POST
@for_people
def wish(request: HttpRequest, uid: str, registration_uid: str) -> HttpResponse:
    """Say must, want or no of a partner, or take it back; the partner's line anew."""
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)
    wanted, level = request.POST.get("wanted", ""), request.POST.get("level", "")

    def act() -> None:
        found = Wish.objects.filter(wisher=registration, wanted__uid=wanted).select_related("wisher__event").first()
        if level == "none":
            if found is None:
                raise NotFound
            actions.take_back_wish(actor=viewer, wish=found)
            return
        given = {
            "wanted": wanted,
            "level": level,
            "message": request.POST.get("message", found.message if found else ""),
        }
        actions.make_wish(actor=viewer, wisher=registration, record=parse(WishRecord, given))

    return _line(request, uid, registration_uid, wanted, done(request, act, "", _back(request, uid, registration_uid)))


@require_POST
@for_people
def answer(request: HttpRequest, uid: str, registration_uid: str, wish_uid: str) -> HttpResponse:
    """Yes or no to a request."""
    viewer = viewer_of_page(request)
    registration = mine_of(request, uid, registration_uid)
    asked = registration.wished_by.exclude(level="no").filter(uid=wish_uid).select_related("wisher").first()
    if asked is None:
        raise NotFound
    accept = request.POST.get("answer") == "accept"
    response = done(
        request,
        lambda: actions.answer_wish(actor=viewer, wish=asked, accept=accept),
        "",
        _back(request, uid, registration_uid),
    )
    return _line(request, uid, registration_uid, asked.wisher.uid, response)


def _back(request: HttpRequest, uid: str, registration_uid: str) -> str:
    return reverse("meet:own_wishes", args=[uid, registration_uid])


def _line(request: HttpRequest, uid: str, registration_uid: str, other: str, response: HttpResponse) -> HttpResponse:
    """The line alone where htmx asked, else the redirect."""
    if not request.headers.get("HX-Request"):
        return response
    registration = mine_of(request, uid, registration_uid)
    found = [x for x in queries.partners(viewer_of_page(request), registration) if x.registration.uid == other]
    if not found:
        raise NotFound
    from django.contrib.messages import get_messages

    told = [str(m) for m in get_messages(request)]
    context = {
        "line": found[0], "registration": registration, "event": registration.event, "error": told[0] if told else "",
        "levels": [(x.value, x.label) for x in WishLevel], "open": True, "answers": {x.value: x.label for x in Answer},
    }  # fmt: skip
    return render(request, "meet/partner.html", context)


@for_people
def wishes(request: HttpRequest, uid: str) -> HttpResponse:
    """All wishes for the planners: who wants whom, what was answered."""
    viewer = viewer_of_page(request)
    event = planned_event(request, uid)
    rows = queries.wishes_of_event(viewer, event)
    level, given = request.GET.get("level", ""), request.GET.get("answer", "")
    rows = rows.filter(level=level) if level in WishLevel._value2member_map_ else rows
    rows = rows.filter(answer=given) if given in Answer._value2member_map_ else rows
    pages = Pages.of(request, total=rows.count(), size=50)
    columns = [
        Column("wisher", Label("单位", "Organisation")), Column("wanted", Label("对象", "Wishes to meet")),
        Column("level", Label("意愿", "Wish")), Column("answer", Label("答复", "Answer")), Column("until", Label("有效期", "Expires"), "date"),
    ]  # fmt: skip
    body = [
        [
            Cell(w.wisher.organisation.name, reverse("meet:own_wishes", args=[uid, w.wisher.uid])), w.wanted.organisation.name,
            WishLevel.named(w.level), Answer.named(w.answer) if w.level != "no" else "", w.expires_on.isoformat() if w.expires_on else "",
        ]
        for w in rows[pages.start : pages.stop]
    ]  # fmt: skip
    own = reverse("meet:sheet", args=[uid, "wishes"])
    silent = event.registrations.filter(status="confirmed", wishes__isnull=True).count()
    context = {
        "event": event, "title": title_of(event), "tabs": tabs_of(viewer, event, "wishes"), "crumbs": crumbs(event, (t("意愿", "Wishes"), "")),
        "table": Table(
            columns, body, request, pages, caption=t("意愿", "Wishes"), empty=t("还没有意愿。", "No wishes yet."),
            exports={"Excel": own, "CSV": f"{own}?form=csv"},
        ),
        "facets": [
            Facet.of(request, "level", Label("意愿", "Wish"), [Option(x.value, x.label) for x in WishLevel], many=False),
            Facet.of(request, "answer", Label("答复", "Answer"), [Option(x.value, x.label) for x in Answer], many=False),
        ],
        "silent": silent, "figures": queries.figures_of_event(viewer, event),
    }  # fmt: skip
    return render(request, "meet/wishes.html", context)
