"""Liaison officers from the command line: leave with substitutes, trainings with their lists and certificates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from duijie.cli.members import given, the_system
from duijie.cli.platform import platform_command


@click.group()
def leave() -> None:
    """休假和代理 / leave and substitutes"""


@leave.command("record")
@click.argument("person")
@click.option("--substitute", required=True, help="代理人的用户名或邮箱 / who stands in")
@click.option("--from", "first_day", required=True, help="2026-12-01")
@click.option("--until", "last_day", required=True, help="2026-12-11")
@click.option("--note", default=None, help="说明 / a note")
@platform_command
def leave_record(person: str, **values: Any) -> None:
    """登记休假和代理人。An officer is away; who stands in."""
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.schemas import AbsenceRecord

    record = parse(AbsenceRecord, given(person=person, **values))
    click.echo(actions.name_substitute(actor=the_system(), record=record).uid)


@leave.command("list")
@click.option("--over", is_flag=True, help="包括已结束的 / those that are past too")
@platform_command
def leave_list(over: bool) -> None:
    """列出休假。List who is away and who stands in."""
    from duijie.members import queries

    for one in queries.absences(the_system(), over=over):
        click.echo(f"{one.uid}\t{one.first_day}\t{one.last_day}\t{one.person}\t{one.substitute}")


@leave.command("end")
@click.argument("uid")
@platform_command
def leave_end(uid: str) -> None:
    """销假。The officer is back."""
    from duijie.members import actions, queries

    actions.end_absence(actor=the_system(), absence=queries.get_absence(the_system(), uid))
    click.echo("ok")


@click.group()
def training() -> None:
    """联络员培训 / trainings of liaison officers"""


@training.command("record")
@click.argument("title")
@click.option("--alliance", "alliance_name", required=True, help="联盟 / the alliance")
@click.option("--on", "held_on", required=True, help="2026-11-20")
@click.option("--hours", default=None, help="学时 / hours")
@click.option("--place", default=None, help="地点 / place")
@click.option("--teacher", default=None, help="授课 / teacher")
@platform_command
def training_record(title: str, alliance_name: str, **values: Any) -> None:
    """登记培训。Put a training on record."""
    from duijie.core.schema import parse
    from duijie.govern import actions
    from duijie.govern.schemas import TrainingRecord
    from duijie.members.places import find_alliance

    record = parse(TrainingRecord, given(title=title, **values))
    click.echo(actions.hold_training(actor=the_system(), alliance=find_alliance(alliance_name), record=record).uid)


@training.command("list")
@click.argument("alliance_name")
@platform_command
def training_list(alliance_name: str) -> None:
    """列出培训。List the trainings of an alliance."""
    from duijie.govern import queries
    from duijie.members.places import find_alliance

    for one in queries.trainings(the_system(), find_alliance(alliance_name)):
        click.echo(f"{one.uid}\t{one.held_on}\t{one.hours}\t{one.attended}\t{one.title}")


@training.command("import")
@click.argument("uid")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@platform_command
def training_import(uid: str, file: Path, dry_run: bool) -> None:
    """按表格登记报名和到课；有一行错误就全部不写。Who came, from a sheet: all of it or nothing."""
    from duijie.govern import queries
    from duijie.govern.sheets import bring_in

    found = queries.get_training(the_system(), uid)
    click.echo(json.dumps(bring_in(actor=the_system(), path=file, kind="attendance", training=found, dry_run=dry_run)))


@training.command("certify")
@click.argument("uid")
@platform_command
def training_certify(uid: str) -> None:
    """给到课而没有证书的人发证书。Give a certificate to everybody who came and has none."""
    from duijie.govern import actions, queries

    click.echo(str(actions.certify(actor=the_system(), training=queries.get_training(the_system(), uid))))
