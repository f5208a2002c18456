"""A bound search in a process of its own, which reports in JSON lines.

A separate interpreter rather than a fork (the caller may run threads) and rather than multiprocessing (whose spawn runs
the caller's main module again).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TextIO

from .bound_search import UNLIMITED, Answer, BoundSearch, Goal
from .slot_cnf import BreakModel
from .slot_problem import SlotProblem


class RemoteClimb:
    """A solver in another process that asks "at most k?" for k = first, first + 2, ... until the answer is yes."""

    def __init__(
        self,
        problem: SlotProblem,
        *,
        goal: Goal,
        model: BreakModel,
        first: int,
        conflicts: int | None,
        breaks_at_most: int | None = None,
        seed: int = 0,
    ) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.output = self._process.stdout
        order = {
            "problem": asdict(problem),
            "goal": goal.value,
            "model": model.value,
            "breaks_at_most": breaks_at_most,
            "seed": seed,
            "first": first,
            "conflicts": conflicts,
        }
        self._process.stdin.write(json.dumps(order))
        self._process.stdin.close()

    def next_answer(self) -> tuple[int, Answer]:
        """Wait for the next answered bound. Raises RuntimeError where the process has died."""
        line = self.output.readline()
        if not line:
            raise RuntimeError(f"a solver process ended with status {self._process.wait()}")
        fields = json.loads(line)
        return fields.pop("bound"), Answer(**fields)

    def close(self) -> None:
        """End the process; a running search is dropped."""
        self._process.kill()
        self._process.wait()
        self.output.close()


def _problem(fields: dict[str, Any]) -> SlotProblem:
    def pairs(rows: Sequence[Sequence[int]]) -> tuple[Any, ...]:
        return tuple(tuple(row) for row in rows)

    return SlotProblem(
        **{
            **fields,
            "meetings": pairs(fields["meetings"]),
            "allowed": pairs(fields["allowed"]),
            "before": pairs(fields["before"]),
            "capacity": tuple(fields["capacity"]),
        }
    )


def serve(source: TextIO | None = None, sink: TextIO | None = None) -> None:
    """Climb as ordered on the input, one line of output per bound; ends with a yes or with the work limit."""
    source, sink = source or sys.stdin, sink or sys.stdout
    order = json.load(source)
    search = BoundSearch(
        _problem(order["problem"]),
        goal=Goal(order["goal"]),
        model=BreakModel(order["model"]),
        breaks_at_most=order["breaks_at_most"],
        seed=order["seed"],
    )
    bound, left = order["first"], order["conflicts"] if order["conflicts"] is not None else UNLIMITED
    while True:
        answer = search.ask(bound, left)
        sink.write(json.dumps({"bound": bound, **asdict(answer)}) + "\n")
        sink.flush()
        left -= answer.conflicts
        if answer.holds is not False:
            return
        bound += 2
