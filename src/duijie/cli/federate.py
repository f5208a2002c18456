"""Sources and other nodes from the command line: the same actions as the pages."""

from __future__ import annotations

import json
from typing import Any

import click

from duijie.cli.members import given, the_system
from duijie.cli.platform import platform_command


@click.group()
def source() -> None:
    """数据来源 / sources"""


_OPTIONS = [
    click.option("--member", "slug", required=True, help="成员的网址简称 / the member's short name"),
    click.option("--kind", required=True, help="sheet, feed, ckan, oai, dcat"),
    click.option("--name", default="", help="名称 / name; 缺省用地址 / the address by default"),
    click.option("--as", "listing_kind", default="notice", help="写成哪一类 / kind of listing"),
    click.option("--schedule", default="daily", help="by_hand, hourly, daily, weekly"),
    click.option("--subset", default=None, help="OAI-PMH set、CKAN 检索式 / a set or a query"),
    click.option("--field", "fields", multiple=True, help="本平台字段=对方字段，可重复 / ours=theirs, repeatable"),
    click.option("--draft/--publish", "draft", default=None, help="存为草稿或直接发布 / as drafts or at once"),
    click.option("--credential", default=None, envvar="DUIJIE_CREDENTIAL", help="凭据 / credential"),
    click.option("--credential-header", default=None),
]


def _described(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def _record(url: str, more: dict[str, Any]) -> Any:
    from duijie.core.schema import parse
    from duijie.federate.schemas import SourceRecord

    draft, fields = more.pop("draft"), more.pop("fields")
    values = given(**more) | {"url": url, "name": more.get("name") or url[:80], "fields": "\n".join(fields)}
    return parse(SourceRecord, values if draft is None else values | {"publish": not draft})


def _find(uid: str) -> Any:
    from duijie.federate import queries

    return queries.get_source(uid, the_system())


@source.command("add")
@click.argument("url")
@_described
@click.option("--run", "run_now", is_flag=True, help="马上采集 / run at once")
@platform_command
def add(url: str, slug: str, run_now: bool, **more: Any) -> None:
    """接入来源。Plug a source in."""
    from duijie.federate import actions
    from duijie.members.places import find_member

    made = actions.create_source(actor=the_system(), member=find_member(slug), record=_record(url, more))
    click.echo(made.uid)
    if run_now:
        _run(made, False)


@source.command("preview")
@click.argument("url")
@_described
@platform_command
def preview(url: str, slug: str, **more: Any) -> None:
    """看前 20 条会写成什么。The first twenty as they would be written."""
    from duijie.core.language import t
    from duijie.federate import actions
    from duijie.members.places import find_member

    found = actions.preview_source(actor=the_system(), member=find_member(slug), record=_record(url, more))
    for one in found.items:
        faults = "; ".join(t(f["zh"], f["en"]) for f in one.faults)
        click.echo(f"{'ok' if one.row else '--'}\t{one.title}\t{faults}")
    for name, example in found.names.items():
        click.echo(f"{name}\t{example}", err=True)


@source.command("list")
@click.option("--member", "slug", default="", help="成员的网址简称 / the member's short name")
@platform_command
def listed(slug: str) -> None:
    """列出来源。List the sources."""
    from duijie.federate import queries
    from duijie.members.places import find_member

    for row in queries.sources(the_system(), find_member(slug) if slug else None):
        click.echo(
            "\t".join([row.uid, row.member.slug, row.kind, row.last_status or "-", str(row.live or 0), row.name])
        )


@source.command("run")
@click.argument("uid")
@click.option("--whole", is_flag=True, help="全部重新取 / take everything anew")
@platform_command
def run(uid: str, whole: bool) -> None:
    """采集并等它结束。Harvest and wait for the end."""
    _run(_find(uid), whole)


def _run(found: Any, whole: bool) -> None:
    from duijie.core.errors import Fault
    from duijie.core.jobs import run_job
    from duijie.federate import actions, queries
    from duijie.federate.api.sources import run_data

    made = actions.start_run(actor=the_system(), source=found, whole=whole)
    run_job(made.job_id or 0)
    done = queries.get_run(made.uid, the_system())
    click.echo(json.dumps(run_data(done), ensure_ascii=False))
    if done.status == "failed":
        raise Fault(done.error_code, done.error_zh, done.error_en)


@source.command("log")
@click.argument("uid")
@click.option("--status", default="", help="done, skipped, failed, archived")
@platform_command
def log(uid: str, status: str) -> None:
    """逐条记录。Item by item."""
    from duijie.core.language import t
    from duijie.federate import queries

    for item in queries.items(the_system(), source=_find(uid), status=status).iterator(chunk_size=500):
        said = "; ".join(f"{e.get('place') or ''} {t(e['zh'], e['en'])}".strip() for e in item.log)
        click.echo("\t".join([item.status, item.remote_id, item.title, said]))


@source.command("remove")
@click.argument("uid")
@click.option("--archive", is_flag=True, help="一起归档信息 / archive its listings too")
@platform_command
def remove(uid: str, archive: bool) -> None:
    """移除来源。Take a source away."""
    from duijie.federate import actions

    actions.delete_source(actor=the_system(), source=_find(uid), archive=archive)
    click.echo("ok")


@click.group()
def node() -> None:
    """互联平台 / other nodes"""


@node.command("show")
@platform_command
def node_show() -> None:
    """本平台的地址、密钥和指纹。Who this installation is to others."""
    from duijie.federate.nodes.identity import document, own_key

    own_key()
    click.echo(json.dumps(document(), ensure_ascii=False, indent=1))


@node.command("register")
@click.argument("url")
@click.option("--name", required=True, help="平台名称 / name")
@click.option("--slug", required=True, help="网址简称 / short name")
@click.option("--region", default="浙江省", help="所在地区 / region")
@click.option("--fingerprint", default=None, help="电话核对的指纹 / as told by telephone")
@platform_command
def node_register(url: str, **more: Any) -> None:
    """登记另一个平台。Register another node with the key that it publishes."""
    from duijie.core.schema import parse
    from duijie.federate import actions
    from duijie.federate.schemas import PeerRecord

    made = actions.register_peer(actor=the_system(), record=parse(PeerRecord, given(url=url, **more)))
    click.echo(made.uid)


@node.command("list")
@platform_command
def node_list() -> None:
    """列出互联平台。List the nodes."""
    from duijie.federate.queries import peers

    for peer in peers(the_system()):
        click.echo("\t".join([peer.slug, "on" if peer.active else "off", peer.url, peer.name]))


@node.command("switch")
@click.argument("slug")
@click.argument("state", type=click.Choice(["on", "off"]))
@platform_command
def node_switch(slug: str, state: str) -> None:
    """停用或恢复与一个平台的互联。Switch the exchange with a node off or on."""
    from duijie.federate import actions
    from duijie.federate.queries import get_peer

    peer = actions.switch_peer(actor=the_system(), peer=get_peer(slug, the_system()), active=state == "on")
    click.echo(f"{peer.slug}\t{'on' if peer.active else 'off'}")


@node.command("letters")
@click.argument("slug")
@platform_command
def node_letters(slug: str) -> None:
    """与一个平台的来往信件。The letters exchanged with a node, newest first."""
    from duijie.federate.queries import get_peer, letters

    for letter in letters(the_system(), get_peer(slug, the_system()))[:200]:
        click.echo(
            "\t".join(
                [
                    letter.at.isoformat(timespec="seconds"),
                    letter.direction,
                    letter.kind,
                    letter.status,
                    letter.uid,
                    letter.reason_code,
                ]
            )
        )
