"""Members, organisations, people and keys from the command line: the same actions as the pages, by the system as actor."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from duijie.cli.platform import platform_command


def the_system() -> Any:
    """The command line is run by whoever runs the installation; the audit trail calls it "system" through the door "cli"."""
    from dataclasses import replace

    from duijie.core.access import SYSTEM

    return replace(SYSTEM, via="cli")


def given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", ())}


@click.group()
def alliance() -> None:
    """联盟 / alliances"""


@alliance.command("found")
@click.argument("name")
@click.option("--slug", required=True, help="网址简称 / short name in addresses")
@click.option("--name-en", default=None)
@click.option("--parent", default=None, help="上级联盟的网址简称 / short name of the parent")
@click.option("--founded-on", default=None, help="2018-06-01")
@platform_command
def alliance_found(name: str, slug: str, name_en: str | None, parent: str | None, founded_on: str | None) -> None:
    """成立联盟或子联盟。Found an alliance or a sub-alliance."""
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.schemas import AllianceRecord

    record = parse(AllianceRecord, given(name=name, slug=slug, name_en=name_en, parent=parent, founded_on=founded_on))
    click.echo(actions.found_alliance(actor=the_system(), record=record).uid)


@click.group()
def member() -> None:
    """成员 / members"""


@member.command("list")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def member_list(as_json: bool) -> None:
    """列出成员。List the members with the number of their verified organisations."""
    from duijie.members import queries

    rows = [
        {"slug": m.slug, "name": m.name, "kind": m.kind, "region": m.region, "organisations": m.organisation_count}
        for m in queries.members(the_system())
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


@member.command("add")
@click.argument("name")
@click.option("--slug", required=True, help="网址简称 / short name in addresses")
@click.option("--kind", required=True, help="园区、区县、城市、镇街、智库、科学中心 / park, district, city, ...")
@click.option("--region", required=True, help="行政区名称或代码 / name or code of the region")
@click.option("--alliance", "alliances", multiple=True, help="加入的联盟，可重复 / alliance to join, repeatable")
@click.option("--standing", type=click.Choice(["founder", "member", "partner"]), default="member")
@click.option("--since", default=None, help="2018-06-01")
@click.option("--parent", default=None, help="上级成员 / the member that it is a part of")
@click.option("--short-name", default=None)
@click.option("--name-en", default=None)
@platform_command
def member_add(
    name: str,
    slug: str,
    kind: str,
    region: str,
    alliances: tuple[str, ...],
    standing: str,
    since: str | None,
    **more: Any,
) -> None:
    """登记成员并加入联盟。Register a member and admit it."""
    from django.db import transaction

    from duijie.core.calendar import parse_date
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.places import find_alliance
    from duijie.members.schemas import MemberRecord

    record = parse(MemberRecord, given(name=name, slug=slug, kind=kind, region=region, **more))
    with transaction.atomic():
        made = actions.create_member(actor=the_system(), record=record)
        for each in alliances:
            actions.admit_member(
                actor=the_system(),
                alliance=find_alliance(each),
                member=made,
                standing=standing,
                since=parse_date(since) if since else None,
            )
    click.echo(made.uid)


@member.command("admit")
@click.argument("name")
@click.option("--alliance", "alliance_name", required=True, help="联盟 / the alliance")
@click.option("--standing", type=click.Choice(["founder", "member", "partner"]), default="member")
@click.option("--since", default="", help="2018-06-01")
@click.option("--until", default="", help="退出时的最后一天 / the last day, where it leaves")
@platform_command
def member_admit(name: str, alliance_name: str, standing: str, since: str, until: str) -> None:
    """接纳成员、改变身份或退出。Admit a member, change its standing, or let it leave."""
    from duijie.core.calendar import parse_date
    from duijie.members import actions
    from duijie.members.places import find_alliance, find_member

    actions.admit_member(
        actor=the_system(),
        alliance=find_alliance(alliance_name),
        member=find_member(name),
        standing=standing,
        since=parse_date(since),
        until=parse_date(until),
    )
    click.echo("ok")


@click.group()
def agreement() -> None:
    """协议 / agreements"""


@agreement.command("sign")
@click.argument("title")
@click.option("--kind", required=True, help="战略合作、项目合作 ... / strategic, project, ...")
@click.option("--member", "members", multiple=True, help="成员方，可重复 / a member, repeatable")
@click.option("--organisation", "organisations", multiple=True, help="单位方，可重复 / an organisation, repeatable")
@click.option("--other", "others", multiple=True, help="平台外的签约方，可重复 / a party outside, repeatable")
@click.option("--from", "valid_from", required=True, help="2024-03-01")
@click.option("--until", "valid_until", default=None, help="2027-02-28")
@click.option("--field", default=None, help="领域 / the field")
@platform_command
def agreement_sign(**values: Any) -> None:
    """登记协议。Put an agreement on record."""
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.schemas import AgreementRecord

    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    click.echo(actions.sign_agreement(actor=the_system(), record=parse(AgreementRecord, given(**listed))).uid)


@agreement.command("coverage")
@click.option("--on", "day", default="", help="哪一天，默认今天 / on which day, today unless said")
@platform_command
def agreement_coverage(day: str) -> None:
    """各成员的组成部分中有多少有有效协议。How many parts of each member have a valid agreement."""
    from duijie.core.calendar import parse_date
    from duijie.members import queries

    for whole, found in queries.coverages_of_parts(the_system(), on=parse_date(day)):
        click.echo(found.sentence(queries.name_of(whole)))


@agreement.command("promise")
@click.argument("uid")
@click.argument("text")
@click.option("--due", "due_on", required=True, help="2027-03-31")
@click.option("--party", default=None, help="由谁履行，留空则各方 / who owes it; all by default")
@platform_command
def agreement_promise(uid: str, **values: Any) -> None:
    """登记协议约定的义务。Note what was promised in an agreement."""
    from duijie.core.schema import parse
    from duijie.members import actions, queries
    from duijie.members.schemas import ObligationRecord

    record = parse(ObligationRecord, given(**values))
    found = queries.get_agreement(the_system(), uid)
    click.echo(actions.add_obligation(actor=the_system(), agreement=found, record=record).uid)


@agreement.command("promises")
@click.argument("uid")
@platform_command
def agreement_promises(uid: str) -> None:
    """列出协议约定的义务。List what was promised, soonest first."""
    from duijie.members import queries

    for one in queries.obligations_of(the_system(), queries.get_agreement(the_system(), uid)):
        click.echo(f"{one.uid}\t{one.due_on}\t{one.done_on or '-'}\t{one.member or one.party or '-'}\t{one.text}")


@agreement.command("fulfil")
@click.argument("uid")
@click.option("--report", required=True, help="履行情况 / how it was kept")
@platform_command
def agreement_fulfil(uid: str, report: str) -> None:
    """记录一项义务已履行。A promise was kept."""
    from duijie.members import actions, queries

    found = queries.get_obligation(the_system(), uid)
    click.echo(str(actions.fulfil_obligation(actor=the_system(), obligation=found, report=report).done_on))


@click.group()
def organisation() -> None:
    """单位 / organisations"""


@organisation.command("register")
@click.argument("name")
@click.option("--kind", required=True, help="企业、高校、科研院所、基金、医院、机关 / firm, university, ...")
@click.option("--member", "home_member", required=True, help="所属成员 / the home member")
@click.option("--credit-code", default=None)
@click.option("--region", default=None)
@click.option("--external-id", default=None)
@click.option("--verified", is_flag=True, help="同时核验 / verify it too")
@platform_command
def organisation_register(verified: bool, **values: Any) -> None:
    """登记单位。Register an organisation."""
    from duijie.core.schema import parse
    from duijie.members import actions
    from duijie.members.schemas import OrganisationRecord

    record = parse(OrganisationRecord, given(**values))
    click.echo(actions.register_organisation(actor=the_system(), record=record, verified=verified).uid)


@organisation.command("verify")
@click.argument("name")
@click.option("--withdraw", "reason", default="", help="撤回核验，写明原因 / withdraw it, saying why")
@platform_command
def organisation_verify(name: str, reason: str) -> None:
    """核验单位，或撤回核验。Verify an organisation by name, id or credit code, or withdraw it."""
    from duijie.members import actions
    from duijie.members.places import find_organisation

    found = find_organisation(name)
    if reason:
        actions.withdraw_verification(actor=the_system(), organisation=found, reason=reason)
    else:
        actions.verify_organisation(actor=the_system(), organisation=found)
    click.echo("ok")


@organisation.command("template")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@platform_command
def organisation_template(output: Path) -> None:
    """写出单位的 Excel 模板。Write the Excel template of organisations."""
    write_template("organisations", output)


@organisation.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--member", "member_name", required=True, help="所属成员 / the home member")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@click.option("--good-rows", is_flag=True, help="只导入正确的行 / bring in the good rows although others have faults")
@click.option(
    "-o", "--marked", type=click.Path(path_type=Path, dir_okay=False), help="标错的副本写到这里 / the marked copy"
)
@platform_command
def organisation_import(file: Path, member_name: str, dry_run: bool, good_rows: bool, marked: Path | None) -> None:
    """按表格登记或更新单位。Register or change organisations by sheet; exit status 1 where a row has a fault."""
    import_sheet("organisations", file, member_name, dry_run, good_rows, marked)


def write_template(kind: str, output: Path) -> None:
    from duijie.core.errors import NotFound
    from duijie.members.sheets import KINDS, write_template_of

    if kind not in KINDS:
        raise NotFound(f"没有“{kind}”这种表。", f"There is no sheet of “{kind}”.")
    with output.open("wb") as handle:
        write_template_of(kind, handle)
    click.echo(str(output))


def import_sheet(kind: str, file: Path, member_name: str, dry_run: bool, good_rows: bool, marked: Path | None) -> None:
    from duijie.core.access import SYSTEM
    from duijie.core.files import get_file, path_of
    from duijie.core.jobs import run_job
    from duijie.core.language import t
    from duijie.members import actions
    from duijie.members.places import find_member

    with file.open("rb") as handle:
        job = actions.start_sheet(
            actor=the_system(), member=find_member(member_name), kind=kind, name=file.name, dry_run=dry_run,
            all_or_nothing=not good_rows, chunks=iter(lambda: handle.read(1 << 20), b""),
        )  # fmt: skip
    run_job(job.pk)
    job.refresh_from_db()
    if job.status == "failed":
        click.echo(t(job.error["zh"], job.error["en"]), err=True)
        sys.exit(1)
    for fault in job.result["faults"]:
        click.echo(f"{fault['place']}: {t(fault['zh'], fault['en'])}", err=True)
    if marked and job.result["marked_file"]:
        shutil.copyfile(path_of(get_file(job.result["marked_file"], SYSTEM)), marked)
    click.echo(json.dumps({k: job.result[k] for k in ("dry_run", "checked", "written", "bad_rows")}))
    sys.exit(1 if job.result["bad_rows"] else 0)
