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
    "aggregate": (("threshold", "最低完整率", "Least share present", None), ("share_low", "份额下限", "Least share", None), ("share_high", "份额上限", "Largest share", None)),
}  # fmt: skip
# Settings that only some methods take.
ONLY: dict[str, frozenset[str]] = {
    "lower": frozenset({"min_max", "goalposts", "scaled", "centred"}), "upper": frozenset({"min_max", "goalposts", "scaled", "centred"}),
    "mean": frozenset({"z_score"}), "sd": frozenset({"z_score"}), "share_low": frozenset({"benefit_of_the_doubt"}),
    "share_high": frozenset({"benefit_of_the_doubt"}),
}  # fmt: skip
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "impute": ("method", IMPUTERS), "treat": ("then", TRANSFORMS), "normalise": ("method", NORMALISERS), "weigh": ("method", WEIGHERS[2:]),
    "aggregate": ("method", AGGREGATORS),
}  # fmt: skip
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
                [(w, t(*_WEIGHT_WORDS[w])) for w in ("framework", "equal", "weighed")] if kind == "aggregate" else [],
                _weight_set(held.get("weights", "framework"), document),
            )
        )
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
        if kind == "weigh":
            held = {"method": held["method"], "name": "weighed"}
        if kind == "aggregate":
            chosen_set = given.get("aggregate-weights", "framework")
            held["weights"] = chosen_set if chosen_set in {"framework", "equal", "weighed"} else "framework"
        steps.append({kind: held})
    return steps


def _number(text: str, place: str) -> float | int:
    try:
        value = float(text)
    except ValueError:
        raise Fault(
            "number.unreadable", f"“{text[:20]}”不是数字。", f"“{text[:20]}” is not a number.", place=place, status=422
        ) from None
    return int(value) if value.is_integer() else value
