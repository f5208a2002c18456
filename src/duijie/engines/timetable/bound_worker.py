"""A bound search in a process of its own, which reports one line per answered bound.

A separate interpreter rather than a fork (the caller may run threads) and rather than multiprocessing (whose spawn runs
the caller's main module again). Both ends are this program, so problems and answers travel pickled.
"""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
import sys
from typing import Any

from .bound_search import UNLIMITED, Answer, BoundSearch, Goal, Problem
from .slot_problem import BreakModel


class RemoteClimb:
    """A solver in another process that asks "at most k?" for k = first, first + 2, ... until the answer is yes."""

    def __init__(
        self,
        problem: Problem,
        *,
        goal: Goal,
        model: BreakModel,
        first: int,
        conflicts: int | None,
        breaks_at_most: int | None = None,
        highest: int | None = None,
        seed: int = 0,
    ) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.output = self._process.stdout
        self._received = b""
        search = {"goal": goal, "model": model, "breaks_at_most": breaks_at_most, "highest": highest, "seed": seed}
        pickle.dump((problem, search, first, conflicts), self._process.stdin)
        self._process.stdin.close()

    def answers(self) -> list[tuple[int, Answer]]:
        """The bounds answered since the last call; waits for something. Raises RuntimeError where the process has died."""
        # Read past Python's buffering, so that whoever waits on the pipe sees all that is unread.
        received = os.read(self.output.fileno(), 1 << 20)
        if not received:
            raise RuntimeError(f"a solver process ended with status {self._process.wait()}")
        *lines, self._received = (self._received + received).split(b"\n")
        return [pickle.loads(base64.b64decode(line)) for line in lines]

    def close(self) -> None:
        """End the process; a running search is dropped."""
        self._process.kill()
        self._process.wait()
        self.output.close()


def serve() -> None:
    """Climb as ordered on the standard input, one line of output per bound; ends with a yes or with the work limit."""
    order: tuple[Problem, dict[str, Any], int, int | None] = pickle.load(sys.stdin.buffer)
    problem, options, bound, conflicts = order
    search = BoundSearch(problem, **options)
    left = UNLIMITED if conflicts is None else conflicts
    while True:
        answer = search.ask(bound, max(left, 1))
        sys.stdout.buffer.write(base64.b64encode(pickle.dumps((bound, answer))) + b"\n")
        sys.stdout.buffer.flush()
        left -= answer.conflicts
        if answer.holds is not False:
            return
        bound += 2
