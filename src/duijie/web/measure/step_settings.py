"""What the form of steps asks beside the method: each setting with its words, its kind and the methods that take it; and reading them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from duijie.core.errors import Fault
from duijie.core.language import Label, t
from duijie.core.text import half_width

Option = tuple[str, str]  # value, word
_SEPARATORS = re.compile(r"[\s,、，;；]+")
_RANKED = frozenset({"rank", "borda", "percentile_rank", "percentile"})
_DISTANCES = frozenset({"distance_to_max", "distance_to_target", "distance_to_reference"})
_RATIOS = frozenset({"fraction_of_best", "ratio_to_mean", "ratio_to_worst", "ratio_to_base", "share", "difference_to_mean", "difference_to_worst"})  # fmt: skip
_BETWEEN = frozenset({"min_max", "goalposts", "log_goalposts", "scaled", "centred"})


@dataclass(frozen=True)
class Setting:
    """kind: number, numbers (several), choice, flag. options of a choice: its words, the first is the engine's default; "periods" and
    "units" are those of the design, with no default. methods: those that take it; empty means all. needed: left empty is refused."""

    name: str
    label: Label
    help: Label | None = None
    kind: str = "number"
    options: tuple[tuple[str, Label], ...] | str = ()
    methods: frozenset[str] = frozenset()
    needed: bool = False

    def fits(self, method: str) -> bool:
        return not self.methods or method in self.methods


def _choice(*words: tuple[str, str, str]) -> tuple[tuple[str, Label], ...]:
    return tuple((value, Label(zh, en)) for value, zh, en in words)


NORMALISING = (
    Setting(
        "over", Label("尺度取自", "Measured over"), Label("最好、最差、均值等从哪些期间算", "From which periods best, worst, mean and the like are taken"), "choice",
        _choice(("", "通常做法", "as usual"), ("period", "各期各自", "each period by itself"), ("all", "各期合在一起", "all periods together"), ("reference", "基准期", "the reference period")),
    ),
    Setting("lower", Label("下端", "From"), methods=_BETWEEN),
    Setting("upper", Label("上端", "To"), methods=_BETWEEN),
    Setting("mean", Label("均值", "Mean"), methods=frozenset({"z_score"})),
    Setting("sd", Label("标准差", "Deviation"), methods=frozenset({"z_score"})),
    Setting(
        "by", Label("分档依据", "Bands by"), Label("界限是百分位，还是指标自己的数值", "Edges are percentiles, or values of the indicator"),
        "choice", _choice(("percentile", "百分位", "percentiles"), ("value", "数值", "values")), frozenset({"categories"}),
    ),
    Setting(
        "edges", Label("分档界限", "Edges of the bands"), Label("从小到大，用顿号或空格分开，如 25、50、75", "Rising, separated by blanks, e.g. 25 50 75"),
        "numbers", methods=frozenset({"categories"}), needed=True,
    ),
    Setting(
        "marks", Label("各档得分", "Marks of the bands"), Label("从最差一档写起，比界限多一个，如 1、2、3、4", "From the worst band on, one more than edges, e.g. 1 2 3 4"),
        "numbers", methods=frozenset({"categories"}), needed=True,
    ),
    Setting(
        "base", Label("基期", "Base period"), Label("各期都与这一期相比", "Every period is compared with this one"), "choice", "periods",
        frozenset({"ratio_to_base"}), True,
    ),
    Setting(
        "of", Label("与谁的基期值相比", "Compared with"), Label("各单位自己的，或全体的均值", "Each unit's own value, or the mean of all"), "choice",
        _choice(("own", "自己", "its own"), ("mean", "全体均值", "the mean of all")), frozenset({"ratio_to_base"}),
    ),
    Setting(
        "unit", Label("参照单位", "Reference unit"), Label("它得满分，最差的得 0", "It scores full, the worst scores 0"), "choice", "units",
        frozenset({"distance_to_reference"}), True,
    ),
    Setting(
        "cap", Label("超过的按满分计", "Not above full score"), Label("比参照单位或目标更好的，不再加分", "Better than the unit or the target gains nothing more"),
        "flag", methods=frozenset({"distance_to_reference", "distance_to_target"}),
    ),
    Setting("margin", Label("容差", "Margin"), Label("离均值多远才算高于或低于，0.2 就是 20%", "How far from the mean counts, 0.2 is 20%"), methods=frozenset({"above_below_mean"})),
    Setting(
        "ties", Label("并列时", "Ties"), Label("并列的单位取哪个名次", "Which rank tied units get"), "choice",
        _choice(("min", "取较小", "the lowest"), ("max", "取较大", "the highest"), ("average", "取平均", "the average"), ("dense", "连续编号", "without gaps")), _RANKED,
    ),
    Setting("scale", Label("倍数", "Times"), Label("得分乘以它，如 100", "Scores are multiplied by it, e.g. 100"), methods=_DISTANCES | _RATIOS | {"normal_percentile", "percentile_rank", "percentile"}),
)  # fmt: skip
SETTINGS: dict[str, tuple[Setting, ...]] = {
    "screen": (Setting("availability", Label("最低完整率", "Least share of values")),),
    "treat": (
        Setting("winsorise_max", Label("最多收缩点数", "Points pulled in")), Setting("skewness", Label("偏度界限", "Limit of skewness")),
        Setting("kurtosis", Label("峰度界限", "Limit of kurtosis")),
    ),
    "normalise": NORMALISING,
    "weigh": (
        Setting(
            "aim", Label("优化目标", "Aim"), kind="choice", methods=frozenset({"optimised"}),
            options=_choice(("balance", "各项影响均衡", "balanced influence"), ("infomax", "信息最多", "most information")),
        ),
        Setting(
            "negative", Label("出现负权重时", "Negative weights"), kind="choice", methods=frozenset({"pca", "factor"}),
            options=_choice(("refuse", "拒绝", "refused"), ("zero", "取零", "set to zero"), ("square", "平方", "squared")),
        ),
        Setting("factors", Label("因子数", "Factors"), methods=frozenset({"factor"})), Setting("level", Label("求哪一层的权重", "Level weighed")),
    ),
    "aggregate": (
        Setting("power", Label("幂", "Power"), methods=frozenset({"generalised"})), Setting("threshold", Label("最低完整率", "Least share present")),
        Setting("share_low", Label("份额下限", "Least share"), methods=frozenset({"benefit_of_the_doubt"})),
        Setting("share_high", Label("份额上限", "Largest share"), methods=frozenset({"benefit_of_the_doubt"})),
    ),
}  # fmt: skip
# What an indicator with a method of its own takes from the step where it says nothing itself.
INHERITED = frozenset({"lower", "upper", "mean", "sd", "base", "of", "unit", "cap", "margin", "ties", "scale"})
_YES_NO = _choice(("1", "是", "yes"), ("0", "否", "no"))
OWN_NORMALISING = tuple(
    replace(one, kind="choice", options=_YES_NO) if one.kind == "flag" else one for one in NORMALISING if one.methods
)


@dataclass(frozen=True)
class Field:
    """A setting as the form shows it. asked_by: ids of the selects whose method decides whether it is asked."""

    name: str
    id: str
    label: str
    help: str
    kind: str
    value: str
    options: list[Option]
    methods: str
    asked_by: str


@dataclass(frozen=True)
class Range:
    """What a design offers to choose from: its periods, and its units with their names."""

    periods: tuple[str, ...] = ()
    units: tuple[Option, ...] = ()

    def options(self, setting: Setting, value: str, *, own: bool) -> list[Option]:
        if isinstance(setting.options, tuple):
            known = [(code, str(word)) for code, word in setting.options]
            return [("", t("不另定", "not set here")), *known] if own else known
        known = list(self.units) if setting.options == "units" else [(p, p) for p in self.periods]
        gone = [] if not value or value in dict(known) else [(value, value)]
        return [("", t("不另定", "not set here") if own else t("请选择", "Choose")), *gone, *known]


def fields(
    settings: tuple[Setting, ...],
    prefix: str,
    asked_by: str,
    held: Mapping[str, Any],
    given: QueryDict | None,
    offered: Range,
    *,
    own: bool = False,
) -> list[Field]:
    """The fields of these settings with what was posted in them, else what the document holds. own: of a single indicator, where
    nothing is chosen unless the document says so."""
    found = []
    for one in settings:
        name = f"{prefix}-{one.name}"
        value = _words_of(one, held, own=own) if given is None else given.get(name, "")
        options = [] if one.kind != "choice" else offered.options(one, value, own=own)
        found.append(
            Field(
                name, f"f-{name}", str(one.label), str(one.help or ""), one.kind, value, options, " ".join(sorted(one.methods)),
                asked_by if one.methods else "",
            )
        )  # fmt: skip
    return found


def _words_of(setting: Setting, held: Mapping[str, Any], *, own: bool) -> str:
    value = held.get(setting.name)
    if isinstance(value, bool):
        return "1" if value else "0"
    if value is None:
        return setting.options[0][0] if isinstance(setting.options, tuple) and setting.options and not own else ""
    return "、".join(f"{one:g}" for one in value) if setting.kind == "numbers" else str(value)


def read_settings(
    settings: tuple[Setting, ...],
    given: QueryDict,
    prefix: str,
    method: str,
    held: Mapping[str, Any],
    *,
    inherited: frozenset[str] | None = None,
) -> dict[str, Any]:
    """What a form says of these settings, as far as `method` takes them; a default that the document does not hold stays unsaid.

    inherited: for a single indicator, what its step says already: need not be said, and a default says something else than that. Raises Fault "missing", "number.unreadable", "index.setting_not_known",
    "index.categories_count", "index.bounds_reversed": the sentence begins with the field's name, the place is `prefix`.setting.
    """
    found: dict[str, Any] = {}
    for one in settings:
        if not one.fits(method):
            continue
        text = given.get(f"{prefix}-{one.name}", "").strip()
        if not text and one.needed and one.name not in (inherited or ()):
            raise _fault("missing", one, prefix, "必须填写", "is required")
        value = _read(one, text, prefix)
        if value is not None and (one.name in held or inherited is not None or value != _default(one)):
            found[one.name] = value
    if "edges" in found:
        _check_bands(found["edges"], found["marks"], prefix)
    return found


def _read(setting: Setting, text: str, place: str) -> Any:
    """The value of a field; None where nothing is said."""
    if setting.kind == "flag":
        return text == "1"
    if not text:
        return None
    if setting.kind == "number":
        return _number(text, setting, place)
    if setting.kind == "numbers":
        return [_number(part, setting, place) for part in _SEPARATORS.split(text) if part]
    if isinstance(setting.options, tuple) and text not in dict(setting.options):
        raise _fault(
            "index.setting_not_known", setting, place, f"没有“{text[:30]}”这一项", f"there is no “{text[:30]}”"
        )
    return text == "1" if setting.options == _YES_NO else text


def _default(setting: Setting) -> Any:
    """What the engine takes where a step says nothing, as far as the form shows it."""
    if setting.kind == "flag":
        return False
    return setting.options[0][0] if isinstance(setting.options, tuple) and setting.options else None


def _check_bands(edges: list[float], marks: list[float], place: str) -> None:
    named = {one.name: one for one in NORMALISING}
    if sorted(set(edges)) != edges:
        raise _fault("index.bounds_reversed", named["edges"], place, "要从小到大，不能重复", "rise, each once")
    if len(marks) != len(edges) + 1:
        raise _fault(
            "index.categories_count", named["marks"], place, f"{len(edges)} 个界限分成 {len(edges) + 1} 档，写了 {len(marks)} 个得分",
            f"{len(edges)} edges make {len(edges) + 1} bands; {len(marks)} marks are given",
        )  # fmt: skip


def _number(text: str, setting: Setting, place: str) -> float | int:
    try:
        value = float(half_width(text).replace("_", "?"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _fault("number.unreadable", setting, place, f"“{text[:20]}”不是数字", f"“{text[:20]}” is not a number")
    return int(value) if value.is_integer() else value


def _fault(code: str, setting: Setting, place: str, zh: str, en: str) -> Fault:
    return Fault(
        code, f"{setting.label.zh}：{zh}。", f"{setting.label.en}: {en}.", place=f"{place}.{setting.name}", status=422
    )
