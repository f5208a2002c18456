"""Lists as Excel or CSV: the same rows as on the page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from duijie.core.files import XLSX
from duijie.core.language import Label
from duijie.core.sheets import Column, write_table


def sheet_answer(
    name: str, heads: Sequence[tuple[Label, str]], rows: Iterable[Sequence[Any]], form: str = "xlsx"
) -> HttpResponse:
    """`heads`: (label, kind of column) in order. form: xlsx or csv."""
    columns = [Column(f"c{n}", label.zh, label.en, kind=kind) for n, (label, kind) in enumerate(heads)]
    out = io.BytesIO()
    form = "csv" if form == "csv" else "xlsx"
    write_table(columns, ({f"c{n}": value for n, value in enumerate(row)} for row in rows), out, form=form)
    response = HttpResponse(out.getvalue(), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
