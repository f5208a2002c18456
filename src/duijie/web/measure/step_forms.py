"""The steps of a document as a form and back: one fieldset for each kind of step, with all the methods that the engine offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from duijie.core.errors import Fault
from duijie.core.language import t
from duijie.measure.indices import tree
from duijie.measure.indices.words import AGGREGATORS, IMPUTERS, METHODS, NORMALISERS, STEPS, TRANSFORMS, WEIGHERS, word

Number = tuple[str, str, str, float | None]  # setting, Chinese, English, default
ORDER = ("denominate", "screen", "impute", "treat", "normalise", "weigh", "aggregate")
# Extra numbers of each step, shown with it; empty means the engine's default.
NUMBERS: dict[str, tuple[Number, ...]] = {
    "screen": (("availability", "最低完整率", "Least share of values", 0.67),),
    "treat": (
        ("winsorise_max", "最多收缩点数", "Points pulled in", 5), ("skewness", "偏度界限", "Limit of skewness", 2), ("kurtosis", "峰度界限", "Limit of kurtosis", 3.5),
    ),
    "normalise": (("lower", "下端", "From", None), ("upper", "上端", "To", None), ("mean", "均值", "Mean", None), ("sd", "标准差", "Deviation", None)),
    "weigh": (("factors", "因子数", "Factors", None), ("level", "求哪一层的权重", "Level weighed", None)),
    "aggregate": (("power", "幂", "Power", None), ("threshold", "最低完整率", "Least share present", None), ("share_low", "份额下限", "Least share", None), ("share_high", "份额上限", "Largest share", None)),
}  # fmt: skip
# Settings that only some methods take.
ONLY: dict[str, frozenset[str]] = {
    "lower": frozenset({"min_max", "goalposts", "scaled", "centred"}), "upper": frozenset({"min_max", "goalposts", "scaled", "centred"}),
    "mean": frozenset({"z_score"}), "sd": frozenset({"z_score"}), "share_low": frozenset({"benefit_of_the_doubt"}),
    "share_high": frozenset({"benefit_of_the_doubt"}), "power": frozenset({"generalised"}), "factors": frozenset({"factor"}),
    "negative": frozenset({"pca", "factor"}), "aim": frozenset({"optimised"}),
}  # fmt: skip
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "impute": ("method", IMPUTERS), "treat": ("then", TRANSFORMS), "normalise": ("method", NORMALISERS), "weigh": ("method", WEIGHERS[2:]),
    "aggregate": ("method", AGGREGATORS),
}  # fmt: skip
# Further choices of a step: setting, words, options with words; the first is the engine's default.
SELECTS: dict[str, tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...]] = {
    "weigh": (
        ("aim", "优化目标", "Aim", (("balance", "各项影响均衡", "balanced influence"), ("infomax", "信息最多", "most information"))),
        ("negative", "出现负权重时", "Negative weights", (("refuse", "拒绝", "refused"), ("zero", "取零", "set to zero"), ("square", "平方", "squared"))),
    ),
}  # fmt: skip
LEVEL = "level-"
_OPTIONAL = frozenset({"denominate", "screen", "impute", "treat", "weigh"})


@dataclass(frozen=True)
class StepForm:
    """One step as the form shows it."""

    kind: str
    title: str
    is_on: bool
    optional: bool
    method: str
    methods: list[tuple[str, str]]
    numbers: list[tuple[str, str, str]]
    selects: list[tuple[str, str, str, list[tuple[str, str]]]]
    weights: list[tuple[str, str]]
    weight_set: str


def step_forms(document: Mapping[str, Any]) -> list[StepForm]:
    """The form's steps in their order, with what the document says."""
    found = []
    at = 0 if t("zh", "en") == "zh" else 1
    for kind in ORDER:
        settings = tree.step_of(document, kind)
        name, methods = CHOICES.get(kind, ("", ()))
        held = dict(settings or {})
        found.append(
            StepForm(
                kind,
                t(*STEPS[kind]),
                settings is not None,
                kind in _OPTIONAL,
                str(held.get(name, methods[0] if methods else "")),
                [(m, word(m, at) if m in METHODS else t(*_TRANSFORM_WORDS.get(m, (m, m)))) for m in methods],
                [(n, t(zh, en), "" if held.get(n) is None else f"{held[n]}") for n, zh, en, _ in NUMBERS.get(kind, ())],
                _selects(kind, held, document),
                [(w, t(*_WEIGHT_WORDS[w])) for w in ("framework", "equal", "weighed")] if kind == "aggregate" else [],
                _weight_set(held.get("weights", "framework"), document),
            )
        )
    return found


def _selects(
    kind: str, held: Mapping[str, Any], document: Mapping[str, Any]
) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """The further choices of a step; for the means, one for each level of nodes where there are several."""
    found = [
        (name, t(zh, en), str(held.get(name, options[0][0])), [(value, t(*words)) for value, *words in options])
        for name, zh, en, options in SELECTS.get(kind, ())
    ]
    levels = tree.levels_of(document) if kind == "aggregate" else {}
    own = {str(level): entry for level, entry in dict(held.get("by_level") or {}).items()}
    at = 0 if t("zh", "en") == "zh" else 1
    methods = [("", t("同上", "as above")), *((m, word(m, at)) for m in AGGREGATORS)]
    for level in levels if len(levels) > 1 else ():
        entry = own.get(str(level), "")
        method = str(entry if isinstance(entry, str) else entry.get("method", ""))
        found.append((f"{LEVEL}{level}", t(f"第 {level} 层的方法", f"Method at level {level}"), method, methods))
    return found


_TRANSFORM_WORDS = {
    "log_shifted": ("平移后取对数", "shifted logarithm"), "log_shifted_signed": ("平移取对数（按偏斜方向）", "shifted logarithm, signed"),
    "log_plus_one": ("ln(x+1)", "ln(x+1)"), "box_cox": ("Box-Cox", "Box-Cox"), "none": ("不变换", "none"),
}  # fmt: skip
_WEIGHT_WORDS = {
    "framework": ("体系中的权重", "weights of the framework"),
    "equal": ("等权", "equal weights"),
    "weighed": ("由数据求出的权重", "weights from the data"),
}


def _weight_set(name: Any, document: Mapping[str, Any]) -> str:
    return str(name) if name in {"framework", "equal"} else "weighed"


def read_steps(given: QueryDict, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps that a form asks for; settings of the document that the form does not show are kept. Raises Fault "index.…"."""
    steps: list[dict[str, Any]] = []
    for kind in ORDER:
        if kind in _OPTIONAL and given.get(f"on-{kind}") != "1":
            continue
        held = dict(tree.step_of(document, kind) or {})
        name, methods = CHOICES.get(kind, ("", ()))
        if name:
            chosen = given.get(f"{kind}-{name}", "")
            if chosen not in methods:
                raise Fault(
                    "index.setting_not_known",
                    f"没有“{chosen[:30]}”这种方法。",
                    f"There is no method “{chosen[:30]}”.",
                    place=kind,
                    status=422,
                )
            if held.get(name) != chosen and kind == "normalise":
                held = {k: v for k, v in held.items() if k in {"over", "columns", "level", "each", "clip"}}
            held[name] = chosen
        for setting, _, _, _ in NUMBERS.get(kind, ()):
            text = given.get(f"{kind}-{setting}", "").strip()
            fits = setting not in ONLY or held.get(name) in ONLY[setting]
            if text and fits:
                held[setting] = _number(text, f"{kind}.{setting}")
            else:
                held.pop(setting, None)
        for setting, _, _, options in SELECTS.get(kind, ()):
            chosen = given.get(f"{kind}-{setting}", "")
            held.pop(setting, None)
            if held.get(name) in ONLY[setting] and chosen in {value for value, _, _ in options}:
                held[setting] = chosen
        if kind == "weigh":
            kept = {"method", "factors", "level", "aim", "negative"}
            held = {key: value for key, value in held.items() if key in kept} | {"name": "weighed"}
        if kind == "aggregate":
            held = _with_levels(held, given, document)
            chosen_set = given.get("aggregate-weights", "framework")
            held["weights"] = chosen_set if chosen_set in {"framework", "equal", "weighed"} else "framework"
        steps.append({kind: held})
    return steps


def _with_levels(held: dict[str, Any], given: QueryDict, document: Mapping[str, Any]) -> dict[str, Any]:
    """The means with the methods of single levels; a level's own settings (a power) stay as long as its method does."""
    before = {str(level): entry for level, entry in dict(held.pop("by_level", None) or {}).items()}
    found: dict[str, Any] = {}
    for level in tree.levels_of(document):
        own = before.get(str(level))
        chosen = given.get(f"aggregate-{LEVEL}{level}")
        if chosen is None:  # a tree with one level shows no choice
            chosen = str(own if isinstance(own, str) else (own or {}).get("method", ""))
        if chosen and chosen not in AGGREGATORS:
            raise Fault(
                "index.setting_not_known",
                f"没有“{chosen[:30]}”这种方法。",
                f"There is no method “{chosen[:30]}”.",
                place="aggregate.by_level",
                status=422,
            )
        if chosen:
            found[str(level)] = own if isinstance(own, dict) and own.get("method") == chosen else chosen
    return held | ({"by_level": found} if found else {})


def _number(text: str, place: str) -> float | int:
    try:
        value = float(text)
    except ValueError:
        raise Fault(
            "number.unreadable", f"“{text[:20]}”不是数字。", f"“{text[:20]}” is not a number.", place=place, status=422
        ) from None
    return int(value) if value.is_integer() else value
