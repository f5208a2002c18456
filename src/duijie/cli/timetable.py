"""`duijie timetable`: a timetable for a matchmaking day, from a workbook or a published instance."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duijie.engines.timetable import (
    Limits,
    Progress,
    Proof,
    TimetableInputError,
    read_published_file,
    solve_slots,
)

if TYPE_CHECKING:
    from duijie.engines.timetable import Effort, Report

INFEASIBLE = 3
NOTHING_FOUND = 4
WORKBOOKS = (".xlsx", ".xlsm")


@click.command()
@click.argument("source", metavar="INPUT", required=False, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write the result.")
@click.option(
    "--template", type=click.Path(path_type=Path), help="Write an empty workbook to fill in, and do nothing else."
)
@click.option(
    "--fairness",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="Greatest difference between two participants' numbers of breaks.",
)
@click.option("--idle/--no-idle", default=False, help="Also as few idle slots as possible (.dzn).")
@click.option("--seconds", type=click.FloatRange(min=0), help="Wall-clock limit of each exact stage.")
@click.option("--conflicts", type=click.IntRange(min=1), help="Work limit; the same limit gives the same result.")
@click.option(
    "--effort", type=click.FloatRange(min=0), default=1.0, show_default=True, help="Share of the usual work (workbook)."
)
@click.option("--workers", type=click.IntRange(1, 2), default=2, show_default=True, help="Solver processes.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress on the error stream.")
def timetable(
    source: Path | None,
    output: Path | None,
    template: Path | None,
    fairness: int,
    idle: bool,
    seconds: float | None,
    conflicts: int | None,
    effort: float,
    workers: int,
    seed: int,
    quiet: bool,
) -> None:
    """Arrange the meetings of INPUT and write them to OUTPUT.

    A workbook (.xlsx; get one with --template) gives a workbook by participant, place and time. A published instance (.dzn)
    gives a JSON list: the 0-based slot of each meeting. Exit status 3: proven infeasible, with the conflict in words; 4: stopped
    before a timetable was found.
    """
    if template is not None:
        from duijie.engines.timetable.workbook_write import write_template

        write_template(template)
        click.echo(f"模板已写入 / template written: {template}")
        return
    if source is None or output is None:
        raise click.UsageError("需要输入文件和 -o 输出文件 / an INPUT and -o OUTPUT are needed")
    if not source.is_file():
        raise click.UsageError(f"没有这个文件 / no such file: {source}")
    if source.suffix.lower() in WORKBOOKS:
        from duijie.engines.timetable import Effort

        work = Effort(scale=effort, seed=seed, workers=workers, seconds=seconds, report=None if quiet else _Told())
        if conflicts is not None:
            work = replace(work, conflicts=conflicts)
        arrange_workbook(source, output, fairness, work)
        return

    def tell(progress: Progress) -> None:
        if not quiet:
            best = "-" if progress.value is None else progress.value
            click.echo(f"{progress.stage}: {best} (bound {progress.bound})", err=True)

    limits = Limits(conflicts=conflicts, seconds=seconds, workers=workers, seed=seed, progress=tell)
    arrange_published(source, output, fairness, idle, limits)


class _Told:
    """Prints a report for every twentieth of the work."""

    def __init__(self) -> None:
        self.share = -1.0

    def __call__(self, report: Report) -> None:
        if report.share - self.share >= 0.05 or report.share == 1.0:
            self.share = report.share
            click.echo(
                f"{report.share:4.0%} {report.stage}: {report.held} 场 / meetings, 空档 / breaks {report.breaks}",
                err=True,
            )


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
        if result.proof is not Proof.INFEASIBLE:
            raise SystemExit(NOTHING_FOUND)
        from duijie.engines.timetable import explain_slots

        _say_conflict(explain_slots(instance.problem))
        raise SystemExit(INFEASIBLE)
    output.write_text(json.dumps(list(result.schedule)) + "\n", encoding="utf-8")
    figures = result.figures
    click.echo(
        f"breaks {figures.total_breaks}  status {result.proof.value}  bound {result.break_bound}  "
        f"idle {figures.total_idle}  spread {figures.spread}"
    )
    if idle:
        click.echo(f"idle {figures.total_idle}  status {result.idle_proof.value}  bound {result.idle_bound}")


def _say_conflict(conflict: tuple[tuple[str, str], ...]) -> None:
    for zh, en in conflict:
        click.echo(f"  {zh} / {en}", err=True)


def arrange_workbook(source: Path, output: Path, fairness: int, effort: Effort) -> None:
    """Arrange the event of a workbook; prints each goal with its bound and proof status."""
    from duijie.engines.timetable import arrange
    from duijie.engines.timetable.workbook_read import read_workbook
    from duijie.engines.timetable.workbook_write import write_result

    try:
        event = read_workbook(source)
    except TimetableInputError as error:
        raise click.ClickException(f"{source.name}:\n{error}") from error
    event = replace(event, rules=replace(event.rules, fairness=fairness))
    result = arrange(event, effort)
    if not result.feasible:
        click.echo("无法同时满足 / these cannot all be met:", err=True)
        _say_conflict(result.conflict)
        raise SystemExit(INFEASIBLE)
    write_result(output, event, result)
    for name, goal in result.goals.items():
        click.echo(f"{name} {goal.value:g}  status {goal.proof.value}  bound {goal.bound:g}")
    click.echo(f"meetings {len(result.meetings)}  unserved {len(result.unserved)}  spread {result.spread}")
