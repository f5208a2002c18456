"""Deals, projects, periods and rates from the command line: the same actions as the pages, by the system as actor."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from duijie.cli.members import given, import_sheet, the_system, write_template
from duijie.cli.platform import platform_command


def _find_deal(uid: str) -> Any:
    from duijie.land.queries import get_deal

    return get_deal(the_system(), uid)


@click.group()
def deal() -> None:
    """项目线索 / deals"""


@deal.command("list")
@click.option("--member", default="", help="主办成员 / the member in charge")
@click.option("--stage", "stages", multiple=True, help="阶段，可重复 / stage, repeatable")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def deal_list(member: str, stages: tuple[str, ...], as_json: bool) -> None:
    """列出项目。List the deals, the latest change of stage first."""
    from duijie.core.schema.types import read_choice
    from duijie.land.api.shapes import deal_out
    from duijie.land.choices import Stage
    from duijie.land.queries import deals

    rows = deals(the_system(), member=member, stage=[read_choice(Stage, s) for s in stages])
    if as_json:
        click.echo(json.dumps([deal_out(d) for d in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join((row.uid, Stage.named(row.stage), str(row.stage_since), row.owner_member.name, row.title)))


@deal.command("add")
@click.argument("title")
@click.option("--member", "member_name", required=True, help="主办成员 / the member in charge")
@click.option("--kind", required=True, help="产业投资、技术合作 ... / investment, technology, ...")
@click.option("--amount", default=None, help="1.2亿元")
@click.option("--origin", default=None, help="来源地 / where it comes from")
@click.option("--industry", default=None)
@click.option("--source", default=None, help="驻点招商、活动 ... / posted_team, event, ...")
@click.option("--source-label", default=None)
@click.option("--stage", default=None)
@click.option("--stage-on", default=None, help="2026-11-21")
@click.option("--other", "other_names", multiple=True, help="平台外的对方，可重复 / a party outside, repeatable")
@click.option("--external-id", default=None)
@platform_command
def deal_add(member_name: str, other_names: tuple[str, ...], **values: Any) -> None:
    """登记或按编号更新。Register a deal, or change the one with that external id."""
    from duijie.core.schema import parse
    from duijie.land.actions import upsert_deal
    from duijie.land.schemas import DealRecord
    from duijie.members.places import find_member

    record = parse(DealRecord, given(**values, other_names=list(other_names)))
    found, what = upsert_deal(actor=the_system(), member=find_member(member_name), record=record)
    click.echo(f"{found.uid} {what}")


@deal.command("move")
@click.argument("uid")
@click.argument("stage")
@click.option("--on", "effective_on", default=None, help="2026-11-21")
@click.option("--evidence", multiple=True, help="contract=投资协议 2026-17")
@click.option("--version", type=int, default=None, help="您读到的版本 / the version that was read")
@platform_command
def deal_move(uid: str, stage: str, effective_on: str | None, evidence: tuple[str, ...], version: int | None) -> None:
    """推进到某阶段。Move a deal to a stage."""
    from duijie.core.schema import parse
    from duijie.land.actions import move_deal
    from duijie.land.schemas import MoveRecord

    shown = dict(item.split("=", 1) for item in evidence if "=" in item)
    record = parse(MoveRecord, given(stage=stage, effective_on=effective_on, **shown))
    moved = move_deal(actor=the_system(), deal=_find_deal(uid), record=record, version=version)
    click.echo(f"{moved.uid} {moved.stage} {moved.stage_since}")


@click.group()
def project() -> None:
    """签约项目 / projects"""


@project.command("list")
@click.option("--member", default="", help="落地成员 / the member")
@click.option("--flag", default="", help="risk, late, cancelled, repeat")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def project_list(member: str, flag: str, as_json: bool) -> None:
    """列出项目。List the projects, the latest signing first."""
    from duijie.land.api.shapes import project_out
    from duijie.land.queries import projects

    rows = projects(the_system(), member=member, flag=flag).select_related("zone")
    if as_json:
        click.echo(json.dumps([project_out(p) for p in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        total = f"{row.total_cny_minor / 100:.2f}"
        click.echo("\t".join((row.uid, str(row.signed_on or "-"), total, row.owner_member.name, row.name)))


@project.command("report")
@click.argument("project_name")
@click.option("--member", "member_name", required=True, help="落地成员 / the member")
@click.option("--kind", required=True, help="实到资金、产值、税收 ... / paid_in, output, tax, ...")
@click.option("--amount", required=True, help="1200万元")
@click.option("--month", default=None, help="2026-11")
@click.option("--on", default=None, help="2026-11-21")
@click.option("--source", default=None, help="内资、外资 / domestic, foreign")
@click.option("--rate", default=None)
@click.option("--evidence", default=None)
@click.option("--reason", default=None, help="更正原因 / why it is corrected")
@platform_command
def project_report(project_name: str, member_name: str, **values: Any) -> None:
    """填报或更正一个数据。Report a figure of a project (by id or name), or correct it."""
    from duijie.core.schema import parse
    from duijie.land.actions import find_project, record_figure
    from duijie.land.schemas import FigureRecord
    from duijie.members.places import find_member

    found = find_project(project_name, find_member(member_name), place="project")
    record = parse(FigureRecord, given(**values))
    figure, what = record_figure(actor=the_system(), project=found, record=record)
    click.echo(f"{figure.uid} {what}")


def _sheets(group: click.Group, kind: str) -> None:
    """`template` and `import` of a kind of sheet under its group."""

    @group.command("template")
    @click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
    @platform_command
    def template(output: Path) -> None:
        """写出 Excel 模板。Write the Excel template."""
        write_template(kind, output)

    @group.command("import")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option("--member", "member_name", required=True, help="成员 / the member")
    @click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
    @click.option(
        "--good-rows", is_flag=True, help="只导入正确的行 / bring in the good rows although others have faults"
    )
    @click.option(
        "-o", "--marked", type=click.Path(path_type=Path, dir_okay=False), help="标错的副本 / the marked copy"
    )
    @platform_command
    def bring_in(file: Path, member_name: str, dry_run: bool, good_rows: bool, marked: Path | None) -> None:
        """按表格导入。Bring a sheet in; exit status 1 where a row has a fault."""
        import_sheet(kind, file, member_name, dry_run, good_rows, marked)


def _export(group: click.Group, kind: str, name: str, zh: str, en: str) -> None:
    @group.command(name, help=f"{zh}。{en}.")
    @click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".xlsx, .csv")
    @click.option("--member", default="", help="成员 / the member")
    @platform_command
    def export(output: Path, member: str) -> None:
        from duijie.core.sheets import write_table
        from duijie.land import queries
        from duijie.land.exporting import export_of, read_together

        found = queries.deals if kind == "deals" else queries.projects
        rows, exported = found(the_system(), member=member), export_of(kind)
        lines = (line for row in read_together(kind, rows) for line in exported.lines(row, the_system()))
        click.echo(f"{output}\t{write_table(exported.columns, lines, output)}")


_sheets(deal, "deals")
_sheets(project, "projects")
_export(deal, "deals", "export", "导出为表格，改后可再导入", "Write the deals as a sheet that can be brought in again")
_export(
    project,
    "projects",
    "export",
    "导出为表格，改后可再导入",
    "Write the projects as a sheet that can be brought in again",
)
_export(
    project,
    "figures",
    "export-figures",
    "导出月度数据，补充后可再导入",
    "Write the monthly figures as a sheet that can be brought in again",
)


@click.group()
def period() -> None:
    """结账 / closed periods"""


def _period_command(name: str, words: str, closed: bool) -> None:
    @period.command(name, help=words)
    @click.argument("code")
    @click.option("--member", "member_name", required=True, help="成员 / the member")
    @click.option("--reason", default="", help="原因 / why")
    @platform_command
    def change(code: str, member_name: str, reason: str) -> None:
        from duijie.land.actions import close_period, reopen_period
        from duijie.members.places import find_member

        act = close_period if closed else reopen_period
        row = act(actor=the_system(), member=find_member(member_name), period=code, reason=reason)
        click.echo(row.period)


_period_command("close", "结账。Close a month, quarter, half-year or year.", True)
_period_command("reopen", "重新打开。Open a closed period again, saying why.", False)


@click.group()
def figures() -> None:
    """统计口径 / named figures"""


@figures.command("list")
@platform_command
def figures_list() -> None:
    """列出全部统计口径。List every named figure with its definition."""
    from duijie.core.measures import measures

    for one in measures():
        click.echo(f"{one.code}\t{one.label}\t{one.definition}")


@figures.command("show")
@click.argument("code")
@click.option("--from", "start", required=True, help="2017-01-01")
@click.option("--to", "end", required=True, help="2017-12-31")
@click.option("--member", "member_name", default="", help="成员 / the member")
@click.option("--known-at", default="", help="数据时点 / as known at, 2017-08-01 08:00")
@click.option("--filter", "filters", multiple=True, help="origin=上海")
@platform_command
def figures_show(code: str, start: str, end: str, member_name: str, known_at: str, filters: tuple[str, ...]) -> None:
    """算一个数：按成员和合计。Compute a figure, by member and in total, as known at an instant where one is given."""
    from duijie.core.calendar import parse_date, parse_instant
    from duijie.core.errors import Fault
    from duijie.core.measures import Question, measure
    from duijie.core.schema import parse
    from duijie.members.models import Member
    from duijie.members.places import find_member

    found = measure(code)
    first, last = parse_date(start), parse_date(end)
    if first is None or last is None:
        raise Fault("missing", "请写明起止日期。", "Give the first and the last day.", status=422)
    values = dict(item.split("=", 1) for item in filters if "=" in item)
    asked = parse(found.filters, values).model_dump(exclude_none=True) if found.filters else {}
    question = Question(
        first, last, frozenset({find_member(member_name).pk}) if member_name else None,
        known_at=parse_instant(known_at, place="known-at"), filters=asked,
    )  # fmt: skip
    totals = found.totals(question)
    names = dict(Member.objects.values_list("pk", "name"))
    for member_id, value in sorted(totals.items(), key=lambda pair: -pair[1]):
        click.echo(f"{names.get(member_id or 0, '-')}\t{value}")
    click.echo(f"=\t{sum(totals.values())}")


@figures.command("check")
@click.option("--rebuild", is_flag=True, help="从全部历史重建 / make the ledger anew from the histories")
@platform_command
def figures_check(rebuild: bool) -> None:
    """核对账与历史。Compare the ledger with the histories; exit status 1 where they differ."""
    from duijie.land import replay

    if rebuild:
        click.echo(replay.rebuild(), err=True)
    faults = replay.check()
    for line in faults[:50]:
        click.echo(line, err=True)
    click.echo("ok" if not faults else f"{len(faults)}")
    sys.exit(1 if faults else 0)
