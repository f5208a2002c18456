"""Indicators, rounds and editions from the command line: the same actions as the pages, by the system as actor."""

from __future__ import annotations

import json
from pathlib import Path

import click

from duijie.cli.members import the_system
from duijie.cli.platform import platform_command


@click.group()
def indicator() -> None:
    """指标与观测值 / indicators and values"""


@indicator.command("list")
@click.option("--q", default="", help="名称或代码 / name or code")
@platform_command
def indicator_list(q: str) -> None:
    """列出指标。List indicators: code, name, unit, frequency."""
    from duijie.core.indicators import indicators

    for one in indicators(text=q):
        click.echo("\t".join([one.code, one.name, one.unit, one.frequency]))


@indicator.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--title", default="", help="版次名称 / name of the vintage")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@platform_command
def indicator_import(file: Path, title: str, dry_run: bool) -> None:
    """导入观测值（整洁表或 SDMX-CSV）。Import values from a tidy table or SDMX-CSV; nothing where one is wrong."""
    from duijie.measure import actions
    from duijie.measure.interchange import read_values

    found = actions.import_values(actor=the_system(), rows=read_values(file), title=title or file.name, dry_run=dry_run)
    click.echo(json.dumps({"dry_run": dry_run, "written": found.written, "unchanged": found.unchanged}))


@indicator.command("export")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".csv / .xlsx / .sdmx.csv"
)
@click.option("--code", "codes", multiple=True, help="指标代码，可重复 / indicator, repeatable")
@click.option("--every-vintage", is_flag=True, help="所有版次 / every vintage")
@platform_command
def indicator_export(output: Path, codes: tuple[str, ...], every_vintage: bool) -> None:
    """导出观测值。Write values to a file."""
    from duijie.core.indicators import observations
    from duijie.measure.interchange import to_sdmx_csv, write_tidy

    rows = list(observations(the_system(), codes=list(codes) or None, every_vintage=every_vintage))
    if output.name.endswith(".sdmx.csv"):
        output.write_bytes(to_sdmx_csv(rows))
    else:
        with output.open("wb") as handle:
            write_tidy(rows, handle, form="xlsx" if output.suffix == ".xlsx" else "csv")
    click.echo(f"{len(rows)}\t{output}")


@indicator.command("measure")
@platform_command
def indicator_measure() -> None:
    """读取平台自身的统计并计算公式。Read the platform's own figures and compute the formulas."""
    from django.utils import timezone

    from duijie.measure.actions import record_computed, record_measures
    from duijie.measure.jobs import recent_periods

    periods = recent_periods(timezone.localdate())
    measured = record_measures(actor=the_system(), periods=periods)
    computed = record_computed(actor=the_system(), periods=[p.code for p in periods])
    click.echo(json.dumps({"measured": measured.written, "computed": computed.written}))


@click.group("round")
def round_group() -> None:
    """采集轮次 / rounds of collection"""


@round_group.command("status")
@platform_command
def round_status() -> None:
    """各轮次的进度。How far each round is."""
    from collections import Counter

    from duijie.measure import queries

    for one in queries.rounds(the_system()):
        counts = Counter(s.status for s in queries.submissions(the_system(), round=one))
        click.echo("\t".join([one.uid, one.title, one.period, one.status, json.dumps(counts, sort_keys=True)]))


@round_group.command("template")
@click.argument("submission")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@platform_command
def round_template(submission: str, output: Path) -> None:
    """写出一份填报的 Excel 模板。Write the Excel template of a submission."""
    from duijie.measure import queries
    from duijie.measure.sheets import write_sheet

    with output.open("wb") as handle:
        write_sheet(queries.sheet_of(the_system(), queries.submission(the_system(), submission)), handle)
    click.echo(str(output))


@round_group.command("fill")
@click.argument("submission")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@platform_command
def round_fill(submission: str, file: Path, dry_run: bool) -> None:
    """读入填好的表格。Take over a filled sheet; nothing where one cell is wrong."""
    from duijie.core.errors import Fault
    from duijie.measure import actions, queries
    from duijie.measure.sheets import placed, read_sheet

    cells, places = read_sheet(file)
    try:
        actions.fill(
            actor=the_system(), submission=queries.submission(the_system(), submission), cells=cells, dry_run=dry_run
        )
    except Fault as fault:
        raise placed(fault, places) from None
    click.echo(json.dumps({"dry_run": dry_run, "cells": len(cells)}))


@round_group.command("verify")
@click.argument("submission")
@platform_command
def round_verify(submission: str) -> None:
    """核验一份已提交的填报。Verify a submission that was handed in."""
    from duijie.measure import actions, queries

    row = actions.verify(actor=the_system(), submission=queries.submission(the_system(), submission))
    click.echo("\t".join([row.uid, row.member.slug, row.status]))


@round_group.command("return")
@click.argument("submission")
@click.option("--reason", required=True, help="原因 / why")
@platform_command
def round_return(submission: str, reason: str) -> None:
    """退回一份已提交的填报。Give a submission back to be mended."""
    from duijie.measure import actions, queries

    found = queries.submission(the_system(), submission)
    row = actions.return_submission(actor=the_system(), submission=found, reason=reason)
    click.echo("\t".join([row.uid, row.member.slug, row.status]))


@round_group.command("publish")
@click.argument("round_id", metavar="ROUND")
@platform_command
def round_publish(round_id: str) -> None:
    """发布一轮中已核验的填报。Put the verified submissions of a round on record as one vintage."""
    from duijie.measure import actions, queries

    vintage = actions.publish_round(actor=the_system(), round=queries.round_by_uid(the_system(), round_id))
    click.echo("\t".join([vintage.uid, vintage.title]))


@click.group()
def edition() -> None:
    """指数版本 / editions of indices"""


@edition.command("list")
@platform_command
def edition_list() -> None:
    """列出已发布的版本。List the editions: id, index, number, period, digest."""
    from duijie.measure import queries

    for one in queries.editions(the_system()):
        click.echo("\t".join([one.uid, one.design.slug, str(one.number), one.period, one.digest]))


@edition.command("verify")
@platform_command
def edition_verify() -> None:
    """逐版重算并核对指纹。Make every edition again and compare its digest; exit status 1 where one differs."""
    import sys

    from duijie.core.errors import Fault
    from duijie.measure import queries
    from duijie.measure.actions.editions import rebuild

    wrong = 0
    for one in queries.editions(the_system()):
        whole = queries.edition(the_system(), one.uid)
        try:
            same = rebuild(whole) == whole.digest
        except Fault:  # what was altered may not even run again
            same = False
        wrong += not same
        click.echo(f"{'ok' if same else '!!'}\t{one.design.slug}\t{one.number}\t{one.digest}")
    sys.exit(1 if wrong else 0)
