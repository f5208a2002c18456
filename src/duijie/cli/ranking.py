"""`duijie ranking`: which weights rank on this installation, learning from its answers, going back, taking the answers out."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import click

from duijie.cli.platform import platform_command


@click.command()
@click.option("--train", "learn", is_flag=True, help="现在学习 / learn from the answers now")
@click.option("--revert", is_flag=True, help="退回上一版 / go back one step")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="把答复写成 duijie train 的三个文件 / write the answers as the three files of `duijie train`",
)
@click.option("--confidential", is_flag=True, help="连同保密信息 / with confidential listings as well")
@platform_command
def ranking(learn: bool, revert: bool, folder: Path | None, confidential: bool) -> None:
    """匹配正在使用哪一版权重；从大家的答复里学习，或退回。

    Which weights are in force; learn from the verdicts, or go back. New weights are taken into use only where held-out needs are
    surely ranked better.
    """
    from duijie.core.access import SYSTEM
    from duijie.core.jobs import run_all
    from duijie.core.language import t
    from duijie.core.models import Job
    from duijie.match import actions

    if folder is not None:
        needs, pairs = _export(folder, confidential)
        click.echo(
            t(
                "已写入 {f}：{n} 条需求、{m} 个配对。",
                "Written to {f}: {n} needs, {m} pairs.",
                f=folder,
                n=needs,
                m=pairs,
            )
        )
    if revert:
        actions.take_back(actor=SYSTEM)
    if learn:
        job = actions.start_training(actor=SYSTEM)
        run_all()
        job = Job.objects.get(pk=job.pk)
        if job.status != Job.Status.DONE:
            click.echo(t(job.error.get("zh", ""), job.error.get("en", "")), err=True)
            sys.exit(1)
    _show()


def _show() -> None:
    from duijie.core.language import t
    from duijie.match.learning import in_force

    row = in_force()
    if row is None:
        click.echo(t("正在使用：随产品提供的权重。", "In force: the weights that ship with the product."))
        return
    click.echo(
        t("正在使用：{d} 学到的权重，{n} 条需求、{m} 个配对，留出需求 nDCG@10 {v}（原 {w}）。",
          "In force: weights learnt on {d} from {n} needs with {m} pairs; nDCG@10 of held-out needs {v} (before: {w}).",
          d=row.created_at.date(), n=row.needs, m=row.pairs, v=f"{row.ndcg_new:.4f}", w=f"{row.ndcg_before:.4f}")
    )  # fmt: skip


def _export(folder: Path, confidential: bool) -> tuple[int, int]:
    from duijie.match.documents import document_of
    from duijie.match.judgements import collected

    needs: dict[str, list[Any]] = {}
    offers: dict[str, list[Any]] = {}
    lines = []
    for answers in collected():
        for pk, grade in answers.grades.items():
            pair = (answers.asking, answers.giving[pk])
            if (pair[0].kind, pair[1].kind) != ("need", "technology"):
                continue
            if not confidential and any(one.confidential for one in pair):
                continue
            for rows, one in zip((needs, offers), pair, strict=True):
                document = document_of(one)
                body = "\n".join(part for part in (document.summary, document.body) if part)
                rows[one.uid] = [one.uid, document.title, " ".join(document.keywords), body]
            lines.append([pair[0].uid, pair[1].uid, grade])
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "needs.csv", ["need_id", "title", "keywords", "content"], list(needs.values()))
    _write(folder / "offers.csv", ["offer_id", "title", "keywords", "content"], list(offers.values()))
    _write(folder / "judgements.csv", ["need_id", "offer_id", "grade"], lines)
    return len(needs), len(lines)


def _write(path: Path, head: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
