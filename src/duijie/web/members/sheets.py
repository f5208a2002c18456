"""Records of a member by sheet: template, upload, progress, what was wrong, the marked copy, writing."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from duijie.core.errors import Fault, NotFound
from duijie.core.files import XLSX, get_file, path_of
from duijie.core.language import Label, t
from duijie.members import actions, queries
from duijie.members.actions.imports import JOB
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.members.sheets import KINDS, write_template_of
from duijie.web.kit import Column, Table
from duijie.web.members.directory import members_crumb
from duijie.web.members.forms import for_people, viewer_of_page
from duijie.web.members.places import address_of


def _demand(request: HttpRequest, member: Member, kind: str) -> None:
    """The refusal that the action would give, before somebody has filled in a sheet; it doesn't say that there is such a page."""
    if kind not in KINDS or not KINDS[kind].open_to(viewer_of_page(request), member):
        raise NotFound


@for_people
def template(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise NotFound
    out = io.BytesIO()
    write_template_of(kind, out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@for_people
def upload(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The page where a sheet is dropped; it is checked first and written only on the next page."""
    viewer = viewer_of_page(request)
    member = queries.get_member(viewer, slug)
    _demand(request, member, kind)
    refusal = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)
            job = actions.start_sheet(
                actor=viewer, member=member, kind=kind, chunks=file.chunks(), name=file.name or "sheet", dry_run=True
            )
            return HttpResponseRedirect(reverse("members:sheet", args=[job.uid]))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            refusal = fault.sentence
    title = t("导入{what}", "Import {what}", what=str(KINDS[kind].label))
    context = {
        "title": title,
        "member": member,
        "kind": kind,
        "refusal": refusal,
        "crumbs": [members_crumb(), (name_of(member), address_of(member)), (title, "")],
    }
    return render(request, "members/sheet_upload.html", context, status=422 if refusal else 200)


@for_people
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """How far a sheet is; when it is checked, what would happen and what is wrong, and the button that writes it."""
    viewer = viewer_of_page(request)
    job = get_object_or_404(queries.jobs(viewer), uid=uid, kind=JOB)
    member = Member.objects.get(pk=job.params["member"])
    kind = job.params["sheet"]
    if request.method == "POST":
        record = get_file(job.params["file"], viewer)
        with path_of(record).open("rb") as handle:
            again = actions.start_sheet(
                actor=viewer,
                member=member,
                kind=kind,
                chunks=iter(lambda: handle.read(1 << 20), b""),
                name=record.name,
                dry_run=False,
                all_or_nothing=request.POST.get("good_rows") != "1",
            )
        return HttpResponseRedirect(reverse("members:sheet", args=[again.uid]))
    title = t("导入{what}", "Import {what}", what=str(KINDS[kind].label))
    columns = [Column("place", Label("位置", "Place")), Column("fault", Label("问题", "What is wrong"))]
    faults = [[f["place"], t(f["zh"], f["en"])] for f in job.result.get("faults", [])]
    context: dict[str, Any] = {
        "title": title,
        "job": job,
        "kind": kind,
        "member": member,
        "shown_at": KINDS[kind].shown_at(member),
        "result": job.result,
        "error": t(job.error["zh"], job.error["en"]) if job.error else "",
        "faults": Table(columns, faults, caption=t("需要修改的地方", "What to mend"), tight=True) if faults else None,
        "good": sum(job.result.get("checked", {}).values()),
        "crumbs": [members_crumb(), (name_of(member), address_of(member)), (title, "")],
    }
    return render(request, "members/sheet.html", context)


@for_people
def marked_copy(request: HttpRequest, uid: str) -> FileResponse:
    viewer = viewer_of_page(request)
    job = get_object_or_404(queries.jobs(viewer), uid=uid, kind=JOB)
    if not job.result.get("marked_file"):
        raise NotFound
    record = get_file(job.result["marked_file"], viewer)
    return FileResponse(path_of(record).open("rb"), as_attachment=True, filename=record.name, content_type=XLSX)
