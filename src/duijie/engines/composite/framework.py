"""Indicators and the tree that joins them: codes, names, directions, weights, parents, checked once.

Level 1 holds the indicators; a node's level is one more than the highest of its children. Directions live here and are
applied in one place only, the normalising step; after it higher is better everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.settings import Settings

_DIRECTIONS = {"1": 1, "1.0": 1, "+": 1, "higher": 1, "正向": 1, "-1": -1, "-1.0": -1, "-": -1, "lower": -1, "逆向": -1}
_PERCENT_UNITS = {"%", "％", "percent", "per cent", "百分比"}
_FRACTION_UNITS = {"fraction", "proportion", "小数", "比例"}


@dataclass(frozen=True)
class Element:
    """One indicator or one node of the tree; `lower`, `upper`, `target` are in the indicator's own unit."""

    code: str
    name: str = ""
    name_en: str = ""
    parent: str | None = None
    weight: float = 1.0
    direction: int = 1
    unit: str = ""
    denominator: str | None = None
    denominator_scale: float = 1.0
    target: float | None = None
    lower: float | None = None
    upper: float | None = None
    is_indicator: bool = True
    allowed: tuple[float | None, float | None] = (None, None)
    method: str | None = None
    power: float | None = None

    @property
    def in_percent(self) -> bool:
        """Whether the stated unit is per cent."""
        return self.unit.strip().lower() in _PERCENT_UNITS

    @property
    def in_fraction(self) -> bool:
        """Whether the stated unit is a fraction of one."""
        return self.unit.strip().lower() in _FRACTION_UNITS

    def document(self) -> dict[str, Any]:
        """The element as plain data, complete, as `read_framework` takes it back."""
        entry: dict[str, Any] = {"code": self.code, "name": self.name, "name_en": self.name_en, "weight": self.weight}
        entry["parent"] = self.parent
        if not self.is_indicator:
            entry |= {"method": self.method, "power": self.power}
            return entry
        entry |= {"direction": self.direction, "unit": self.unit, "denominator": self.denominator}
        entry |= {"denominator_scale": self.denominator_scale, "target": self.target}
        entry |= {"goalposts": None if self.lower is None else [self.lower, self.upper]}
        entry |= {"range": None if self.allowed == (None, None) else list(self.allowed)}
        return entry


@dataclass(frozen=True)
class Framework:
    """The checked tree. `elements` keeps the order of the document, indicators first."""

    elements: tuple[Element, ...]
    result: str
    children: Mapping[str, tuple[str, ...]] = field(repr=False)
    level: Mapping[str, int] = field(repr=False)

    def __getitem__(self, code: str) -> Element:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @property
    def _by_code(self) -> dict[str, Element]:
        found = self.__dict__.get("_index")
        if found is None:
            found = {element.code: element for element in self.elements}
            object.__setattr__(self, "_index", found)
        return found

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes of the indicators, in the document's order."""
        return tuple(element.code for element in self.elements if element.is_indicator)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Codes of the nodes, children before parents."""
        codes = [element.code for element in self.elements if not element.is_indicator]
        return tuple(sorted(codes, key=lambda code: self.level[code]))

    @property
    def height(self) -> int:
        """The highest level."""
        return max(self.level.values())

    def at_level(self, level: int) -> tuple[str, ...]:
        """Codes of a level, in the document's order."""
        return tuple(element.code for element in self.elements if self.level[element.code] == level)

    def leaves(self, code: str) -> tuple[str, ...]:
        """Indicators under a node (the indicator itself for an indicator)."""
        if self[code].is_indicator:
            return (code,)
        return tuple(leaf for child in self.children[code] for leaf in self.leaves(child))

    def ancestor(self, code: str, level: int) -> str | None:
        """The ancestor of an element at a level, itself included; None where the branch skips that level."""
        current: str | None = code
        while current is not None and self.level[current] < level:
            current = self[current].parent
        return current if current is not None and self.level[current] == level else None

    def weights(self) -> dict[str, float]:
        """The weights stated in the framework."""
        return {element.code: element.weight for element in self.elements}

    def document(self) -> dict[str, Any]:
        """Plain data: `indicators`, `framework`, `result`."""
        return {
            "indicators": [element.document() for element in self.elements if element.is_indicator],
            "framework": [element.document() for element in self.elements if not element.is_indicator],
            "result": self.result,
        }


def _names(settings: Settings) -> tuple[str, str]:
    name = settings.value("name", "")
    english = settings.text("name_en", "")
    if isinstance(name, Mapping):
        return str(name.get("zh", "")), str(name.get("en", english))
    return str(name or ""), english


def _direction(settings: Settings) -> int:
    found = str(settings.value("direction", 1)).strip().lower()
    if found not in _DIRECTIONS:
        refuse("direction_unknown", settings.place, found=found)
    return _DIRECTIONS[found]


def _bounds(settings: Settings, name: str) -> tuple[float | None, float | None]:
    found = settings.value(name, None)
    if found is None:
        return None, None
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != 2:
        refuse("setting_length", settings.place, name=name, length=2, found=found)
    inner = Settings(dict(zip(("low", "high"), found, strict=True)), f"{settings.place}.{name}")
    low, high = inner.optional_number("low"), inner.optional_number("high")
    if low is not None and high is not None and not low < high:
        refuse("bounds_reversed", settings.place, name=name, low=low, high=high)
    return low, high


def _read_element(raw: Any, place: str, is_indicator: bool) -> Element:
    settings = Settings(raw, place)
    code = settings.text("code")
    settings.place = f"{place} {code}"
    name, name_en = _names(settings)
    weight = settings.number("weight", 1.0, low=0.0) * settings.number("multiplier", 1.0, low=0.0)
    parent = settings.optional_text("parent")
    if not is_indicator:
        method, power = settings.optional_text("method"), settings.optional_number("power")
        settings.done()
        return Element(code, name, name_en, parent, weight, is_indicator=False, method=method, power=power)
    lower, upper = _bounds(settings, "goalposts")
    target = settings.optional_number("target")
    element = Element(
        code=code,
        name=name,
        name_en=name_en,
        parent=parent,
        weight=weight,
        direction=_direction(settings),
        unit=settings.text("unit", ""),
        denominator=settings.optional_text("denominator"),
        denominator_scale=settings.number("denominator_scale", 1.0),
        target=target,
        lower=lower,
        upper=upper,
        allowed=_bounds(settings, "range"),
    )
    settings.done()
    if element.denominator_scale == 0:
        refuse("denominator_scale_zero", settings.place)
    return element


def read_framework(document: Mapping[str, Any]) -> Framework:
    """Read and check `indicators`, `framework` and `result` of a specification.

    Without `framework` all indicators hang under one node called `index`.

    Raises:
        CompositeError: duplicate code, unknown parent, loop, node without children, weights that sum to zero.
    """
    raw_indicators = document.get("indicators")
    if not isinstance(raw_indicators, Sequence) or isinstance(raw_indicators, str) or not raw_indicators:
        refuse("no_indicators", "indicators")
    elements = [_read_element(raw, f"indicators[{at}]", True) for at, raw in enumerate(raw_indicators)]
    raw_nodes = document.get("framework")
    if raw_nodes is None:
        raw_nodes = [{"code": "index"}]
        elements = [element if element.parent else _under(element, "index") for element in elements]
    if not isinstance(raw_nodes, Sequence) or isinstance(raw_nodes, str):
        refuse("setting_not_list", "", name="framework", found=raw_nodes)
    elements += [_read_element(raw, f"framework[{at}]", False) for at, raw in enumerate(raw_nodes)]
    return assemble(tuple(elements), document.get("result"))


def _under(element: Element, parent: str) -> Element:
    values = {name: getattr(element, name) for name in element.__dataclass_fields__}
    return Element(**(values | {"parent": parent}))


def assemble(elements: tuple[Element, ...], result: str | None = None) -> Framework:
    """Check the elements against one another and make the tree."""
    by_code: dict[str, Element] = {}
    for element in elements:
        if element.code in by_code:
            refuse("code_twice", "framework", code=element.code)
        by_code[element.code] = element
    children: dict[str, list[str]] = {element.code: [] for element in elements if not element.is_indicator}
    for element in elements:
        if element.parent is None:
            continue
        if element.parent not in by_code:
            refuse("parent_unknown", f"framework {element.code}", parent=element.parent)
        if by_code[element.parent].is_indicator:
            refuse("parent_is_indicator", f"framework {element.code}", parent=element.parent)
        children[element.parent].append(element.code)
    _refuse_loops(by_code)
    level = _levels(by_code, children)
    for code, members in children.items():
        if sum(by_code[member].weight for member in members) <= 0:
            refuse("weights_sum_to_zero", f"framework {code}", members=", ".join(members))
    roots = [code for code in children if by_code[code].parent is None]
    if result is None:
        if len(roots) != 1:
            refuse("top_not_one", "framework", roots=", ".join(roots))
        result = roots[0]
    orphans = [element.code for element in elements if element.is_indicator and element.parent is None]
    if orphans and any(children.values()):
        refuse("indicator_without_parent", f"indicators {orphans[0]}")
    return Framework(elements, str(result), {code: tuple(found) for code, found in children.items()}, level)


def _refuse_loops(by_code: Mapping[str, Element]) -> None:
    settled: set[str] = set()
    for start in by_code:
        path: list[str] = []
        current: str | None = start
        while current is not None and current not in settled:
            if current in path:
                refuse("loop", "framework", path=" → ".join([*path[path.index(current) :], current]))
            path.append(current)
            current = by_code[current].parent
        settled.update(path)


def _levels(by_code: Mapping[str, Element], children: Mapping[str, list[str]]) -> dict[str, int]:
    level: dict[str, int] = {}

    def measure(code: str) -> int:
        if code not in level:
            if by_code[code].is_indicator:
                level[code] = 1
            else:
                if not children[code]:
                    refuse("node_without_children", f"framework {code}")
                level[code] = 1 + max(measure(child) for child in children[code])
        return level[code]

    for code in by_code:
        measure(code)
    return level
