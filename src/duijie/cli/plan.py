"""Plans and reports from the command line: the same actions as the pages, by the system as actor."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from duijie.cli.members import given, the_system
from duijie.cli.platform import platform_command

_FORMS = ("word", "excel", "brief", "data")


def _plan(reference: str) -> Any:
    from duijie.plan.sheets import find_plan

    return find_plan(the_system(), reference)


@click.group()
def plan() -> None:
    """行动计划 / plans"""


@plan.command("list")
@click.option("--status", default="", help="draft, submitted, approved, published, closed")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def plan_list(status: str, as_json: bool) -> None:
    """列出计划。List the plans."""
    from duijie.plan import queries
    from duijie.plan.api.shapes import plan_out

    rows = [plan_out(p) for p in queries.plans(the_system(), status=status)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join(str(row[name]) for name in ("id", "status", "starts_on", "ends_on", "title")))


@plan.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查 / check only")
@platform_command
def plan_load(file: Path, dry_run: bool) -> None:
    """从 YAML 或 JSON 建立或更新计划草稿。Draft a plan, or write over a draft, from a YAML or JSON document.

    计划的内容：plan、periods、items、indicators、targets、baselines，各项的字段与接口相同。
    """
    import yaml

    from duijie.plan.loading import load_plan

    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    made = load_plan(actor=the_system(), document=document, dry_run=dry_run)
    click.echo(made.uid if not dry_run else "ok")


@plan.command("show")
@click.argument("reference")
@click.option("--edition", type=int, default=None)
@platform_command
def plan_show(reference: str, edition: int | None) -> None:
    """计划内容（JSON）。A plan's content as JSON."""
    from duijie.plan import queries
    from duijie.plan.api.shapes import content_out

    found = _plan(reference)
    content = queries.content(the_system(), found, edition=edition)
    click.echo(json.dumps(content_out(found, content), ensure_ascii=False, indent=2))


@plan.command("figures")
@click.argument("reference")
@click.option("--period", default="", help="2026, 2026Q3, …")
@click.option("--on", default="", help="看哪一天 / as of this day")
@click.option("--known-at", default="", help="数据时点 / as known at, 2026-04-10 08:00")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def plan_figures(reference: str, period: str, on: str, known_at: str, as_json: bool) -> None:
    """各指标的数、目标和状态。Figures, targets and states."""
    from django.utils import timezone

    from duijie.core.calendar import parse_date, parse_instant
    from duijie.core.language import t
    from duijie.plan import queries
    from duijie.plan.api.shapes import figure_out, slugs
    from duijie.plan.figures import Reckoning

    instant = parse_instant(known_at, place="known-at")
    content = queries.content(the_system(), _plan(reference), known_at=instant)
    day = parse_date(on) or min(timezone.localdate(), content.ends_on)
    reckoning = Reckoning(content, as_of=day, known_at=instant)
    chosen = content.period(period) if period else content.current_period(day)
    if chosen is None:
        click.echo(t("计划里没有这个期间。", "The plan has no such period."), err=True)
        sys.exit(1)
    names = slugs()
    found = [figure_out(f, names) for f in reckoning.figures(chosen)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        click.echo(f"{row['indicator']}\t{row['light']}\t{row['sentence']}")


def _step(name: str, zh: str, en: str) -> None:
    @plan.command(name.replace("_", "-"), help=f"{zh}。{en}.")
    @click.argument("reference")
    @click.option("--resolution", default="", help="会议文号 / number of the resolution (approve)")
    @click.option("--reason", default="", help="原因 / reason (return, amend)")
    @platform_command
    def command(reference: str, resolution: str, reason: str) -> None:
        from duijie.plan import actions

        found = _plan(reference)
        deeds: dict[str, Any] = {
            "submit": lambda: actions.submit_plan(actor=the_system(), plan=found),
            "approve": lambda: actions.approve_plan(actor=the_system(), plan=found, resolution=resolution),
            "return": lambda: actions.return_plan(actor=the_system(), plan=found, reason=reason),
            "publish": lambda: actions.publish_plan(actor=the_system(), plan=found),
            "amend": lambda: actions.open_amendment(actor=the_system(), plan=found, reason=reason),
            "drop_amendment": lambda: actions.drop_amendment(actor=the_system(), plan=found),
            "close": lambda: actions.close_plan(actor=the_system(), plan=found),
        }
        deeds[name]()
        click.echo("ok")


for _name, _zh, _en in (
    ("submit", "提交领导会议", "Put before the leaders"),
    ("approve", "通过", "Approve"),
    ("return", "退回修改", "Send back"),
    ("publish", "发布", "Publish"),
    ("amend", "发起调整", "Open an amendment"),
    ("drop_amendment", "放弃调整", "Drop the amendment"),
    ("close", "收官", "Close"),
):
    _step(_name, _zh, _en)


@plan.command("report-actual")
@click.argument("reference")
@click.option("--indicator", required=True, help="指标编号 / code of the indicator")
@click.option("--period", required=True)
@click.option("--value", required=True)
@click.option("--member", default=None)
@click.option("--comment", default=None)
@click.option("--correction", default=None, help="更正原因 / why it is corrected")
@platform_command
def plan_report_actual(reference: str, **values: Any) -> None:
    """上报一个数。Report a figure."""
    from duijie.core.schema import parse
    from duijie.plan import actions
    from duijie.plan.schemas import ActualRecord

    record = parse(ActualRecord, given(**values))
    click.echo(actions.report_actual(actor=the_system(), plan=_plan(reference), record=record).uid)


@click.group()
def report() -> None:
    """成果报告 / reports of results"""


@report.command("make")
@click.argument("reference")
@click.option("--period", required=True, help="2026Q1, 2026, …")
@click.option("--known-at", default=None, help="数据时点 / as known at, 2026-04-10 08:00")
@click.option("--public", is_flag=True, help="公开版 / for the public")
@click.option("--language", default=None, help="zh, en")
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="文件夹 / folder")
@click.option("--form", "forms", multiple=True, type=click.Choice(_FORMS), help="只要这些 / only these")
@platform_command
def report_make(
    reference: str, period: str, known_at: str | None, public: bool, language: str | None, out: Path, forms: tuple[str, ...]
) -> None:  # fmt: skip
    """生成报告并写到文件夹。Make a report and write its files to a folder."""
    import shutil

    from duijie.core.files import get_file, path_of
    from duijie.core.jobs import run_job
    from duijie.core.models import Job
    from duijie.core.schema import parse
    from duijie.plan import actions
    from duijie.plan.models import PlanReport
    from duijie.plan.schemas import ReportRecord

    record = parse(ReportRecord, given(period=period, known_at=known_at, language=language) | {"public": public})
    made = actions.make_report(actor=the_system(), plan=_plan(reference), record=record)
    job = Job.objects.filter(uid=made.job).first()
    if job is not None and not made.files:
        run_job(job.pk)
    made = PlanReport.objects.unscoped("the system asked").get(pk=made.pk)
    if not made.files:
        job = Job.objects.get(uid=made.job)
        click.echo(str(job.error.get("zh", job.status)), err=True)
        sys.exit(1)
    out.mkdir(parents=True, exist_ok=True)
    for form in forms or _FORMS:
        kept = get_file(made.files[form]["file"], the_system())
        target = out / kept.name
        shutil.copyfile(path_of(kept), target)
        click.echo(f"{target}\t{made.files[form]['sha256']}")


@report.command("list")
@click.argument("reference")
@platform_command
def report_list(reference: str) -> None:
    """列出报告。List the reports of a plan."""
    from duijie.plan import queries

    for row in queries.reports(the_system(), _plan(reference)):
        state = "ready" if row.files else "…"
        click.echo(f"{row.uid}\t{row.starts_on}\t{row.ends_on}\t{row.known_at.isoformat()}\t{row.audience}\t{state}")
