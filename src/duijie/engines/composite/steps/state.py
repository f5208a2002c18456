"""What a step is, and what it is handed besides the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.framework import Framework
from duijie.engines.composite.panel import Panel
from duijie.engines.composite.settings import Settings

OVER = ("period", "all", "reference")


@dataclass
class State:
    """The framework, the reference period and the weight sets known so far; weight steps add to `weight_sets`."""

    framework: Framework
    reference: str | None = None
    weight_sets: dict[str, dict[str, float]] = field(default_factory=dict)

    def weights(self, name: str, place: str) -> dict[str, float]:
        """A weight set by name: "framework" (as stated), "equal", or one of the sets; others' codes keep the stated weight."""
        stated = self.framework.weights()
        if name == "framework":
            return stated
        if name == "equal":
            return dict.fromkeys(stated, 1.0)
        if name not in self.weight_sets:
            refuse("weight_set_unknown", place, name=name, known=", ".join(["framework", "equal", *self.weight_sets]))
        return stated | self.weight_sets[name]

    def default_over(self) -> str:
        """One reference period when there is one, else all periods together."""
        return "reference" if self.reference is not None else "all"


@dataclass(frozen=True)
class Step:
    """`read` completes and checks the arguments (plain data, as they go into the log); `run` does the work."""

    read: Callable[[Settings, State], dict[str, Any]]
    run: Callable[[Panel, Mapping[str, Any], State, str], tuple[Panel, dict[str, Any]]]
    writes: str


def columns_of(arguments: Mapping[str, Any], panel: Panel, state: State) -> tuple[str, ...]:
    """The columns a step works on: those listed, those of a level, or the indicators the data hold."""
    if arguments.get("columns"):
        return tuple(arguments["columns"])
    if arguments.get("level"):
        return tuple(code for code in state.framework.at_level(int(arguments["level"])))
    return tuple(code for code in state.framework.indicators if code in panel.columns)


def read_columns(settings: Settings, state: State) -> dict[str, Any]:
    """The settings `columns` and `level`, which say what a step works on."""
    columns = settings.texts("columns")
    level = settings.value("level", None)
    if level is not None:
        level = settings.whole("level", low=1)
        if level > state.framework.height:
            refuse("level_too_high", settings.place, level=level, height=state.framework.height)
    return {"columns": columns or None, "level": level}
