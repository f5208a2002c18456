"""A figure as a plain sentence, in both languages."""

from __future__ import annotations

from duijie.core.language import CHINESE, ENGLISH, Label, current_language, speaking
from duijie.plan.choices import Relation
from duijie.plan.fields import shown_figure
from duijie.plan.figures import Figure

LIGHT_WORDS = {
    "achieved": Label("已达标", "Met"),
    "on_track": Label("正常推进", "On track"),
    "slow": Label("略慢于进度", "A little slow"),
    "behind": Label("明显滞后", "Behind"),
    "off": Label("偏离目标", "Off target"),
    "unknown": Label("暂无数据", "No data yet"),
}
LIGHT_KINDS = {"achieved": "good", "on_track": "good", "slow": "warn", "behind": "bad", "off": "bad", "unknown": "line"}
LIGHT_ICONS = {
    "achieved": "circle-check", "on_track": "arrow-right", "slow": "alert-triangle", "behind": "alert-circle",
    "off": "x", "unknown": "minus",
}  # fmt: skip


def target_words(figure: Figure) -> str:
    """不少于 6 场 / at least 6; "" without a target."""
    if figure.target is None:
        return ""
    unit, name = figure.indicator.unit, figure.indicator.unit_name
    low = shown_figure(figure.target.value, unit, name)
    if figure.indicator.relation == "range":
        high = shown_figure(figure.target.value_high, unit, name)
        return f"{low}至{high}" if current_language() == CHINESE else f"{low} to {high}"
    relation = Relation(figure.indicator.relation)
    if current_language() == ENGLISH:
        return f"{relation.en.lower()} {low}"
    return f"{relation.zh} {low}" if low[:1].isdigit() else f"{relation.zh}{low}"


def sentence(figure: Figure, who: str = "", language: str | None = None) -> str:
    """What a figure says: 秀洲：2017年目标不少于 6 场，截至 2017-06-30 已有 4 场，完成 66.7%，快于时间进度（49.6%）。预计……"""
    with speaking(language or current_language()):
        return _chinese(figure, who) if current_language() == CHINESE else _english(figure, who)


def _per_cent(share: float) -> str:
    return f"{share * 100:.1f}".rstrip("0").rstrip(".") + "%"


def _chinese(figure: Figure, who: str) -> str:
    unit, name = figure.indicator.unit, figure.indicator.unit_name
    front = f"{who}：" if who else ""
    goal = f"{figure.period.label}目标{target_words(figure)}" if figure.target else f"{figure.period.label}未设目标"
    if figure.value is None:
        return f"{front}{goal}，暂无数据。"
    text = f"{front}{goal}，截至 {figure.end} 已有 {shown_figure(figure.value, unit, name)}"
    standing = figure.standing
    if figure.target is None:
        return text + "。"
    if standing.status == "target_achieved":
        text += "，目标已达到"
    else:
        if standing.share is not None:
            text += f"，完成 {_per_cent(standing.share)}"
        text += f"，时间已过 {_per_cent(standing.elapsed)}，{LIGHT_WORDS[figure.light].zh}"
    return text + "。" + _outlook_zh(figure)


def _outlook_zh(figure: Figure) -> str:
    found = figure.outlook
    if found is None or figure.end >= figure.period.ends_on:
        return ""
    unit, name = figure.indicator.unit, figure.indicator.unit_name
    text = f"按目前速度，期末预计 {shown_figure(round(found.expected), unit, name)}"
    if found.low is not None and found.high is not None:
        low, high = shown_figure(round(found.low), unit, name), shown_figure(round(found.high), unit, name)
        text += f"（八成可能在 {low} 至 {high} 之间）"
    if found.chance is not None and figure.standing.status != "target_achieved":
        text += f"，达标可能性约 {chance_words(found.chance)}"
    return text + "。"


def _english(figure: Figure, who: str) -> str:
    unit, name = figure.indicator.unit, ""
    front = f"{who}: " if who else ""
    goal = f"target for {figure.period.label} {target_words(figure)}" if figure.target else f"no target for {figure.period.label}"  # fmt: skip
    if figure.value is None:
        return f"{front}{goal}; no data yet."
    text = f"{front}{goal}; {shown_figure(figure.value, unit, name)} by {figure.end}"
    standing = figure.standing
    if figure.target is None:
        return text + "."
    if standing.status == "target_achieved":
        text += ": the target is met"
    else:
        if standing.share is not None:
            text += f", {_per_cent(standing.share)} of it"
        text += f" with {_per_cent(standing.elapsed)} of the time gone: {LIGHT_WORDS[figure.light].en.lower()}"
    return text + "." + _outlook_en(figure)


def _outlook_en(figure: Figure) -> str:
    found = figure.outlook
    if found is None or figure.end >= figure.period.ends_on:
        return ""
    unit = figure.indicator.unit
    text = f" At this pace {shown_figure(round(found.expected), unit)} are expected by its end"
    if found.low is not None and found.high is not None:
        text += f" (four times in five between {shown_figure(round(found.low), unit)} and {shown_figure(round(found.high), unit)})"  # fmt: skip
    if found.chance is not None and figure.standing.status != "target_achieved":
        text += f"; the chance of meeting the target is about {chance_words(found.chance)}"
    return text + "."


def chance_words(chance: float) -> str:
    """Whole per cents, never a promise: below 1 and above 99 are said as that."""
    if chance < 0.01:
        return "1% 以下" if current_language() == CHINESE else "under 1%"
    if chance > 0.99:
        return "99% 以上" if current_language() == CHINESE else "over 99%"
    return f"{round(chance * 100)}%"
