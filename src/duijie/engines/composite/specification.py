"""The specification: one YAML or JSON document that says how an index is made.

The format is described for its users in `docs/index.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.framework import Framework, read_framework
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps import STEPS, State

FORMAT = "duijie-index/1"


@dataclass(frozen=True)
class StepRequest:
    """One step as asked for: its kind, what it reads and writes, and its settings before or after completion."""

    kind: str
    reads: str
    writes: str
    settings: Mapping[str, Any]
    place: str


@dataclass(frozen=True)
class Specification:
    """A checked specification. `document` is the plain data it came from."""

    document: Mapping[str, Any]
    framework: Framework
    reference: str | None
    weight_sets: Mapping[str, Mapping[str, float]]
    steps: tuple[StepRequest, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    lower_is_better: bool = False
    uncertainty: Mapping[str, Any] | None = None

    def state(self) -> State:
        """A fresh state for a run."""
        return State(self.framework, self.reference, {name: dict(found) for name, found in self.weight_sets.items()})


class _PlainYaml(yaml.SafeLoader):
    """YAML 1.2 scalars, and a key written twice refused (plain YAML lets the last one win).

    YAML 1.1 reads Norway's code NO as false, 010 as eight, 12:30 as 750, a day as a date and 1e-8 as a text; here they are a text, a
    text, a text, a text and a number.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                refuse("key_twice", f"line {key_node.start_mark.line + 1}", key=key)
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$", list("-+0123456789.")),
    ("merge", r"^<<$", ["<"]),
):
    _PlainYaml.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def load_document(text: str, place: str) -> Mapping[str, Any]:
    """Parse YAML (of which JSON is a part).

    Raises:
        CompositeError: not YAML, not a mapping, or a key twice.
    """
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_PlainYaml)
    except (yaml.YAMLError, json.JSONDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark is not None else getattr(fault, "lineno", 1)
        refuse("document_unreadable", f"{place}: {line}", found=str(getattr(fault, "problem", None) or fault))
    if not isinstance(document, Mapping):
        refuse("not_a_mapping", place, found=type(document).__name__)
    return document


def load_specification(path: Path) -> Specification:
    """Read and check a specification file (.yaml, .yml or .json, UTF-8)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        refuse("not_utf8", str(path))
    return read_specification(load_document(text, path.name))


def read_specification(document: Mapping[str, Any]) -> Specification:
    """Check a document.

    Raises:
        CompositeError: see `sentences`; the place names the key.
    """
    settings = Settings(document, "")
    found = settings.text("format", FORMAT)
    if found != FORMAT:
        refuse("format_unknown", "format", found=found, known=FORMAT)
    name = settings.value("name", "")
    title = {str(key): str(value) for key, value in name.items()} if isinstance(name, Mapping) else {"zh": str(name)}
    for key in ("indicators", "framework", "result", "description"):
        settings.value(key, None)
    framework = read_framework(document)
    reference = settings.value("reference_period", None)
    sets = _read_sets(settings, framework)
    state = State(framework, None if reference is None else str(reference), sets)
    raw_steps = settings.value("steps")
    if not isinstance(raw_steps, Sequence) or isinstance(raw_steps, str) or not raw_steps:
        refuse("no_steps", "steps")
    steps = read_steps(raw_steps)
    for step in steps:
        complete(step, state)
    specification = Specification(
        document=document,
        framework=framework,
        reference=state.reference,
        weight_sets=sets,
        steps=steps,
        title=title,
        data=dict(settings.items("data")),
        lower_is_better=_read_order(settings),
        uncertainty=dict(settings.items("uncertainty")) if settings.has("uncertainty") else None,
    )
    settings.value("uncertainty", None)
    settings.done()
    return specification


def _read_order(settings: Settings) -> bool:
    """Whether the unit with the lowest result comes first, as in an index of risks."""
    inner = settings.section("results")
    order = inner.text("order", "highest_first", choices=("highest_first", "lowest_first"))
    inner.done()
    return order == "lowest_first"


def _read_sets(settings: Settings, framework: Framework) -> dict[str, dict[str, float]]:
    sets: dict[str, dict[str, float]] = {}
    for name, raw in settings.items("weights"):
        inner = Settings(raw, f"weights.{name}")
        for code in inner.names():
            if code not in framework:
                refuse("code_unknown", inner.place, code=code)
        sets[name] = {code: inner.number(code, low=0) for code in inner.names()}
    return sets


def read_steps(raw_steps: Sequence[Any]) -> tuple[StepRequest, ...]:
    """The steps in order; each is `{kind: settings}`, with `from` and `as` naming data sets and `enabled: false` leaving it out."""
    steps: list[StepRequest] = []
    known = {"raw"}
    previous = "raw"
    for at, raw in enumerate(raw_steps):
        entry = {raw: {}} if isinstance(raw, str) else raw
        if not isinstance(entry, Mapping) or len(entry) != 1:
            refuse("step_shape", f"steps[{at}]")
        kind, given = next(iter(entry.items()))
        place = f"steps[{at}].{kind}"
        if kind not in STEPS:
            refuse("step_unknown", f"steps[{at}]", found=kind, known=", ".join(STEPS))
        settings = Settings(given, place)
        reads, enabled = settings.text("from", previous), settings.flag("enabled", True)
        writes = settings.text("as", _free_name(STEPS[kind].writes, known))
        if not enabled:
            continue
        if reads not in known:
            refuse("dataset_unknown", place, name=reads, known=", ".join(sorted(known)))
        if writes in known:
            refuse("dataset_twice", place, name=writes)
        rest = {key: value for key, value in dict(given or {}).items() if key not in ("from", "as", "enabled")}
        steps.append(StepRequest(kind, reads, writes, rest, place))
        known.add(writes)
        previous = writes
    if not steps:
        refuse("no_steps", "steps")
    return tuple(steps)


def _free_name(name: str, known: set[str]) -> str:
    if name not in known:
        return name
    number = 2
    while f"{name}_{number}" in known:
        number += 1
    return f"{name}_{number}"


def complete(step: StepRequest, state: State) -> dict[str, Any]:
    """A step's arguments with every default filled in, as they go into the log."""
    settings = Settings(step.settings, step.place)
    arguments = STEPS[step.kind].read(settings, state)
    settings.done()
    return arguments
