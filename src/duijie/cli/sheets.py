"""`duijie sheet`: any kind of record by sheet, from the command line: kinds, template, import."""

from __future__ import annotations

from pathlib import Path

import click

from duijie.cli.members import import_sheet, write_template
from duijie.cli.platform import platform_command


@click.group()
def sheet() -> None:
    """按表格导入各类记录。Records of every kind by sheet."""


@sheet.command("kinds")
@platform_command
def sheet_kinds() -> None:
    """列出可以按表格导入的记录。The kinds of record that come by sheet."""
    from duijie.members.sheets import KINDS

    for word, kind in sorted(KINDS.items()):
        click.echo(f"{word:<24}{kind.label}")


@sheet.command("template")
@click.argument("kind")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@platform_command
def sheet_template(kind: str, output: Path) -> None:
    """写出 Excel 模板。Write the Excel template of a kind."""
    write_template(kind, output)


@sheet.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--member", "member_name", required=True, help="所属成员 / the member")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check only")
@click.option("--good-rows", is_flag=True, help="只导入正确的行 / bring in the good rows although others have faults")
@click.option(
    "-o", "--marked", type=click.Path(path_type=Path, dir_okay=False), help="标错的副本写到这里 / the marked copy"
)
@platform_command
def sheet_import(kind: str, file: Path, member_name: str, dry_run: bool, good_rows: bool, marked: Path | None) -> None:
    """导入一张表。Bring a sheet in; exit status 1 where a row has a fault."""
    import_sheet(kind, file, member_name, dry_run, good_rows, marked)
