"""Partner agreements: list, graph on a day, recording, changing, ending."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.members import actions, queries
from duijie.members.choices import AgreementKind, AgreementState, BodyKind
from duijie.members.models import Agreement, Member
from duijie.members.queries import name_of
from duijie.members.schemas import AgreementRecord
from duijie.web.govern.subjects import motions_to_propose
from duijie.web.kit import Cell, Choice, Column, Option, Pages, Table
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.members.places import map_of_graph
from duijie.web.members.tabs import tabs_of, under_members


def agreements_crumb() -> tuple[str, str]:
    return t("协议", "Agreements"), reverse("members:agreements")


def agreements(request: HttpRequest) -> HttpResponse:
    """The graph as it stood on a day, and every agreement that held then (or, with ?all=1, ever)."""
    under_members(request)
    viewer = viewer_of_page(request)
    asked = request.GET
    try:
        day = parse_date(asked.get("on", "")) or timezone.localdate()
    except Fault as fault:
        messages.error(request, fault.sentence)
        day = timezone.localdate()
    member = Member.objects.filter(slug=asked.get("member", "")).first()
    kind, every = asked.get("kind", ""), asked.get("all") == "1"
    found = queries.agreements(viewer, member=member, kind=kind, on=None if every else day, text=asked.get("q", ""))
    pages = Pages.of(request, total=found.count(), size=30)
    graph = queries.graph(viewer, on=day, members=[member] if member else None, kind=kind)
    facets = [
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in AgreementKind], many=False),
        Facet.of(
            request, "member", Label("成员", "Member"),
            [Option(m.slug, name_of(m)) for m in queries.members(viewer)], many=False,
        ),
        Facet.of(request, "all", Label("范围", "Which"), [Option("1", Label("包括已到期的", "Those that are over too"))], many=False),
    ]  # fmt: skip
    context = {
        "tabs": tabs_of("agreements"),
        "table": _table(request, list(found[pages.start : pages.stop]), pages, day),
        "map": map_of_graph(graph, t("协议网络", "The partner graph")) if graph.edges else None,
        "day": day,
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "coverages": [
            (name_of(whole), found, whole) for whole, found in queries.coverages_of_parts(viewer, on=day, kind=kind)
        ],
        "q": asked.get("q", ""),
        "pairs": len(graph.edges),
        "parties": len(graph.nodes),
        "total": pages.total,
        "may_sign": bool(queries.members_served_by(viewer, "agreement.sign")) if viewer.grants else False,
    }
    return render(request, "members/agreements.html", context)


def _table(request: HttpRequest, found: list[Agreement], pages: Pages, day: date) -> Table:
    columns = [
        Column("title", Label("协议", "Agreement")),
        Column("parties", Label("签约方", "Parties")),
        Column("kind", Label("类型", "Kind")),
        Column("from", Label("生效日", "From"), "date"),
        Column("until", Label("到期日", "Until"), "date"),
        Column("state", Label("状态", "State")),
    ]
    rows = [
        [
            Cell(a.title, reverse("members:agreement", args=[a.uid])),
            "、".join(_party_names(a)),
            AgreementKind.named(a.kind),
            a.valid_from.isoformat(),
            a.valid_until.isoformat() if a.valid_until else t("长期", "no end"),
            state(a, day),
        ]
        for a in found
    ]
    return Table(
        columns,
        rows,
        request,
        pages,
        caption=t("协议", "Agreements"),
        exports={
            label: f"{reverse('members:agreements_sheet')}?{request.GET.urlencode()}&format={form}"
            for label, form in (("Excel", "xlsx"), ("CSV", "csv"))
        },
        empty=t("没有符合条件的协议。", "No agreement fits."),
    )


def _party_names(agreement: Agreement) -> list[str]:
    return [
        name_of(p.member) if p.member else name_of(p.organisation) if p.organisation else p.name
        for p in agreement.parties.all()
    ]


_BADGES = {"not_yet": "line", "in_force": "good", "to_renew": "warn", "renewed": "good", "over": "", "ended": ""}


def state(agreement: Agreement, day: date) -> str:
    """How it stands on the day, as a badge."""
    found = agreement.state_on(day)
    return badge(AgreementState.named(found), _BADGES[found])


def agreement_page(request: HttpRequest, uid: str) -> HttpResponse:
    under_members(request)
    viewer = viewer_of_page(request)
    agreement = queries.get_agreement(viewer, uid)
    parties = []
    for party in agreement.parties.all():
        if party.member:
            parties.append((name_of(party.member), reverse("members:member", args=[party.member.slug])))
        elif party.organisation:
            parties.append(
                (name_of(party.organisation), reverse("members:organisation", args=[party.organisation.uid]))
            )
        else:
            body = f"（{BodyKind.named(party.body)}）" if party.body else ""
            parties.append((f"{party.name}{body}", ""))
    today = timezone.localdate()
    context = {
        "agreement": agreement,
        "kind": AgreementKind.named(agreement.kind),
        "parties": parties,
        "state": state(agreement, today),
        "today": today,
        "may_change": queries.may_change_agreement(viewer, agreement),
        "obligations": queries.obligations_of(viewer, agreement),
        "documents": queries.documents_of(viewer, agreement),
        "party_choices": [Choice(name, name) for name in _party_names(agreement)],
        "renewals": list(agreement.renewals.order_by("valid_from")),
        "crumbs": [agreements_crumb(), (agreement.title, "")],
        "councils": motions_to_propose(
            viewer, "agreement", agreement.uid, t("关于{title}的议案", "On {title}", title=agreement.title)
        ),
    }
    return render(request, "members/agreement.html", context)


@for_people
def new_agreement(request: HttpRequest) -> HttpResponse:
    under_members(request)
    viewer = viewer_of_page(request)
    own = queries.members_served_by(viewer, "agreement.sign")
    if not own:
        raise NotAllowed(
            "协议由签约成员的联络员、管理员或联盟秘书处登记。请联系所在成员的联络员。",
            "Agreements are recorded by staff of a party or the secretariat. Ask your liaison officer.",
        )

    def save(record: AgreementRecord, posted: QueryDict) -> str:
        made = actions.sign_agreement(actor=viewer, record=record)
        return reverse("members:agreement", args=[made.uid])

    return FormPage(
        request,
        AgreementRecord,
        t("登记协议", "Record an agreement"),
        save,
        values={"members": [own[0].slug]} if len(own) == 1 else {},
        crumbs=[agreements_crumb()],
        done=Label("协议已登记。", "The agreement is on record."),
        draft="agreement-new",
    ).response()


@for_people
def edit_agreement(request: HttpRequest, uid: str) -> HttpResponse:
    under_members(request)
    viewer = viewer_of_page(request)
    agreement = queries.get_agreement(viewer, uid)
    if not queries.may_change_agreement(viewer, agreement):
        raise NotAllowed
    values = actions.agreement_record_of(agreement)

    def save(record: AgreementRecord, posted: QueryDict) -> str:
        actions.change_agreement(actor=viewer, agreement=agreement, record=record, version=posted_version(posted))
        return reverse("members:agreement", args=[agreement.uid])

    return FormPage(
        request,
        AgreementRecord,
        t("修改协议", "Change the agreement"),
        save,
        values=values,
        crumbs=[agreements_crumb(), (agreement.title, reverse("members:agreement", args=[agreement.uid]))],
        version=agreement.version,
        done=Label("已保存。", "Saved."),
    ).response()


@require_POST
@for_people
def end_agreement(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    agreement = queries.get_agreement(viewer, uid)
    try:
        last_day = parse_date(request.POST.get("last_day", "")) or timezone.localdate()
        actions.end_agreement(
            actor=viewer,
            agreement=agreement,
            last_day=last_day,
            reason=request.POST.get("reason", ""),
            version=posted_version(request.POST),
        )
        messages.success(request, t("协议已终止。", "The agreement ends."))
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(reverse("members:agreement", args=[agreement.uid]))
