"""Deals, projects and figures as files to download."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.files import XLSX
from duijie.core.sheets import write_table
from duijie.land.exporting import export_of, read_together


def sheet(kind: str, rows: QuerySet[Any], form: str, viewer: Viewer) -> HttpResponse:
    """Records as an Excel workbook or CSV."""
    exported = export_of(kind)

    def lines() -> Iterator[Mapping[str, Any]]:
        for row in read_together(kind, rows):
            yield from exported.lines(row, viewer)

    out = io.BytesIO()
    write_table(exported.columns, lines(), out, form=form)
    response = HttpResponse(out.getvalue(), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{timezone.localdate()}.{form}"'
    return response
