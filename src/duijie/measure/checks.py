"""The checks of a submission: pure questions on values. A fault cannot be kept; a doubt keeps it from being submitted until explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from duijie.core.errors import Fault
from duijie.core.models.indicators import plain_figures


class Asked(Protocol):
    """What the checks need to know of an indicator."""

    code: str
    name: str
    name_en: str
    unit: str
    lower: Decimal | None
    upper: Decimal | None
    change_limit: Decimal | None
    decimals: int
    sum_of: list[str]

    @property
    def is_percent(self) -> bool: ...


@dataclass(frozen=True)
class Given:
    """A cell as it stands: a value or none, with its status and reason."""

    value: Decimal | None
    status: str = "A"
    reason: str = ""


@dataclass(frozen=True)
class Doubt:
    """Something to explain before submitting. code: stable word; place: the indicator's code."""

    code: str
    zh: str
    en: str
    place: str

    def fault(self) -> Fault:
        return Fault(self.code, self.zh, self.en, place=self.place, status=422)


def check_cell(indicator: Asked, given: Given) -> list[Fault]:
    """What cannot be kept: out of bounds, a fraction above one, a missing value without a reason."""
    place, value = indicator.code, given.value
    if value is None:
        if given.status == "M" and not given.reason.strip():
            return [
                _fault(
                    "value.no_reason",
                    place,
                    f"{indicator.name}：缺失请写明原因。",
                    f"{_en(indicator)}: say why it is missing.",
                )
            ]
        return []
    found = []
    if (indicator.lower is not None and value < indicator.lower) or (
        indicator.upper is not None and value > indicator.upper
    ):
        zh, en = _bounds(indicator)
        shown = plain_figures(value)
        found.append(
            _fault("value.out_of_range", place, f"{indicator.name}：{shown} 超出范围，应{zh}。", f"{_en(indicator)}: {shown} is out of range; it should be {en}.")
        )  # fmt: skip
    if indicator.unit.strip() in {"比例", "小数", "fraction", "proportion"} and abs(value) > 1:
        shown = plain_figures(value)
        found.append(
            _fault("value.fraction", place, f"{indicator.name}：单位是比例，{shown} 大于 1；百分比请写成 {shown}%。",
                   f"{_en(indicator)}: a fraction of one, but {shown} is above 1; write {shown}% for per cent.")
        )  # fmt: skip
    return found


def _bounds(indicator: Asked) -> tuple[str, str]:
    low = plain_figures(indicator.lower) if indicator.lower is not None else None
    high = plain_figures(indicator.upper) if indicator.upper is not None else None
    if low is not None and high is not None:
        return f"在 {low} 到 {high} 之间", f"between {low} and {high}"
    return (f"不小于 {low}", f"at least {low}") if low is not None else (f"不大于 {high}", f"at most {high}")


def _en(indicator: Asked) -> str:
    return indicator.name_en or indicator.name


def _fault(code: str, place: str, zh: str, en: str) -> Fault:
    return Fault(code, zh, en, place=place, status=422)


def doubts(
    indicators: Iterable[Asked],
    given: Mapping[str, Given],
    before: Mapping[str, Decimal | None],
    *,
    required: frozenset[str],
) -> list[Doubt]:
    """What keeps a submission back: gaps, large changes and likely mix-ups without a word of explanation, sums that do not add up."""
    found: list[Doubt] = []
    for indicator in indicators:
        cell = given.get(indicator.code, Given(None))
        if cell.value is None:
            if indicator.code in required and cell.status != "M":
                found.append(
                    Doubt("value.missing", f"{indicator.name}：还没有填；没有数据请标为缺失并写明原因。",
                          f"{_en(indicator)}: still empty; where there is no figure mark it missing and say why.", indicator.code)
                )  # fmt: skip
            continue
        if not cell.reason.strip():
            found += _unexplained(indicator, cell.value, before.get(indicator.code))
        found += _sums(indicator, cell.value, given)
    return found


def _unexplained(indicator: Asked, value: Decimal, last: Decimal | None) -> list[Doubt]:
    name, english = indicator.name, _en(indicator)
    if (
        indicator.is_percent
        and last is not None
        and 0 < abs(value) <= 1
        and abs(last) >= 5
        and abs(value) * 100 > abs(last) / 3
    ):
        return [
            Doubt("value.percent_suspect", f"{name}：单位是 %，{plain_figures(value)} 像是小数写法；上期是 {plain_figures(last)}。",
                  f"{english}: in per cent, but {plain_figures(value)} looks like a fraction; last period it was {plain_figures(last)}.",
                  indicator.code)
        ]  # fmt: skip
    if indicator.change_limit is None or last is None or last == 0:
        return []
    change = (value - last) / abs(last) * 100
    if abs(change) <= indicator.change_limit:
        return []
    shown = f"{change:+.1f}"
    return [
        Doubt("value.change", f"{name}：比上期变化 {shown}%，超过 {plain_figures(indicator.change_limit)}%，请说明原因。",
              f"{english}: {shown}% on last period, more than {plain_figures(indicator.change_limit)}%; please explain.", indicator.code)
    ]  # fmt: skip


def _sums(indicator: Asked, value: Decimal, given: Mapping[str, Given]) -> list[Doubt]:
    parts = [given[code].value for code in indicator.sum_of if code in given]
    if not indicator.sum_of or len(parts) < len(indicator.sum_of) or any(part is None for part in parts):
        return []
    total = sum((part for part in parts if part is not None), Decimal(0))
    # Each figure may be rounded by half a unit of its last decimal.
    tolerance = Decimal(1).scaleb(-indicator.decimals) / 2 * (len(parts) + 1)
    if abs(total - value) <= tolerance:
        return []
    return [
        Doubt("value.sum", f"{indicator.name}：分项合计 {plain_figures(total)}，与总数 {plain_figures(value)} 不符。",
              f"{_en(indicator)}: its parts add up to {plain_figures(total)}, not {plain_figures(value)}.", indicator.code)
    ]  # fmt: skip
