"""REST: records of a member by sheet; the template, the upload, how far it is, and the marked copy."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Router, Schema, UploadedFile

from duijie.core.errors import NotFound
from duijie.core.files import XLSX, get_file, path_of
from duijie.core.models import Job
from duijie.core.rest.bodies import answer
from duijie.core.rest.problems import REFUSALS
from duijie.members import actions, queries
from duijie.members.actions.imports import JOB
from duijie.members.api.shapes import viewer_of_request
from duijie.members.sheets import KINDS, write_template_of

router = Router(tags=["organisations"])


class SheetOut(Schema):
    """How far a sheet is, and what came of it."""

    id: str
    kind: str
    status: str
    done: int
    total: int | None
    result: dict[str, Any]
    error: dict[str, Any]


def _sheet_out(job: Job) -> dict[str, Any]:
    return {
        "id": job.uid, "kind": job.params["sheet"], "status": job.status, "done": job.done, "total": job.total,
        "result": job.result, "error": {k: v for k, v in job.error.items() if k != "trace"},
    }  # fmt: skip


@router.get("/sheet-templates/{kind}", response={200: bytes, **REFUSALS}, summary="表格模板 Template")
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The Excel template of a kind of record: organisations, people and those of other apps."""
    if kind not in KINDS:
        raise NotFound
    out = io.BytesIO()
    write_template_of(kind, out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@router.post("/members/{slug}/sheets/{kind}", response={202: SheetOut, **REFUSALS}, summary="上传表格 Upload a sheet")
def upload(
    request: HttpRequest,
    slug: str,
    kind: str,
    file: UploadedFile = File(...),  # noqa: B008
    dry_run: bool = True,
    all_or_nothing: bool = True,
) -> HttpResponse:
    """Excel or CSV. Checked whole; written unless `dry_run`. Ask /sheets/{id} how far it is."""
    viewer = viewer_of_request(request)
    job = actions.start_sheet(
        actor=viewer,
        member=queries.get_member(viewer, slug),
        kind=kind,
        chunks=file.chunks(),
        name=file.name or "sheet",
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
    )
    return answer(_sheet_out(job), status=202)


def _job(request: HttpRequest, uid: str) -> Job:
    found = queries.jobs(viewer_of_request(request)).filter(uid=uid, kind=JOB).first()
    if found is None:
        raise NotFound
    return found


@router.get("/sheets/{uid}", response={200: SheetOut, **REFUSALS}, summary="处理进度 How far it is")
def progress(request: HttpRequest, uid: str) -> HttpResponse:
    return answer(_sheet_out(_job(request, uid)))


@router.get("/sheets/{uid}/marked-copy", response={200: bytes, **REFUSALS}, summary="标错的副本 The marked copy")
def marked_copy(request: HttpRequest, uid: str) -> FileResponse:
    """The sheet with every bad cell coloured and explained; not found where nothing was wrong."""
    file = _job(request, uid).result.get("marked_file")
    if not file:
        raise NotFound
    record = get_file(file, viewer_of_request(request))
    return FileResponse(path_of(record).open("rb"), as_attachment=True, filename=record.name, content_type=XLSX)
