"""The steps of a document as a form and back: one fieldset for each kind of step, with all the methods that the engine offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from duijie.core.errors import Fault
from duijie.core.language import t
from duijie.measure.indices import tree
from duijie.measure.indices.words import AGGREGATORS, IMPUTERS, METHODS, NORMALISERS, STEPS, TRANSFORMS, WEIGHERS, word
from duijie.web.measure.step_settings import (
    INHERITED,
    OWN_NORMALISING,
    SETTINGS,
    Field,
    Option,
    Range,
    fields,
    read_settings,
)

ORDER = ("denominate", "screen", "impute", "treat", "normalise", "weigh", "aggregate")
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "impute": ("method", IMPUTERS), "treat": ("then", TRANSFORMS), "normalise": ("method", NORMALISERS), "weigh": ("method", WEIGHERS[2:]),
    "aggregate": ("method", AGGREGATORS),
}  # fmt: skip
LEVEL = "level-"
MOST_OWN = 200  # indicators with a method of their own
_OPTIONAL = frozenset({"denominate", "screen", "impute", "treat", "weigh"})
# What stays of a normalising step, or of an indicator's own, when its method changes: what belongs to no method.
_OF_NO_METHOD = frozenset({"over", "columns", "level", "each", "clip"})
_TRANSFORM_WORDS = {
    "log_shifted": ("平移后取对数", "shifted logarithm"), "log_shifted_signed": ("平移取对数（按偏斜方向）", "shifted logarithm, signed"),
    "log_plus_one": ("ln(x+1)", "ln(x+1)"), "box_cox": ("Box-Cox", "Box-Cox"), "none": ("不变换", "none"),
}  # fmt: skip
_WEIGHT_WORDS = {
    "framework": ("体系中的权重", "weights of the framework"),
    "equal": ("等权", "equal weights"),
    "weighed": ("由数据求出的权重", "weights from the data"),
}


@dataclass(frozen=True)
class OwnForm:
    """An indicator that is normalised in its own way, as the form shows it; one without a code is to be filled in."""

    prefix: str
    code: str
    method: str
    fields: list[Field]


@dataclass(frozen=True)
class StepForm:
    """One step as the form shows it."""

    kind: str
    title: str
    is_on: bool
    optional: bool
    method_name: str
    method: str
    methods: list[Option]
    fields: list[Field]
    levels: list[tuple[str, str, str, list[Option]]] = field(default_factory=list)
    weights: list[Option] = field(default_factory=list)
    weight_set: str = ""
    own: list[OwnForm] = field(default_factory=list)
    indicators: list[Option] = field(default_factory=list)


def step_forms(
    document: Mapping[str, Any], offered: Range = Range(), given: QueryDict | None = None  # noqa: B008 (frozen)
) -> list[StepForm]:  # fmt: skip
    """The form's steps in their order, with what was posted (`given`), else what the document says."""
    return [_step_form(kind, document, offered, given) for kind in ORDER]


def _step_form(kind: str, document: Mapping[str, Any], offered: Range, given: QueryDict | None) -> StepForm:
    settings = tree.step_of(document, kind)
    held = dict(settings or {})
    name, methods = CHOICES.get(kind, ("", ()))
    method = _posted(given, f"{kind}-{name}", held.get(name, methods[0] if methods else ""))
    is_on = settings is not None if given is None else given.get(f"on-{kind}") == "1"
    return StepForm(
        kind, t(*STEPS[kind]), is_on, kind in _OPTIONAL, f"{kind}-{name}", method, [(m, _method_word(m)) for m in methods],
        fields(SETTINGS.get(kind, ()), kind, f"m-{kind}", held, given, offered),
        _levels(held, document, given) if kind == "aggregate" else [],
        _weight_sets(document) if kind == "aggregate" else [],
        _posted(given, "aggregate-weights", held.get("weights", "framework")),
        _own_forms(held, offered, given) if kind == "normalise" else [],
        _columns(document) if kind == "normalise" else [],
    )  # fmt: skip


def _posted(given: QueryDict | None, name: str, held: Any) -> str:
    return str(held) if given is None else given.get(name, "")


def _method_word(method: str) -> str:
    return word(method, 0 if t("zh", "en") == "zh" else 1) if method in METHODS else t(*_TRANSFORM_WORDS[method])


def _weight_sets(document: Mapping[str, Any]) -> list[Option]:
    """The weights that a mean may use: the usual ones, and those that the document states under a name."""
    stated = [str(name) for name in document.get("weights") or {} if name not in _WEIGHT_WORDS]
    return [*((name, t(*words)) for name, words in _WEIGHT_WORDS.items()), *((name, name) for name in stated)]


def _columns(document: Mapping[str, Any]) -> list[Option]:
    """What may be normalised in a way of its own, with its name: the indicators first, then the nodes."""
    found = []
    for entry in sorted(tree.elements(document), key=lambda e: e not in document.get("indicators", [])):
        names = entry.get("name", "")
        said = t(names.get("zh", ""), names.get("en", "")) if isinstance(names, Mapping) else str(names)
        found.append((str(entry["code"]), f"{said}（{entry['code']}）" if said else str(entry["code"])))
    return found


def _own_forms(held: Mapping[str, Any], offered: Range, given: QueryDict | None) -> list[OwnForm]:
    """The indicators with a method of their own, and an empty one to add another."""
    each: list[tuple[str, Mapping[str, Any]]] = [*dict(held.get("each") or {}).items(), ("", {})]
    count = len(each) if given is None else len(_own_prefixes(given))
    found = []
    for number in range(max(count, 1)):
        code, own = each[number] if number < len(each) else ("", {})
        prefix = f"each-{number}"
        asked_by = f"m-{prefix} m-normalise"
        found.append(
            OwnForm(
                prefix, _posted(given, f"{prefix}-code", code), _posted(given, f"{prefix}-method", own.get("method", "")),
                fields(OWN_NORMALISING, prefix, asked_by, own, given, offered, own=True),
            )
        )  # fmt: skip
    return found


def _levels(
    held: Mapping[str, Any], document: Mapping[str, Any], given: QueryDict | None
) -> list[tuple[str, str, str, list[Option]]]:
    """A choice of the mean for each level of nodes, where there are several."""
    levels = tree.levels_of(document)
    own = {str(level): entry for level, entry in dict(held.get("by_level") or {}).items()}
    methods = [("", t("同上", "as above")), *((m, _method_word(m)) for m in AGGREGATORS)]
    found = []
    for level in levels if len(levels) > 1 else ():
        entry = own.get(str(level), "")
        method = str(entry if isinstance(entry, str) else entry.get("method", ""))
        name = f"aggregate-{LEVEL}{level}"
        label = t(f"第 {level} 层的方法", f"Method at level {level}")
        found.append((name, label, _posted(given, name, method), methods))
    return found


def read_steps(given: QueryDict, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps that a form asks for; settings of the document that the form does not show are kept. Raises Fault "index.…"."""
    steps: list[dict[str, Any]] = []
    for kind in ORDER:
        if kind in _OPTIONAL and given.get(f"on-{kind}") != "1":
            continue
        held = dict(tree.step_of(document, kind) or {})
        name, methods = CHOICES.get(kind, ("", ()))
        method = _method(given, f"{kind}-{name}", methods, kind) if name else ""
        if name and held.get(name) != method and kind == "normalise":
            held = {key: value for key, value in held.items() if key in _OF_NO_METHOD}
        asked = SETTINGS.get(kind, ())
        said = read_settings(asked, given, kind, method, held)
        held = {key: value for key, value in held.items() if key not in {one.name for one in asked}} | said
        if name:
            held[name] = method
        if kind == "normalise":
            held = _with_own(held, given, document)
        if kind == "weigh":
            held = {key: held[key] for key in ("method", *(one.name for one in asked)) if key in held} | {
                "name": "weighed"
            }
        if kind == "aggregate":
            held = _with_levels(held, given, document)
            held["weights"] = _method(
                given, "aggregate-weights", tuple(dict(_weight_sets(document))), "aggregate.weights"
            )
        steps.append({kind: held})
    return steps


def _method(given: QueryDict, name: str, known: tuple[str, ...], place: str) -> str:
    chosen = given.get(name, "")
    if chosen not in known:
        raise Fault(
            "index.setting_not_known",
            f"没有“{chosen[:30]}”这种方法。",
            f"There is no method “{chosen[:30]}”.",
            place=place,
            status=422,
        )
    return chosen


def _own_prefixes(given: QueryDict) -> list[str]:
    found: list[str] = []
    while len(found) < MOST_OWN and f"each-{len(found)}-code" in given:
        found.append(f"each-{len(found)}")
    return found


def _with_own(held: dict[str, Any], given: QueryDict, document: Mapping[str, Any]) -> dict[str, Any]:
    """The normalising step with the methods of single indicators; one whose indicator was taken away goes back to the step's."""
    before = dict(held.pop("each", None) or {})
    inherited = INHERITED & set(held)
    known = dict(_columns(document))
    found: dict[str, Any] = {}
    for prefix in _own_prefixes(given):
        code = given.get(f"{prefix}-code", "")
        if not code:
            continue
        if code not in known or code in found:
            zh, en = (f"“{code[:30]}”写了两次", f"“{code[:30]}” is there twice") if code in found else (f"没有指标“{code[:30]}”", f"there is no indicator “{code[:30]}”")  # fmt: skip
            raise Fault("index.code_unknown", f"单项指标：{zh}。", f"Single indicators: {en}.", place=f"{prefix}.code", status=422)  # fmt: skip
        method = _method(given, f"{prefix}-method", ("", *NORMALISERS), f"{prefix}.method")
        own = dict(before.get(code) or {})
        if own.get("method", "") != method:
            own = {key: value for key, value in own.items() if key in _OF_NO_METHOD}
        try:
            said = read_settings(OWN_NORMALISING, given, prefix, method or held["method"], own, inherited=inherited)
        except Fault as fault:
            raise Fault(
                fault.code, f"{known[code]}，{fault.zh}", f"{known[code]}, {fault.en}", place=fault.place, status=422
            ) from None
        kept = {key: value for key, value in own.items() if key not in {one.name for one in OWN_NORMALISING}}
        found[code] = kept | ({"method": method} if method else {}) | said
    return held | ({"each": found} if found else {})


def _with_levels(held: dict[str, Any], given: QueryDict, document: Mapping[str, Any]) -> dict[str, Any]:
    """The means with the methods of single levels; a level's own settings (a power) stay as long as its method does."""
    before = {str(level): entry for level, entry in dict(held.pop("by_level", None) or {}).items()}
    found: dict[str, Any] = {}
    for level in tree.levels_of(document):
        own = before.get(str(level))
        name = f"aggregate-{LEVEL}{level}"
        if name in given:
            chosen = _method(given, name, ("", *AGGREGATORS), "aggregate.by_level")
        else:  # a tree with one level shows no choice
            chosen = str(own if isinstance(own, str) else (own or {}).get("method", ""))
        if chosen:
            found[str(level)] = own if isinstance(own, dict) and own.get("method") == chosen else chosen
    return held | ({"by_level": found} if found else {})
