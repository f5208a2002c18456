"""No text from outside becomes a formula in a sheet that we write, whichever part writes it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import duijie
from duijie.engines.spreadsheets import harmless

SOURCE = Path(duijie.__file__).parent


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-5%", "@sum", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠a", "'=1", "''=HYPERLINK(1)"]
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("value", ["", "南湖=区", "a+b", "'甲'", "—", 5, -5, -0.5, None, True])
def test_anything_else_is_written_as_it_is(value: object) -> None:
    assert harmless(value) is value


def test_whoever_writes_a_workbook_uses_it() -> None:
    """Files that append rows to an openpyxl workbook name the function, or mark their cells as text themselves."""
    careless = []
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        imports = {n.module for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)}
        writes = "openpyxl" in imports and re.search(r"\bWorkbook\(", text) and (".append(" in text or ".cell(" in text)
        if writes and "harmless(" not in text and 'data_type = "s"' not in text:
            careless.append(str(path.relative_to(SOURCE)))
    assert careless == []
