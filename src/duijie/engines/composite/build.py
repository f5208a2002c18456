"""Run the chain: every step leaves a data set and a line in the log, and the log alone can be run again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from duijie.engines.composite.checks import Flag, check_data
from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.framework import Framework, read_framework
from duijie.engines.composite.methods.moments import ranks_descending
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.specification import Specification, StepRequest, complete
from duijie.engines.composite.steps import STEPS, State

LOG_FORMAT = "duijie-index-log/1"


@dataclass(frozen=True)
class LogEntry:
    """One step that was run: complete arguments, what it reports, and the digest of the data it left."""

    kind: str
    reads: str
    writes: str
    place: str
    arguments: Mapping[str, Any]
    report: Mapping[str, Any]
    digest: str

    def document(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "step": self.kind,
            "from": self.reads,
            "as": self.writes,
            "place": self.place,
            "arguments": dict(self.arguments),
            "report": dict(self.report),
            "digest": self.digest,
        }


@dataclass(frozen=True)
class Index:
    """A finished index: every data set by name, the log, the flags. `final` names the data set that holds the result."""

    framework: Framework
    reference: str | None
    stated_sets: Mapping[str, Mapping[str, float]]
    weight_sets: Mapping[str, Mapping[str, float]]
    panels: Mapping[str, Panel]
    log: tuple[LogEntry, ...]
    flags: tuple[Flag, ...]
    title: Mapping[str, str]
    lower_is_better: bool = False

    @property
    def raw(self) -> Panel:
        """The data as they came."""
        return self.panels["raw"]

    @property
    def final(self) -> Panel:
        """The data set of the last step."""
        return self.panels[self.log[-1].writes]

    def dataset(self, name: str) -> Panel:
        """A data set by name; refused when there is none."""
        if name not in self.panels:
            refuse("dataset_unknown", "", name=name, known=", ".join(self.panels))
        return self.panels[name]

    @property
    def sign(self) -> int:
        """1 where the highest result is the best, -1 where the lowest is."""
        return -1 if self.lower_is_better else 1

    def scores(self) -> Floats:
        """The result per row of `final`."""
        return self.final.column(self.framework.result)

    def ranks(self) -> Floats:
        """Ranks within each period, 1 for the best, ties share the best rank."""
        scores = self.scores() * self.sign
        found = np.full(len(scores), np.nan)
        for rows in self.final.period_rows().values():
            found[rows] = ranks_descending(scores[rows])
        return found

    def aggregation(self) -> LogEntry:
        """The last aggregating step; refused when there is none."""
        for entry in reversed(self.log):
            if entry.kind == "aggregate":
                return entry
        raise refusal("no_aggregation", "steps")

    def normalised(self) -> Panel:
        """The data set that the last aggregating step read."""
        return self.panels[self.aggregation().reads]

    def used_weights(self) -> dict[str, float]:
        """The weights of the last aggregating step, or those stated where there is no such step."""
        state = State(self.framework, self.reference, {name: dict(found) for name, found in self.weight_sets.items()})
        used = [entry.arguments["weights"] for entry in self.log if entry.kind == "aggregate"]
        return state.weights(used[-1] if used else "framework", "")

    def log_document(self) -> dict[str, Any]:
        """Everything a replay needs but the data."""
        return {
            "format": LOG_FORMAT,
            "name": dict(self.title),
            "lower_is_better": self.lower_is_better,
            **self.framework.document(),
            "reference_period": self.reference,
            "weights": {name: dict(found) for name, found in self.stated_sets.items()},
            "input_digest": self.raw.digest(),
            "steps": [entry.document() for entry in self.log],
        }


def run_step(
    step: StepRequest, arguments: Mapping[str, Any], panels: dict[str, Panel], state: State, *, seal: bool = True
) -> LogEntry:
    """Run one step: adds its data set to `panels`, may add to `state.weight_sets`, returns the log entry.

    Replications that keep no log leave the digest out with `seal=False`.
    """
    found, report = STEPS[step.kind].run(panels[step.reads], arguments, state, step.place)
    panels[step.writes] = found
    return LogEntry(step.kind, step.reads, step.writes, step.place, arguments, report, found.digest() if seal else "")


def build(specification: Specification, panel: Panel, *, whole: bool = True) -> Index:
    """Make the index; with `whole=False` the steps may stop short of the result, to look at what they do to the data.

    Raises:
        CompositeError: whatever a step refuses, with its place.
    """
    framework, state = specification.framework, specification.state()
    derived = {
        code for step in specification.steps if step.kind == "derive" for code in step.settings.get("formulas", {})
    }
    for code in framework.indicators:
        if code not in panel.columns and code not in derived:
            refuse("column_missing", "data", column=code)
    flags = check_data(panel, framework)
    panels = {"raw": panel}
    log = [run_step(step, complete(step, state), panels, state) for step in specification.steps]
    index = Index(
        framework,
        specification.reference,
        specification.weight_sets,
        state.weight_sets,
        panels,
        tuple(log),
        tuple(flags),
        specification.title,
        specification.lower_is_better,
    )
    if whole and framework.result not in index.final.columns:
        refuse("result_missing", "result", code=framework.result)
    return index


def replay(document: Mapping[str, Any], panel: Panel) -> Index:
    """Run a log again on the data it was made from: the same index, to the byte.

    Raises:
        CompositeError: not a log, other data, or a step that gives another result than it gave.
    """
    if document.get("format") != LOG_FORMAT:
        refuse("format_unknown", "format", found=document.get("format"), known=LOG_FORMAT)
    if document["input_digest"] != panel.digest():
        refuse("replay_other_data", "input_digest")
    framework = read_framework(document)
    sets = {str(name): dict(found) for name, found in document["weights"].items()}
    state = State(framework, document["reference_period"], {name: dict(found) for name, found in sets.items()})
    panels = {"raw": panel}
    log: list[LogEntry] = []
    for entry in document["steps"]:
        step = StepRequest(entry["step"], entry["from"], entry["as"], {}, entry["place"])
        done = run_step(step, entry["arguments"], panels, state)
        if done.digest != entry["digest"]:
            refuse("replay_differs", step.place)
        log.append(done)
    return Index(
        framework=framework,
        reference=document["reference_period"],
        stated_sets=sets,
        weight_sets=state.weight_sets,
        panels=panels,
        log=tuple(log),
        flags=tuple(check_data(panel, framework)),
        title=dict(document["name"]),
        lower_is_better=bool(document["lower_is_better"]),
    )


def canonical(document: Any) -> bytes:
    """Plain data as bytes that depend on nothing but the data: sorted keys, shortest numbers, UTF-8, gaps as null."""
    text = json.dumps(_plain(document), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return (text + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (np.floating, float)):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, (np.integer, np.bool_)):
        return value.item()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
