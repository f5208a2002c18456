"""Formulas over columns: arithmetic, comparison-free, with a short list of functions; never evaluated as Python code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.panel import Floats

_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def _positive(function: Callable[[Any], Any]) -> Callable[[str, Any], Any]:
    def checked(place: str, value: Any) -> Any:
        if bool((np.asarray(value) <= 0).any()):
            refuse("log_not_positive", place, value=float(np.nanmin(value)))
        return function(value)

    return checked


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda place, *values: function(*values)


_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "log": (1, _positive(np.log)),
    "log10": (1, _positive(np.log10)),
    "exp": (1, _plain(np.exp)),
    "sqrt": (1, _plain(np.sqrt)),
    "abs": (1, _plain(np.abs)),
    "minimum": (2, _plain(np.minimum)),
    "maximum": (2, _plain(np.maximum)),
    "clip": (3, _plain(np.clip)),
}


def _is_known(call: ast.Call) -> bool:
    """Whether a call is of a known function with the right number of arguments."""
    if not isinstance(call.func, ast.Name) or call.func.id not in _FUNCTIONS or call.keywords:
        return False
    return len(call.args) == _FUNCTIONS[call.func.id][0]


class Formula:
    """A parsed formula such as `log(gdp / population)`; `names` are the columns it reads.

    Column codes that are not plain words are written in back ticks: `` `2.1` / population ``.

    Raises:
        CompositeError: anything but numbers, columns, + - * / **, and log, log10, exp, sqrt, abs, minimum, maximum, clip.
    """

    def __init__(self, text: str, place: str) -> None:
        self.place = place
        self._quoted: dict[str, str] = {}
        parts = text.replace("×", "*").replace("÷", "/").split("`")
        for at in range(1, len(parts), 2):
            alias = f"quoted_{at}"
            self._quoted[alias] = parts[at]
            parts[at] = alias
        try:
            self._tree = ast.parse("".join(parts).strip(), mode="eval").body
        except SyntaxError:
            refuse("formula_unreadable", place, formula=text)
        self.names: tuple[str, ...] = tuple(dict.fromkeys(self._walk(self._tree)))

    def _walk(self, node: ast.AST) -> list[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return []
        if isinstance(node, ast.Name):
            return [self._quoted.get(node.id, node.id)]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            return self._walk(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return self._walk(node.left) + self._walk(node.right)
        if isinstance(node, ast.Call) and _is_known(node):
            return [name for argument in node.args for name in self._walk(argument)]
        raise refusal("formula_part", self.place, part=ast.unparse(node), known=", ".join(_FUNCTIONS))

    def evaluate(self, columns: Mapping[str, Floats]) -> Any:
        """The values for the columns given; division by zero is refused."""
        with np.errstate(all="ignore"):
            found = np.asarray(self._value(self._tree, columns), dtype=float)
        gap = np.zeros(found.shape, dtype=bool)
        for name in self.names:
            gap = gap | np.isnan(columns[name])
        if bool((~np.isfinite(found) & ~gap).any()):
            refuse("formula_not_finite", self.place)
        return found

    def _value(self, node: ast.AST, columns: Mapping[str, Floats]) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return columns[self._quoted.get(node.id, node.id)]
        if isinstance(node, ast.UnaryOp):
            value = self._value(node.operand, columns)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](self._value(node.left, columns), self._value(node.right, columns))
        assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        values = [self._value(argument, columns) for argument in node.args]
        return _FUNCTIONS[node.func.id][1](self.place, *values)
