"""Reading of the published tables for the tests that need them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from duijie.engines.composite.build import Index, build
from duijie.engines.composite.cells import read_cells, read_layout
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.reading import panel_from_cells
from duijie.engines.composite.specification import Specification, read_specification

CHAIN: list[Any] = [
    {"denominate": {}},
    {"impute": {"method": "group_mean", "group": "EurAsia_group"}},
    {"screen": {"availability": 0.9}},
    {"treat": {"over": "period"}},
    {"normalise": {}},
    {"aggregate": {}},
]
DENOMINATORS = ("Area", "Energy", "GDP", "Population")


def records(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as mappings."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def number(cell: str) -> float:
    """A cell of R's: NA, Inf or a number."""
    return float("nan") if cell in ("", "NA", "NaN") else float(cell)


def matrix(path: Path, key: str = "uCode") -> tuple[list[str], list[str], Floats]:
    """Row labels, column labels, values; a Rank column is left out."""
    rows = records(path)
    columns = [name for name in rows[0] if name not in (key, "Rank")]
    return [row[key] for row in rows], columns, np.array([[number(row[name]) for name in columns] for row in rows])


def asem_document(folder: Path, steps: list[Any], **more: Any) -> dict[str, Any]:
    """The connectivity framework: 49 indicators, 8 pillars, 2 sub-indices."""
    indicators: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    for row in records(folder / "input" / "ASEM_iMeta.csv"):
        parent = None if row["Parent"] in ("", "NA") else row["Parent"]
        entry: dict[str, Any] = {"code": row["iCode"], "name_en": row["iName"], "parent": parent}
        if row["Type"] == "Indicator":
            entry |= {"direction": row["Direction"], "weight": float(row["Weight"]), "target": float(row["Target"])}
            if row["Denominator"] not in ("", "NA"):
                entry["denominator"] = row["Denominator"]
            indicators.append(entry)
        elif row["Type"] == "Aggregate":
            nodes.append(entry | {"weight": float(row["Weight"])})
    data = {"unit": "uCode", "unit_name": "uName", "period": "Time", "groups": ["GDP_group", "EurAsia_group"]}
    return {"data": data, "indicators": indicators, "framework": nodes, "steps": steps} | more


def asem(
    folder: Path, steps: list[Any] | None = None, table: str = "ASEM_iData.csv", **more: Any
) -> tuple[Specification, Panel]:
    """Specification and data."""
    specification = read_specification(asem_document(folder, steps or CHAIN, **more))
    numeric = [*specification.framework.indicators, *DENOMINATORS]
    return specification, panel_from_cells(
        read_cells(folder / "input" / table), read_layout(specification.data), numeric
    )


def asem_index(folder: Path, steps: list[Any] | None = None, **more: Any) -> Index:
    """The index."""
    return build(*asem(folder, steps, **more))


def assert_same(panel: Panel, path: Path, tolerance: float = 1e-9, columns: list[str] | None = None) -> int:
    """Every cell of a published table, gaps included; returns how many cells were compared."""
    units, codes, expected = matrix(path)
    chosen = [code for code in codes if columns is None or code in columns]
    assert set(units) == set(panel.units)
    rows = [panel.units.index(unit) for unit in units]
    found = panel.block(chosen)[rows]
    np.testing.assert_allclose(
        found, expected[:, [codes.index(code) for code in chosen]], rtol=tolerance, atol=tolerance
    )
    return found.size
