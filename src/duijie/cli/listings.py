"""Listings from the command line: the same schema and the same actions as page, API and sheet."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from duijie.cli.platform import platform_command


def _actor() -> Any:
    from duijie.core.access import SYSTEM

    return replace(SYSTEM, via="cli")


def _member(slug: str) -> Any:
    from duijie.core.errors import NotFound
    from duijie.members.models import Member

    found = Member.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"没有成员“{slug}”。", f"There is no member “{slug}”.", place="--member")
    return found


def _fields(pairs: tuple[str, ...]) -> dict[str, Any]:
    from duijie.core.errors import Fault

    data: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Fault(
                "field.form", f"字段要写成“名称=值”：{pair}", f"Write a field as name=value: {pair}", place=pair
            )
        data[name.strip()] = value
    return data


@click.group()
def listing() -> None:
    """信息 / listings"""


@listing.command("fields")
@click.argument("kind")
@platform_command
def fields(kind: str) -> None:
    """列出一类信息的全部字段。The fields of a kind, with examples."""
    from duijie.core.errors import Fault
    from duijie.publish.kinds import KINDS
    from duijie.publish.sheets import columns_of

    if kind not in KINDS:
        raise Fault("kind.unknown", f"没有类别“{kind}”。", f"There is no kind “{kind}”.", place="KIND")
    for column in columns_of(kind):
        options = "|".join(c.value for c in column.choices)  # type: ignore[attr-defined]
        click.echo(f"{column.name}\t{column.label_zh}\t{column.label_en}\t{options or column.kind}\t{column.example}")


@listing.command("put")
@click.argument("external_id")
@click.option("--member", "slug", required=True, help="成员的网址简称 / the member's short name")
@click.option("--field", "-f", "pairs", multiple=True, help="名称=值，可重复 / name=value, repeatable")
@click.option(
    "--json",
    "source",
    type=click.File("r", encoding="utf-8"),
    help="从 JSON 文件读取 / read from a JSON file, - for stdin",
)
@click.option("--draft", is_flag=True, help="存为草稿 / leave as a draft")
@click.option("--dry-run", is_flag=True, help="只检查 / check only")
@click.option("--if-version", type=int, default=None, help="仅当仍是这个版本 / only if it still has this version")
@platform_command
def put(
    external_id: str,
    slug: str,
    pairs: tuple[str, ...],
    source: Any,
    draft: bool,
    dry_run: bool,
    if_version: int | None,
) -> None:
    """按编号创建或更新一条信息。Create or change the listing that the member knows as EXTERNAL_ID."""
    from duijie.core.errors import Fault
    from duijie.publish.actions import upsert_listing

    data = _fields(pairs)
    if source is not None:
        try:
            data = json.load(source) | data
        except (ValueError, TypeError) as error:
            raise Fault(
                "json.unreadable", "文件不是 JSON 对象。", "The file is not a JSON object.", place=str(error)
            ) from None
    outcome = upsert_listing(
        actor=_actor(),
        member=_member(slug),
        external_id=external_id,
        data=data,
        expected_version=if_version,
        put_forward=not draft,
        dry_run=dry_run,
    )
    click.echo(f"{outcome.what}\t{outcome.listing.uid}")


@listing.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--member", "slug", required=True)
@click.option("--kind", required=True)
@click.option("--good-rows", is_flag=True, help="有错的行跳过 / import the good rows only")
@click.option("--draft", is_flag=True)
@click.option("--dry-run", is_flag=True, help="只检查 / check only")
@click.option(
    "--marked", type=click.Path(path_type=Path), help="有错时把标注副本写到这里 / where to write the marked copy"
)
@platform_command
def import_sheet(
    file: Path, slug: str, kind: str, good_rows: bool, draft: bool, dry_run: bool, marked: Path | None
) -> None:
    """导入 Excel 或 CSV。Import a sheet; exit status 1 where rows are at fault and nothing was written."""
    from duijie.core.jobs import run_all
    from duijie.core.language import ENGLISH, current_language, t
    from duijie.publish.actions import imports
    from duijie.publish.models import ImportBatch

    def chunks() -> Iterator[bytes]:
        with file.open("rb") as handle:
            while chunk := handle.read(1 << 20):
                yield chunk

    batch = imports.start_import(
        actor=_actor(),
        member=_member(slug),
        kind=kind,
        chunks=chunks(),
        name=file.name,
        all_or_nothing=not good_rows,
        publish=not draft,
        apply_when_good=not dry_run,
    )
    run_all()
    batch = ImportBatch.objects.select_related("marked_file", "job").get(pk=batch.pk)
    for fault in batch.faults:
        click.echo(f"{fault['place'] or ''}\t{fault['en'] if current_language() == ENGLISH else fault['zh']}", err=True)
    if marked is not None and batch.marked_file is not None:
        from duijie.core.files import path_of

        marked.write_bytes(path_of(batch.marked_file).read_bytes())
    click.echo(
        t(
            "读到 {t} 行，正确 {g}，有错 {b}；新增 {n}，更新 {c}，没有变化 {s}。",
            "{t} rows read, {g} good, {b} at fault; {n} new, {c} changed, {s} as before.",
            t=batch.rows_total,
            g=batch.rows_good,
            b=batch.rows_bad,
            n=batch.rows_new,
            c=batch.rows_changed,
            s=batch.rows_same,
        )
    )
    job_error = batch.job.error if batch.job else {}
    if job_error and not batch.faults:
        click.echo(job_error["en"] if current_language() == ENGLISH else job_error["zh"], err=True)
    well = batch.status == ImportBatch.Status.APPLIED or (dry_run and batch.status == ImportBatch.Status.CHECKED)
    sys.exit(0 if well and (good_rows or not batch.rows_bad) else 1)


@listing.command("template")
@click.argument("kind")
@click.argument("target", type=click.Path(path_type=Path))
@platform_command
def template(kind: str, target: Path) -> None:
    """写出一类信息的 Excel 模板。Write the Excel template of a kind."""
    from duijie.core.errors import Fault
    from duijie.core.sheets import write_template
    from duijie.publish.kinds import KINDS
    from duijie.publish.sheets import columns_of

    if kind not in KINDS:
        raise Fault("kind.unknown", f"没有类别“{kind}”。", f"There is no kind “{kind}”.", place="KIND")
    write_template(columns_of(kind), target)


@listing.command("search")
@click.argument("words", nargs=-1)
@click.option("--kind", multiple=True)
@platform_command
def search_listings(words: tuple[str, ...], kind: tuple[str, ...]) -> None:
    """搜索公开的信息。Search what is public."""
    from duijie.core.access import GUEST
    from duijie.publish import queries
    from duijie.publish.search import SearchRequest, search

    page = search(SearchRequest(text=" ".join(words), filters={"kind": kind} if kind else {}), GUEST)
    for seen in queries.listings_by_uid([hit.uid for hit in page.hits], GUEST):
        click.echo(f"{seen.uid}\t{seen.kind}\t{seen.title}\t{seen.owner}")


@listing.command("close")
@click.argument("uid")
@click.option("--reason", default="")
@platform_command
def close(uid: str, reason: str) -> None:
    """关闭一条信息。Close a listing."""
    from duijie.core.access import SYSTEM
    from duijie.publish.actions import close_listing
    from duijie.publish.queries import get_listing

    click.echo(close_listing(actor=_actor(), listing=get_listing(uid, SYSTEM).record, reason=reason).status)
