"""Deals: the board, the list, a page for each, and their forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core import regions
from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.core.files import download
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.core.schema.types import read_choice
from duijie.land import actions, queries
from duijie.land.choices import OVER, PATH, DealKind, EndReason, EvidenceKind, Source, Stage
from duijie.land.models import Deal, DealMove
from duijie.land.moves import Move, find_move
from duijie.land.rules import may
from duijie.land.schemas import CorrectionRecord, DealRecord, MoveRecord, NextStepRecord
from duijie.land.service import in_stage
from duijie.members.models import Alliance, Member
from duijie.members.queries import name_of
from duijie.web.kit import Cell, Choice, Column, FormField, Lane, Moment, Option, Pages, Row, Table, Ticket, sort_of
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.kit.parts import badge
from duijie.web.land.exports import sheet
from duijie.web.land.words import badges, kind_of, money, source_of, stage_badge, ticket_badges, version_of
from duijie.web.members.forms import FormPage, for_people, viewer_of_page

SORTS = ("title", "stage_since", "amount_minor", "next_on")


def deals_crumb() -> tuple[str, str]:
    return t("项目推进", "Deals"), reverse("deals")


def _under(request: HttpRequest) -> None:
    request.nav_key = "deals"  # type: ignore[attr-defined]


def _narrowed(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    return {
        "member": asked.get("member", ""),
        "kind": asked.get("kind", ""),
        "source": asked.get("source", ""),
        "mine": asked.get("mine") == "1",
        "overdue": asked.get("overdue") == "1",
        "text": asked.get("q", ""),
    }


def _facets(request: HttpRequest, with_stage: bool) -> list[Facet]:
    viewer = viewer_of_page(request)
    rows = queries.deals(viewer).order_by().values_list("owner_member_id", flat=True).distinct()
    members = Member.objects.filter(pk__in=list(rows)).order_by("name")
    yes = [Option("1", Label("是", "Yes"))]
    found = [
        Facet.of(request, "member", Label("主办成员", "In charge"), [Option(m.slug, name_of(m)) for m in members], many=False),
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in DealKind], many=False),
        Facet.of(request, "source", Label("来源", "Source"), [Option(s.value, s.label) for s in Source], many=False, is_open=False),
        Facet.of(request, "mine", Label("我主办的", "Mine"), yes, many=False),
        Facet.of(request, "overdue", Label("下一步已过期", "Step overdue"), yes, many=False),
    ]  # fmt: skip
    if with_stage:
        options = [Option(s.value, s.label) for s in Stage]
        found.insert(0, Facet.of(request, "stage", Label("阶段", "Stage"), options))
    return found


@for_people
def board(request: HttpRequest) -> HttpResponse:
    """Deals by stage; a card is dragged, or moved by its arrows, and asks for its evidence."""
    _under(request)
    viewer, today = viewer_of_page(request), timezone.localdate()
    lanes, total = [], 0
    for stage, count, rows in queries.board(viewer, **_narrowed(request)):
        total += count
        name = Stage(stage).label
        label = f"{name}" if count <= len(rows) else f"{name} {t('前 {n} 个', 'first {n}', n=len(rows))}"
        lanes.append(Lane(stage, label, [_ticket(deal, today) for deal in rows]))
    facets = _facets(request, with_stage=False)
    context = {
        "lanes": lanes,
        "total": total,
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "tabs": _tabs("board"),
        "may_create": _creates(request),
        "move_url": reverse("move_card"),
    }
    return render(request, "land/board.html", context)


def _creates(request: HttpRequest) -> list[Member]:
    viewer = viewer_of_page(request)
    return [
        m
        for m in Member.objects.filter(pk__in=viewer.member_ids).order_by("name")
        if may(viewer, "deal.create", {m.pk})
    ]


def _tabs(current: str) -> list[dict[str, Any]]:
    items = (("board", t("看板", "Board"), "deals"), ("list", t("列表", "List"), "deal_list"), ("projects", t("签约项目", "Projects"), "projects"), ("zones", t("共建区", "Joint zones"), "zones"))  # fmt: skip
    return [{"label": label, "url": reverse(name), "active": key == current} for key, label, name in items]


def _ticket(deal: Deal, today: Any) -> Ticket:
    text = " · ".join(filter(None, [deal.owner_member.short_name or deal.owner_member.name, money(deal.amount_minor, deal.currency) if deal.amount_minor else "", deal.next_step]))  # fmt: skip
    return Ticket(
        f"{deal.uid}.{deal.version}", deal.title, reverse("deal", args=[deal.uid]), text,
        deal.owner_user.name if deal.owner_user else "", ticket_badges(deal, today),
    )  # fmt: skip


@require_POST
@for_people
def move_card(request: HttpRequest) -> HttpResponse:
    """A card was put into another lane: done at once, refused with its sentence, or answered by the dialog that asks for evidence."""
    viewer = viewer_of_page(request)
    uid, _, version = request.POST.get("ticket", "").partition(".")
    try:
        deal = queries.get_deal(viewer, uid)
        record = parse(MoveRecord, {"stage": request.POST.get("lane", "")})
        expected = int(version) if version.isdigit() else None
        if deal.version == expected:
            move = find_move(deal.stage, record.stage)
            if move.evidence:
                return _dialog(request, deal, move)
        deal = actions.move_deal(actor=viewer, deal=deal, record=record, version=expected)
    except Fault as fault:
        return HttpResponse(fault.sentence, status=fault.status, content_type="text/plain; charset=utf-8")
    response = HttpResponse(status=204)
    response["X-Ticket"] = f"{deal.uid}.{deal.version}"
    return response


def _dialog(request: HttpRequest, deal: Deal, move: Move) -> HttpResponse:
    context = {
        "deal": deal,
        "move": move,
        "stage": Stage(move.target),
        "fields": evidence_fields(move),
        "back": reverse("deals"),
    }
    return render(request, "land/move_dialog.html", context, status=428)


_EVIDENCE_HELP = {
    EvidenceKind.CONTRACT: Label("合同或协议的编号、文件名", "Number or name of the document"),
    EvidenceKind.REGISTRATION: Label("统一社会信用代码或执照编号", "Credit code or number"),
}


def evidence_fields(move: Move, errors: dict[str, list[str]] | None = None, values: Any = None) -> list[FormField]:
    """The fields that a move asks for."""
    at, held = errors or {}, values or {}
    found = [
        FormField(
            "effective_on", Label("实际日期", "The day it happened"), "date",
            held.get("effective_on") or timezone.localdate().isoformat(), required=True, errors=at.get("effective_on", ()),
        )
    ]  # fmt: skip
    for kind in move.evidence:
        told = [*at.get(kind.value, ()), *at.get(f"evidence.{kind.value}", ())]
        found.append(
            FormField(
                kind.value, kind.label, value=held.get(kind.value, ""), required=True, errors=told,
                help=_EVIDENCE_HELP.get(kind, ""),
            )
        )  # fmt: skip
    if move.target in OVER:
        options = tuple(Choice(r.value, r.label) for r in EndReason)
        found.append(
            FormField(
                "end_reason", Label("属于哪一类", "Which kind"), "choice", held.get("end_reason", ""), choices=options
            )
        )
    return found


@for_people
def move(request: HttpRequest, uid: str) -> HttpResponse:
    """The page of one move: its day and its evidence."""
    _under(request)
    viewer = viewer_of_page(request)
    deal = queries.get_deal(viewer, uid)
    data = request.POST if request.method == "POST" else request.GET
    try:
        target = read_choice(Stage, data.get("stage", ""))
    except Fault:
        raise NotFound from None
    step = find_move(deal.stage, target) if request.method != "POST" else None
    errors: dict[str, list[str]] = {}
    others: list[str] = []
    if request.method == "POST":
        values = {k: v for k, v in request.POST.items() if k in MoveRecord.model_fields}
        try:
            record = parse(MoveRecord, values)
            actions.move_deal(actor=viewer, deal=deal, record=record, version=version_of(request.POST))
            messages.success(request, t("“{x}”已到{s}。", "“{x}” is now at {s}.", x=deal.title, s=Stage(target).label))
            return HttpResponseRedirect(_back(request, deal))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            for one in getattr(fault, "faults", [fault]):
                errors.setdefault(one.place or "", []).append(one.sentence)
            others = errors.pop("", []) + errors.pop("stage", [])
    try:
        step = step or find_move(deal.stage, target)
    except Fault:
        step = Move(deal.stage, target, (), ())  # the card has moved on meanwhile: only the sentence is shown
    context = {
        "deal": deal, "stage": Stage(target), "fields": evidence_fields(step, errors, request.POST), "others": others,
        "version": request.POST.get("version", deal.version), "back": reverse("deal", args=[deal.uid]),
        "crumbs": [deals_crumb(), (deal.title, reverse("deal", args=[deal.uid])), (str(Stage(target).label), "")],
    }  # fmt: skip
    return render(request, "land/move.html", context, status=409 if others else 422 if errors else 200)


def _back(request: HttpRequest, deal: Deal) -> str:
    asked = request.POST.get("back", "")
    return asked if asked == reverse("deals") else reverse("deal", args=[deal.uid])


PARTIES = {
    "own_organisations": ("pick_organisations", True), "other_members": ("pick_members", True),
    "other_organisations": ("pick_organisations", True),
}  # fmt: skip
_COLUMNS = (
    ("title", Label("项目", "Deal"), "text", True), ("stage", Label("阶段", "Stage"), "text", False),
    ("stage_since", Label("阶段起", "Since"), "date", True), ("days", Label("工作日 / 时限", "Days / level"), "number", False),
    ("member", Label("主办成员", "In charge"), "text", False), ("kind", Label("类型", "Kind"), "text", False),
    ("amount_minor", Label("金额", "Amount"), "number", True), ("source", Label("来源", "Source"), "text", False),
    ("next_on", Label("下一步", "Next step"), "text", True),
)  # fmt: skip


@for_people
def deal_list(request: HttpRequest) -> HttpResponse:
    """Every deal in sight as a table; `?format=xlsx` and `csv` give the sheet."""
    _under(request)
    viewer, today = viewer_of_page(request), timezone.localdate()
    sort = sort_of(request, SORTS, "-stage_since")
    narrowed = _narrowed(request)
    rows = queries.deals(viewer, stage=request.GET.getlist("stage"), sort=sort, **narrowed)
    form = request.GET.get("format", "")
    if form in ("xlsx", "csv"):
        return sheet("deals", rows, form, viewer)
    pages = Pages.of(request, total=rows.count(), size=30)
    facets = _facets(request, with_stage=True)
    table = Table(
        [Column(key, label, kind, sortable) for key, label, kind, sortable in _COLUMNS],
        [_row(deal, today) for deal in rows[pages.start : pages.stop]],
        request, pages, caption=t("项目线索", "Deals"), sort=sort, exports=_exports(request),
        empty=t("没有符合条件的项目。", "No deal fits."),
    )  # fmt: skip
    context = {
        "table": table, "facets": facets, "active": ActiveFilter.from_facets(facets), "total": pages.total,
        "q": narrowed["text"], "tabs": _tabs("list"), "may_create": _creates(request),
    }  # fmt: skip
    return render(request, "land/deals.html", context)


def _exports(request: HttpRequest) -> dict[str, str]:
    query = request.GET.copy()
    found = {}
    for name, form in (("Excel", "xlsx"), ("CSV", "csv")):
        query["format"] = form
        found[name] = f"?{query.urlencode()}"
    return found


def _row(deal: Deal, today: Any) -> Row:
    stay = in_stage(deal, today)
    step = f"{deal.next_on} {deal.next_step}" if deal.next_on else deal.next_step
    return Row(
        [
            Cell(deal.title, reverse("deal", args=[deal.uid])), stage_badge(deal.stage), deal.stage_since.isoformat(),
            Cell(badge(f"{stay.days} / {stay.level}", "bad") if stay.over else f"{stay.days} / {stay.level or '—'}", exact=stay.days, css="text-nowrap"),
            deal.owner_member.short_name or deal.owner_member.name, Cell(kind_of(deal), css="text-nowrap"),
            Cell(money(deal.amount_minor, deal.currency), exact=deal.amount_minor, css="text-nowrap"), source_of(deal), step or "—",
        ]
    )  # fmt: skip


@for_people
def deal_page(request: HttpRequest, uid: str) -> HttpResponse:
    """One deal: how far it is, what is next, what was said, its documents, its blockers, its history."""
    _under(request)
    viewer, today = viewer_of_page(request), timezone.localdate()
    page = queries.deal_page(viewer, uid)
    deal = page.deal
    last = queries.path_of(page.moves)[-1]
    context = {
        "page": page, "deal": deal, "kind": kind_of(deal), "stage": stage_badge(deal.stage), "stay": in_stage(deal, today),
        "source": source_of(deal), "amount": money(deal.amount_minor, deal.currency),
        "region": _place(deal.region), "origin": _place(deal.origin),
        "own": [_party(p) for p in page.parties if p.side == "own"],
        "others": [_party(p) for p in page.parties if p.side == "other"],
        "moments": [_moment(page, m) for m in reversed(page.moves)],
        "targets": [(m, Stage(m.target), m.back or m.target in OVER) for m in page.targets],
        "steps": [Stage(s).label for s in PATH], "place": PATH.index(deal.stage) + 1 if deal.stage in PATH else 0,
        "last_move": last, "today": today, "badges": badges(ticket_badges(deal, today)),
        "ended": EndReason.named(deal.end_reason) if deal.end_reason else "",
        "members": Member.objects.exclude(pk=deal.owner_member_id).order_by("name") if page.is_party else [],
        "alliances": Alliance.objects.filter(memberships__member=deal.owner_member).distinct() if page.is_party else [],
        "crumbs": [deals_crumb(), (deal.title, "")],
    }  # fmt: skip
    return render(request, "land/deal.html", context)


def _place(code: str) -> str:
    return regions.full_name(code) if code and regions.get(code) else ""


def _party(party: Any) -> tuple[str, str]:
    if party.member:
        return name_of(party.member), reverse("members:member", args=[party.member.slug])
    if party.organisation:
        return name_of(party.organisation), reverse("members:organisation", args=[party.organisation.uid])
    return party.name, ""


def _moment(page: Any, move: DealMove) -> Moment:
    title = str(Stage(move.to_stage).label)
    if move.corrects_id:
        title = t("撤回“{s}”", "“{s}” taken back", s=title) if move.cancelled else t("更正“{s}”的日期", "the day of “{s}” corrected", s=title)  # fmt: skip
    parts = [t("实际日期 {d}", "on {d}", d=move.effective_on)]
    if page.is_party:
        parts += [f"{EvidenceKind.named(kind)}：{text}" for kind, text in move.evidence.items()]
    if move.reason and page.is_party:
        parts.append(move.reason)
    if move.pk in page.replaced and not move.cancelled:
        parts.append(t("已被更正", "corrected since"))
    return Moment(move.recorded_at, title, "；".join(parts), move.recorded_by.name if move.recorded_by else "", "bad" if move.pk in page.replaced or move.to_stage in OVER else "")  # fmt: skip


@for_people
def new_deal(request: HttpRequest) -> HttpResponse:
    _under(request)
    own = _creates(request)
    if not own:
        raise NotAllowed(
            "项目由成员的编辑、联络员或管理员登记，请联系所在成员的联络员。",
            "Deals are registered by a member's editors, liaison officers or administrators.",
        )

    def save(record: DealRecord, posted: QueryDict) -> str:
        member = next((m for m in own if m.slug == posted.get("member")), own[0])
        deal = actions.create_deal(actor=viewer_of_page(request), member=member, record=record)
        return reverse("deal", args=[deal.uid])

    member = FormField("member", Label("主办成员", "Member in charge"), "choice", own[0].slug, choices=tuple(Choice(m.slug, name_of(m)) for m in own), required=True)  # fmt: skip
    return FormPage(
        request, DealRecord, t("登记项目线索", "Register a deal"), save, crumbs=[deals_crumb()],
        values={"source": "by_hand", "stage": "lead"}, extra=[member] if len(own) > 1 else (), draft="deal-new", picks=PARTIES,
        only=[n for n in DealRecord.model_fields if n not in ("external_id", "evidence", "owner")],
        done=Label("已登记。", "Registered."),
    ).response()  # fmt: skip


@for_people
def edit_deal(request: HttpRequest, uid: str) -> HttpResponse:
    _under(request)
    viewer = viewer_of_page(request)
    deal = queries.get_deal(viewer, uid)
    if not may(viewer, "deal.change", {deal.owner_member_id}):
        raise NotAllowed

    def save(record: DealRecord, posted: QueryDict) -> str:
        actions.change_deal(actor=viewer, deal=deal, record=record, version=version_of(posted))
        return reverse("deal", args=[deal.uid])

    left_out = ("stage", "stage_on", "evidence", "source", "source_label", "external_id")
    return FormPage(
        request, DealRecord, t("修改项目", "Change the deal"), save, values=actions.deal_record_of(deal),
        crumbs=[deals_crumb(), (deal.title, reverse("deal", args=[deal.uid]))], version=deal.version, picks=PARTIES,
        only=[n for n in DealRecord.model_fields if n not in left_out], done=Label("已保存。", "Saved."),
    ).response()  # fmt: skip


@require_POST
@for_people
def act(request: HttpRequest, uid: str) -> HttpResponse:
    """What is done on a deal's page: next step, comment, blocker, correction. A refusal is said above the page."""
    viewer = viewer_of_page(request)
    deal = queries.get_deal(viewer, uid)
    try:
        _act(request, deal)
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(reverse("deal", args=[uid]))


def _act(request: HttpRequest, deal: Deal) -> None:
    viewer, posted = viewer_of_page(request), request.POST
    verb = posted.get("do", "")
    if verb == "step":
        given = parse(NextStepRecord, {"step": posted.get("step"), "on": posted.get("on")})
        actions.set_next_step(actor=viewer, deal=deal, step=given.step or "", on=given.on, version=version_of(posted))
    elif verb == "say":
        file = request.FILES.get("file")
        actions.comment(
            actor=viewer, deal=deal, text=posted.get("text", ""), file_chunks=file.chunks() if file else None,
            file_name=(file.name or "") if file else "", media_type=(file.content_type or "") if file else "",
        )  # fmt: skip
    elif verb == "block":
        kind, _, number = posted.get("to", "").partition(":")
        to_member = Member.objects.filter(slug=number).first() if kind == "member" else None
        to_alliance = Alliance.objects.filter(slug=number).first() if kind == "alliance" else None
        actions.raise_blocker(
            actor=viewer, deal=deal, text=posted.get("text", ""), to_member=to_member, to_alliance=to_alliance
        )
    elif verb == "correct":
        given_ = parse(CorrectionRecord, {"effective_on": posted.get("effective_on"), "reason": posted.get("reason"), "cancel": posted.get("cancel")})  # fmt: skip
        number = posted.get("move", "")
        found = queries.get_move(deal, int(number) if number.isdigit() and len(number) < 18 else 0)
        actions.correct_move(
            actor=viewer, deal=deal, move=found, effective_on=given_.effective_on, cancel=bool(given_.cancel),
            reason=given_.reason or "", version=version_of(posted),
        )  # fmt: skip
    else:
        raise NotFound


@require_POST
@for_people
def clear_blocker(request: HttpRequest, blocker_uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    blocker = queries.get_blocker(viewer, blocker_uid)
    try:
        actions.clear_blocker(actor=viewer, blocker=blocker, answer=request.POST.get("answer", ""))
        messages.success(request, t("卡点已解决。", "The blocker is cleared."))
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(
        reverse("desk") if request.POST.get("from") == "desk" else reverse("deal", args=[blocker.deal.uid])
    )


@for_people
def document(request: HttpRequest, uid: str, file_uid: str) -> FileResponse:
    """A document of a deal: always as a download, never shown by the browser."""
    viewer = viewer_of_page(request)
    record = queries.document_of(viewer, queries.get_deal(viewer, uid), file_uid)
    return download(record)
