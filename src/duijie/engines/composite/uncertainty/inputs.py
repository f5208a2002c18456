"""What may vary: any setting of any step, weights, parts left out, the data themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.framework import Framework
from duijie.engines.composite.panel import Floats
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.specification import Specification

KINDS = ("at", "noise", "weight", "weight_sets", "drop", "data_noise")


@dataclass(frozen=True)
class Input:
    """One uncertain input. `kind` is one of KINDS; `choices` are what a draw picks from, or `bounds` for a continuous one.

    The choices of "noise" are whole weight sets drawn beforehand; those of "data_noise" are seeds.
    """

    name: str
    kind: str
    path: str = ""
    choices: tuple[Any, ...] = ()
    edges: tuple[float, ...] = ()
    bounds: tuple[float, float] | None = None
    whole: bool = False
    spread: float = 0.0

    @property
    def changes_weights(self) -> bool:
        """Whether it acts on the weights alone, so that thousands of draws can be aggregated at once."""
        return self.kind in ("noise", "weight", "weight_sets", "drop")

    def position(self, point: float) -> int:
        """The choice that a point of [0, 1) picks."""
        return bisect_right(self.edges, point)

    def draw(self, point: float) -> Any:
        """The value a point picks: a choice, or a number."""
        if self.bounds is not None:
            low, high = self.bounds
            if self.whole:
                return int(low + np.floor(point * (high - low + 1)))
            return low + point * (high - low)
        return self.choices[self.position(point)]

    def label(self, point: float) -> Any:
        """The value as it is exported: the number, the plain choice, or the number of the drawn set."""
        if self.bounds is not None:
            return self.draw(point)
        if self.kind in ("noise", "data_noise"):
            return self.position(point) + 1
        return self.draw(point)


@dataclass(frozen=True)
class Plan:
    """A whole uncertainty or sensitivity analysis, checked. `replications` is N; the design "sobol" runs N(d+2)."""

    inputs: tuple[Input, ...]
    replications: int
    design: str
    sequence: str
    seed: int
    bootstrap: int
    period: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(entry.name for entry in self.inputs)

    def points(self) -> Floats:
        """The design: one row per run, one column per input, in [0, 1)."""
        from duijie.engines.composite.uncertainty.sobol import saltelli_design

        if self.design == "sobol":
            return saltelli_design(self.replications, len(self.inputs), self.seed, self.sequence)
        return np.random.default_rng(self.seed).random((self.replications, len(self.inputs)))


def noisy_weights(
    framework: Framework, levels: Mapping[int, float], count: int, seed: int
) -> tuple[dict[str, float], ...]:
    """Weight sets in which each weight of a level is multiplied by 1 ± factor, uniformly."""
    generator = np.random.default_rng(seed)
    sets: list[dict[str, float]] = []
    stated = framework.weights()
    for _ in range(count):
        one: dict[str, float] = {}
        for level, factor in levels.items():
            for code in framework.at_level(level):
                one[code] = float(stated[code] * (1 + (2 * generator.random() - 1) * factor))
        sets.append(one)
    return tuple(sets)


def read_plan(raw: Mapping[str, Any], specification: Specification) -> Plan:
    """Check the `uncertainty` section of a specification.

    Raises:
        CompositeError: an input of no kind or of two, a name twice, probabilities that do not sum to one.
    """
    settings = Settings(raw, "uncertainty")
    seed = settings.whole("seed", 1, low=0, high=2**63)
    entries = settings.value("inputs", [])
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        refuse("no_inputs", "uncertainty.inputs")
    inputs = [_read_input(entry, at, specification, seed) for at, entry in enumerate(entries)]
    names = [entry.name for entry in inputs]
    for name in names:
        if names.count(name) > 1:
            refuse("input_twice", "uncertainty.inputs", name=name)
    design = settings.text("design", "random", choices=("random", "sobol"))
    if design == "sobol" and len(inputs) < 2:
        refuse("inputs_too_few", "uncertainty")
    period = settings.value("period", None)
    plan = Plan(
        inputs=tuple(inputs),
        replications=settings.whole("replications", 1000, low=2, high=10_000_000),
        design=design,
        sequence=settings.text("sequence", "random", choices=("random", "quasi")),
        seed=seed,
        bootstrap=settings.whole("bootstrap", 0, low=0, high=100_000),
        period=None if period is None else str(period),
    )
    settings.done()
    return plan


def _read_input(raw: Any, at: int, specification: Specification, seed: int) -> Input:
    settings = Settings(raw, f"uncertainty.inputs[{at}]")
    name = settings.text("name", f"input {at + 1}")
    kinds = [kind for kind in KINDS if settings.has(kind)]
    if len(kinds) != 1:
        refuse("input_shape", settings.place)
    kind, framework = kinds[0], specification.framework
    if kind == "noise":
        found = _read_noise(settings, name, framework, seed + at)
    elif kind == "data_noise":
        inner = settings.section("data_noise")
        spread = inner.number("relative", low=0)
        inner.done()
        count = settings.whole("sets", 100, low=1, high=1_000_000)
        seeds = tuple(int(one) for one in np.random.default_rng(seed + at).integers(0, 2**31, count))
        found = Input(name, kind, choices=seeds, edges=_even(count), spread=spread)
    elif kind == "drop":
        codes = settings.texts("drop")
        _known(codes, framework, settings.place)
        found = Input(name, kind, choices=("", *codes), edges=_even(len(codes) + 1))
    elif kind == "weight_sets":
        sets = settings.texts("weight_sets")
        for one in sets:
            specification.state().weights(one, settings.place)
        found = Input(name, kind, choices=tuple(sets), edges=_edges(settings, len(sets)))
    else:
        path = settings.text(kind)
        if kind == "weight":
            _known([path], framework, settings.place)
        found = _read_values(settings, name, kind, path)
    settings.done()
    return found


def _known(codes: Sequence[str], framework: Framework, place: str) -> None:
    for code in codes:
        if code not in framework:
            refuse("code_unknown", place, code=code)


def _read_noise(settings: Settings, name: str, framework: Framework, seed: int) -> Input:
    inner = settings.section("noise")
    levels: dict[int, float] = {}
    for key, factor in sorted(inner.items("levels")):
        if not key.isdigit() or not 1 <= int(key) <= framework.height:
            refuse("level_too_high", inner.place, level=key, height=framework.height)
        levels[int(key)] = Settings({"factor": factor}, inner.place).number("factor", low=0, high=1)
    inner.done()
    count = settings.whole("sets", 1000, low=1, high=1_000_000)
    return Input(name, "noise", choices=noisy_weights(framework, levels, count, seed), edges=_even(count))


def _read_values(settings: Settings, name: str, kind: str, path: str) -> Input:
    if settings.has("choices"):
        choices = settings.value("choices")
        if not isinstance(choices, Sequence) or isinstance(choices, str) or not choices:
            raise refusal("setting_not_list", settings.place, name="choices", found=choices)
        return Input(name, kind, path, choices=tuple(choices), edges=_edges(settings, len(choices)))
    low, high = settings.numbers("range", length=2)
    if not low < high:
        refuse("bounds_reversed", settings.place, name="range", low=low, high=high)
    return Input(name, kind, path, bounds=(low, high), whole=settings.flag("whole", False))


def _even(count: int) -> tuple[float, ...]:
    return tuple(at / count for at in range(1, count))


def _edges(settings: Settings, count: int) -> tuple[float, ...]:
    stated = settings.value("probabilities", None)
    if stated is None:
        return _even(count)
    shares = settings.numbers("probabilities")
    if len(shares) != count or min(shares) < 0 or not np.isclose(sum(shares), 1):
        refuse("probabilities", settings.place)
    return tuple(float(edge) for edge in np.cumsum(shares)[:-1])
