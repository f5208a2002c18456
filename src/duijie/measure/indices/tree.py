"""Editing the document of a composite index: pure functions from document to document. What results is checked by the engine."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from duijie.core.errors import Fault
from duijie.core.indicators import Indicator
from duijie.measure.indices.composite import TOP

Document = dict[str, Any]
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def _copied(document: Mapping[str, Any]) -> Document:
    return copy.deepcopy(dict(document))


def elements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Nodes and indicators, as they stand in the document."""
    return [*document.get("framework", []), *document.get("indicators", [])]


def parent_codes(document: Mapping[str, Any]) -> list[str]:
    """Codes of nodes, which may have children."""
    return [str(node["code"]) for node in document.get("framework", [])]


def add_node(document: Mapping[str, Any], code: str, name: str, name_en: str, parent: str) -> Document:
    """A node under another. Raises Fault "tree.code", "tree.taken", "tree.parent"."""
    found = _copied(document)
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise Fault("tree.code", "代码由英文字母、数字和下划线组成，以字母开头。", "A code has letters, digits and underscores, a letter first.", place="code", status=422)  # fmt: skip
    if code in {str(e["code"]) for e in elements(found)}:
        raise Fault(
            "tree.taken", f"“{code}”已经在体系里。", f"“{code}” is in the framework already.", place="code", status=422
        )
    _demand_parent(found, parent)
    if not name.strip():
        raise Fault("missing", "名称：必须填写。", "Name: is required.", place="name", status=422)
    found.setdefault("framework", []).insert(
        0,
        {
            "code": code,
            "name": {"zh": name.strip(), "en": name_en.strip() or name.strip()},
            "parent": parent,
            "weight": 1,
        },
    )
    return found


def add_indicator(document: Mapping[str, Any], indicator: Indicator, parent: str) -> Document:
    """An indicator under a node, with what is known of it. Raises Fault "tree.taken", "tree.parent"."""
    found = _copied(document)
    if indicator.code in {str(e["code"]) for e in elements(found)}:
        raise Fault(
            "tree.taken",
            f"“{indicator.name}”已经在体系里。",
            f"“{indicator.code}” is in the framework already.",
            place="indicator",
            status=422,
        )
    _demand_parent(found, parent)
    entry: dict[str, Any] = {
        "code": indicator.code, "name": {"zh": indicator.name, "en": indicator.name_en or indicator.name}, "parent": parent,
        "weight": 1, "unit": indicator.unit, "direction": indicator.direction or 1,
    }  # fmt: skip
    if indicator.lower is not None or indicator.upper is not None:
        entry["range"] = [_number(indicator.lower), _number(indicator.upper)]
    found.setdefault("indicators", []).append(entry)
    return found


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def remove(document: Mapping[str, Any], code: str) -> Document:
    """Without an element and what hangs under it; the top stays. Raises Fault "tree.top"."""
    if code == top_of(document):
        raise Fault("tree.top", "总指数不能删除。", "The top of the index stays.", status=422)
    gone, size = {code}, 0
    while len(gone) != size:
        size = len(gone)
        gone |= {str(e["code"]) for e in elements(document) if e.get("parent") in gone}
    found = _copied(document)
    for part in ("framework", "indicators"):
        found[part] = [e for e in found.get(part, []) if str(e["code"]) not in gone]
    return found


def top_of(document: Mapping[str, Any]) -> str:
    """The code of the one node without a parent."""
    return next((str(e["code"]) for e in document.get("framework", []) if not e.get("parent")), TOP)


def change_element(document: Mapping[str, Any], code: str, **values: Any) -> Document:
    """With other settings of one element: parent, weight, direction, denominator, name. None takes a setting away."""
    found = _copied(document)
    for element in elements(found):
        if str(element["code"]) != code:
            continue
        if "parent" in values:
            _demand_parent(found, str(values["parent"]))
        for name, value in values.items():
            if value is None:
                element.pop(name, None)
            else:
                element[name] = value
        return found
    raise Fault("tree.unknown", f"体系里没有“{code}”。", f"The framework has no “{code}”.", place=code, status=422)


def with_weights(document: Mapping[str, Any], weights: Mapping[str, float]) -> Document:
    """With other weights of the elements named."""
    found = _copied(document)
    for element in elements(found):
        if str(element["code"]) in weights:
            element["weight"] = weights[str(element["code"])]
    return found


def with_posts(
    document: Mapping[str, Any], posts: Mapping[str, tuple[float | None, float | None, float | None]]
) -> Document:
    """With goalposts and targets of indicators: (low, high, target) in their own units; None takes away. Raises Fault "tree.goalposts"."""
    found = _copied(document)
    for element in found.get("indicators", []):
        if str(element["code"]) not in posts:
            continue
        low, high, target = posts[str(element["code"])]
        if (low is None) != (high is None) or (low is not None and high is not None and low >= high):
            raise Fault(
                "tree.goalposts",
                f"“{element['code']}”的目标区间要下限和上限都写，且下限小于上限。",
                f"The goalposts of “{element['code']}” want a low and a high end, the low one below.",
                place=str(element["code"]),
                status=422,
            )
        for name, value in (("goalposts", None if low is None else [low, high]), ("target", target)):
            element.pop(name, None)
            if value is not None:
                element[name] = value
    return found


def levels_of(document: Mapping[str, Any]) -> dict[int, list[str]]:
    """The nodes by level, from 2 (over indicators) up: a node is one above its highest child."""
    parents = {str(e["code"]): str(e.get("parent") or "") for e in elements(document)}
    indicators = {str(e["code"]) for e in document.get("indicators", [])}
    height = dict.fromkeys(parents, 1)
    for code in indicators:
        at, level = parents[code], 2
        while at in height and level <= len(height):
            height[at] = max(height[at], level)
            at, level = parents[at], height[at] + 1
    found: dict[int, list[str]] = {}
    for code in parents:
        if code not in indicators and height[code] > 1:
            found.setdefault(height[code], []).append(code)
    return dict(sorted(found.items()))


def with_steps(document: Mapping[str, Any], steps: list[dict[str, Any]]) -> Document:
    """With other steps."""
    found = _copied(document)
    found["steps"] = steps
    return found


def step_of(document: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """The settings of the first step of a kind; None where there is none."""
    for step in document.get("steps", []):
        if isinstance(step, str):
            if step == kind:
                return {}
        elif kind in step:
            return dict(step[kind] or {})
    return None


def read_parent_loops(document: Mapping[str, Any]) -> None:
    """Refuse a tree that bites its tail, naming the loop, before the engine would."""
    parents = {str(e["code"]): str(e["parent"]) for e in elements(document) if e.get("parent")}
    for code in parents:
        path, at = [code], parents.get(code)
        while at is not None:
            path.append(at)
            if at == code:
                loop = " → ".join(path)
                raise Fault(
                    "tree.loop",
                    f"指标体系成了环：{loop}。",
                    f"The framework has a loop: {loop}.",
                    place="parent",
                    status=422,
                )
            if len(path) > len(parents) + 1:
                break
            at = parents.get(at)


def _demand_parent(document: Mapping[str, Any], parent: str) -> None:
    if parent not in parent_codes(document):
        raise Fault("tree.parent", f"没有节点“{parent}”。", f"There is no node “{parent}”.", place="parent", status=422)
