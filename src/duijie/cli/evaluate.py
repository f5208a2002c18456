"""`duijie evaluate`: score a ranking on graded judgements, say where it fails, compare it with another one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duijie.cli.language import Language

if TYPE_CHECKING:
    from duijie.engines.matching.evaluation import Comparison, Evaluation, Settings

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("ranking", type=FILE)
@click.argument("judgements", type=FILE)
@click.option("--against", type=FILE, help="另一份排序，成对比较 / a second ranking to compare with, need by need")
@click.option("--needs", type=FILE, help="需求文件（need_id,title），诊断中显示标题 / titles of the needs")
@click.option(
    "--offers", type=FILE, help="供给文件（offer_id,title），并给出供给总数 / titles and number of the offers"
)
@click.option("--ndcg-at", type=click.IntRange(1), multiple=True, default=(10,), show_default=True)
@click.option("--recall-at", type=click.IntRange(1), multiple=True, default=(10, 50), show_default=True)
@click.option("--hit-at", type=click.IntRange(1), multiple=True, default=(1, 10), show_default=True)
@click.option("--exposure-at", type=click.IntRange(1), default=10, show_default=True, help="前列的长度 / first places")
@click.option(
    "--relevant", type=click.IntRange(2, 4), default=3, show_default=True, help="合适的最低等级 / lowest suitable grade"
)
@click.option(
    "--bins", type=click.IntRange(2, 100), default=10, show_default=True, help="校准分箱数 / calibration bins"
)
@click.option("--resamples", type=click.IntRange(100, 100_000), default=2000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--worst", type=click.IntRange(0), default=5, show_default=True, help="列出最差的几个需求 / worst needs shown"
)
@click.option("--json", "as_json_text", is_flag=True, help="向标准输出写 JSON / print JSON instead of text")
@click.option(
    "-o",
    "--output",
    type=FILE,
    multiple=True,
    help="写出 .json、.xlsx、.csv，或校准图 .svg / also write a report, or the reliability plot (.svg)",
)
@click.option(
    "--lang", "language", type=click.Choice(["zh", "en"]), default=None, help="报告语言 / language of the report"
)
def evaluate(
    ranking: Path,
    judgements: Path,
    against: Path | None,
    needs: Path | None,
    offers: Path | None,
    ndcg_at: tuple[int, ...],
    recall_at: tuple[int, ...],
    hit_at: tuple[int, ...],
    exposure_at: int,
    relevant: int,
    bins: int,
    resamples: int,
    seed: int,
    worst: int,
    as_json_text: bool,
    output: tuple[Path, ...],
    language: str | None,
) -> None:
    """用带等级的评判为一份排序打分。Score RANKING on graded JUDGEMENTS.

    \b
    RANKING     need_id,offer_id,score[,probability][,grade]   分数越高越靠前 / higher is better
    JUDGEMENTS  need_id,offer_id,grade                         1 不相关 2 较弱 3 较强 4 强 / none, weak, fairly strong, strong

    CSV, TSV (also .gz) or Excel; UTF-8 or GB 18030. Ties and missing offers take the worst order.
    """
    from duijie.engines.matching.evaluation import InputFault, Settings
    from duijie.engines.matching.evaluation.files import as_json, write
    from duijie.engines.matching.evaluation.presentation import as_text

    language = Language.chosen(language).code
    settings = Settings(ndcg_at, recall_at, hit_at, relevant, exposure_at, bins, resamples, seed)
    try:
        titles, pool = _titles(needs, offers)
        first, comparison = _score(ranking, judgements, against, settings, pool)
        for path in output:
            write(path, first, comparison, titles, language)
    except InputFault as fault:
        raise click.ClickException(fault.sentence(language)) from fault
    if as_json_text:
        click.echo(as_json(first, comparison))
    else:
        click.echo(as_text(first, comparison, language=language, worst=worst, titles=titles))


def _titles(needs: Path | None, offers: Path | None) -> tuple[dict[str, str], int | None]:
    from duijie.engines.matching.evaluation import read_titles

    offer_titles = read_titles(offers, "offer_id") if offers else {}
    need_titles = read_titles(needs, "need_id") if needs else {}
    return {**offer_titles, **need_titles}, len(offer_titles) if offers else None


def _score(
    ranking: Path, judgements: Path, against: Path | None, settings: Settings, pool: int | None
) -> tuple[Evaluation, Comparison | None]:
    from duijie.engines.matching.evaluation import collect, compare, read_judgements
    from duijie.engines.matching.evaluation import evaluate as score

    judged = read_judgements(judgements)
    evaluations = []
    for path in [ranking, *([against] if against else [])]:
        collected = collect(
            path, judged, relevant_grade=settings.relevant_grade, first=settings.exposure_at, progress=_show_rows
        )
        evaluations.append(score(collected, judged, settings, offers=pool))
    return evaluations[0], compare(*evaluations) if against else None


def _show_rows(rows: int) -> None:
    """A running count of rows on a terminal; nothing where the output goes to a file."""
    if sys.stderr.isatty():
        click.echo(f"\r{rows:,}", nl=False, err=True)
