"""`duijie index`: make a composite indicator from a specification and a table, with no database and no server."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from duijie.engines.composite.build import Index, build
from duijie.engines.composite.cells import read_cells
from duijie.engines.composite.errors import CompositeError, refuse
from duijie.engines.composite.export import replay_document, sheets, to_csv, to_json, to_xlsx
from duijie.engines.composite.metadata import TABLES, document_from_table, with_data_headings
from duijie.engines.composite.panel import Panel
from duijie.engines.composite.reading import read_panel
from duijie.engines.composite.results import results_table
from duijie.engines.composite.specification import Specification, load_specification, read_specification
from duijie.engines.composite.uncertainty import Uncertainty, read_plan, run_uncertainty
from duijie.engines.composite.uncertainty.tables import uncertainty_document, uncertainty_tables

KINDS = (".xlsx", ".csv", ".json")


@click.command("index")
@click.argument("specification", type=click.Path(path_type=Path), required=False)
@click.argument("data", type=click.Path(path_type=Path), required=False)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="结果文件 .xlsx / .csv / .json / where the results go."
)
@click.option(
    "--example", type=click.Path(path_type=Path), help="写出一个小例子 / write a small example into a folder."
)
@click.option(
    "--replay", "log", type=click.Path(path_type=Path), help="重算一个 .json 结果 / run a .json result's log again."
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language.")
@click.option(
    "--uncertainty/--no-uncertainty",
    "vary",
    default=True,
    help="做不确定性分析（若规格写明） / run it if the spec has it.",
)
@click.option(
    "--data",
    "reading",
    multiple=True,
    metavar="KEY=VALUE",
    help="怎样读数据，如 decimal=, 或 percent=number / how to read the data, as the section data of a specification.",
)
@click.option("--quiet", is_flag=True, help="不显示结果表 / print no table.")
def index(
    specification: Path | None,
    data: Path | None,
    output: Path | None,
    example: Path | None,
    log: Path | None,
    lang: str,
    vary: bool,
    reading: tuple[str, ...],
    quiet: bool,
) -> None:
    """由规格 SPECIFICATION（YAML 或 JSON）和数据 DATA（csv 或 xlsx）编制指数。

    Make an index from SPECIFICATION (YAML or JSON) and DATA (csv or xlsx); the format is described in docs/index.md.
    """
    try:
        if example is not None:
            _write_example(example, lang)
        elif log is not None:
            _replay(log, output, lang, quiet)
        elif specification is None or data is None:
            raise click.UsageError("请给出规格和数据两个文件 / give a specification and a data file")
        else:
            _make(specification, data, output, lang, vary, quiet, _reading(reading))
    except CompositeError as fault:
        raise click.ClickException(fault.sentence(lang)) from fault


def _write_example(folder: Path, lang: str) -> None:
    from duijie.engines.composite.example import EXAMPLE

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in EXAMPLE.items():
        (folder / name).write_text(text, encoding="utf-8")
    note = "试一试" if lang == "zh" else "try"
    click.echo(f"{note}: duijie index {folder / 'spec.yaml'} {folder / 'data.csv'} -o {folder / 'index.xlsx'}")


def _reading(given: tuple[str, ...]) -> dict[str, Any]:
    """Settings of the data section from KEY=VALUE; true and false are said as such, lists with semicolons."""
    found: dict[str, Any] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key.strip():
            raise click.UsageError(f"--data 要写成 KEY=VALUE / --data wants KEY=VALUE: {one}")
        listed = [part.strip() for part in value.split(";")] if key.strip() in {"groups", "missing"} else value
        found[key.strip()] = {"true": True, "false": False}.get(value.strip().lower(), listed)
    return found


def _make(
    specification: Path,
    data: Path,
    output: Path | None,
    lang: str,
    vary: bool,
    quiet: bool,
    reading: Mapping[str, Any],
) -> None:
    for path in (specification, data):
        if not path.is_file():
            raise click.ClickException(f"没有文件 {path} / there is no file {path}")
    _refuse_kind(output)
    spec = _specification(specification, data, reading)
    panel = read_panel(data, spec)
    made = build(spec, panel)
    varied = _vary(spec, panel, quiet) if vary and spec.uncertainty is not None else None
    _deliver(made, varied, spec.document, output, lang, quiet)


def _specification(specification: Path, data: Path, reading: Mapping[str, Any]) -> Specification:
    """A document, or a table of indicators (iMeta) that stands for one; what the command says of the data comes first."""
    if specification.suffix.lower() in TABLES:
        header = list(read_cells(data, reading.get("sheet")).columns)
        document = document_from_table(specification, decimal=str(reading.get("decimal", ".")))
        document = with_data_headings(document, header)
    elif reading:
        document = dict(load_specification(specification).document)
    else:
        return load_specification(specification)
    return read_specification(document | {"data": {**(document.get("data") or {}), **reading}})


def _vary(spec: Specification, panel: Panel, quiet: bool) -> Uncertainty:
    """Run the uncertainty section, with a bar on the error stream; Ctrl-C stops it."""
    assert spec.uncertainty is not None
    plan = read_plan(spec.uncertainty, spec)
    total = len(plan.points())
    with click.progressbar(length=total, label="replications", file=sys.stderr, hidden=quiet) as bar:
        return run_uncertainty(spec, panel, plan, progress=lambda done, _: bar.update(done - bar.pos))


def _replay(log: Path, output: Path | None, lang: str, quiet: bool) -> None:
    if not log.is_file():
        raise click.ClickException(f"没有文件 {log} / there is no file {log}")
    _refuse_kind(output)
    try:
        document = json.loads(log.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        refuse("document_unreadable", log.name, found=str(fault))
    made, varied = replay_document(document), None
    if document.get("uncertainty") is not None:
        varied = _vary(read_specification(document["specification"]), made.raw, quiet)
    _deliver(made, varied, document["specification"], output, lang, quiet)


def _refuse_kind(output: Path | None) -> None:
    if output is not None and output.suffix.lower() not in KINDS:
        raise click.ClickException(f"结果文件应是 {', '.join(KINDS)} / the output must be one of {', '.join(KINDS)}")


def _content(made: Index, varied: Uncertainty | None, document: Mapping[str, Any], kind: str) -> bytes:
    if kind == ".csv":
        return to_csv(results_table(made))
    if kind == ".xlsx":
        return to_xlsx(sheets(made, uncertainty_tables(varied) if varied is not None else None))
    found = uncertainty_document(varied) if varied is not None else None
    return to_json(made, {"specification": document, "uncertainty": found})


def _deliver(
    made: Index,
    varied: Uncertainty | None,
    document: Mapping[str, Any],
    output: Path | None,
    lang: str,
    quiet: bool,
) -> None:
    if output is not None:
        content = _content(made, varied, document, output.suffix.lower())
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(content)
    for flag in made.flags:
        click.echo(("注意 " if lang == "zh" else "note ") + flag.sentence(lang), err=True)
    if not quiet:
        period = made.final.period_list()[-1]
        table = results_table(made, period=period, digits=4)
        click.echo("\t".join(table.header))
        for row in table.rows[:20]:
            click.echo("\t".join("" if cell is None else str(cell) for cell in row))
        if len(table.rows) > 20:
            click.echo(f"… {len(table.rows)}")
