"""Composite indicators: from a table of indicators to an index that can be explained, varied and run again.

    specification = load_specification(Path("spec.yaml"))       # or read_specification(a mapping)
    panel = read_panel(Path("data.csv"), specification)         # or make_panel(units, columns, periods=...)
    index = build(specification, panel)                          # every step's data, the log, the flags
    results_table(index), unit_profile(index, "A"), to_xlsx(sheets(index)), to_json(index)
    replay(index.log_document(), panel)                          # the same index, to the byte
    run_uncertainty(specification, panel, read_plan(specification.uncertainty, specification), progress=..., stop=...)
    decompose_change(index, "A", "2024", "2025"), what_if(specification, panel, weights={"growth": 40})

Refusals are `CompositeError` with a stable code, the place of the fault, and a sentence in Chinese and English. Index numbers are in
`duijie.engines.composite.numbers`, progress towards targets in `duijie.engines.composite.progress`. The document is described in docs/index.md.
"""

from __future__ import annotations

from duijie.engines.composite.analysis.comparison import Comparison, compare, compare_many
from duijie.engines.composite.build import Index, LogEntry, build, canonical, replay
from duijie.engines.composite.checks import Flag, check_data
from duijie.engines.composite.decomposition import Decomposition, decompose_change, decompose_gap
from duijie.engines.composite.errors import CompositeError
from duijie.engines.composite.export import index_document, replay_document, sheets, to_csv, to_json, to_xlsx
from duijie.engines.composite.framework import Element, Framework, read_framework
from duijie.engines.composite.panel import Panel, make_panel
from duijie.engines.composite.reading import read_panel
from duijie.engines.composite.results import (
    Profile,
    Table,
    effective_weights,
    ranks_table,
    results_table,
    strengths_and_weaknesses,
    unit_profile,
)
from duijie.engines.composite.specification import Specification, load_document, load_specification, read_specification
from duijie.engines.composite.uncertainty import Plan, Stopped, Uncertainty, read_plan, run_uncertainty
from duijie.engines.composite.whatif import WhatIf, what_if

__all__ = [
    "Comparison",
    "CompositeError",
    "Decomposition",
    "Element",
    "Flag",
    "Framework",
    "Index",
    "LogEntry",
    "Panel",
    "Plan",
    "Profile",
    "Specification",
    "Stopped",
    "Table",
    "Uncertainty",
    "WhatIf",
    "build",
    "canonical",
    "check_data",
    "compare",
    "compare_many",
    "decompose_change",
    "decompose_gap",
    "effective_weights",
    "index_document",
    "load_document",
    "load_specification",
    "make_panel",
    "ranks_table",
    "read_framework",
    "read_panel",
    "read_plan",
    "read_specification",
    "replay",
    "replay_document",
    "results_table",
    "run_uncertainty",
    "sheets",
    "strengths_and_weaknesses",
    "to_csv",
    "to_json",
    "to_xlsx",
    "unit_profile",
    "what_if",
]
