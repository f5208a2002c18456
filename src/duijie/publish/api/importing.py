"""Sheets: brought in, checked, written, taken back."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import File, Form, Router, Schema, UploadedFile

from duijie.core.errors import NotFound
from duijie.core.files import path_of
from duijie.core.rest.problems import REFUSALS
from duijie.publish.actions import imports
from duijie.publish.api.shapes import member_named, viewer_of
from duijie.publish.models import ImportBatch
from duijie.publish.schemas import resolve_organisation

router = Router(tags=["listings"])


class ImportOut(Schema):
    id: str
    kind: str
    status: str
    rows_total: int
    rows_good: int
    rows_bad: int
    rows_new: int
    rows_changed: int
    rows_same: int
    progress: int | None
    faults: list[dict[str, Any]]
    marked: str | None


def _import_out(batch: ImportBatch) -> dict[str, Any]:
    names = ("kind", "status", "rows_total", "rows_good", "rows_bad", "rows_new", "rows_changed", "rows_same", "faults")
    marked = f"/api/v1/imports/{batch.uid}/marked" if batch.marked_file_id else None
    return {name: getattr(batch, name) for name in names} | {
        "id": batch.uid,
        "progress": batch.job.percent if batch.job else None,
        "marked": marked,
    }


@router.post("/members/{slug}/imports", response={202: ImportOut, **REFUSALS}, summary="导入表格 Import a sheet")
def start_import(
    request: HttpRequest,
    slug: str,
    file: UploadedFile = File(...),  # noqa: B008
    kind: str = Form(...),
    all_or_nothing: bool = Form(True),
    publish: bool = Form(True),
    apply: bool = Form(False),
    organisation: str = Form(""),
) -> Any:
    """The sheet is checked first; with `apply` it is written when nothing stands against it."""
    member = member_named(slug)
    batch = imports.start_import(
        actor=viewer_of(request),
        member=member,
        kind=kind,
        chunks=file.chunks(),
        name=file.name or "sheet",
        organisation=resolve_organisation(organisation, member),
        all_or_nothing=all_or_nothing,
        publish=publish,
        apply_when_good=apply,
    )
    return 202, _import_out(batch)


@router.get("/imports/{uid}", response={200: ImportOut, **REFUSALS}, summary="导入的进展 How far an import is")
def read_import(request: HttpRequest, uid: str) -> Any:
    return _import_out(imports.get_import(uid, viewer_of(request)))


@router.post("/imports/{uid}/apply", response={202: ImportOut, **REFUSALS}, summary="写入 Apply")
def apply_import(request: HttpRequest, uid: str, only_good_rows: bool = False) -> Any:
    batch = imports.get_import(uid, viewer_of(request))
    if only_good_rows:
        batch = imports.choose_good_rows(actor=viewer_of(request), batch=batch)
    return 202, _import_out(imports.apply_import(actor=viewer_of(request), batch=batch))


@router.post("/imports/{uid}/undo", response={202: ImportOut, **REFUSALS}, summary="撤销 Undo")
def undo_import(request: HttpRequest, uid: str) -> Any:
    batch = imports.get_import(uid, viewer_of(request))
    return 202, _import_out(imports.undo_import(actor=viewer_of(request), batch=batch))


@router.get(
    "/imports/{uid}/marked",
    response={200: Any, **REFUSALS},
    summary="标注副本 The marked copy",
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                        "schema": {"type": "string", "format": "binary"}
                    }
                },
            }
        }
    },
)
def marked_copy(request: HttpRequest, uid: str) -> Any:
    batch = imports.get_import(uid, viewer_of(request))
    if batch.marked_file is None:
        raise NotFound("没有标注副本：没有发现错误。", "There is no marked copy: no fault was found.")
    return FileResponse(path_of(batch.marked_file).open("rb"), as_attachment=True, filename=batch.marked_file.name)
