"""Finding everybody's partners anew."""

from __future__ import annotations

import sys

import click

from duijie.cli.platform import platform_command


@click.command()
@click.option(
    "--here",
    is_flag=True,
    help="do it in this process instead of leaving it to the worker (the server must be stopped)",
)
@platform_command
def rematch(here: bool) -> None:
    """Train on the texts as they are, then find everybody's partners anew, as a job that can be stopped and goes on after a kill."""
    from duijie.core.jobs import run_all
    from duijie.core.language import t
    from duijie.core.models import Job
    from duijie.match.upkeep import rematch_all

    job = rematch_all()
    if not here:
        click.echo(t("已排队，任务 {n}。", "Queued as job {n}.", n=job.uid))
        return
    run_all()
    job = Job.objects.get(pk=job.pk)
    if job.status != Job.Status.DONE:
        click.echo(t("没有完成：{e}", "It did not finish: {e}", e=job.error), err=True)
        sys.exit(1)
    click.echo(
        t("已匹配 {n} 条，写入 {m} 条匹配。", "{n} matched, {m} suggestions written.",
          n=job.result.get("listings", 0), m=job.result.get("suggestions", 0))
    )  # fmt: skip
