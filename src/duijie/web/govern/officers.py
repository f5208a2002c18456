"""Liaison officers: directory, leave and substitutes, handing over, messages, trainings and certificates, figures."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotFound
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.core.word import MEDIA_TYPE
from duijie.govern import actions, queries
from duijie.govern.documents import certificate_document, certificate_pdf
from duijie.govern.models import Training, TrainingPlace
from duijie.govern.queries.officers import ANSWER_DAYS, REVIEW_DAYS
from duijie.govern.schemas import AttendanceRow, TrainingRecord
from duijie.members import actions as member_actions
from duijie.members import queries as member_queries
from duijie.members.models import Member, RoleGrant, User
from duijie.members.places import find_member, find_person
from duijie.members.queries import get_alliance, name_of
from duijie.members.schemas import AbsenceRecord
from duijie.web.govern.posting import posted
from duijie.web.govern.rota import alliance_crumb
from duijie.web.govern.sheets import sheet_answer
from duijie.web.govern.uploads import take_in, template_of
from duijie.web.kit import Cell, Choice, Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, read_form, viewer_of_page


def officers_crumb() -> tuple[str, str]:
    return t("联络员", "Liaison officers"), reverse("govern:officers")


@for_people
def officers(request: HttpRequest) -> HttpResponse:
    """Everybody's liaison officers: who is here, who is away and who stands in."""
    viewer = viewer_of_page(request)
    text = request.GET.get("q", "")
    found = queries.officers(viewer, text=text)
    if request.GET.get("format") in {"xlsx", "csv"}:
        heads = [
            (Label("成员", "Member"), "line"), (Label("联络员", "Officer"), "line"), (Label("任职起", "Since"), "date"),
            (Label("代理人", "Substitute"), "line"), (Label("代理到", "Until"), "date"),
        ]  # fmt: skip
        rows = [
            [
                o.member.name,
                str(o.person),
                o.since,
                str(o.away.substitute) if o.away else "",
                o.away.last_day if o.away else None,
            ]
            for o in found
        ]
        return sheet_answer("officers", heads, rows, request.GET["format"])
    pages = Pages.of(request, total=len(found), size=50)
    lines = [
        [
            Cell(str(o.person), ""), Cell(name_of(o.member), reverse("members:member", args=[o.member.slug])), o.since.isoformat(),
            badge(t("休假，由{n}代理至 {d}", "away; {n} stands in until {d}", n=str(o.away.substitute), d=o.away.last_day), "warn") if o.away else badge(Label("在岗", "On duty"), "good"),
        ]
        for o in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("name", Label("联络员", "Officer")), Column("member", Label("成员", "Member")),
        Column("since", Label("任职起", "Since"), "date"), Column("state", Label("状态", "State")),
    ]  # fmt: skip
    table = Table(
        columns, lines, request, pages, caption=t("联络员", "Liaison officers"),
        exports={"Excel": f"{request.path}?format=xlsx", "CSV": f"{request.path}?format=csv"},
    )  # fmt: skip
    own = list(Member.objects.filter(pk__in=viewer.member_ids).order_by("name"))
    context = {
        "table": table,
        "q": text,
        "absences": list(member_queries.absences(viewer)[:50]),
        "may_absent": viewer.has_role({"liaison", "member_admin", "platform", "secretariat"}),
        "own": [(m, name_of(m)) for m in own if viewer.has_role({"liaison", "member_admin"}, "member", m.pk)],
        "alliances": [(a, name_of(a), queries.may_read_the_year(viewer, a)) for a in member_queries.alliances(viewer)],
        "standing_in": member_queries.stood_in_for(viewer),
        "today": timezone.localdate(),
    }
    return render(request, "govern/officers.html", context)


@for_people
def new_absence(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    me = User.objects.filter(pk=viewer.user_id or 0).first()

    def save(record: AbsenceRecord, form: QueryDict) -> str:
        member_actions.name_substitute(actor=viewer, record=record)
        return reverse("govern:officers")

    colleagues = _colleagues(viewer.member_ids, me)
    return FormPage(
        request, AbsenceRecord, t("登记休假和代理", "Leave and substitute"), save,
        values={"person": me.username if me else "", "first_day": timezone.localdate().isoformat()},
        crumbs=[officers_crumb()],
        lead=t("代理人在这些天里能看到您的待办、收到您的通知，并以您的联络员身份办理。可选的同事：{who}", "On these days your substitute sees your lists, hears your notices and acts as liaison officer. Colleagues: {who}", who=colleagues or t("无", "none")),
        done=Label("已登记，代理人已收到通知。", "On record; the substitute was told."),
    ).response()  # fmt: skip


def _colleagues(member_ids: frozenset[int], me: User | None) -> str:
    held = RoleGrant.objects.filter(scope="member", scope_id__in=member_ids, user__is_active=True).select_related(
        "user"
    )
    people = {
        g.user.username: f"{g.user}（{g.user.username}）"
        for g in held.order_by("pk")
        if me is None or g.user_id != me.pk
    }
    return "、".join(list(people.values())[:20])


@require_POST
@for_people
def end_absence(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = member_queries.get_absence(viewer, uid)
    return posted(
        request, lambda: member_actions.end_absence(actor=viewer, absence=found), reverse("govern:officers"),
        Label("已销假，代理结束。", "Back again; nobody stands in any more."),
    )  # fmt: skip


@require_POST
@for_people
def hand_over(request: HttpRequest) -> HttpResponse:
    """All cases of an officer of a member go to another with one action."""
    viewer = viewer_of_page(request)

    def do() -> None:
        actions.hand_over_cases(
            actor=viewer, member=find_member(request.POST.get("member", "")),
            giver=find_person(request.POST.get("giver", ""), place="giver"), taker=find_person(request.POST.get("taker", ""), place="taker"),
            note=request.POST.get("note", ""),
        )  # fmt: skip

    return posted(
        request, do, reverse("govern:officers"), Label("已交接，接手人已收到通知。", "Handed over; the other was told.")
    )


@for_people
def messages(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    if request.method == "POST":

        def do() -> None:
            receiver = find_person(request.POST.get("receiver", ""), place="receiver")
            actions.write_to(
                actor=viewer, receiver=receiver, text=request.POST.get("text", ""), about=request.POST.get("about", "")
            )

        return posted(request, do, request.path, Label("已发送。", "Sent."))
    found = queries.messages(viewer)
    pages = Pages.of(request, total=found.count(), size=30)
    context = {
        "messages_shown": list(found[pages.start : pages.stop]),
        "pages": pages,
        "me": viewer.user_id,
        "unread": queries.unread(viewer),
        "receivers": [Choice(o.person.username, f"{name_of(o.member)} {o.person}") for o in queries.officers(viewer) if o.person.pk != viewer.user_id],
        "about": request.GET.get("about", ""),
    }  # fmt: skip
    return render(request, "govern/messages.html", context)


@require_POST
@for_people
def read_messages(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    return posted(request, lambda: actions.read_messages(actor=viewer), reverse("govern:messages"), Label("已全部标为已读。", "All marked as read."))  # fmt: skip


def trainings(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    found = queries.trainings(viewer, alliance)
    pages = Pages.of(request, total=found.count(), size=30)
    rows = [
        [Cell(x.title, reverse("govern:training", args=[x.uid])), x.held_on.isoformat(), x.place, x.hours, x.attended]
        for x in found[pages.start : pages.stop]
    ]
    columns = [
        Column("title", Label("培训", "Training")), Column("on", Label("日期", "Day"), "date"), Column("place", Label("地点", "Place")),
        Column("hours", Label("学时", "Hours"), "number"), Column("attended", Label("到课人数", "Came"), "number"),
    ]  # fmt: skip
    table = Table(
        columns, rows, request, pages, caption=t("联络员培训", "Trainings"), empty=t("还没有培训。", "No training yet.")
    )
    context = {
        "table": table, "title": t("联络员培训", "Trainings of officers"), "over": name_of(alliance), "q": "",
        "figures": [(t("累计培训人次", "People trained"), sum(x.attended for x in found), "")],
        "actions": [(reverse("govern:new_training", args=[slug]), t("登记培训", "Record a training"), "btn-primary")] if queries.may_hold_training(viewer, alliance) else [],
        "crumbs": [alliance_crumb(alliance), (t("联络员培训", "Trainings"), "")], "facets": [],
    }  # fmt: skip
    return render(request, "govern/list.html", context)


@for_people
def new_training(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)

    def save(record: TrainingRecord, form: QueryDict) -> str:
        made = actions.hold_training(actor=viewer, alliance=alliance, record=record)
        return reverse("govern:training", args=[made.uid])

    return FormPage(
        request, TrainingRecord, t("登记培训", "Record a training"), save, crumbs=[alliance_crumb(alliance)],
        done=Label("培训已登记。", "The training is on record."),
    ).response()  # fmt: skip


def training(request: HttpRequest, uid: str) -> HttpResponse:
    """What it was about for everybody; who came for those entitled."""
    viewer = viewer_of_page(request)
    found = queries.get_training(viewer, uid)
    places = queries.places_of(viewer, found)
    holds = queries.may_hold_training(viewer, found.alliance)
    if request.GET.get("format") in {"xlsx", "csv"} and not viewer.is_guest:
        heads = [
            (Label("姓名", "Name"), "line"), (Label("成员", "Member"), "line"), (Label("到课", "Attended"), "yes_no"),
            (Label("证书编号", "Certificate"), "line"),
        ]  # fmt: skip
        rows = [[p.name, str(p.member or ""), p.attended, p.certificate or ""] for p in places]
        return sheet_answer("training", heads, rows, request.GET["format"])
    context = {
        "training": found, "places": places, "holds": holds,
        "may_enrol": holds or viewer.has_role({"liaison", "member_admin"}, "member"),
        "to_certify": sum(p.attended and not p.certificate for p in places) if holds else 0,
        "crumbs": [alliance_crumb(found.alliance), (t("联络员培训", "Trainings"), reverse("govern:trainings", args=[found.alliance.slug])), (found.title, "")],
    }  # fmt: skip
    return render(request, "govern/training.html", context)


@require_POST
@for_people
def enrol(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_training(viewer, uid)

    def do() -> None:
        record = parse(AttendanceRow, read_form(request.POST, AttendanceRow))
        actions.enrol(actor=viewer, training=found, record=record)

    return posted(request, do, reverse("govern:training", args=[uid]), Label("名单已更新。", "The list is up to date."))


@require_POST
@for_people
def certify(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_training(viewer, uid)
    return posted(
        request, lambda: actions.certify(actor=viewer, training=found), reverse("govern:training", args=[uid]),
        Label("证书已发放。", "The certificates are given."),
    )  # fmt: skip


@require_POST
@for_people
def upload_people(request: HttpRequest, uid: str) -> HttpResponse:
    """The list of a training as a sheet: every row or none."""
    viewer = viewer_of_page(request)
    found = queries.get_training(viewer, uid)

    return posted(
        request, lambda: take_in(request, actor=viewer, kind="attendance", training=found),
        reverse("govern:training", args=[uid]), Label("名单已导入。", "The list is in."),
    )  # fmt: skip


def people_template(request: HttpRequest) -> HttpResponse:
    """The Excel template of the list of a training."""
    return template_of("attendance")


def check_certificate(request: HttpRequest) -> HttpResponse:
    """Anybody may check a certificate by its number; the page shows the surname only."""
    number = request.GET.get("number", "")
    place: TrainingPlace | None = None
    refusal = ""
    if number:
        try:
            place = actions.place_of_certificate(number)
        except Fault as fault:
            refusal = fault.sentence
    context = {
        "number": number, "place": place, "refusal": refusal,
        "name": f"{place.name[:1]}{'*' * max(1, len(place.name) - 1)}" if place else "",
    }  # fmt: skip
    return render(request, "govern/certificate.html", context)


@for_people
def certificate_word(request: HttpRequest, uid: str, number: str) -> HttpResponse:
    """The certificate as Word, for its holder and for those who see the list."""
    response = HttpResponse(certificate_document(_certified(request, uid, number)), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{number}.docx"'
    return response


@for_people
def certificate_print(request: HttpRequest, uid: str, number: str) -> HttpResponse:
    """The same as a sheet to print, with a code that leads to its check."""
    address = f"{settings.BASE_URL}{reverse('govern:check_certificate')}?number={number}"
    content = certificate_pdf(_certified(request, uid, number), address=address)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def _certified(request: HttpRequest, uid: str, number: str) -> TrainingPlace:
    viewer = viewer_of_page(request)
    found: Training = queries.get_training(viewer, uid)
    place = next((p for p in queries.places_of(viewer, found) if p.certificate == number), None)
    if place is None:
        raise NotFound
    return place


@for_people
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """The yearly sheet of what each officer brought about, and how the service levels were kept."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else timezone.localdate().year
    sheet = queries.yearly_sheet(viewer, alliance, year)
    if request.GET.get("format") in {"xlsx", "csv"}:
        return _figures_sheet(sheet, request.GET["format"])
    levels = queries.service_levels(viewer, alliance, date(year, 1, 1), date(year, 12, 31))
    context = {
        "alliance": alliance, "name": name_of(alliance), "year": year, "sheet": sheet,
        "table": _figures_table(request, sheet), "levels": _levels_table(levels),
        "sources": [(line, line.sources) for line in sheet.lines if line.sources],
        "unassigned": {kind: float(round(part, 2)) for kind, part in sheet.unassigned.items()},
        "years": range(timezone.localdate().year, timezone.localdate().year - 4, -1),
        "crumbs": [alliance_crumb(alliance), (t("联络员年度成果", "The officers' year"), "")],
    }  # fmt: skip
    return render(request, "govern/figures.html", context)


_HEADS = (
    (Label("成员", "Member"), "line"), (Label("联络员", "Officer"), "line"), (Label("促成的意向", "Interests"), "decimal"),
    (Label("促成的对接", "Introductions"), "decimal"), (Label("签约", "Deals signed"), "decimal"),
    (Label("在管信息", "Listings in charge"), "whole"), (Label("每百条信息的对接", "Introductions per 100 listings"), "decimal"),
)  # fmt: skip


def _figures_table(request: HttpRequest, sheet: queries.YearlySheet) -> Table:
    columns = [
        Column("officer", Label("联络员", "Officer")), Column("member", Label("成员", "Member")),
        *(Column(f"n{n}", label, "number") for n, (label, _) in enumerate(_HEADS[2:])),
    ]  # fmt: skip
    rows = [
        [
            Cell(str(y.person), f"#o{y.person.pk}-{y.member.pk}" if y.sources else ""), name_of(y.member), y.share("interest"),
            y.share("introduction"), y.share("deal"), y.listings, "—" if y.per_hundred is None else y.per_hundred,
        ]
        for y in sheet.lines
    ]  # fmt: skip
    exports = {
        "Excel": f"{request.path}?format=xlsx&year={sheet.year}",
        "CSV": f"{request.path}?format=csv&year={sheet.year}",
    }
    return Table(columns, rows, request, caption=t("联络员年度成果", "The officers' year"), exports=exports)


def _figures_sheet(sheet: queries.YearlySheet, form: str) -> HttpResponse:
    rows = [
        [
            y.member.name,
            str(y.person),
            y.share("interest"),
            y.share("introduction"),
            y.share("deal"),
            y.listings,
            y.per_hundred,
        ]
        for y in sheet.lines
    ]
    return sheet_answer(f"officers-{sheet.year}", _HEADS, rows, form)


def _levels_table(levels: list[queries.Level]) -> Table:
    columns = [
        Column("member", Label("成员", "Member")), Column("asked", Label("收到意向", "Interests"), "number"),
        Column("answered", Label(f"{ANSWER_DAYS} 天内答复", f"Answered within {ANSWER_DAYS} days"), "number"),
        Column("reviews", Label("审核", "Reviews"), "number"),
        Column("reviewed", Label(f"{REVIEW_DAYS} 天内审核", f"Reviewed within {REVIEW_DAYS} days"), "number"),
    ]  # fmt: skip

    def percent(share: int | None) -> str:
        return "—" if share is None else f"{share}%"

    rows = [
        [name_of(x.member), x.interests, percent(x.answer_share), x.reviews, percent(x.review_share)] for x in levels
    ]
    return Table(columns, rows, caption=t("服务时限", "Service levels"))
