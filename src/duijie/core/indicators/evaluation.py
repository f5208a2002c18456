"""Values of indicators with formulas, computed from those of others; loops are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from duijie.core.calendar import parse_period
from duijie.core.errors import Fault
from duijie.core.indicators.formula import Formula

Key = tuple[str, str, str]  # code, unit, period


def evaluation_order(formulas: Mapping[str, str], wanted: Iterable[str]) -> list[str]:
    """Codes with a formula that `wanted` need, each after those it reads.

    Raises Fault "formula.loop" naming the loop, "formula.unreadable".
    """
    order: list[str] = []
    done: set[str] = set()
    path: list[str] = []

    def visit(code: str) -> None:
        if code in done or code not in formulas:
            return
        if code in path:
            loop = " → ".join([*path[path.index(code) :], code])
            raise Fault(
                "formula.loop",
                f"公式互相引用成了环：{loop}。",
                f"The formulas refer to one another in a loop: {loop}.",
                place="formula",
                status=422,
            )
        path.append(code)
        for read in Formula.parse(formulas[code]).codes:
            visit(read)
        path.pop()
        done.add(code)
        order.append(code)

    for code in wanted:
        visit(code)
    return order


def computed_values(
    formulas: Mapping[str, str], known: Mapping[Key, Decimal | None], units: Iterable[str], periods: Iterable[str]
) -> dict[Key, Decimal | None]:
    """The values of every formula for these units and periods; None where something it needs is missing.

    `known` holds the given values, those of earlier periods too where a formula reads `previous(...)`.
    """
    order = evaluation_order(formulas, formulas)
    found: dict[Key, Decimal | None] = {}
    in_time = sorted(dict.fromkeys(periods), key=lambda code: parse_period(code).last_day)
    for unit in units:
        for period in in_time:
            for code in order:

                def look(read: str, back: int, unit: str = unit, period: str = period) -> Decimal | None:
                    at = parse_period(period).shifted(-back).code if back else period
                    return found.get((read, unit, at), known.get((read, unit, at)))

                found[code, unit, period] = Formula.parse(formulas[code]).evaluate(look)
    return found
