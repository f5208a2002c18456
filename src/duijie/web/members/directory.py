"""Members and alliances: the directory with its map, a page for each, and their forms."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core import regions
from duijie.core.access import Viewer
from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.members import actions, queries
from duijie.members.choices import AgreementKind, MemberKind, Standing
from duijie.members.models import Alliance, Member
from duijie.members.places import find_member, place_of_alliance, place_of_member
from duijie.members.queries import Edge, name_of
from duijie.members.rules import Place, demand, may
from duijie.members.schemas import AllianceRecord, MemberRecord
from duijie.members.sheets import KINDS
from duijie.web.kit import Branch, Cell, Choice, Column, FormField, Option, Table
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.members.places import address_of, map_of_graph, map_of_members
from duijie.web.members.sections import sections_of
from duijie.web.members.tabs import tabs_of, under_members


def members_crumb() -> tuple[str, str]:
    return t("成员", "Members"), reverse("members:directory")


def directory(request: HttpRequest) -> HttpResponse:
    """Every member on the map and in a list, narrowed by alliance, kind and words."""
    under_members(request)
    viewer = viewer_of_page(request)
    every = list(queries.alliances(viewer))
    chosen = next((a for a in every if a.slug == request.GET.get("alliance")), None)
    kind = request.GET.get("kind", "")
    text = request.GET.get("q", "")
    narrowed = bool(chosen or kind or text.strip())
    wanted = queries.members(viewer, alliance=chosen, kind=kind, text=text, top_only=not narrowed)
    found = list(wanted.select_related("parent").order_by("-organisation_count", "name", "pk"))
    facets = [
        Facet.of(
            request, "alliance", Label("联盟", "Alliance"),
            [Option(a.slug, name_of(a), a.member_count) for a in every], many=False,
        ),
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in MemberKind], many=False),
    ]  # fmt: skip
    context = {
        "tabs": tabs_of("directory"),
        "members": [_card(m) for m in found],
        "map": map_of_members(found) if found else None,
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "q": text,
        "alliances": every,
    }
    return render(request, "members/directory.html", context)


def _card(member: Member) -> dict[str, Any]:
    return {
        "name": name_of(member),
        "url": address_of(member),
        "kind": MemberKind.named(member.kind),
        "region": regions.full_name(member.region) if regions.get(member.region) else member.region,
        "colour": member.colour,
        "summary": _said(member, "summary"),
        "organisations": getattr(member, "organisation_count", 0),
    }


def _said(record: Any, name: str) -> str:
    """A text of a record in the language in force; the Chinese one where there is no English."""
    chinese, english = getattr(record, name), getattr(record, f"{name}_en", "")
    return str(t(chinese, english or chinese))


def member_page(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    page = queries.member_page(viewer, slug)
    member = page.member
    graph = queries.graph(viewer, members=[member])
    context = {
        "member": member,
        "page": page,
        "name": name_of(member),
        "kind": MemberKind.named(member.kind),
        "summary": _said(member, "summary"),
        "region": regions.full_name(member.region) if regions.get(member.region) else member.region,
        "standings": [(m.alliance, name_of(m.alliance), Standing.named(m.standing), m.since) for m in page.memberships],
        "map": map_of_graph(graph, t("伙伴分布", "Where the partners are")) if page.partners else None,
        "partners": partner_table(page.partners),
        "coverage": queries.coverage_of_parts(viewer, member) if page.parts else None,
        "parts": [Branch(name_of(part), address_of(part)) for part in page.parts],
        "sections": sections_of("member", request, member),
        "imports": sheets_open_to(viewer, member),
        "crumbs": [members_crumb(), (name_of(member), "")],
    }
    return render(request, "members/member.html", context)


def sheets_open_to(viewer: Viewer, member: Member) -> list[tuple[str, str]]:
    """(label, address) of the sheets that the viewer may bring in at this member."""
    if not viewer.grants:
        return []
    return [
        (
            t("导入{what}", "Import {what}", what=str(sheet.label)),
            reverse("members:sheet_upload", args=[member.slug, word]),
        )
        for word, sheet in KINDS.items()
        if sheet.open_to(viewer, member)
    ]


def partner_table(edges: list[Edge]) -> Table | None:
    """A row for each agreement with each partner."""
    rows = []
    for edge in edges:
        where = reverse("members:member", args=[edge.other.slug]) if edge.other.slug else ""
        for agreement in edge.agreements:
            rows.append(
                [
                    Cell(edge.other.name, where),
                    Cell(agreement.title, reverse("members:agreement", args=[agreement.uid])),
                    AgreementKind.named(agreement.kind),
                    agreement.valid_from.isoformat(),
                    agreement.valid_until.isoformat() if agreement.valid_until else t("长期", "no end"),
                ]
            )
    columns = [
        Column("partner", Label("伙伴", "Partner")),
        Column("title", Label("协议", "Agreement")),
        Column("kind", Label("类型", "Kind")),
        Column("from", Label("生效日", "From"), "date"),
        Column("until", Label("到期日", "Until"), "date"),
    ]
    return Table(columns, rows, caption=t("合作伙伴", "Partners")) if rows else None


@for_people
def edit_member(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    member = queries.get_member(viewer, slug)
    demand(viewer, "member.change", place_of_member(member))

    def save(record: MemberRecord, posted: QueryDict) -> str:
        changed = actions.change_member(actor=viewer, member=member, record=record, version=posted_version(posted))
        return address_of(changed)

    return FormPage(
        request,
        MemberRecord,
        t("修改成员资料", "Change the member's page"),
        save,
        values=actions.member_record_of(member),
        crumbs=[members_crumb(), (name_of(member), address_of(member))],
        version=member.version,
        done=Label("已保存。", "Saved."),
        draft=f"member-{member.uid}",
    ).response()


@for_people
def new_member(request: HttpRequest) -> HttpResponse:
    """Register a member and admit it to the alliance that is chosen."""
    viewer = viewer_of_page(request)
    served = queries.alliances_served_by(viewer)
    if not served:
        demand(viewer, "member.create", Place())
    alliance = FormField(
        "alliance", Label("加入联盟", "Alliance"), "choice", choices=[Choice(a.slug, name_of(a)) for a in served],
        value=request.GET.get("alliance", ""), required=True,
    )  # fmt: skip
    standing = FormField(
        "standing", Label("身份", "Standing"), "choice", value="member",
        choices=[Choice(s.value, s.label) for s in Standing], required=True,
    )  # fmt: skip

    def save(record: MemberRecord, posted: QueryDict) -> str:
        from django.db import transaction

        chosen = next((a for a in served if a.slug == posted.get("alliance")), None)
        if chosen is None:
            raise Fault("missing", "加入联盟：必须选择。", "Alliance: is required.", place="alliance", status=422)
        with transaction.atomic():
            made = actions.create_member(actor=viewer, record=record, alliance=chosen)
            actions.admit_member(actor=viewer, alliance=chosen, member=made, standing=posted.get("standing", "member"))
        return address_of(made)

    return FormPage(
        request,
        MemberRecord,
        t("登记成员", "Register a member"),
        save,
        values={"review_needed": True},
        extra=[alliance, standing],
        crumbs=[members_crumb()],
        done=Label("成员已登记。", "The member is registered."),
        draft="member-new",
    ).response()


# --- alliances -----------------------------------------------------------------------------------------------------------


def alliance_page(request: HttpRequest, slug: str) -> HttpResponse:
    under_members(request)
    viewer = viewer_of_page(request)
    alliance = queries.get_alliance(viewer, slug)
    day = _day(request) or timezone.localdate()
    inside = queries.memberships(viewer, alliance, on=day)
    members = [m.member for m in inside]
    covered = queries.coverage(viewer, members, on=day, partners=members)
    serves = may(viewer, "member.admit", place_of_alliance(alliance)) if viewer.grants else False
    rows = [
        [
            Cell(name_of(m.member), address_of(m.member)),
            Standing.named(m.standing),
            MemberKind.named(m.member.kind),
            regions.full_name(m.member.region) if regions.get(m.member.region) else "",
            m.since.isoformat() if m.since else "",
        ]
        for m in inside
    ]
    columns = [
        Column("name", Label("成员", "Member")),
        Column("standing", Label("身份", "Standing")),
        Column("kind", Label("类型", "Kind")),
        Column("region", Label("所在地", "Place")),
        Column("since", Label("加入日", "Since"), "date"),
    ]
    graph = queries.graph(viewer, on=day, members=members, inside=True)
    context = {
        "alliance": alliance,
        "name": name_of(alliance),
        "day": day,
        "table": Table(
            columns, rows, caption=t("成员", "Members"), empty=t("这一天还没有成员。", "No members on this day.")
        ),
        "map": map_of_graph(graph, t("联盟成员与协议", "Members and agreements"), also=members),
        "count": len(inside),
        "founders": sum(m.standing == "founder" for m in inside),
        "agreements": len({a.pk for e in graph.edges for a in e.agreements}),
        "covered": len(covered.covered),
        "subs": list(Alliance.objects.filter(parent=alliance).order_by("pk")),
        "serves": serves,
        "standing_choices": [Choice(s.value, s.label) for s in Standing],
        "sections": sections_of("alliance", request, alliance),
        "crumbs": [members_crumb(), (name_of(alliance), "")],
    }
    return render(request, "members/alliance.html", context)


def _day(request: HttpRequest) -> date | None:
    """The day asked for by ?on=; today where it cannot be read."""
    try:
        return parse_date(request.GET.get("on", ""))
    except Fault:
        return None


@for_people
def edit_alliance(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = queries.get_alliance(viewer, slug)
    demand(viewer, "alliance.change", place_of_alliance(alliance))

    def save(record: AllianceRecord, posted: QueryDict) -> str:
        changed = actions.change_alliance(actor=viewer, alliance=alliance, record=record)
        return reverse("members:alliance", args=[changed.slug])

    values = {name: getattr(alliance, name) for name in AllianceRecord.model_fields if name != "parent"}
    return FormPage(
        request,
        AllianceRecord,
        t("修改联盟资料", "Change the alliance"),
        save,
        values=values | {"parent": alliance.parent.slug if alliance.parent else None},
        only=[name for name in AllianceRecord.model_fields if name != "parent"],
        crumbs=[members_crumb(), (name_of(alliance), reverse("members:alliance", args=[alliance.slug]))],
        done=Label("已保存。", "Saved."),
    ).response()


@for_people
def new_alliance(request: HttpRequest) -> HttpResponse:
    """Found an alliance, or a sub-alliance of ?parent=."""
    viewer = viewer_of_page(request)
    if not queries.alliances_served_by(viewer):
        demand(viewer, "alliance.found", Place())

    def save(record: AllianceRecord, posted: QueryDict) -> str:
        made = actions.found_alliance(actor=viewer, record=record)
        return reverse("members:alliance", args=[made.slug])

    return FormPage(
        request,
        AllianceRecord,
        t("成立联盟", "Found an alliance"),
        save,
        values={"parent": request.GET.get("parent", "")},
        crumbs=[members_crumb()],
        done=Label("联盟已成立。", "The alliance is founded."),
        draft="alliance-new",
    ).response()


@require_POST
@for_people
def admit(request: HttpRequest, slug: str) -> HttpResponse:
    """Admit a member to an alliance, change its standing, or let it leave at the end of a day."""
    viewer = viewer_of_page(request)
    alliance = queries.get_alliance(viewer, slug)
    if not may(viewer, "member.admit", place_of_alliance(alliance)):
        raise NotAllowed
    member = find_member(request.POST.get("member", ""))
    last_day = request.POST.get("until", "")
    if last_day:
        until = parse_date(last_day) or timezone.localdate()
        actions.end_membership(actor=viewer, alliance=alliance, member=member, until=until)
    else:
        actions.admit_member(
            actor=viewer, alliance=alliance, member=member, standing=request.POST.get("standing", "member")
        )
    messages.success(request, t("已保存。", "Saved."))
    return HttpResponseRedirect(reverse("members:alliance", args=[alliance.slug]))
