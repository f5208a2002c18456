"""Events from the command line: the same actions as the pages, by the system as actor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from duijie.cli.members import given, the_system
from duijie.cli.platform import platform_command

_SHEETS = ("registrations", "wishes", "quotas", "precedences")


@click.group()
def event() -> None:
    """活动 / events"""


def _event(uid: str) -> Any:
    from duijie.meet import queries

    return queries.get_event(the_system(), uid)


@event.command("list")
@click.option("--when", type=click.Choice(["coming", "past", "all"]), default="all")
@click.option("--json", "as_json", is_flag=True)
@platform_command
def event_list(when: str, as_json: bool) -> None:
    """列出活动。List the events."""
    from duijie.meet import queries

    wanted = queries.EventFilter(when="" if when == "all" else when)
    rows = [
        {
            "id": e.uid,
            "starts_on": str(e.starts_on),
            "kind": e.kind,
            "status": e.status,
            "host": e.host_member.slug,
            "title": e.title,
        }
        for e in queries.events(the_system(), wanted)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join(row.values()))


@event.command("add")
@click.argument("title")
@click.option("--host", required=True, help="主办成员 / the host's short name")
@click.option("--kind", required=True, help="对接会、路演、论坛 ... / matchmaking, roadshow, forum ...")
@click.option("--starts-on", required=True, help="2026-12-18")
@click.option("--ends-on", default=None)
@click.option("--alliance", default=None)
@click.option("--venue", default=None)
@click.option("--capacity", type=int, default=None)
@click.option("--wishes-until", default=None, help="意愿截止，留空则没有一对一会面 / empty: no one-to-one meetings")
@click.option("--publish", is_flag=True, help="同时发布 / publish it too")
@platform_command
def event_add(title: str, host: str, publish: bool, **more: Any) -> None:
    """筹备活动。Prepare an event."""
    from duijie.core.schema import parse
    from duijie.meet import actions
    from duijie.meet.schemas import EventRecord
    from duijie.members.places import find_member

    record = parse(EventRecord, given(title=title, **more))
    made = actions.create_event(actor=the_system(), member=find_member(host), record=record)
    if publish:
        actions.publish_event(actor=the_system(), event=made)
    click.echo(made.uid)


@event.command("publish")
@click.argument("uid")
@platform_command
def event_publish(uid: str) -> None:
    """发布活动。Publish an event."""
    from duijie.meet import actions

    actions.publish_event(actor=the_system(), event=_event(uid))
    click.echo("ok")


@event.command("import")
@click.argument("uid")
@click.argument("kind", type=click.Choice([*_SHEETS, "timetable"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查 / check only")
@platform_command
def event_import(uid: str, kind: str, file: Path, dry_run: bool) -> None:
    """导入报名、意愿、配额、先后或日程。Bring registrations, wishes, quotas, an order or a timetable in from a sheet."""
    from duijie.meet import actions

    if kind == "timetable":
        click.echo(actions.import_timetable(actor=the_system(), event=_event(uid), path=file).uid)
        return
    counts = actions.import_sheet(actor=the_system(), event=_event(uid), kind=kind, path=file, dry_run=dry_run)
    click.echo(json.dumps(counts))


@event.command("arrange")
@click.argument("uid")
@click.option("--name", default=None)
@click.option("--scale", type=float, default=1.0, help="用力程度 / effort")
@click.option("--seed", type=int, default=0)
@click.option("--publish", is_flag=True, help="编排好就发布 / publish what was found")
@platform_command
def event_arrange(uid: str, name: str | None, scale: float, seed: int, publish: bool) -> None:
    """编排日程，等到做完。Arrange a timetable and wait for it."""
    from duijie.core.jobs import run_job
    from duijie.core.language import t
    from duijie.core.schema import parse
    from duijie.meet import actions
    from duijie.meet.schemas import ArrangeRecord

    record = parse(ArrangeRecord, given(name=name, scale=scale) | {"seed": seed})
    draft = actions.start_draft(actor=the_system(), event=_event(uid), record=record)
    assert draft.job is not None
    run_job(draft.job.pk)
    draft.refresh_from_db()
    for line in draft.conflict:
        click.echo(t(line["zh"], line["en"]), err=True)
    if publish and draft.status in ("ready", "stopped"):
        actions.publish_draft(actor=the_system(), draft=draft)
    told = {
        "draft": draft.uid,
        "status": draft.status,
        "meetings": draft.figures.get("meetings", 0),
        "goals": draft.goals,
    }
    click.echo(json.dumps(told, ensure_ascii=False))
    if draft.status == "impossible":
        raise SystemExit(3)


@event.command("export")
@click.argument("uid")
@click.argument("kind", type=click.Choice([*_SHEETS, "timetable", "report", "badges", "signs"]))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@platform_command
def event_export(uid: str, kind: str, output: Path) -> None:
    """导出报名、意愿、配额、先后、日程、报告、胸卡、桌牌。Write a sheet, the timetable, the report, badges or signs."""
    output.write_bytes(_paper(_event(uid), kind, output.suffix.lower()))
    click.echo(str(output))


def _paper(found: Any, kind: str, suffix: str) -> bytes:
    from duijie.core.errors import NotFound
    from duijie.meet import queries
    from duijie.meet.models import Representative
    from duijie.meet.papers import prints, report, sheets

    form = "csv" if suffix == ".csv" else "xlsx"
    if kind in _SHEETS:
        return sheets.WRITERS[kind](the_system(), found, form=form)
    if kind == "report":
        return (report.excel_report if suffix == ".xlsx" else report.word_report)(the_system(), found)
    if kind == "badges":
        people = Representative.objects.filter(registration__event=found, registration__status="confirmed")
        rows = list(people.select_related("registration__organisation"))
        return prints.badges_pdf(found, rows, address="")
    if found.timetable is None:
        raise NotFound("还没有发布的日程。", "There is no published timetable.")
    if kind == "timetable":
        return sheets.timetable_workbook(the_system(), found.timetable)
    return prints.signs_pdf(found, list(found.places.all()), list(queries.draft_meetings(found.timetable)))
