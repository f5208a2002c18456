"""An evaluation as plain text (Chinese or English), as JSON values and as tables for a workbook or csv files."""

from __future__ import annotations

import dataclasses
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from duijie.engines.matching.evaluation.calibration import Calibration
from duijie.engines.matching.evaluation.intervals import Difference, Estimate
from duijie.engines.matching.evaluation.scoring import Comparison, Evaluation, NeedFigures

Table = tuple[list[str], list[list[Any]]]
SHOWN_MISSED = 5

WORDS = {
    "ranking": ("排序", "Ranking"),
    "rows": ("行", "rows"),
    "scored": ("有合适供给的需求", "needs with a suitable offer"),
    "of_judged": ("共评判需求", "judged needs in all"),
    "unranked": ("未出现在排序中的需求", "judged needs missing from the ranking"),
    "unjudged": ("没有评判的需求", "ranked needs without judgements"),
    "measure": ("指标", "Measure"),
    "value": ("均值", "Mean"),
    "error": ("标准误", "Std. error"),
    "interval": ("95% 区间", "95% interval"),
    "needs": ("需求数", "Needs"),
    "need": ("需求", "Need"),
    "offer": ("供给", "Offer"),
    "title": ("标题", "Title"),
    "grade": ("等级", "Grade"),
    "rank": ("名次", "Place"),
    "first_rank": ("首个合适供给的名次", "First suitable at"),
    "relevant": ("合适供给数", "Suitable offers"),
    "judged": ("评判数", "Judged"),
    "listed": ("列出数", "Listed"),
    "missed": ("漏掉的合适供给", "Missed suitable offers"),
    "misplaced": ("误排在前的供给", "Unsuitable offers placed above"),
    "not_listed": ("未列出", "not listed"),
    "grades": ("等级预测 1/(1+MAE)", "Predicted grades, 1/(1+MAE)"),
    "pairs_of": ("对（共评判", "pairs (of"),
    "calibration": ("校准", "Calibration"),
    "ece": ("期望校准误差", "Expected calibration error"),
    "brier": ("布里尔分", "Brier score"),
    "bin": ("概率区间", "Probability"),
    "pairs": ("对数", "Pairs"),
    "predicted": ("平均概率", "Mean probability"),
    "observed": ("实际合适比例", "Share suitable"),
    "exposure": ("曝光", "Exposure"),
    "gini": ("基尼系数", "Gini"),
    "share_shown": ("曾进入前列的供给占比", "Share of offers ever shown"),
    "top_share": ("最常见 1% 供给占位比", "Places taken by the top 1 %"),
    "worst": ("最差的需求", "Worst needs"),
    "comparison": ("对比", "Comparison"),
    "difference": ("差值", "Difference"),
    "flip": ("符号翻转 p", "Sign-flip p"),
    "t": ("配对 t 检验 p", "Paired t p"),
    "record": ("胜/负/平", "Won/lost/tied"),
    "moved": ("变化最大的需求", "Needs that moved most"),
    "times": ("次数", "Times"),
}


def word(key: str, language: str) -> str:
    """A label in `zh` or `en`."""
    return WORDS[key][language == "en"]


def as_values(thing: Any) -> Any:
    """Dataclasses, mappings and numbers as JSON values; numbers that are not finite become None."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: as_values(getattr(thing, f.name)) for f in dataclasses.fields(thing)}
    if isinstance(thing, Mapping):
        return {str(key): as_values(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [as_values(value) for value in thing]
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else None
    return thing


def as_text(
    evaluation: Evaluation,
    comparison: Comparison | None = None,
    *,
    language: str = "zh",
    worst: int = 5,
    titles: Mapping[str, str] | None = None,
) -> str:
    """The report for a terminal."""
    lines = _heading(evaluation, language)
    lines += _aligned(*measure_table(evaluation, language))
    if evaluation.grades:
        accuracy = evaluation.grades
        lines += [
            "",
            f"{word('grades', language)}: {_figure(accuracy.score)}, "
            f"{accuracy.pairs} {word('pairs_of', language)} {accuracy.judged_pairs}{'）' if language == 'zh' else ')'}",
        ]
    if evaluation.calibration:
        lines += ["", *_calibration_lines(evaluation.calibration, language)]
    shown = evaluation.exposure
    lines += [
        "",
        f"{word('exposure', language)} @{shown.k}: {word('gini', language)} {shown.gini:.3f}, "
        f"{word('share_shown', language)} {shown.share_shown:.1%} ({shown.shown}/{shown.offers}), "
        f"{word('top_share', language)} {shown.top_share:.1%}",
    ]
    if comparison:
        heading = f"{word('comparison', language)}: {comparison.first} − {comparison.second}"
        lines += ["", heading, *_aligned(*comparison_table(comparison, language))]
    if worst:
        lines += ["", word("worst", language)]
        for need in evaluation.worst(worst):
            lines += _need_lines(need, titles or {}, language)
    return "\n".join(lines)


def _heading(evaluation: Evaluation, language: str) -> list[str]:
    lines = [
        f"{word('ranking', language)} {evaluation.name}: {evaluation.rows} {word('rows', language)}; "
        f"{word('scored', language)} {evaluation.scored_needs}, {word('of_judged', language)} {evaluation.judged_needs}"
    ]
    if evaluation.unranked_needs:
        lines.append(f"{word('unranked', language)}: {len(evaluation.unranked_needs)}")
    if evaluation.unjudged_needs:
        lines.append(f"{word('unjudged', language)}: {evaluation.unjudged_needs}")
    return [*lines, ""]


def _calibration_lines(calibration: Calibration, language: str) -> list[str]:
    return [
        f"{word('calibration', language)}: {word('ece', language)} {_figure(calibration.expected_error)}, "
        f"{word('brier', language)} {_figure(calibration.brier)}, {calibration.pairs} {word('pairs_of', language)} "
        f"{calibration.judged_pairs}{'）' if language == 'zh' else ')'}",
        *_aligned(*reliability_table(calibration, language)),
    ]


def _need_lines(need: NeedFigures, titles: Mapping[str, str], language: str) -> list[str]:
    figures = ", ".join(f"{name} {value:.3f}" for name, value in need.figures.items())
    lines = [f"  {need.need} {titles.get(need.need, '')}".rstrip(), f"    {figures}"]
    for missed in need.missed[:SHOWN_MISSED]:
        place = str(missed.rank) if missed.rank else word("not_listed", language)
        lines.append(
            f"    {word('missed', language)}: {missed.offer} {titles.get(missed.offer, '')} "
            f"({word('grade', language)} {missed.grade}, {word('rank', language)} {place})"
        )
    for offer in need.misplaced[:SHOWN_MISSED]:
        lines.append(f"    {word('misplaced', language)}: {offer} {titles.get(offer, '')}".rstrip())
    return lines


def _figure(estimate: Estimate) -> str:
    return f"{estimate.value:.4f} [{estimate.low:.4f}, {estimate.high:.4f}]"


def measure_table(evaluation: Evaluation, language: str) -> Table:
    """Measure, mean, standard error, interval, number of needs."""
    heading = [word(key, language) for key in ("measure", "value", "error", "interval", "needs")]
    rows: list[list[Any]] = [
        [name, f"{e.value:.4f}", f"{e.standard_error:.4f}", f"[{e.low:.4f}, {e.high:.4f}]", str(e.count)]
        for name, e in evaluation.measures.items()
    ]
    return heading, rows


def comparison_table(comparison: Comparison, language: str) -> Table:
    """Measure, both means, difference with interval, two p-values, needs won, lost and tied."""
    keys = ("difference", "interval", "flip", "t", "record")
    heading = [word("measure", language), comparison.first, comparison.second, *(word(key, language) for key in keys)]
    return heading, [[name, *_difference_cells(d)] for name, d in comparison.differences.items()]


def _difference_cells(difference: Difference) -> list[str]:
    estimate = difference.difference
    return [
        f"{difference.first:.4f}",
        f"{difference.second:.4f}",
        f"{estimate.value:+.4f}",
        f"[{estimate.low:+.4f}, {estimate.high:+.4f}]",
        f"{difference.flip_p:.4f}",
        f"{difference.t_p:.4f}",
        f"{difference.wins}/{difference.losses}/{difference.ties}",
    ]


def reliability_table(calibration: Calibration, language: str) -> Table:
    """Bin, pairs, mean probability, share suitable with Wilson's interval."""
    heading = [word(key, language) for key in ("bin", "pairs", "predicted", "observed", "interval")]
    rows: list[list[Any]] = []
    for b in calibration.bins:
        if b.pairs:
            interval = f"[{b.share_low:.3f}, {b.share_high:.3f}]"
            cells = [str(b.pairs), f"{b.mean_probability:.3f}", f"{b.share_suitable:.3f}", interval]
            rows.append([f"{b.low:.2f}–{b.high:.2f}", *cells])
    return heading, rows


def need_table(evaluation: Evaluation, titles: Mapping[str, str], language: str) -> Table:
    """One row a need, worst first, figures as numbers."""
    names = list(evaluation.measures)
    keys = ("judged", "relevant", "listed", "first_rank")
    heading = [word("need", language), word("title", language), *names, *(word(key, language) for key in keys)]
    rows = [
        [
            n.need,
            titles.get(n.need, ""),
            *(n.figures[name] for name in names),
            n.judged,
            n.relevant,
            n.listed,
            n.first_rank,
        ]
        for n in evaluation.worst(len(evaluation.needs))
    ]
    return heading, rows


def missed_table(evaluation: Evaluation, titles: Mapping[str, str], language: str) -> Table:
    """One row for each relevant offer outside a need's first places."""
    heading = [word(key, language) for key in ("need", "title", "offer", "title", "grade", "rank")]
    rows = [
        [n.need, titles.get(n.need, ""), m.offer, titles.get(m.offer, ""), m.grade, m.rank]
        for n in evaluation.worst(len(evaluation.needs))
        for m in n.missed
    ]
    return heading, rows


def workbook_tables(
    evaluation: Evaluation, comparison: Comparison | None, titles: Mapping[str, str], language: str
) -> dict[str, Table]:
    """Sheet name -> table, figures as numbers wherever a reader may want to calculate."""
    spread = ["low", "high", "standard_error", "count"]
    tables: dict[str, Table] = {
        word("measure", language): (
            [word("measure", language), word("value", language), *spread],
            [[name, e.value, e.low, e.high, e.standard_error, e.count] for name, e in evaluation.measures.items()],
        ),
        word("need", language): need_table(evaluation, titles, language),
        word("missed", language): missed_table(evaluation, titles, language),
        word("exposure", language): (
            [word("offer", language), word("title", language), word("times", language)],
            [[offer, titles.get(offer, ""), times] for offer, times in evaluation.exposure.most_shown],
        ),
    }
    if evaluation.calibration:
        tables[word("calibration", language)] = (
            ["low", "high", word("pairs", language), word("predicted", language), word("observed", language)],
            [[b.low, b.high, b.pairs, b.mean_probability, b.share_suitable] for b in evaluation.calibration.bins],
        )
    if comparison:
        tables[word("comparison", language)] = comparison_table(comparison, language)
        tables[word("moved", language)] = (
            [word("need", language), word("title", language), comparison.first, comparison.second],
            [[need, titles.get(need, ""), mine, other] for need, mine, other in comparison.moved],
        )
    return tables


def _aligned(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    table = [list(heading), *[list(row) for row in rows]]
    widths = [max(_width(row[column]) for row in table) for column in range(len(heading))]
    return ["  ".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)).rstrip() for row in table]


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
