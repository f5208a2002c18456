"""Sheets that come in and templates that go out on the council's and the officers' pages."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.files import XLSX
from duijie.govern.sheets import bring_in, write_template_of


def take_in(request: HttpRequest, *, actor: Viewer, kind: str, **about: Any) -> None:
    """Bring in the posted file `file` as rows of this kind: every row or none. Raises Fault file.missing."""
    file = request.FILES.get("file")
    if file is None:
        raise Fault("file.missing", "请选择文件。", "Choose a file.", place="file", status=422)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}{Path(file.name or '').suffix}"
        with path.open("wb") as kept:
            kept.writelines(file.chunks())
        bring_in(actor=actor, path=path, kind=kind, **about)


def template_of(kind: str) -> HttpResponse:
    """The Excel template of this kind, to be downloaded."""
    out = io.BytesIO()
    write_template_of(kind, out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response
