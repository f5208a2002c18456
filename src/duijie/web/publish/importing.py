"""Import: drop the sheet, see it as a table with bad cells marked, import all or the good rows, undo for a day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.errors import NotAllowed, NotFound
from duijie.core.files import XLSX, path_of
from duijie.core.jobs import request_stop
from duijie.core.language import t
from duijie.publish.actions import imports
from duijie.publish.kinds import KINDS
from duijie.publish.models import ImportBatch
from duijie.publish.sheets import columns_of
from duijie.web.kit.tables import Cell, Column, Row, Table
from duijie.web.publish.writing import Voice


def start(request: HttpRequest) -> HttpResponse:
    """Choose a kind, take its template, drop the sheet."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.is_guest:
        return redirect(f"{reverse('account_login')}?next={reverse('import')}")
    voice = Voice(viewer)
    if not voice.options:
        raise NotAllowed(
            "导入要以园区或单位的名义进行，请联系所在园区的联络员。",
            "Imports are made in the name of a member or organisation; ask your liaison officer.",
        )
    if request.method == "POST" and request.FILES.get("file"):
        member, organisation = voice.resolve(request.POST.get("voice", ""))
        file = request.FILES["file"]
        assert isinstance(file, UploadedFile)
        batch = imports.start_import(
            actor=viewer,
            member=member,
            organisation=organisation,
            kind=request.POST.get("kind", ""),
            chunks=file.chunks(),
            name=file.name or "sheet",
            all_or_nothing=request.POST.get("rows", "all") == "all",
            publish=request.POST.get("then", "publish") == "publish",
        )
        return redirect("import_batch", uid=batch.uid)
    recent = (
        ImportBatch.objects.filter(owner_member_id__in=[*viewer.member_ids]).select_related("file").order_by("-id")[:10]
    )
    return render(
        request,
        "publish/import.html",
        {"kinds": KINDS.values(), "voices": voice.options, "recent": recent, "missing_file": request.method == "POST"},
    )


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty workbook of a kind, with drop-downs and notes."""
    import io

    from duijie.core.sheets import write_template

    if kind not in KINDS:
        raise NotFound
    target = io.BytesIO()
    write_template(columns_of(kind), target)
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="duijie-{kind}.xlsx"'
    return response


def _table(batch: ImportBatch) -> Table | None:
    """The rows at fault, each bad cell with its sentence."""
    if not batch.faults:
        return None
    zh = t("zh", "en") == "zh"
    rows = [
        Row(
            [
                Cell(f["place"] or "-", is_head=True),
                Cell(f["column"] or "-"),
                Cell(f["zh"] if zh else f["en"], problem=f["zh"] if zh else f["en"]),
            ]
        )
        for f in batch.faults
    ]
    columns = [
        Column("place", t("位置", "Place")),
        Column("column", t("列", "Column")),
        Column("why", t("问题", "What is wrong")),
    ]
    return Table(columns, rows, caption=t("有错的单元格", "Cells at fault"), as_cards=False)


def batch_page(request: HttpRequest, uid: str) -> HttpResponse:
    """How an import stands: progress, faults, what will happen, what happened."""
    batch = imports.get_import(uid, request.viewer)  # type: ignore[attr-defined]
    return render(
        request, "publish/import_batch.html", {"batch": batch, "table": _table(batch), "definition": KINDS[batch.kind]}
    )


def progress(request: HttpRequest, uid: str) -> HttpResponse:
    """The bar alone, polled; when the job is over the page is loaded anew."""
    batch = imports.get_import(uid, request.viewer)  # type: ignore[attr-defined]
    response = render(request, "publish/import_progress.html", {"batch": batch})
    if batch.job is None or batch.job.is_over:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """Apply, apply the good rows, undo, or stop."""
    viewer: Any = request.viewer  # type: ignore[attr-defined]
    batch = imports.get_import(uid, viewer)
    if verb == "apply":
        if request.POST.get("rows") == "good":
            batch = imports.choose_good_rows(actor=viewer, batch=batch)
        imports.apply_import(actor=viewer, batch=batch)
    elif verb == "undo":
        imports.undo_import(actor=viewer, batch=batch)
    elif verb == "stop":
        if batch.job is not None:
            request_stop(batch.job)
            messages.info(request, t("正在停止。", "Stopping."))
    else:
        raise NotFound
    return redirect("import_batch", uid=uid)


def marked(request: HttpRequest, uid: str) -> HttpResponse | FileResponse:
    """The marked copy of the sheet."""
    batch = imports.get_import(uid, request.viewer)  # type: ignore[attr-defined]
    if batch.marked_file is None:
        raise NotFound
    return FileResponse(path_of(batch.marked_file).open("rb"), as_attachment=True, filename=batch.marked_file.name)
