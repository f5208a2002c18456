"""A city, park or firm asks to join: the public form, the applicant's own page, and the desk of the secretariat."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.core.files import download
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.choices import ApplicantKind, ApplicationStatus
from duijie.govern.models import Application, ApplicationPaper
from duijie.govern.places import papers_required
from duijie.govern.schemas import ApplicationRecord
from duijie.members.queries import get_alliance, name_of
from duijie.web.govern.council import council_crumb
from duijie.web.govern.posting import posted
from duijie.web.govern.rota import alliance_crumb
from duijie.web.govern.sheets import sheet_answer
from duijie.web.kit import Cell, Column, FormField, Pages, Table, fields_of_schema
from duijie.web.kit.parts import badge
from duijie.web.members.forms import for_people, pickers, posted_version, read_form, refusals, viewer_of_page

BADGES = {
    "received": "river", "incomplete": "warn", "examined": "river", "council": "river", "admitted": "good", "rejected": "", "withdrawn": "",
}  # fmt: skip
ACCEPT = ".pdf,.doc,.docx,.jpg,.jpeg,.png,.zip"


def status_of(application: Application) -> str:
    return badge(ApplicationStatus.named(application.status), BADGES[application.status])


def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The public form: anybody may apply; who is done gets a link of its own to follow the application."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    required = papers_required(alliance)
    values: dict[str, Any] = {"kind": "city", "standing": "member"}
    at: dict[str, list[str]] = {}
    others: list[str] = []
    status = 200
    if request.method == "POST":
        values = read_form(request.POST, ApplicationRecord)
        try:
            record = parse(ApplicationRecord, values)
            papers = [
                actions.Paper(
                    title, file.name or "file", file.content_type or "application/octet-stream", file.chunks()
                )
                for number, title in enumerate(required)
                if (file := request.FILES.get(f"paper-{number}")) is not None
            ]
            _, secret = actions.apply_to_join(actor=viewer, alliance=alliance, record=record, papers=papers)
            return HttpResponseRedirect(reverse("govern:follow", args=[secret]))
        except Fault as fault:
            at, others = refusals(fault)
            others += [s for name, told in at.items() if name not in values for s in told]
            status = fault.status if fault.status in {409, 413} else 422
    fields = fields_of_schema(ApplicationRecord, values, at, sources=pickers())
    files = [
        FormField(f"paper-{n}", title, "file", accept=ACCEPT, max_bytes=10 * 1024 * 1024, group=Label("材料", "Papers"))
        for n, title in enumerate(required)
    ]
    context = {
        "alliance": alliance, "name": name_of(alliance), "fields": [*fields, *files], "others": others,
        "crumbs": [alliance_crumb(alliance), (t("申请加入", "Apply to join"), "")],
    }  # fmt: skip
    return render(request, "govern/apply.html", context, status=status)


def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """The applicant's own page, found by its secret link alone."""
    application = actions.application_by_secret(secret)
    context = {
        "application": application,
        "status": status_of(application),
        "kind": ApplicantKind.named(application.kind),
        "papers": list(application.papers.select_related("file").order_by("pk")),
        "missing": actions.missing_papers(application),
        "open": application.is_open and application.status != "council",
        "steps": _steps(application),
        "secret": secret,
        "accept": ACCEPT,
        "address": request.build_absolute_uri(request.path),
    }
    response = render(request, "govern/follow.html", context)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["Cache-Control"] = "no-store"
    return response


def _steps(application: Application) -> int:
    order = {"received": 2, "incomplete": 1, "examined": 3, "council": 4}
    return order.get(application.status, 5)


@require_POST
def follow_paper(request: HttpRequest, secret: str) -> HttpResponse:
    application = actions.application_by_secret(secret)

    def do() -> None:
        file = request.FILES.get("file")
        if file is None:
            raise Fault("file.missing", "请选择文件。", "Choose a file.", place="file", status=422)
        paper = actions.Paper(
            request.POST.get("title", ""),
            file.name or "file",
            file.content_type or "application/octet-stream",
            file.chunks(),
        )
        actions.add_application_paper(actor=viewer_of_page(request), application=application, paper=paper)

    return posted(request, do, reverse("govern:follow", args=[secret]), Label("材料已收到。", "The paper is here."))


@require_POST
def follow_withdraw(request: HttpRequest, secret: str) -> HttpResponse:
    application = actions.application_by_secret(secret)
    return posted(
        request, lambda: actions.withdraw_application(actor=viewer_of_page(request), application=application),
        reverse("govern:follow", args=[secret]), Label("申请已撤回。", "Withdrawn."),
    )  # fmt: skip


@for_people
def applications(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    if not queries.sees_council(viewer, alliance):
        raise NotAllowed("加入申请由本联盟理事会办理。", "Applications are for the council of this alliance.")
    text, status = request.GET.get("q", ""), request.GET.get("status", "")
    found = queries.applications(viewer, alliance=alliance, text=text, status=status)
    if request.GET.get("format") in {"xlsx", "csv"}:
        heads = [
            (Label("单位", "Name"), "line"), (Label("类型", "Kind"), "line"), (Label("状态", "State"), "line"),
            (Label("收到", "Received"), "date"), (Label("理由", "Reasons"), "text"), (Label("初审意见", "Opinion"), "text"),
        ]  # fmt: skip
        rows = [
            [
                a.name,
                ApplicantKind.named(a.kind),
                ApplicationStatus.named(a.status),
                a.submitted_at.date(),
                a.reasons,
                a.opinion,
            ]
            for a in found
        ]
        return sheet_answer("applications", heads, rows, request.GET["format"])
    pages = Pages.of(request, total=found.count(), size=30)
    rows = [
        [
            Cell(a.name, reverse("govern:application", args=[a.uid])), ApplicantKind.named(a.kind), status_of(a),
            a.submitted_at.date().isoformat(),
        ]
        for a in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("name", Label("申请单位", "Applicant")), Column("kind", Label("类型", "Kind")),
        Column("status", Label("状态", "State")), Column("at", Label("收到", "Received"), "date"),
    ]  # fmt: skip
    table = Table(
        columns, rows, request, pages, caption=t("加入申请", "Applications"),
        exports={"Excel": f"{request.path}?format=xlsx", "CSV": f"{request.path}?format=csv"},
        empty=t("还没有申请。把本联盟的申请页地址发给想加入的单位即可。", "None yet. Send the address of the application page to who wants to join."),
    )  # fmt: skip
    context = {
        "table": table, "title": t("加入申请", "Applications"), "over": name_of(alliance), "q": text,
        "actions": [(reverse("govern:apply", args=[alliance.slug]), t("公开申请页", "The public page"), "")],
        "crumbs": [alliance_crumb(alliance), council_crumb(alliance), (t("加入申请", "Applications"), "")],
    }  # fmt: skip
    return render(request, "govern/list.html", context)


@for_people
def application(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_application(viewer, uid)
    sees = queries.sees_council(viewer, found.alliance)
    rights = queries.rights_in(viewer, found.alliance)
    context = {
        "application": found,
        "status": status_of(found),
        "kind": ApplicantKind.named(found.kind),
        "papers": list(found.papers.select_related("file").order_by("pk")),
        "missing": actions.missing_papers(found),
        "runs": rights["council_run"],
        "may_examine": sees and (rights["council_run"] or viewer.has_role({"liaison", "member_admin"}, "member")),
        "before": found.is_open and found.status != "council",
        "crumbs": [alliance_crumb(found.alliance), council_crumb(found.alliance), (found.name, "")],
    }
    return render(request, "govern/application.html", context)


@for_people
def application_paper(request: HttpRequest, uid: str, number: int) -> FileResponse:
    found = queries.get_application(viewer_of_page(request), uid)
    one = ApplicationPaper.objects.filter(application=found, pk=number).select_related("file").first()
    if one is None:
        raise NotFound
    return download(one.file)


@require_POST
@for_people
def decide(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """What officers and the secretariat do with an application: ask, opinion, council, reject."""
    viewer = viewer_of_page(request)
    found = queries.get_application(viewer, uid)
    form = request.POST
    back = reverse("govern:application", args=[found.uid])
    if verb == "council":
        made: list[str] = []

        def put() -> None:
            motion = actions.put_to_council(actor=viewer, application=found, ballot=form.get("ballot", "open"))
            made.append(reverse("govern:motion", args=[motion.uid]))

        answered = posted(request, put, back, Label("已生成议案，讨论后可开始表决。", "A motion was made of it."))
        return HttpResponseRedirect(made[0]) if made else answered
    deeds = {
        "ask": (lambda: actions.ask_for_papers(actor=viewer, application=found, remark=form.get("remark", "")), Label("已请对方补材料。", "Asked.")),
        "opinion": (
            lambda: actions.give_opinion(
                actor=viewer, application=found, text=form.get("text", ""), favours=form.get("favours") == "yes", version=posted_version(form)
            ),
            Label("初审意见已记录。", "The opinion is on record."),
        ),
        "reject": (lambda: actions.reject_application(actor=viewer, application=found, remark=form.get("remark", "")), Label("已不予受理。", "Refused.")),
    }  # fmt: skip
    if verb not in deeds:
        raise NotFound
    do, done = deeds[verb]
    return posted(request, do, back, done)
