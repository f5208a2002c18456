"""`duijie timetable`: a timetable for a matchmaking day, from a workbook or a published instance."""

from __future__ import annotations

import json
from pathlib import Path

import click

from duijie.engines.timetable import (
    Limits,
    Progress,
    Proof,
    TimetableInputError,
    read_published_file,
    solve_slots,
)

NOTHING_FOUND = 4
INFEASIBLE = 3


@click.command()
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Where to write the result.")
@click.option(
    "--fairness",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="Greatest difference between two participants' numbers of breaks.",
)
@click.option("--idle/--no-idle", default=False, help="Also as few idle slots as possible (.dzn).")
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after so many seconds with the best so far.")
@click.option("--conflicts", type=click.IntRange(min=1), help="Work limit; the same limit gives the same result.")
@click.option("--workers", type=click.IntRange(1, 2), default=2, show_default=True, help="Solver processes.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress on the error stream.")
def timetable(
    source: Path,
    output: Path,
    fairness: int,
    idle: bool,
    seconds: float | None,
    conflicts: int | None,
    workers: int,
    seed: int,
    quiet: bool,
) -> None:
    """Arrange the meetings of INPUT (.dzn: a published instance) and write them to OUTPUT.

    For a .dzn the output is a JSON list: the 0-based slot of each meeting. Exit status 3: proven infeasible; 4: stopped
    before a timetable was found.
    """
    if not source.is_file():
        raise click.UsageError(f"没有这个文件 / no such file: {source}")

    def tell(progress: Progress) -> None:
        if not quiet:
            best = "-" if progress.value is None else progress.value
            click.echo(f"{progress.stage}: {best} (bound {progress.bound})", err=True)

    limits = Limits(conflicts=conflicts, seconds=seconds, workers=workers, seed=seed, progress=tell)
    arrange_published(source, output, fairness, idle, limits)


def arrange_published(source: Path, output: Path, fairness: int, idle: bool, limits: Limits) -> None:
    """Solve a published instance; prints breaks and proof status."""
    try:
        instance = read_published_file(source, fairness=fairness)
    except TimetableInputError as error:
        raise click.UsageError(f"{source.name}: {error}") from error
    for note in instance.notes:
        click.echo(f"{source.name}: {note}", err=True)
    result = solve_slots(instance.problem, limits, idle=idle)
    if result.schedule is None or result.figures is None:
        click.echo(f"status {result.proof.value}")
        raise SystemExit(INFEASIBLE if result.proof is Proof.INFEASIBLE else NOTHING_FOUND)
    output.write_text(json.dumps(list(result.schedule)) + "\n", encoding="utf-8")
    figures = result.figures
    click.echo(
        f"breaks {figures.total_breaks}  status {result.proof.value}  bound {result.break_bound}  "
        f"idle {figures.total_idle}  spread {figures.spread}"
    )
    if idle:
        click.echo(f"idle {figures.total_idle}  status {result.idle_proof.value}  bound {result.idle_bound}")
