"""Formulas over indicators, exact in decimals: `(gdp / previous(gdp) - 1) * 100`. Parsed, never run as Python.

Known: numbers, codes of indicators, + - * / ** (whole powers), brackets, `min(a, b, …)`, `max(a, b, …)`, `abs(a)`, and `previous(code)`,
the value one period of the same length earlier.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache

from duijie.core.errors import Fault
from duijie.core.text import half_width, shorten

PRECISION = 34  # digits, as in decimal128
LONGEST, DEEPEST, HIGHEST_POWER = 500, 40, 12
_EXACT = Context(prec=PRECISION, traps=[DivisionByZero, InvalidOperation, Overflow])
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-"})
Look = Callable[[str, int], Decimal | None]  # (code, periods back) -> value, None where it is missing


def _refuse(zh: str, en: str) -> Fault:
    return Fault("formula.unreadable", zh, en, place="formula", status=422)


@dataclass(frozen=True)
class Formula:
    """A parsed formula. codes: the indicators it reads, each once, in order; back: those it reads one period back."""

    text: str
    codes: tuple[str, ...]
    back: frozenset[str]
    tree: ast.expr

    @staticmethod
    def parse(text: str) -> Formula:
        """Read a formula. Raises Fault "formula.unreadable" saying which part is not understood."""
        return _parsed(text)

    def evaluate(self, look: Look) -> Decimal | None:
        """The value; None where a value it needs is missing. Raises Fault "formula.division" where it divides by zero."""
        try:
            return _value(self.tree, look, 0)
        except _Gap:
            return None
        except (DivisionByZero, InvalidOperation, Overflow):
            raise Fault(
                "formula.division",
                f"公式“{shorten(self.text, 60)}”在这里除以零或超出范围。",
                f"The formula “{shorten(self.text, 60)}” divides by zero here, or leaves the range of numbers.",
                place="formula",
                status=422,
            ) from None


class _Gap(Exception):
    """A value that the formula needs is missing."""


@lru_cache(maxsize=512)
def _parsed(text: str) -> Formula:
    plain = half_width(text).translate(_SIGNS).strip()
    if not plain or len(plain) > LONGEST:
        raise _refuse(f"公式应有 1 到 {LONGEST} 个字符。", f"A formula has 1 to {LONGEST} characters.")
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        quoted = shorten(plain, 60)
        raise _refuse(f"公式“{quoted}”看不懂。", f"The formula “{quoted}” is not understood.") from None
    read: dict[str, None] = {}
    back: set[str] = set()
    _check(tree, read, back, 0)
    return Formula(plain, tuple(read), frozenset(back), tree)


def _code_of(node: ast.AST) -> str | None:
    """A code, which may have dots: land.projects_signed."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _code_of(node.value)
        return f"{before}.{node.attr}" if before is not None else None
    return None


def _check(node: ast.AST, read: dict[str, None], back: set[str], depth: int) -> None:
    if depth > DEEPEST:
        raise _refuse("公式嵌套太深。", "The formula is nested too deeply.")
    code = _code_of(node)
    if code is not None:
        read.setdefault(code)
        return
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        _check(node.operand, read, back, depth + 1)
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow):
        if isinstance(node.op, ast.Pow) and not _whole_power(node.right):
            raise _refuse(
                f"乘方的指数应是 0 到 {HIGHEST_POWER} 的整数。", f"A power is a whole number from 0 to {HIGHEST_POWER}."
            )
        _check(node.left, read, back, depth + 1)
        _check(node.right, read, back, depth + 1)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        _check_call(node, read, back, depth)
        return
    part = shorten(ast.unparse(node), 40)
    raise _refuse(
        f"公式里的“{part}”看不懂；可用：数字、指标代码、+ - * / **、min、max、abs、previous。",
        f"“{part}” in the formula is not understood; known: numbers, codes, + - * / **, min, max, abs, previous.",
    )


def _check_call(node: ast.Call, read: dict[str, None], back: set[str], depth: int) -> None:
    assert isinstance(node.func, ast.Name)
    name, count = node.func.id, len(node.args)
    if name == "previous":
        code = _code_of(node.args[0]) if count == 1 else None
        if code is None:
            raise _refuse("previous 里应写一个指标代码。", "previous takes one code.")
        read.setdefault(code)
        back.add(code)
    elif (name in {"min", "max"} and count >= 2) or (name == "abs" and count == 1):
        for argument in node.args:
            _check(argument, read, back, depth + 1)
    else:
        raise _refuse(
            f"公式里没有“{shorten(ast.unparse(node), 40)}”这种写法。",
            f"A formula has no “{shorten(ast.unparse(node), 40)}”.",
        )


def _whole_power(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value <= HIGHEST_POWER


def _value(node: ast.AST, look: Look, back: int) -> Decimal:
    code = _code_of(node)
    if code is not None:
        found = look(code, back)
        if found is None:
            raise _Gap
        return found
    if isinstance(node, ast.Constant):
        return Decimal(str(node.value))
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, look, back)
        return _EXACT.minus(inner) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, look, back), _value(node.right, look, back)
        return _BINARY[type(node.op)](left, right)
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if node.func.id == "previous":
        return _value(node.args[0], look, back + 1)
    values = [_value(argument, look, back) for argument in node.args]
    return abs(values[0]) if node.func.id == "abs" else min(values) if node.func.id == "min" else max(values)


_BINARY: dict[type[ast.AST], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _EXACT.add,
    ast.Sub: _EXACT.subtract,
    ast.Mult: _EXACT.multiply,
    ast.Div: _EXACT.divide,
    ast.Pow: _EXACT.power,
}
