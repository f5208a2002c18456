"""Files that pages of plans hand out: CSV that Excel opens, sheets, stored files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from duijie.core.access import Viewer
from duijie.core.files import XLSX, get_file, path_of
from duijie.core.sheets import Column, write_table


def _named(response: HttpResponseBase, name: str) -> None:
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Rows as CSV with a mark that tells Excel it is UTF-8; what begins a formula is kept from being one."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{c}" if isinstance(c, str) and c[:1] in {"=", "+", "-", "@"} else c for c in row])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    _named(response, name)
    return response


def xlsx_answer(name: str, columns: Sequence[Column], rows: Iterable[dict[str, Any]]) -> HttpResponse:
    out = io.BytesIO()
    write_table(columns, rows, out, form="xlsx")
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    _named(response, name)
    return response


def file_answer(uid: str, viewer: Viewer) -> Any:
    """A stored file as a download, never shown in the page. Raises NotFound where the viewer may not read it."""
    record = get_file(uid, viewer)
    response = FileResponse(path_of(record).open("rb"), content_type=record.media_type)
    _named(response, record.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
