"""Agreements as a matrix, coverage of any set on any day, their sheet, and what an agreement holds: obligations, documents."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, NotFound
from duijie.core.files import XLSX, download
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.core.sheets import Column as SheetColumn
from duijie.core.sheets import write_table
from duijie.members import actions, queries
from duijie.members.choices import AgreementKind, AgreementState, MemberKind
from duijie.members.models import Agreement, Alliance, Member
from duijie.members.queries import name_of
from duijie.members.schemas import ObligationRecord
from duijie.web.kit import Cell, Chart, Choice, Column, Node, Series, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import for_people, read_form, viewer_of_page
from duijie.web.members.tabs import under_members


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(t("协议", "Agreements"), reverse("members:agreements")), (last, "")]


def _day(request: HttpRequest) -> date:
    try:
        return parse_date(request.GET.get("on", "")) or timezone.localdate()
    except Fault as fault:
        messages.error(request, fault.sentence)
        return timezone.localdate()


def _chosen(request: HttpRequest) -> tuple[Alliance | None, Member | None, str]:
    """The set that is asked about: an alliance, or a member whose parts are meant; and the kind of agreement."""
    asked = request.GET
    alliance = Alliance.objects.filter(slug=asked.get("alliance", "")).first()
    whole = Member.objects.filter(slug=asked.get("member", "")).first()
    kind = asked.get("kind", "")
    return alliance, whole, kind if kind in AgreementKind._value2member_map_ else ""


def matrix(request: HttpRequest) -> HttpResponse:
    """Who has how many agreements with whom on a day, as a table and as a heat map."""
    under_members(request)
    viewer, day = viewer_of_page(request), _day(request)
    alliance, _, kind = _chosen(request)
    members = [m.member for m in queries.memberships(viewer, alliance, on=day)] if alliance else None
    found = queries.matrix(viewer, on=day, members=members, kind=kind)
    chart = Chart(
        "heatmap", t("协议矩阵", "Agreements between each two"), found.names,
        [Series(name, list(row)) for name, row in zip(found.names, found.cells, strict=True)], as_of=day, height=32,
    )  # fmt: skip
    context = {
        "day": day, "matrix": found, "chart": chart if found.names else None, "kind": kind,
        "alliance": alliance.slug if alliance else "",
        "alliances": [Choice(a.slug, name_of(a)) for a in queries.alliances(viewer)],
        "kinds": [Choice(k.value, k.label) for k in AgreementKind], "crumbs": _crumbs(t("协议矩阵", "Matrix")),
    }  # fmt: skip
    return render(request, "members/matrix.html", context)


_PARTIES = {
    "member": Label("成员", "Member"),
    "organisation": Label("单位", "Organisation"),
    "other": Label("平台外", "Outside the platform"),
}


def network(request: HttpRequest) -> HttpResponse:
    """The network of a day drawn on a circle: a line for each two with an agreement, thicker where there are several."""
    under_members(request)
    viewer, day = viewer_of_page(request), _day(request)
    alliance, _, kind = _chosen(request)
    members = [m.member for m in queries.memberships(viewer, alliance, on=day)] if alliance else None
    found = queries.network(viewer, on=day, members=members, kind=kind)
    names = _told_apart(found.nodes)
    chart = Chart(
        "graph", t("协议网络", "Network of agreements"),
        nodes=[Node(names[n.key], str(_PARTIES[n.kind]), _address(n)) for n in found.nodes],
        links=[(names[one.key], names[other.key], count) for one, other, count in found.links],
        unit=t("份协议", "agreements"), as_of=day, height=30,
    )  # fmt: skip
    context = {
        "day": day, "network": found, "chart": chart if found.nodes else None, "kind": kind,
        "alliance": alliance.slug if alliance else "",
        "alliances": [Choice(a.slug, name_of(a)) for a in queries.alliances(viewer)],
        "kinds": [Choice(k.value, k.label) for k in AgreementKind], "crumbs": _crumbs(t("协议网络", "Network")),
    }  # fmt: skip
    return render(request, "members/network.html", context)


def _told_apart(nodes: Sequence[queries.Node]) -> dict[str, str]:
    """key -> name; two parties of one name are told apart by what they are."""
    names = [n.name for n in nodes]
    return {n.key: n.name if names.count(n.name) == 1 else f"{n.name}（{_PARTIES[n.kind]}）" for n in nodes}


def _address(node: queries.Node) -> str:
    """Where the party's agreements are: a member's list, an organisation's page; a body outside has its name looked for."""
    if node.kind == "member":
        return f"{reverse('members:agreements')}?{urlencode({'member': node.slug})}"
    if node.kind == "organisation":
        return reverse("members:organisation", args=[node.key.partition(":")[2]])
    return ""


def coverage(request: HttpRequest) -> HttpResponse:
    """ "8 of 11 towns, streets and parks; target all", for the parts of a member or the members of an alliance, on any day."""
    under_members(request)
    viewer, day = viewer_of_page(request), _day(request)
    alliance, whole, kind = _chosen(request)
    text = request.GET.get("target", "")
    target = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
    found = queries.coverage_of_set(viewer, whole=whole, alliance=alliance, on=day, kind=kind, target=target)
    lines = [(m, True) for m in found.found.covered] + [(m, False) for m in found.found.missing]
    if request.GET.get("format") in {"xlsx", "csv"}:
        heads = [
            ("成员", "Member", "line"),
            ("类型", "Kind", "line"),
            ("已签协议", "Covered", "yes_no"),
            ("日期", "On", "date"),
        ]
        return _sheet(
            "coverage", heads, [[m.name, MemberKind.named(m.kind), ok, day] for m, ok in lines], request.GET["format"]
        )
    columns = [
        Column("member", Label("成员", "Member")),
        Column("kind", Label("类型", "Kind")),
        Column("state", Label("有效协议", "Agreement")),
    ]
    rows = [
        [
            Cell(name_of(m), reverse("members:member", args=[m.slug])), MemberKind.named(m.kind),
            badge(Label("有", "Yes"), "good") if ok else badge(Label("还没有", "Not yet"), "warn"),
        ]
        for m, ok in lines
    ]  # fmt: skip
    query = request.GET.copy()
    query["format"] = "xlsx"
    wholes = Member.objects.filter(parts__isnull=False).distinct().order_by("name")
    context = {
        "found": found, "day": day, "kind": kind, "member": whole.slug if whole else "", "alliance": alliance.slug if alliance else "",
        "target": text, "share": round(100 * (found.found.share or 0)), "covered": len(found.found.covered), "total": found.found.total,
        "table": Table(columns, rows, caption=t("覆盖情况", "Coverage"), exports={"Excel": f"{request.path}?{query.urlencode()}"}),
        "wholes": [Choice(m.slug, t("{name}的镇街园区", "parts of {name}", name=name_of(m))) for m in wholes],
        "alliances": [Choice(a.slug, name_of(a)) for a in queries.alliances(viewer)],
        "kinds": [Choice(k.value, k.label) for k in AgreementKind], "crumbs": _crumbs(t("覆盖情况", "Coverage")),
    }  # fmt: skip
    return render(request, "members/coverage.html", context)


def agreements_sheet(request: HttpRequest) -> HttpResponse:
    """The list of agreements, narrowed as on its page, in the columns that the import reads."""
    viewer, asked = viewer_of_page(request), request.GET
    member = Member.objects.filter(slug=asked.get("member", "")).first()
    day = _day(request)
    found = queries.agreements(
        viewer,
        member=member,
        kind=asked.get("kind", ""),
        on=None if asked.get("all") == "1" else day,
        text=asked.get("q", ""),
    )
    heads = [
        ("名称", "Title", "line"), ("类型", "Kind", "line"), ("领域", "Field", "line"), ("签署日", "Signed on", "date"), ("生效日", "Valid from", "date"),
        ("到期日", "Valid until", "date"), ("成员方", "Members", "words"), ("单位方", "Organisations", "words"),
        ("平台外的签约方", "Other parties", "words"), ("约定事项", "What was agreed", "text"), ("状态", "State", "line"), ("编号", "External id", "line"),
    ]  # fmt: skip
    return _sheet("agreements", heads, [_row(a, day) for a in found[:20_000]], asked.get("format", "xlsx"))


def _row(a: Agreement, day: date) -> list[object]:
    parties = list(a.parties.all())
    return [
        a.title, AgreementKind.named(a.kind), a.field, a.signed_on, a.valid_from, a.valid_until,
        [p.member.name for p in parties if p.member], [p.organisation.name for p in parties if p.organisation],
        [p.name for p in parties if p.name], a.agreed, AgreementState.named(a.state_on(day)), a.external_id,
    ]  # fmt: skip


def _sheet(name: str, heads: list[tuple[str, str, str]], rows: list[list[object]], form: str) -> HttpResponse:
    form = "csv" if form == "csv" else "xlsx"
    columns = [SheetColumn(f"c{n}", zh, en, kind=kind) for n, (zh, en, kind) in enumerate(heads)]
    out = io.BytesIO()
    write_table(columns, ({f"c{n}": value for n, value in enumerate(row)} for row in rows), out, form=form)
    response = HttpResponse(out.getvalue(), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _done(
    request: HttpRequest, do: Callable[[], object], agreement: Agreement, said: Label, anchor: str
) -> HttpResponse:
    try:
        do()
        messages.success(request, str(said))
    except Fault as fault:
        if fault.status in {401, 403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(reverse("members:agreement", args=[agreement.uid]) + anchor)


@require_POST
@for_people
def oblige(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    agreement = queries.get_agreement(viewer, uid)

    def do() -> None:
        record = parse(ObligationRecord, read_form(request.POST, ObligationRecord))
        actions.add_obligation(actor=viewer, agreement=agreement, record=record)

    return _done(
        request,
        do,
        agreement,
        Label("已登记，到期前会提醒。", "Noted; there is a reminder before it is due."),
        "#obligations",
    )


@require_POST
@for_people
def fulfil(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    one = queries.get_obligation(viewer, uid)
    return _done(
        request, lambda: actions.fulfil_obligation(actor=viewer, obligation=one, report=request.POST.get("report", "")), one.agreement,
        Label("已记录履行情况。", "On record."), "#obligations",
    )  # fmt: skip


@require_POST
@for_people
def add_document(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    agreement = queries.get_agreement(viewer, uid)

    def do() -> None:
        file = request.FILES.get("file")
        if file is None:
            raise Fault("file.missing", "请选择文件。", "Choose a file.", place="file", status=422)
        actions.add_document(
            actor=viewer, agreement=agreement, chunks=file.chunks(), name=file.name or "file",
            media_type=file.content_type or "application/octet-stream", title=request.POST.get("title", ""),
        )  # fmt: skip

    return _done(request, do, agreement, Label("文件已保存。", "The file is kept."), "#documents")


@for_people
def document(request: HttpRequest, uid: str, number: int) -> FileResponse:
    viewer = viewer_of_page(request)
    agreement = queries.get_agreement(viewer, uid)
    found = next((d for d in queries.documents_of(viewer, agreement) if d.pk == number), None)
    if found is None:
        raise NotFound
    return download(found.file)
