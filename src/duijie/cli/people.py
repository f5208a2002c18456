"""API keys and people from the command line: the same actions as the pages, by the system as actor."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from duijie.cli.members import given, import_sheet, the_system, write_template
from duijie.cli.platform import platform_command


@click.group()
def key() -> None:
    """接口密钥 / API keys"""


@key.command("create")
@click.argument("name")
@click.option("--member", "member_name", default=None, help="属于哪个成员 / the member it belongs to")
@click.option("--organisation", "organisation_name", default=None, help="属于哪个单位 / the organisation it belongs to")
@click.option("--scope", "scopes", multiple=True, required=True, help="listings:write, ... (repeatable)")
@click.option("--expires-on", default=None, help="2027-12-31")
@platform_command
def key_create(
    name: str, member_name: str | None, organisation_name: str | None, scopes: tuple[str, ...], expires_on: str | None
) -> None:
    """新建密钥，只显示一次。Make a key; its secret is shown this once."""
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.places import find_member, find_organisation
    from duijie.members.schemas import ApiKeyRecord

    record = parse(ApiKeyRecord, given(name=name, scopes=list(scopes), expires_on=expires_on))
    _, secret = actions.create_api_key(
        actor=the_system(),
        record=record,
        member=find_member(member_name) if member_name else None,
        organisation=find_organisation(organisation_name) if organisation_name else None,
    )
    click.echo(secret)


@key.command("list")
@click.option("--member", "member_name", default=None)
@platform_command
def key_list(member_name: str | None) -> None:
    """列出密钥。List keys: prefix, owner, purpose, scopes, live or not, last use."""
    from duijie.members import queries
    from duijie.members.places import find_member

    found = queries.api_keys(the_system(), member=find_member(member_name) if member_name else None)
    for line in found:
        used = line.last_used_at.isoformat(timespec="minutes") if line.last_used_at else "-"
        click.echo("\t".join([line.prefix, line.owner, line.name, ",".join(line.scopes), str(line.is_live), used]))


@key.command("rotate")
@click.argument("prefix")
@click.option("--overlap-days", type=click.IntRange(0, 90), default=7, show_default=True)
@platform_command
def key_rotate(prefix: str, overlap_days: int) -> None:
    """换发密钥。Rotate a key; the old one keeps working for the overlap."""
    from duijie.members import actions

    _, secret = actions.rotate_api_key(actor=the_system(), key=_key(prefix), overlap=timedelta(days=overlap_days))
    click.echo(secret)


@key.command("revoke")
@click.argument("prefix")
@platform_command
def key_revoke(prefix: str) -> None:
    """撤销密钥。Revoke a key at once."""
    from duijie.members import actions

    actions.revoke_api_key(actor=the_system(), key=_key(prefix))
    click.echo("ok")


def _key(prefix: str) -> Any:
    from duijie.members.models import ApiKey
    from duijie.members.places import unknown

    found = ApiKey.objects.filter(prefix=prefix).first()
    if found is None:
        raise unknown("key", "密钥", "key", prefix, place="prefix")
    return found


@click.group()
def user() -> None:
    """用户 / people"""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--username", default=None)
@click.option("--password", default=None, help="留空则生成一个 / one is made where it is left out")
@click.option("--role", default=None, help="例如 platform、liaison / a role to begin with")
@click.option("--scope", type=click.Choice(["platform", "alliance", "member", "organisation"]), default=None)
@click.option("--where", default="", help="联盟、成员或单位的名称 / its alliance, member or organisation")
@platform_command
def user_create(
    email: str, name: str, username: str | None, password: str | None, role: str | None, scope: str | None, where: str
) -> None:
    """新建用户，可同时授予角色。Make a person, with a first role if you like."""
    from django.db import transaction

    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.schemas import PersonRecord

    record = parse(PersonRecord, given(email=email, name=name, username=username))
    chosen = password or secrets.token_urlsafe(12)
    with transaction.atomic():
        person = actions.create_person(actor=the_system(), record=record, password=chosen)
        if role:
            _grant(person, role, scope, where)
    click.echo(person.username if password else f"{person.username}\t{chosen}")


@user.command("role")
@click.argument("person")
@click.argument("role")
@click.option("--scope", type=click.Choice(["platform", "alliance", "member", "organisation"]), default=None)
@click.option("--where", default="", help="联盟、成员或单位的名称 / its alliance, member or organisation")
@click.option("--revoke", is_flag=True, help="收回 / take it away")
@platform_command
def user_role(person: str, role: str, scope: str | None, where: str, revoke: bool) -> None:
    """授予或收回角色。Give a role, or take it away."""
    from duijie.members import actions
    from duijie.members.models import RoleGrant
    from duijie.members.places import find_person

    found = find_person(person)
    if not revoke:
        _grant(found, role, scope, where)
    else:
        word, place, place_id = _scope(role, scope, where)
        for grant in RoleGrant.objects.filter(user=found, role=word, scope=place, scope_id=place_id):
            actions.revoke_role(actor=the_system(), grant=grant)
    click.echo("ok")


@user.command("template")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@platform_command
def user_template(output: Path) -> None:
    """写出人员的 Excel 模板。Write the Excel template of people."""
    write_template("people", output)


@user.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--member", "member_name", required=True, help="在哪个成员 / at which member")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@click.option("--good-rows", is_flag=True, help="只导入正确的行 / bring in the good rows although others have faults")
@click.option(
    "-o", "--marked", type=click.Path(path_type=Path, dir_okay=False), help="标错的副本写到这里 / the marked copy"
)
@platform_command
def user_import(file: Path, member_name: str, dry_run: bool, good_rows: bool, marked: Path | None) -> None:
    """按表格邀请人员。Invite people by sheet; exit status 1 where a row has a fault."""
    import_sheet("people", file, member_name, dry_run, good_rows, marked)


def _grant(person: Any, role: str, scope: str | None, where: str) -> None:
    from duijie.members import actions

    word, place, place_id = _scope(role, scope, where)
    actions.grant_role(actor=the_system(), person=person, role=word, scope=place, scope_id=place_id)


def _scope(role: str, scope: str | None, where: str) -> tuple[str, str, int]:
    """The role's stored word, the scope (the only one of the role where none is named), and the id of the place."""
    from duijie.core.schema.types import read_choice
    from duijie.members.choices import Role
    from duijie.members.places import find_scope
    from duijie.members.rules import ROLE_SCOPES

    word = read_choice(Role, role)
    place = scope or sorted(ROLE_SCOPES[word])[-1]
    return word, place, find_scope(place, where)
