"""REST: the documents of a deal, for its parties: handed over, listed, fetched as they do it on the deal's page."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, UploadedFile

from duijie.core.files import download
from duijie.core.rest.bodies import answer
from duijie.core.rest.problems import REFUSALS
from duijie.land import actions, queries
from duijie.land.api.shapes import viewer_of_request
from duijie.land.models import DealComment

router = Router(tags=["deals"])


class DocumentOut(Schema):
    id: str
    name: str
    bytes: int
    sha256: str
    text: str
    at: str


def _document_out(row: DealComment) -> dict[str, Any]:
    file = row.file
    assert file is not None  # the query takes rows with a file alone
    return {
        "id": file.uid, "name": file.name, "bytes": file.size_bytes, "sha256": file.sha256, "text": row.text,
        "at": row.at.isoformat(),
    }  # fmt: skip


@router.get("/deals/{uid}/documents", response={200: list[DocumentOut], **REFUSALS}, summary="文件 Documents")
def list_documents(request: HttpRequest, uid: str) -> Any:
    """The latest first. For the parties of the deal."""
    return [_document_out(row) for row in queries.documents(viewer_of_request(request), uid)]


@router.post("/deals/{uid}/documents", response={201: DocumentOut, **REFUSALS}, summary="上传文件 Hand over a document")
def add_document(
    request: HttpRequest,
    uid: str,
    file: UploadedFile = File(...),  # noqa: B008
    text: str = Form(""),
) -> HttpResponse:
    """One office document, picture or archive of at most 20 MB, with a remark or without."""
    viewer = viewer_of_request(request)
    row = actions.comment(
        actor=viewer, deal=queries.get_deal(viewer, uid), text=text, file_chunks=file.chunks(), file_name=file.name or "",
        media_type=file.content_type or "application/octet-stream",
    )  # fmt: skip
    return answer(_document_out(row), status=201)


@router.get("/deals/{uid}/documents/{file_uid}", response={200: bytes, **REFUSALS}, summary="取文件 Fetch one")
def read_document(request: HttpRequest, uid: str, file_uid: str) -> FileResponse:
    """Its bytes, always as a download."""
    viewer = viewer_of_request(request)
    record = queries.document_of(viewer, queries.get_deal(viewer, uid), file_uid)
    return download(record)
