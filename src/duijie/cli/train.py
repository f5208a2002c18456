"""`duijie train`: fit the ranking to an office's own judgements, and take it into use only where it is better."""

from __future__ import annotations

import csv
from pathlib import Path

import click
import numpy as np

from duijie.cli import tables
from duijie.cli.language import Language
from duijie.cli.match import progress_bar
from duijie.engines.matching import Document, MatchIndex, Ranking, default_ranking
from duijie.engines.matching.training import (
    Judged,
    NotEnoughJudgements,
    Outcome,
    held_out_by,
    judged_needs,
    ndcg,
    train,
)

FILE = click.Path(path_type=Path, dir_okay=False)
_COLUMNS = {
    "need": ("need_id", "需求编号", "需求", "need"), "offer": ("offer_id", "供给编号", "成果编号", "供给", "offer"),
    "grade": ("grade", "等级", "评分", "匹配度"),
}  # fmt: skip
_GRADES = {"强": 4, "较强": 3, "弱": 2, "无": 1, "不相关": 1}


@click.command("train")
@click.argument("needs", type=FILE, required=False)
@click.argument("offers", type=FILE, required=False)
@click.argument("judgements", type=FILE, required=False)
@click.option("-o", "--output", type=FILE, required=True, help="权重文件 .json / file of weights")
@click.option("--needs-kind", default="need", show_default=True, help="第一个文件的类型 / kind of the first file")
@click.option(
    "--offers-kind", default="technology", show_default=True, help="第二个文件的类型 / kind of the second file"
)
@click.option("--revert", is_flag=True, help="恢复上一次的权重 / go back to the weights before the last training")
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="语言 / language")
def train_command(
    needs: Path | None, offers: Path | None, judgements: Path | None, output: Path, needs_kind: str, offers_kind: str, revert: bool,
    lang: str | None,
) -> None:  # fmt: skip
    """用评判记录重新学习排序权重；只有在未参与学习的需求上更好时才启用。

    Learns from JUDGEMENTS (need_id, offer_id, grade 1 to 4) on NEEDS and OFFERS. Every fifth of the needs is held out in turn; the new
    weights are written only where they rank held-out needs better than those in use (OUTPUT, or the shipped ones), the whole 95 %
    interval of the difference above zero. What they replace is kept beside them; --revert brings it back.
    """
    language = Language.chosen(lang)
    try:
        if revert:
            _revert(output, language)
            return
        if needs is None or offers is None or judgements is None:
            raise tables.TableError(
                language.say("请给出需求、供给和评判三个文件。", "Name three files: needs, offers, judgements.")
            )
        _train(needs, offers, judgements, output, (needs_kind, offers_kind), language)
    except NotEnoughJudgements as error:
        raise click.ClickException(
            language.say(
                "评判太少：需要多个需求，且既有合适的也有不合适的。",
                "Too few judgements: several needs, suitable and unsuitable ones, are required.",
            )
        ) from error
    except (tables.TableError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _previous(output: Path) -> Path:
    return output.with_suffix(".previous.json")


def _revert(output: Path, language: Language) -> None:
    if not _previous(output).is_file():
        raise tables.TableError(
            language.say(f"没有可恢复的权重：{_previous(output)}", f"Nothing to go back to: {_previous(output)}")
        )
    Ranking.load(_previous(output))
    _previous(output).replace(output)
    click.echo(language.say(f"已恢复 {output}", f"Restored {output}"))


def _train(
    needs: Path, offers: Path, judgements: Path, output: Path, kinds: tuple[str, str], language: Language
) -> None:
    wanted = tables.documents(tables.read_table(needs, language), kinds[0], language)
    given = tables.documents(tables.read_table(offers, language), kinds[1], language)
    grades = _grades(judgements, kinds, language)
    current = Ranking.load(output) if output.is_file() else default_ranking()
    with MatchIndex.in_memory(current) as index:
        index.upsert(document for _, document in (*wanted, *given))
        index.refresh()
        judged = _judged(index, [document for _, document in wanted], grades, language)
    outcome = train(judged, note=f"{len(judged)} needs, {sum(each.grades.size for each in judged)} judged pairs")
    if _better(judged, outcome, current, language):
        if output.is_file():
            output.replace(_previous(output))
        else:
            current.save(_previous(output))
        outcome.ranking.save(output)
        click.echo(language.say(f"已启用新权重：{output}", f"New weights taken into use: {output}"))
    else:
        click.echo(
            language.say(
                "新权重没有确定更好，保留原有权重。", "The new weights are not surely better: those in use are kept."
            )
        )


def _judged(
    index: MatchIndex, needs: list[Document], grades: dict[str, dict[str, int]], language: Language
) -> list[Judged]:
    with progress_bar() as bar:
        task = bar.add_task(language.say("比较", "comparing"), total=len(needs))
        return judged_needs(index, needs, grades, lambda done, _: bar.update(task, completed=done))


def _better(judged: list[Judged], outcome: Outcome, current: Ranking, language: Language) -> bool:
    new, old = ndcg(judged, outcome.logits), ndcg(judged, held_out_by(judged, current))
    difference = new - old
    half = 1.96 * difference.std(ddof=1) / np.sqrt(difference.size) if difference.size > 1 else np.inf
    click.echo(
        language.say(
            f"留出需求 {new.size} 条：nDCG@10 新 {new.mean():.4f}，原 {old.mean():.4f}，差 {difference.mean():+.4f} ± {half:.4f}",
            f"{new.size} needs held out: nDCG@10 new {new.mean():.4f}, in use {old.mean():.4f}, difference {difference.mean():+.4f} ± {half:.4f}",
        )
    )
    return bool(difference.mean() - half > 0)


def _grades(path: Path, kinds: tuple[str, str], language: Language) -> dict[str, dict[str, int]]:
    if not path.is_file():
        raise tables.TableError(language.say(f"找不到文件 {path}。", f"There is no file {path}."))
    found: dict[str, dict[str, int]] = {}
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except UnicodeDecodeError:
        rows = list(csv.DictReader(path.read_text(encoding="gb18030").splitlines()))
    names = {
        part: next((name for name in aliases if rows and name in rows[0]), "") for part, aliases in _COLUMNS.items()
    }
    if not rows or not all(names.values()):
        raise tables.TableError(
            language.say(
                f"文件 {path.name} 应有 need_id、offer_id、grade 三列。",
                f"{path.name} needs columns need_id, offer_id and grade.",
            )
        )
    for number, row in enumerate(rows, 2):
        raw = (row[names["grade"]] or "").strip()
        grade = _GRADES.get(raw, int(raw) if raw.isdecimal() else 0)
        if not 1 <= grade <= 4:
            raise tables.TableError(
                language.say(
                    f"文件 {path.name} 第 {number} 行：等级应为 1 至 4，而不是“{raw}”。",
                    f"{path.name}, row {number}: a grade is 1 to 4, not “{raw}”.",
                )
            )
        found.setdefault(f"{kinds[0]}:{row[names['need']]}", {})[f"{kinds[1]}:{row[names['offer']]}"] = grade
    return found
