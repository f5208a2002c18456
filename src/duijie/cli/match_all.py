"""`duijie match-all`: every need of a large file against every offer of another, resumable, here or on a Ray cluster."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from duijie.cli.language import Language

if TYPE_CHECKING:
    from duijie.engines.matching.batch import Blocks
    from duijie.engines.matching.batch.lexical import WordBags

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
TEXT_COLUMNS = ("title", "keywords", "summary", "body")


@click.command("match-all")
@click.argument("needs", type=FILE)
@click.argument("offers", type=FILE)
@click.option("--folder", type=FOLDER, required=True, help="保存进度的文件夹，中断后可继续 / progress is kept here")
@click.option("-o", "--output", type=FILE, help="结果 .csv / the result as .csv")
@click.option("--top", type=click.IntRange(1), default=50, show_default=True, help="每条需求保留几条 / offers per need")
@click.option("--workers", type=click.IntRange(1), default=lambda: os.cpu_count() or 1, help="线程数 / threads")
@click.option(
    "--ray", "ray_address", help="在此地址的 Ray 集群上运行，local 为本机 / run on the Ray cluster at this address"
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="语言 / language")
def match_all(
    needs: Path,
    offers: Path,
    folder: Path,
    output: Path | None,
    top: int,
    workers: int,
    ray_address: str | None,
    lang: str | None,
) -> None:
    """大批量对接：NEEDS 的每条需求与 OFFERS 的全部供给，按词面得分取最好的几条。

    All pairs of two large tables (need_id or offer_id, title, keywords, summary, content), the best offers of each need by
    the words they share (BM25, exact). Started again with the same files it goes on where it was. For a few thousand needs
    with the full ranking and reasons use `duijie match`.
    """
    from duijie.engines.matching.faults import InputFault

    language = Language.chosen(lang)
    try:
        _run(needs, offers, folder, output, top, workers, ray_address, language)
    except InputFault as fault:
        raise click.ClickException(fault.sentence(language.code)) from fault


def _run(
    needs: Path,
    offers: Path,
    folder: Path,
    output: Path | None,
    top: int,
    workers: int,
    ray_address: str | None,
    language: Language,
) -> None:
    from duijie.engines.matching.batch import Blocks, Plan, all_pairs
    from duijie.engines.matching.batch.lexical import bm25_weights

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        need_ids, need_bags = _read(needs, "need_id", workers, bar, language.say("读取需求", "reading needs"))
        offer_ids, offer_bags = _read(offers, "offer_id", workers, bar, language.say("读取供给", "reading offers"))
        weights = bm25_weights(need_bags, offer_bags)
        del need_bags, offer_bags
        task = bar.add_task(language.say("对接", "matching"), total=None)
        finished = all_pairs(
            *weights, folder, plan=Plan(top=top, candidates=top), workers=workers, ray_address=ray_address,
            progress=lambda done, blocks: bar.update(task, completed=done, total=blocks),
        )  # fmt: skip
    assert finished is not None  # nothing asks it to stop
    if output:
        _write(output, need_ids, offer_ids, Blocks.opened(folder))
    click.echo(
        language.say(
            f"完成：{finished.needs} 条需求，校验和 {finished.checksum[:16]}",
            f"Done: {finished.needs} needs, checksum {finished.checksum[:16]}",
        )
    )


def _read(path: Path, key: str, workers: int, bar: Progress, label: str) -> tuple[list[str], WordBags]:
    """Identifiers and words of a table, read row by row; a repeated identifier is refused."""
    from duijie.engines.matching.batch.lexical import bags_of
    from duijie.engines.matching.evaluation.tables import identifier_in, rows_of
    from duijie.engines.matching.faults import at

    rows_by_id: dict[str, int] = {}
    task = bar.add_task(label, total=None)

    def texts() -> Iterator[str]:
        for row, (identity, *parts) in rows_of(path, (key,), TEXT_COLUMNS, or_plain=(key,)):
            identity = identifier_in(path, row, key, identity or "")
            if identity in rows_by_id:
                raise at(
                    path.name, row, key, "repeated", f"编号 {identity} 在第 {rows_by_id[identity]} 行已经出现过。",
                    f"{identity} stands in row {rows_by_id[identity]} already.",
                )  # fmt: skip
            rows_by_id[identity] = row
            yield "\n".join(part for part in parts if part)

    # Small files are read faster than processes start.
    processes = workers if path.stat().st_size > 20_000_000 else 1
    bags = bags_of(texts(), processes=processes, progress=lambda done: bar.update(task, completed=done, total=done))
    return list(rows_by_id), bags


def _write(output: Path, need_ids: list[str], offer_ids: list[str], blocks: Blocks) -> None:
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("need_id", "offer_id", "score"))
        for need, offers, scores in blocks.rows():
            writer.writerows(
                (need_ids[need], offer_ids[offer], f"{score:.6f}")
                for offer, score in zip(offers.tolist(), scores.tolist(), strict=True)
            )
