"""Run the replications: shared beginnings of the chain once, weights by the thousand, every parameter kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from duijie.engines.composite.build import build, run_step
from duijie.engines.composite.errors import CompositeError, refuse
from duijie.engines.composite.methods.moments import ranks_descending
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.specification import Specification, StepRequest, complete, read_steps
from duijie.engines.composite.steps import State
from duijie.engines.composite.steps.aggregating import aggregate
from duijie.engines.composite.uncertainty.batches import aggregate_batch
from duijie.engines.composite.uncertainty.inputs import Input, Plan
from duijie.engines.composite.uncertainty.sobol import Sensitivity, estimate


class Stopped(Exception):
    """The caller asked to stop; `done` of `total` replications were finished."""

    def __init__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        super().__init__(f"stopped after {done} of {total} replications")


@dataclass(frozen=True)
class Uncertainty:
    """Scores and ranks of every replication, (runs, units), with the parameters that made them.

    `parameters` has one mapping per run; `drawn` holds the weight sets that the numbers of "noise" inputs point to.
    """

    plan: Plan
    units: tuple[str, ...]
    period: str
    nominal_scores: Floats
    nominal_ranks: Floats
    scores: Floats
    ranks: Floats
    parameters: tuple[Mapping[str, Any], ...]
    drawn: Mapping[str, tuple[Any, ...]]

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.scores)

    def _random_runs(self) -> Floats:
        """Ranks of the runs that sample the inputs freely: the first two matrices of a Saltelli design, or all."""
        return self.ranks[: 2 * self.plan.replications] if self.plan.design == "sobol" else self.ranks

    def rank_statistics(self) -> dict[str, Floats]:
        """Nominal, mean and median rank and the 5 and 95 per cent quantiles of each unit."""
        return rank_statistics(self.nominal_ranks, self._random_runs())

    def rank_shift(self) -> Floats:
        """Mean absolute shift from the nominal ranks, per run: the output whose variance is divided among the inputs."""
        return np.nanmean(np.abs(self.ranks - self.nominal_ranks), axis=1)

    @property
    def steady(self) -> bool:
        """Whether no run moved any rank, so that there is no variance to divide among the inputs."""
        return float(np.ptp(self.rank_shift()[: 2 * self.plan.replications])) == 0

    def sensitivity(self, unit: str | None = None) -> Sensitivity:
        """First-order and total indices of the mean rank shift, or of one unit's rank; needs the design "sobol".

        Raises:
            CompositeError: another design, an unknown unit, or an output that never changes.
        """
        if self.plan.design != "sobol":
            refuse("setting_not_known", "uncertainty", name="design", found=self.plan.design, known="sobol")
        output = self.rank_shift() if unit is None else self.ranks[:, self.units.index(unit)]
        if float(np.ptp(output[: 2 * self.plan.replications])) == 0:
            refuse("constant_output", "uncertainty")
        return estimate(output, self.plan.names, bootstrap=self.plan.bootstrap, seed=self.plan.seed)

    def ahead(self) -> Floats:
        """(units, units): share of runs in which the row's unit scores higher than the column's; ties count half."""
        ranks = self._random_runs()
        found = np.zeros((len(self.units), len(self.units)))
        for run in ranks:
            found += np.where(run[:, None] < run[None, :], 1.0, np.where(run[:, None] == run[None, :], 0.5, 0.0))
        return found / len(ranks)

    def top(self, places: int) -> Floats:
        """Share of runs in which each unit is among the first `places`."""
        return (self._random_runs() <= places).mean(axis=0)


def rank_statistics(nominal: Floats, ranks: Floats) -> dict[str, Floats]:
    """Nominal, mean, median, 5 and 95 per cent quantiles of (runs, units)."""
    found = {name: np.full(ranks.shape[1], np.nan) for name in ("mean", "median", "q5", "q95")}
    # A unit that never has a score has no ranks to speak of.
    some = ~np.isnan(ranks).all(axis=0)
    known = ranks[:, some]
    found["mean"][some], found["median"][some] = np.nanmean(known, axis=0), np.nanmedian(known, axis=0)
    found["q5"][some], found["q95"][some] = np.nanquantile(known, [0.05, 0.95], axis=0)
    return {"nominal": nominal, **found}


class _Chain:
    """Runs variants of the chain, keeping the data sets of the common beginning of one variant and the next."""

    def __init__(self, specification: Specification, panel: Panel) -> None:
        self._specification, self._panel = specification, panel
        self._path: list[tuple[str, dict[str, Panel], dict[str, dict[str, float]]]] = []

    def before_aggregation(
        self, root: str, panel: Panel, steps: Sequence[StepRequest], reference: str | None
    ) -> tuple[dict[str, Panel], State]:
        """The data sets and weight sets after these steps on a data set called `root`, measured on `reference`."""
        state = self._specification.state()
        state.reference = reference
        root = f"{root}{reference};"
        panels: dict[str, Panel] = {"raw": panel}
        keys = [root + json.dumps([s.kind, s.reads, s.writes, s.settings], sort_keys=True, default=str) for s in steps]
        shared = 0
        while shared < min(len(keys), len(self._path)) and self._path[shared][0] == keys[shared]:
            shared += 1
        del self._path[shared:]
        if shared:
            panels, sets = dict(self._path[-1][1]), self._path[-1][2]
            state.weight_sets = dict(sets)
        for key, step in zip(keys[shared:], steps[shared:], strict=True):
            run_step(step, complete(step, state), panels, state, seal=False)
            self._path.append((key, dict(panels), dict(state.weight_sets)))
        return panels, state


def run_uncertainty(
    specification: Specification,
    panel: Panel,
    plan: Plan,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    points: Floats | None = None,
) -> Uncertainty:
    """Run a plan. `points` overrides the design with given points of [0, 1), one row per run.

    Raises:
        CompositeError: whatever a replication's chain refuses, with the number and parameters of that replication.
        Stopped: when `stop` returned true between two groups of replications.
    """
    nominal = build(specification, panel)
    design = plan.points() if points is None else points
    period = plan.period if plan.period is not None else nominal.final.period_list()[-1]
    rows = nominal.final.rows_of(period)
    units = tuple(nominal.final.units[row] for row in rows)
    scores = np.full((len(design), len(units)), np.nan)
    parameters = tuple({e.name: e.label(p) for e, p in zip(plan.inputs, point, strict=True)} for point in design)
    chain, done = _Chain(specification, panel), 0
    for runs in _groups(plan, design):
        if stop is not None and stop():
            raise Stopped(done, len(design))
        try:
            scores[runs] = _run_group(chain, specification, panel, plan, design[runs], units, period)
        except CompositeError as fault:
            described = json.dumps(parameters[runs[0]], ensure_ascii=False, sort_keys=True, default=str)
            raise CompositeError(
                fault.code, f"replication {runs[0] + 1} {described} {fault.place}", fault.values
            ) from fault
        done += len(runs)
        if progress is not None:
            progress(done, len(design))
    nominal_scores = nominal.scores()[rows]
    return Uncertainty(
        plan=plan,
        units=units,
        period=period,
        nominal_scores=nominal_scores,
        nominal_ranks=ranks_descending(nominal_scores * nominal.sign),
        scores=scores,
        ranks=ranks_descending(scores * nominal.sign, axis=1),
        parameters=parameters,
        drawn={entry.name: entry.choices for entry in plan.inputs if entry.kind in ("noise", "data_noise")},
    )


def _groups(plan: Plan, design: Floats) -> list[list[int]]:
    """Runs whose chains are alike up to the weights, ordered so that neighbours share the longest beginning."""
    found: dict[tuple[Any, ...], list[int]] = {}
    upstream = [at for at, entry in enumerate(plan.inputs) if not entry.changes_weights]
    for run, point in enumerate(design):
        key = tuple(
            plan.inputs[at].draw(point[at])
            if plan.inputs[at].bounds is not None
            else plan.inputs[at].position(point[at])
            for at in upstream
        )
        found.setdefault(key, []).append(run)
    return [found[key] for key in sorted(found)]


def _run_group(
    chain: _Chain,
    specification: Specification,
    panel: Panel,
    plan: Plan,
    points: Floats,
    units: tuple[str, ...],
    period: str,
) -> Floats:
    raw_steps = [copied_step(entry) for entry in specification.document["steps"]]
    root, data, reference = "", panel, specification.reference
    for entry, point in zip(plan.inputs, points[0], strict=True):
        if entry.kind == "at" and entry.path == "reference_period":
            reference = str(entry.draw(point))
        elif entry.kind == "at":
            change_step(raw_steps, entry.path, entry.draw(point), entry.name)
        elif entry.kind == "data_noise":
            root, data = f"{root}{entry.name}={entry.draw(point)};", _noisy_panel(data, specification, entry, point)
    steps = read_steps(raw_steps)
    weights = [_weights_of(plan, point, specification) for point in points]
    result = specification.framework.result
    last = steps[-1]
    if last.kind != "aggregate":
        return _one_by_one(chain, root, data, reference, steps, weights, result, units, period)
    panels, state = chain.before_aggregation(root, data, steps[:-1], reference)
    arguments = complete(last, state)
    source = panels[last.reads]
    at_unit = {source.units[row]: int(row) for row in source.rows_of(period)}
    rows = [at_unit[unit] for unit in units if unit in at_unit]
    keep = np.zeros(source.size, dtype=bool)
    keep[rows] = True
    chosen = source.with_rows(keep)
    base = state.weights(arguments["weights"], last.place)
    found = aggregate_batch(chosen, arguments["plan"], base, weights, result, last.place)
    position = {unit: at for at, unit in enumerate(chosen.units)}
    scores = np.full((len(points), len(units)), np.nan)
    for at, unit in enumerate(units):
        if unit in position:
            scores[:, at] = found[:, position[unit]]
    return scores


def copied_step(entry: Any) -> dict[str, Any]:
    """A step of a document, copied so that it may be changed."""
    plain = {entry: {}} if isinstance(entry, str) else dict(entry)
    copied: dict[str, Any] = json.loads(json.dumps({key: value or {} for key, value in plain.items()}, default=str))
    return copied


def change_step(raw_steps: list[dict[str, Any]], path: str, value: Any, name: str) -> None:
    """Set `kind`, `kind.setting` or `kind.part.setting` of the steps; a step may be called by its `as` name instead.

    Raises:
        CompositeError: no such step, or several of that kind.
    """
    head, *rest = path.split(".")
    named = [entry for entry in raw_steps for kind, settings in entry.items() if settings.get("as") == head]
    found = named or [entry for entry in raw_steps if head in entry]
    if not found:
        refuse("path_unknown", f"uncertainty {name}", path=path)
    if len(found) > 1:
        refuse("path_ambiguous", f"uncertainty {name}", name=head)
    kind = next(iter(found[0]))
    if not rest:
        if not isinstance(value, Mapping):
            refuse("not_a_mapping", f"uncertainty {name} {path}", found=type(value).__name__)
        kept = {key: found[0][kind][key] for key in ("from", "as") if key in found[0][kind]}
        found[0][kind] = kept | dict(value)
        return
    target = found[0][kind]
    for part in rest[:-1]:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            refuse("path_unknown", f"uncertainty {name}", path=path)
    target[rest[-1]] = value


def _noisy_panel(panel: Panel, specification: Specification, entry: Input, point: float) -> Panel:
    codes = [code for code in specification.framework.indicators if code in panel.columns]
    generator = np.random.default_rng(entry.draw(point))
    block = panel.block(codes)
    return panel.with_block(codes, block * (1 + entry.spread * generator.standard_normal(block.shape)))


def _weights_of(plan: Plan, point: Floats, specification: Specification) -> dict[str, float]:
    """What the run changes of the weights, in the order of the inputs."""
    found: dict[str, float] = {}
    for entry, at in zip(plan.inputs, point, strict=True):
        if entry.kind == "noise":
            found |= entry.draw(at)
        elif entry.kind == "weight":
            found[entry.path] = float(entry.draw(at))
        elif entry.kind == "weight_sets":
            found |= specification.state().weights(entry.draw(at), "")
        elif entry.kind == "drop" and entry.draw(at):
            found[entry.draw(at)] = 0.0
    return found


def _one_by_one(
    chain: _Chain,
    root: str,
    data: Panel,
    reference: str | None,
    steps: Sequence[StepRequest],
    weights: Sequence[Mapping[str, float]],
    result: str,
    units: tuple[str, ...],
    period: str,
) -> Floats:
    """Chains that go on after the aggregation: each set of weights runs the tail by itself."""
    at = max(position for position, step in enumerate(steps) if step.kind == "aggregate")
    panels, state = chain.before_aggregation(root, data, steps[:at], reference)
    arguments = complete(steps[at], state)
    base = state.weights(arguments["weights"], steps[at].place)
    scores = np.full((len(weights), len(units)), np.nan)
    for run, changed in enumerate(weights):
        own = dict(panels)
        own[steps[at].writes] = aggregate(
            panels[steps[at].reads], arguments["plan"], {**base, **changed}, steps[at].place
        )
        for step in steps[at + 1 :]:
            run_step(step, complete(step, state), own, state, seal=False)
        final = own[steps[-1].writes]
        column = final.column(result)
        value = {final.units[row]: column[row] for row in final.rows_of(period)}
        scores[run] = [value.get(unit, np.nan) for unit in units]
    return scores
