"""The council and exchanges from the command line: what runs in the background by hand, and what is read or brought in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from duijie.cli.members import given, the_system
from duijie.cli.platform import platform_command


@click.group()
def council() -> None:
    """理事会 / the council"""


@council.command("charter")
@click.argument("alliance_name")
@click.argument("title")
@click.option("--from", "effective_on", required=True, help="2026-01-01")
@click.option("--quorum", "quorum_percent", default=None, help="到会比例 / percent")
@click.option("--veto", multiple=True, help="发起成员可否决的事项，可重复 / question with a founders' veto, repeatable")
@click.option(
    "--two-thirds", "two_thirds", multiple=True, help="须三分之二的事项，可重复 / question that needs two thirds"
)
@platform_command
def charter(alliance_name: str, **values: Any) -> None:
    """登记章程。Record a version of the charter."""
    from duijie.core.schema import parse
    from duijie.govern import actions
    from duijie.govern.schemas import CharterRecord
    from duijie.members.places import find_alliance

    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    record = parse(CharterRecord, given(**listed))
    click.echo(actions.adopt_charter(actor=the_system(), alliance=find_alliance(alliance_name), record=record).uid)


@council.command("propose")
@click.argument("alliance_name")
@click.argument("title")
@click.option("--kind", required=True, help="事项：活动、协议、行动计划…… / the question")
@click.option("--text", required=True, help="议案内容 / its text")
@click.option("--way", default=None, help="通讯表决、会议表决 / by circulation, in a meeting")
@click.option("--ballot", default=None, help="记名、无记名 / open, secret")
@click.option("--proposed-by", default=None, help="提案成员，留空则秘书处 / a member; the secretariat by default")
@click.option(
    "--about",
    default=None,
    help="对象：成员名称或编号 / a member, or the id of a plan, event, agreement or budget line",
)
@platform_command
def propose(alliance_name: str, **values: Any) -> None:
    """提出议案。Put a question before the council."""
    from duijie.core.schema import parse
    from duijie.govern import actions
    from duijie.govern.schemas import MotionRecord
    from duijie.members.places import find_alliance

    record = parse(MotionRecord, given(**values))
    click.echo(actions.propose_motion(actor=the_system(), alliance=find_alliance(alliance_name), record=record).uid)


@council.group("budget")
def budget() -> None:
    """联盟预算和议案的预算项 / an alliance's budget, the lines of a motion"""


@budget.command("show")
@click.argument("alliance_name")
@click.option("--year", type=int, default=None, help="默认今年 / this year by default")
@platform_command
def show_budget(alliance_name: str, year: int | None) -> None:
    """列出某年已批准的预算项和合计。The adopted lines of a year, and their sum."""
    from django.utils import timezone

    from duijie.core.money import Money, format_money
    from duijie.govern import queries
    from duijie.members.places import find_alliance

    found = queries.budget(the_system(), find_alliance(alliance_name), year or timezone.localdate().year)
    for row in found.rows:
        one = row.line
        number = one.resolution.label if one.resolution else ""
        amount = format_money(Money(one.amount_minor), exact=True)
        click.echo(f"{one.uid}\t{one.year}\t{one.item}\t{amount}\t{one.owner or '-'}\t{number}")
    click.echo(f"合计 total\t{found.year}\t{format_money(Money(found.total_minor), exact=True)}")


@budget.command("write")
@click.argument("motion")
@click.argument("item")
@click.option("--year", required=True, help="2027")
@click.option("--amount", required=True, help="金额 / the amount: 40万元")
@click.option("--item-en", default=None, help="英文名称 / the item in English")
@click.option("--purpose", default=None, help="用途 / what for")
@click.option("--owner", default=None, help="责任成员，留空则秘书处 / a member; the secretariat by default")
@click.option("--amends", default=None, help="要调整的预算项编号 / the id of the adopted line to be amended")
@platform_command
def write_line(motion: str, **values: Any) -> None:
    """给议案写一个预算项；同年同项的改写。Write a line of a motion's budget; the one of that year and item is written anew."""
    from duijie.core.schema import parse
    from duijie.govern import actions, queries
    from duijie.govern.schemas import BudgetLineRecord

    record = parse(BudgetLineRecord, given(**values))
    found = queries.get_motion(the_system(), motion)
    click.echo(actions.write_line(actor=the_system(), motion=found, record=record)[0].uid)


@budget.command("drop")
@click.argument("line")
@platform_command
def drop_line(line: str) -> None:
    """从讨论中的议案去掉一个预算项。Take a line out of a motion that is still discussed."""
    from duijie.govern import actions, queries

    actions.drop_line(actor=the_system(), line=queries.get_line(the_system(), line))
    click.echo("ok")


@budget.command("import")
@click.argument("motion")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@platform_command
def import_lines(motion: str, file: Path, dry_run: bool) -> None:
    """按表格写议案的预算项；有一行错误就全部不写。Write a motion's lines from a sheet: all of it or nothing."""
    from duijie.govern import queries
    from duijie.govern.sheets import bring_in

    found = queries.get_motion(the_system(), motion)
    click.echo(json.dumps(bring_in(actor=the_system(), path=file, kind="budget", motion=found, dry_run=dry_run)))


@budget.command("template")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@platform_command
def budget_template(output: Path) -> None:
    """写出预算项的 Excel 模板。Write the Excel template of budget lines."""
    from duijie.govern.sheets import write_template_of

    with output.open("wb") as handle:
        write_template_of("budget", handle)
    click.echo(str(output))


@council.command("motions")
@click.argument("alliance_name")
@click.option("--status", default="", help="discussion, voting, carried, rejected, withdrawn")
@platform_command
def motions(alliance_name: str, status: str) -> None:
    """列出议案。List the motions of an alliance."""
    from duijie.govern import queries
    from duijie.members.places import find_alliance

    for one in queries.motions(the_system(), alliance=find_alliance(alliance_name), status=status):
        click.echo(f"{one.uid}\t{one.status}\t{one.kind}\t{one.last_day or '-'}\t{one.title}")


@council.command("open")
@click.argument("uid")
@click.option("--last-day", required=True, help="表决最后一天 / the last day: 2026-12-18")
@platform_command
def open_vote(uid: str, last_day: str) -> None:
    """开始表决。Open the vote: text, rule and votes are fixed."""
    from duijie.core.calendar import parse_date
    from duijie.govern import actions, queries

    found = queries.get_motion(the_system(), uid)
    click.echo(actions.open_vote(actor=the_system(), motion=found, last_day=parse_date(last_day)).status)


@council.command("close")
@click.argument("uid")
@platform_command
def close_vote(uid: str) -> None:
    """结束表决并计票。Close a vote and count it."""
    from duijie.govern import actions, queries

    click.echo(actions.close_vote(actor=the_system(), motion=queries.get_motion(the_system(), uid)).status)


@council.command("withdraw")
@click.argument("uid")
@platform_command
def withdraw(uid: str) -> None:
    """撤回尚未表决的议案。Take a motion back before the vote begins."""
    from duijie.govern import actions, queries

    click.echo(actions.withdraw_motion(actor=the_system(), motion=queries.get_motion(the_system(), uid)).status)


@council.command("close-due")
@platform_command
def close_due() -> None:
    """结束已到期的表决并计票。Close and count every vote whose time is over."""
    from duijie.govern import actions

    click.echo(str(actions.close_due()))


@council.command("recount")
@click.argument("uid")
@platform_command
def recount(uid: str) -> None:
    """按选票重新计算并核对封存摘要。Count a decided motion again and compare with its seal; exit status 1 where they differ."""
    from dataclasses import asdict

    from duijie.govern import actions, queries

    motion = queries.get_motion(the_system(), uid)
    result, digest = actions.recount(motion)
    click.echo(json.dumps(asdict(result) | {"digest": digest, "sealed": motion.digest}, ensure_ascii=False))
    if digest != motion.digest:
        raise SystemExit(1)


@council.command("resolutions")
@click.argument("alliance_name")
@platform_command
def resolutions(alliance_name: str) -> None:
    """列出决议。List the resolutions of an alliance."""
    from duijie.govern import queries
    from duijie.members.places import find_alliance

    for found in queries.resolutions(the_system(), alliance=find_alliance(alliance_name)):
        click.echo(f"{found.label}\t{found.adopted_on}\t{found.title}\t{found.outcome}")


@click.group()
def exchange() -> None:
    """交流互访 / exchanges"""


@exchange.command("record")
@click.argument("title")
@click.option("--kind", required=True, help="挂职、互访、讲座 / secondment, visit, lecture")
@click.option("--sender", required=True, help="派出成员 / the member that sends")
@click.option("--host", required=True, help="接待方 / the host")
@click.option("--from", "first_day", required=True, help="2026-03-01")
@click.option("--until", "last_day", default=None)
@click.option("--people", default=None, help="人员，用顿号分开 / people, separated by 、")
@click.option("--status", default=None, help="计划中、已举行、已总结 / planned, held, reported")
@click.option("--outcome", default=None)
@click.option("--external-id", default=None)
@platform_command
def record(**values: Any) -> None:
    """登记一次交流。Put an exchange on record."""
    from duijie.core.schema import parse
    from duijie.govern import actions
    from duijie.govern.schemas import ExchangeRecord

    click.echo(actions.plan_exchange(actor=the_system(), record=parse(ExchangeRecord, given(**values))).uid)


@exchange.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@platform_command
def import_exchanges(file: Path, dry_run: bool) -> None:
    """按表格登记或更新交流；有一行错误就全部不写。Bring in a sheet of exchanges: all of it or nothing."""
    from duijie.govern.sheets import bring_in

    click.echo(json.dumps(bring_in(actor=the_system(), path=file, kind="exchanges", dry_run=dry_run)))


@exchange.command("template")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@platform_command
def template(output: Path) -> None:
    """写出交流的 Excel 模板。Write the Excel template of exchanges."""
    from duijie.govern.sheets import write_template_of

    with output.open("wb") as handle:
        write_template_of("exchanges", handle)
    click.echo(str(output))
