"""Keeping an installation well: upgrade, doctor, audit, backup, restore."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from duijie.cli.platform import platform_command


@click.command()
@platform_command
def upgrade() -> None:
    """Bring the database to this version (safe to repeat)."""

    from duijie.core.installing import bring_up_to_date

    bring_up_to_date()
    click.echo("ok")


@click.command()
@click.option("--repair", is_flag=True, help="mend what disagrees")
@click.option("--rebuild", is_flag=True, help="build the derived indexes anew")
@platform_command
def doctor(repair: bool, rebuild: bool) -> None:
    """Check records, indexes, events and jobs against each other; exit status 1 where something is wrong."""
    from duijie.web.health import examine, mend

    if rebuild:
        mend(rebuild=True, tell=lambda line: click.echo(line, err=True))
    findings = examine()
    if repair and any(not f.well for f in findings):
        mend(rebuild=False, tell=lambda line: click.echo(line, err=True))
        findings = examine()
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.sentence}")
    sys.exit(0 if all(f.well for f in findings) else 1)


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@platform_command
def audit_verify() -> None:
    """Walk the whole chain; exit status 1 and a line for each place where it does not hold."""
    from duijie.core.audit import seal, verify
    from duijie.core.language import t
    from duijie.core.models import AuditSeal

    while seal():
        pass
    faults = list(verify())
    for fault in faults:
        click.echo(str(fault), err=True)
    count = AuditSeal.objects.count()
    click.echo(t("审计链共 {n} 节，{m} 处不符。", "{n} seals, {m} faults.", n=count, m=len(faults)))
    sys.exit(1 if faults else 0)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@platform_command
def backup(target: Path) -> None:
    """Write a backup of records and files to TARGET (a .tar.gz); the server may go on."""
    from duijie.core.backup import write_backup

    report = write_backup(target)
    click.echo(json.dumps(report, ensure_ascii=False))


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--yes", is_flag=True, help="replace what is there")
@platform_command
def restore(source: Path, yes: bool) -> None:
    """Put a backup in place of the present records and files; the server must be stopped."""
    from duijie.core.backup import restore_backup

    report = restore_backup(source, replace=yes)
    click.echo(json.dumps(report, ensure_ascii=False))
