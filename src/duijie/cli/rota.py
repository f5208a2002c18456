"""The rota of hosts from the command line."""

from __future__ import annotations

import json

import click

from duijie.cli.members import given, the_system
from duijie.cli.platform import platform_command


@click.group()
def rota() -> None:
    """轮值 / the rota of hosts"""


@rota.command("set-up")
@click.argument("title")
@click.option("--alliance", "alliance_name", required=True, help="联盟 / the alliance")
@click.option("--starts-on", required=True, help="2024-01-01")
@click.option("--length", default=None, help="一年、半年、一季度、一个月 / year, half, quarter, month")
@click.option("--rounds", default=6, help="先排几轮 / rounds to plan at once")
@platform_command
def set_up(title: str, alliance_name: str, starts_on: str, length: str | None, rounds: int) -> None:
    """设立轮值并排定。Set up a rota and plan it."""
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.places import find_alliance
    from duijie.members.schemas import RotaRecord

    record = parse(RotaRecord, given(title=title, starts_on=starts_on, length=length))
    made = actions.set_up_rota(actor=the_system(), alliance=find_alliance(alliance_name), record=record)
    actions.plan_rota(actor=the_system(), rota=made, rounds=rounds)
    click.echo(made.uid)


@rota.command("plan")
@click.argument("uid")
@click.option("--rounds", required=True, type=int, help="共几轮 / rounds in all")
@platform_command
def plan(uid: str, rounds: int) -> None:
    """重新排定。Plan anew; what has begun or is settled stays."""
    from duijie.members import actions, queries

    for found in actions.plan_rota(actor=the_system(), rota=queries.get_rota(the_system(), uid), rounds=rounds):
        click.echo(f"{found.number}\t{found.first_day}\t{found.last_day}\t{found.host}\t{found.reason}")


@rota.command("show")
@click.argument("alliance_name")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def show(alliance_name: str, as_json: bool) -> None:
    """列出各轮值办成员。List the rounds of an alliance's rotas."""
    from duijie.members import queries
    from duijie.members.places import find_alliance

    rows = [
        {"rota": each.title, "round": r.number, "from": r.first_day.isoformat(), "until": r.last_day.isoformat(),
         "host": r.host.name, "reason": r.reason}
        for each in queries.rotas(the_system(), find_alliance(alliance_name))
        for r in each.rounds.all()
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


@rota.command("host")
@click.argument("alliance_name")
@click.option("--on", "day", default="", help="哪一天，默认今天 / which day, today unless said")
@platform_command
def host(alliance_name: str, day: str) -> None:
    """某日由谁值办。Who hosts on a day."""
    from django.utils import timezone

    from duijie.core.calendar import parse_date
    from duijie.members import queries
    from duijie.members.places import find_alliance

    found = queries.host_on(find_alliance(alliance_name), parse_date(day) or timezone.localdate())
    click.echo(found.name if found else "—")
