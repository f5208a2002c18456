"""A table of indicators in COINr's manner (iMeta) as a specification: CSV or Excel with a row per element.

Columns: iCode, iName, Parent, Weight, Direction, Type (Indicator, Aggregate, Denominator, Group, Other), Unit, Target, Denominator, Level; upper
and lower case and Chinese headings are alike. The data table beside it (iData) has uCode, uName, Time and a column per indicator.
Steps are those of COINr's quick start: denominate where a denominator is named, min-max over 0..100, arithmetic means.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duijie.engines.composite.cells import Cells, label, read_cells
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.specification import FORMAT

TABLES = (".csv", ".xlsx", ".xls", ".xlsm")
_HEADINGS = {
    "icode": "code", "code": "code", "指标代码": "code", "代码": "code", "iname": "name", "name": "name", "指标名称": "name", "名称": "name",
    "parent": "parent", "上级": "parent", "上级指标": "parent", "weight": "weight", "权重": "weight", "direction": "direction", "方向": "direction",
    "type": "type", "类型": "type", "unit": "unit", "单位": "unit", "target": "target", "目标": "target", "目标值": "target",
    "denominator": "denominator", "分母": "denominator", "level": "level", "层级": "level",
}  # fmt: skip
_KINDS = {
    "indicator": "indicator", "指标": "indicator", "aggregate": "aggregate", "index": "aggregate", "节点": "aggregate", "汇总": "aggregate",
    "denominator": "denominator", "分母": "denominator", "group": "group", "分组": "group", "other": "other", "其他": "other",
}  # fmt: skip
_NOTHING = {"", "na", "n/a", "none", "null", "-", "—", "无"}


def document_from_table(path: Path, *, decimal: str = ".") -> dict[str, Any]:
    """The document that a table of indicators stands for. decimal: the mark of its own numbers.

    Raises:
        CompositeError: no column of codes or types, a type or a number that is not known.
    """
    return document_from_cells(read_cells(path, None), path.name, decimal=decimal)


def document_from_cells(cells: Cells, place: str, *, decimal: str = ".") -> dict[str, Any]:
    """The same from cells."""
    columns = _columns(cells, place)
    indicators: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    groups: list[str] = []
    denominated = False
    for at, line in enumerate(cells.lines):
        row = {name: label(cells.columns[column][at]).strip() for name, column in columns.items()}
        if decimal == ",":
            row |= {name: row[name].replace(",", ".") for name in ("weight", "target") if name in row}
        code, where = row["code"], f"{place} [{line}]"
        if code.lower() in _NOTHING:
            continue
        kind = _kind(row, where)
        if kind == "group":
            groups.append(code)
        if kind in {"group", "denominator", "other"}:
            continue
        entry = _element(row, where)
        if kind == "aggregate":
            nodes.append(entry)
            continue
        indicators.append(entry | _of_indicator(row, where))
        denominated = denominated or "denominator" in indicators[-1]
    steps: list[dict[str, Any]] = [{"denominate": {}}] if denominated else []
    steps += [{"normalise": {"method": "min_max", "lower": 0, "upper": 100}}, {"aggregate": {"method": "arithmetic"}}]
    document: dict[str, Any] = {"format": FORMAT, "indicators": indicators, "framework": nodes, "steps": steps}
    return document | {"data": {"groups": groups} if groups else {}}


def with_data_headings(document: Mapping[str, Any], header: list[str]) -> dict[str, Any]:
    """The document with COINr's headings of the data table (uCode, uName, Time) where the table has them."""
    data = dict(document.get("data") or {})
    for key, wanted in (("unit", "ucode"), ("unit_name", "uname"), ("period", "time")):
        found = next((name for name in header if name.lower() == wanted), None)
        if found is not None:
            data.setdefault(key, found)
    if "groups" in data:
        data["groups"] = [name for name in data["groups"] if name in header]
    return dict(document) | {"data": data}


def _columns(cells: Cells, place: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in cells.columns:
        meaning = _HEADINGS.get(name.strip().lower())
        if meaning is not None:
            found.setdefault(meaning, name)
    for needed, heading in (("code", "iCode"), ("type", "Type")):
        if needed not in found:
            refuse("column_missing", place, column=heading)
    return found


def _kind(row: Mapping[str, str], where: str) -> str:
    kind = _KINDS.get(row["type"].lower())
    if kind is None:
        refuse(
            "setting_not_known",
            where,
            name="Type",
            found=row["type"],
            known="Indicator, Aggregate, Denominator, Group, Other",
        )
    return kind


def _element(row: Mapping[str, str], where: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"code": row["code"], "name": row.get("name") or row["code"]}
    parent = row.get("parent", "")
    if parent.lower() not in _NOTHING:
        entry["parent"] = parent
    weight = _number(row.get("weight", ""), "Weight", where)
    return entry | ({"weight": weight} if weight is not None else {})


def _of_indicator(row: Mapping[str, str], where: str) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    direction = row.get("direction", "")
    if direction.lower() not in _NOTHING:
        entry["direction"] = direction
    if row.get("unit", "").lower() not in _NOTHING:
        entry["unit"] = row["unit"]
    target = _number(row.get("target", ""), "Target", where)
    if target is not None:
        entry["target"] = target
    if row.get("denominator", "").lower() not in _NOTHING:
        entry["denominator"] = row["denominator"]
    return entry


def _number(text: str, name: str, where: str) -> float | None:
    if text.lower() in _NOTHING:
        return None
    try:
        return float(text)
    except ValueError:
        refuse("setting_not_number", where, name=name, found=text)
