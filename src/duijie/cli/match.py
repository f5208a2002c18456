"""`duijie match NEEDS OFFERS -o OUT`: match two spreadsheets, with no server and no database."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from duijie.cli import tables
from duijie.cli.language import Language
from duijie.engines.matching import COMPLEMENTS, Document, Match, MatchIndex, Ranking
from duijie.engines.matching.diversity import WINDOW, diverse_order
from duijie.engines.matching.encoder import EncoderMissing, load_encoder

FILE = click.Path(path_type=Path, dir_okay=False)
SHEET_ROWS = 1_048_575
SHORT = 50
"""Lists of so many offers a need are for people."""
REASONS_OF_ALL = 50
"""Where all offers are listed, how many of the first ones are given reasons."""

_GIVING = sorted({row.giving for row in COMPLEMENTS})
_ASKING = sorted({row.asking for row in COMPLEMENTS})


@dataclass(frozen=True, slots=True)
class Line:
    """One need with its matches; ids as they stand in the files."""

    need_id: str
    need: Document
    matches: list[tuple[str, Match]]


@click.command()
@click.argument("needs", type=FILE)
@click.argument("offers", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, help="结果文件，.xlsx 或 .csv / result, .xlsx or .csv")
@click.option(
    "--top",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="每条需求保留几条，0 为全部 / per need, 0 for all",
)
@click.option(
    "--needs-kind",
    type=click.Choice(_ASKING),
    default="need",
    show_default=True,
    help="第一个文件的类型 / kind of the first file",
)
@click.option(
    "--offers-kind",
    type=click.Choice(_GIVING),
    default="technology",
    show_default=True,
    help="第二个文件的类型 / kind of the second",
)
@click.option("--ranking", "ranking_file", type=FILE, help="duijie train 得到的权重 / weights from duijie train")
@click.option(
    "--encoder", help="可选的向量模型（ONNX 文件夹或名称）/ optional encoder: folder with model.onnx, or a name"
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="语言 / language")
def match(
    needs: Path, offers: Path, output: Path, top: int, needs_kind: str, offers_kind: str, ranking_file: Path | None,
    encoder: str | None, lang: str | None,
) -> None:  # fmt: skip
    """为 NEEDS 中的每条需求在 OFFERS 中找到最合适的对象。

    For every row of NEEDS the best rows of OFFERS, with reasons. Both are .xlsx, .xls or .csv files with a column of titles
    (标题, 名称, title); other columns are used where they are named (编号, 内容, 关键词, 行业, 地区, 预算 and the like).
    """
    language = Language.chosen(lang)
    try:
        _run(needs, offers, output, top, (needs_kind, offers_kind), (ranking_file, encoder), language)
    except (tables.TableError, EncoderMissing, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _run(
    needs: Path,
    offers: Path,
    output: Path,
    top: int,
    kinds: tuple[str, str],
    models: tuple[Path | None, str | None],
    language: Language,
) -> None:
    if output.suffix.lower() not in (".xlsx", ".csv"):
        raise tables.TableError(
            language.say(
                f"结果文件应为 .xlsx 或 .csv：{output.name}", f"The result is to be .xlsx or .csv: {output.name}"
            )
        )
    if not any((row.asking, row.giving) == kinds for row in COMPLEMENTS):
        raise tables.TableError(
            language.say(
                f"{kinds[0]} 与 {kinds[1]} 不是互补的类型。", f"{kinds[0]} and {kinds[1]} do not complete each other."
            )
        )
    wanted = tables.documents(tables.read_table(needs, language), kinds[0], language)
    given = tables.documents(tables.read_table(offers, language), kinds[1], language)
    if output.suffix.lower() == ".xlsx" and len(wanted) * (min(top, len(given)) if top else len(given)) > SHEET_ROWS:
        raise tables.TableError(
            language.say(
                "结果超过一张工作表的行数，请改用 .csv 或减小 --top。",
                "The result has more rows than a sheet can hold: use .csv or a smaller --top.",
            )
        )
    ranking = Ranking.load(models[0]) if models[0] else None
    with progress_bar() as bar, MatchIndex.in_memory(ranking) as index:
        index.encoder = load_encoder(models[1]) if models[1] else None
        index.upsert(document for _, document in (*wanted, *given))
        _prepare(index, bar, language)
        lines = _matched(
            index, wanted, {document.id: identity for identity, document in given}, top, kinds[1], bar, language
        )
        if output.suffix.lower() == ".csv":
            _write_csv(output, lines, language)
        else:
            from duijie.cli.match_workbook import write_workbook

            write_workbook(output, list(lines), index.ranking, language, (needs.name, offers.name, len(given)))
    click.echo(
        language.say(f"已写入 {output}（{len(wanted)} 条需求）", f"Written {output} ({len(wanted)} needs)"), err=True
    )


def progress_bar() -> Progress:
    """A bar on stderr, so that stdout stays free."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _prepare(index: MatchIndex, bar: Progress, language: Language) -> None:
    names = {"read": language.say("读取文本", "reading texts"), "model": language.say("学习用语", "learning the terms")}
    tasks = {name: bar.add_task(label, total=None) for name, label in names.items()}
    index.refresh(lambda step, done, total: bar.update(tasks[step], completed=done, total=total))


def _matched(
    index: MatchIndex,
    wanted: list[tuple[str, Document]],
    names: dict[str, str],
    top: int,
    kind: str,
    bar: Progress,
    language: Language,
) -> Iterator[Line]:
    for identity, need in bar.track(wanted, description=language.say("对接", "matching")):
        yield Line(identity, need, [(names[each.id], each) for each in _found(index, need, top, kind)])


def _found(index: MatchIndex, need: Document, top: int, kind: str) -> list[Match]:
    """A short list, which people read, without near-copies in its first ten; a long one, which programs read, by score alone."""
    if not 0 < top <= SHORT:
        return index.match(need, top=top, kinds=[kind], reasons=top or REASONS_OF_ALL)
    found = index.match(need, top=max(top, WINDOW), kinds=[kind], reasons=False)
    order = diverse_order(
        [each.probability for each in found],
        [each.document.title for each in found],
        [each.document.organisation or each.document.owner or None for each in found],
    )
    return [
        replace(found[place], rank=rank, reasons=index.reasons_between(need, found[place].document))
        for rank, place in enumerate(order[:top], 1)
    ]


def falling(matches: Iterable[tuple[str, Match]]) -> Iterator[tuple[str, Match, float]]:
    """Each match with a score that is strictly lower than the one before it; equal ones are lowered by a billionth each."""
    last = float("inf")
    for identity, found in matches:
        last = min(found.score, last - 1e-9)
        yield identity, found, last


def _write_csv(output: Path, lines: Iterable[Line], language: Language) -> None:
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("need_id", "offer_id", "score", "reasons"))
        for line in lines:
            for identity, found, score in falling(line.matches):
                said = " ".join(found.reasons.sentences(language.code)) if found.reasons else ""
                writer.writerow((line.need_id, identity, f"{score:.9f}", said))
