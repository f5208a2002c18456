"""A composite index of members: the data of a design, the index, what it becomes when published."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.indicators import Indicator, Observation, member_unit, values_at
from duijie.engines.composite import (
    CompositeError,
    Index,
    Panel,
    Specification,
    Uncertainty,
    build,
    canonical,
    index_document,
    make_panel,
    read_plan,
    read_specification,
    replay_document,
    run_uncertainty,
)
from duijie.engines.composite.specification import FORMAT
from duijie.engines.composite.uncertainty.tables import uncertainty_document
from duijie.measure.models import IndexDesign
from duijie.members.models import Member

TOP = "index"
# Steps that a new design begins with: each does something sensible with data that are complete or nearly so.
FIRST_STEPS: list[dict[str, Any]] = [
    {"impute": {"method": "linear_constant"}},
    {"treat": {"winsorise_max": 2}},
    {"normalise": {"method": "min_max", "lower": 0, "upper": 100}},
    {"aggregate": {"method": "arithmetic"}},
]
REPLICATIONS = 64


@contextlib.contextmanager
def as_faults(place: str = "") -> Iterator[None]:
    """What the engine refuses, in the manner of the platform: the same sentence, a coded Fault."""
    try:
        yield
    except CompositeError as error:
        raise Fault(
            f"index.{error.code}",
            error.sentence("zh"),
            error.sentence("en"),
            place=place or error.place or None,
            status=422,
        ) from None


@dataclass(frozen=True)
class Data:
    """The table of an index with where each of its cells came from: (unit, period, code) -> observation id."""

    panel: Panel
    sources: dict[str, str]

    @staticmethod
    def key(unit: str, period: str, code: str) -> str:
        return f"{unit}|{period}|{code}"


def first_document(name: str, name_en: str) -> dict[str, Any]:
    """The document of a design that has nothing in it yet."""
    return {
        "format": FORMAT,
        "name": {"zh": name, "en": name_en or name},
        "indicators": [],
        "framework": [{"code": TOP, "name": {"zh": name, "en": name_en or name}}],
        "steps": copy.deepcopy(FIRST_STEPS),
    }


def pruned(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without nodes that have nothing under them yet: a framework is built from the top down."""
    nodes, indicators = list(document.get("framework", [])), list(document.get("indicators", []))
    while True:
        parents = {str(e.get("parent")) for e in [*nodes, *indicators]}
        kept = [node for node in nodes if str(node["code"]) in parents or not node.get("parent")]
        if len(kept) == len(nodes):
            return dict(document) | {"framework": nodes}
        nodes = kept


def checked(document: Mapping[str, Any]) -> Specification:
    """The specification of a document. Raises Fault "index.…" with the place in the document."""
    with as_faults():
        return read_specification(pruned(document) if "framework" in document else document)


def needed_codes(document: Mapping[str, Any]) -> list[str]:
    """Indicators whose values the document needs: those in the tree and those that others are divided by."""
    codes = [str(entry["code"]) for entry in document.get("indicators", [])]
    codes += [str(entry["denominator"]) for entry in document.get("indicators", []) if entry.get("denominator")]
    return list(dict.fromkeys(codes))


def members_of(design: IndexDesign) -> QuerySet[Member]:
    """The members that a design compares: those it names, else all."""
    return (Member.objects.filter(slug__in=design.units) if design.units else Member.objects.all()).order_by("pk")


def data_of(viewer: Viewer, design: IndexDesign, *, known_at: Any = None) -> Data:
    """The values in force (or as known at an instant) that `viewer` may see, for the design's members and periods.

    Raises Fault "index.no_values", NotFound (an indicator that is gone).
    """
    codes = needed_codes(design.document)
    names = {member_unit(m.pk): m for m in members_of(design)}
    found = values_at(viewer, codes, design.periods, units=list(names), known_at=known_at)
    return _table(design, codes, names, found)


def _table(
    design: IndexDesign,
    codes: list[str],
    names: Mapping[str, Member],
    found: Mapping[tuple[str, str, str], Observation],
) -> Data:
    rows = sorted({(unit, period) for _, unit, period in found}, key=lambda r: (names[r[0]].slug, r[1]))
    known = set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True))
    for code in codes:
        if code not in known:
            raise Fault(
                "indicator.unknown",
                f"没有代码为“{code}”的指标。",
                f"There is no indicator “{code}”.",
                place=code,
                status=422,
            )
    if not rows:
        raise Fault(
            "index.no_values", "这些期间还没有任何成员的数据。", "No member has values in these periods yet.", place="periods", status=422
        )  # fmt: skip
    sources: dict[str, str] = {}
    columns: dict[str, list[float]] = {code: [] for code in codes}
    for unit, period in rows:
        for code in codes:
            row = found.get((code, unit, period))
            columns[code].append(float("nan") if row is None or row.value is None else float(row.value))
            if row is not None:
                sources[Data.key(names[unit].slug, period, code)] = row.uid
    with as_faults():
        panel = make_panel(
            [names[unit].slug for unit, _ in rows],
            columns,
            periods=[period for _, period in rows],
            groups={
                "kind": [names[unit].kind for unit, _ in rows],
                "province": [names[unit].region[:2] for unit, _ in rows],
            },
            names={names[unit].slug: names[unit].short_name or names[unit].name for unit, _ in rows},
        )
    return Data(panel, sources)


def make(document: Mapping[str, Any], panel: Panel, *, whole: bool = True) -> Index:
    """The index. Raises Fault "index.…" with the sentence of whatever the engine refuses."""
    with as_faults():
        return build(checked(document), panel, whole=whole)


def plan_of(document: Mapping[str, Any], *, replications: int = REPLICATIONS, sobol: bool = False) -> dict[str, Any]:
    """The plan of uncertainty: the document's own, else one that varies weights, normalisation and aggregation."""
    if document.get("uncertainty"):
        return dict(document["uncertainty"]) | {"replications": replications, "design": "sobol" if sobol else "random"}
    kinds = [next(iter(step)) if isinstance(step, dict) else step for step in document["steps"]]
    inputs: list[dict[str, Any]] = [{"name": "weights", "noise": {"levels": {"1": 0.25, "2": 0.25}}, "sets": 500}]
    levels = checked(document).framework.height
    inputs[0]["noise"]["levels"] = {str(level): 0.25 for level in range(1, levels)} or {"1": 0.25}
    if kinds.count("normalise") == 1:
        choices = [{"method": "min_max", "lower": 1, "upper": 100}, {"method": "z_score", "mean": 60, "sd": 10}]
        inputs.append({"name": "normalisation", "at": "normalise", "choices": choices})
    if kinds.count("treat") == 1:
        inputs.append({"name": "outliers", "at": "treat.winsorise_max", "choices": [0, 1, 2, 3]})
    return {
        "replications": replications, "design": "sobol" if sobol else "random", "seed": 20, "bootstrap": 100, "inputs": inputs,
    }  # fmt: skip


def vary(
    document: Mapping[str, Any], panel: Panel, plan: Mapping[str, Any], *, progress: Any = None, stop: Any = None
) -> Uncertainty:
    """Run a plan of uncertainty; progress and stop as the engine takes them."""
    specification = checked(document)
    with as_faults():
        return run_uncertainty(specification, panel, read_plan(plan, specification), progress=progress, stop=stop)


def content_of(document: Mapping[str, Any], index: Index, varied: Uncertainty | None) -> bytes:
    """Everything an edition keeps, as canonical bytes: specification, data, every step, results, intervals."""
    more = {
        "specification": dict(document),
        "uncertainty": uncertainty_document(varied) if varied is not None else None,
    }
    return canonical(index_document(index, more))


def rebuilt(content: str) -> bytes:
    """The bytes of an edition made again from the log and the data inside it. Raises Fault where a step differs."""
    found = json.loads(content)
    with as_faults():
        index = replay_document(found)
        more = {"specification": found["specification"], "uncertainty": found["uncertainty"]}
        return canonical(index_document(index, more))


def index_of_content(content: str) -> Index:
    """The index inside an edition."""
    with as_faults():
        return replay_document(json.loads(content))


def digest_of(content: bytes | str) -> str:
    """SHA-256 of an edition's bytes."""
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()
