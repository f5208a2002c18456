"""Sources: plugged in, changed, tried out, run, stopped, replayed, taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.guarded_http import check_address, resolve
from duijie.core.jobs import enqueue, request_stop
from duijie.federate.actions.archiving import archive_items
from duijie.federate.gather import Gathered
from duijie.federate.mapping import as_sentences, mapped, names_there, read_fields, row_of
from duijie.federate.models import Item, Run, Source
from duijie.federate.rules import demand
from duijie.federate.running import INTERVALS, Desk, one_page
from duijie.federate.schemas import SourceRecord
from duijie.federate.secrets import lock
from duijie.members.models import Member, User
from duijie.publish.actions.bulk import Row

MOST_SOURCES = 50
PREVIEW_ROWS = 20


def fill(source: Source, record: SourceRecord) -> Source:
    """Put a record's values on an (unsaved) source. Raises Fault for an address that may not be called, or a bad mapping."""
    host, port, _ = check_address(record.url)
    resolve(host, port)
    source.name, source.kind, source.url = record.name, record.kind, record.url
    source.schedule = record.schedule or Source.Schedule.DAILY
    source.listing_kind = record.listing_kind
    source.options = {**source.options, "subset": record.subset or ""}
    defaults = {
        "regions": record.default_regions, "industries": record.default_industries, "keywords": record.default_keywords,
    }  # fmt: skip
    source.mapping = {
        "defaults": {name: value for name, value in defaults.items() if value},
        "fields": read_fields(record.fields or "", record.listing_kind),
    }
    # A feed's entry is a draft to complete unless its owner says otherwise.
    source.publish = record.publish if record.publish is not None else record.kind != Source.Kind.FEED
    if record.credential:
        source.credential = lock(record.credential)
    source.credential_header = _header(record.credential_header)
    return source


def _header(name: str | None) -> str:
    text = (name or "").strip()
    if text and not (text.isascii() and all(c.isalnum() or c == "-" for c in text)):
        raise Fault(
            "credential.header", "凭据请求头只能用字母、数字和连字符。", "A header's name holds letters, digits and hyphens.",
            place="credential_header", status=422,
        )  # fmt: skip
    return text


def create_source(*, actor: Viewer, member: Member, record: SourceRecord) -> Source:
    """Plug a source in; it runs the first time when asked or when it is due."""
    demand(actor, "source.write", member)
    with acting(actor, "source.create") as act:
        if Source.objects.unscoped("counted under the member").filter(member=member).count() >= MOST_SOURCES:
            raise Conflict("source.many", f"最多 {MOST_SOURCES} 个来源。", f"At most {MOST_SOURCES} sources.")
        source = fill(Source(member=member), record)
        source.created_by = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
        if source.schedule in INTERVALS:
            source.due_at = timezone.now() + INTERVALS[source.schedule]
        source.save()
        act.done(source, member_id=member.pk, ids=[source.pk], detail={"kind": source.kind})
    return source


def _locked(source: Source) -> Source:
    rows = Source.objects.unscoped("an action re-reads the row it was given").select_related("member")
    return rows.select_for_update(of=("self",)).get(pk=source.pk)  # type: ignore[no-any-return]


def change_source(
    *, actor: Viewer, source: Source, record: SourceRecord, expected_version: int | None = None
) -> Source:
    """Write `record` over a source; an empty credential leaves the one that is kept."""
    demand(actor, "source.write", source.member)
    with acting(actor, "source.change") as act:
        current = _locked(source)
        if expected_version is not None and expected_version != current.version:
            raise Stale
        fill(current, record)
        current.version += 1
        current.since = ""  # what was left out before may fit now: the next run takes everything
        current.failures, current.due_at = 0, timezone.now() if current.schedule in INTERVALS else None
        current.save()
        act.done(current, member_id=current.member_id, ids=[current.pk])
    return current


def switch_source(*, actor: Viewer, source: Source, active: bool) -> Source:
    """Switch the schedule off, or on again with a clean slate."""
    demand(actor, "source.write", source.member)
    with acting(actor, "source.switch") as act:
        current = _locked(source)
        current.active, current.failures, current.version = active, 0, current.version + 1
        current.due_at = timezone.now() if active and current.schedule in INTERVALS else None
        current.save()
        act.done(current, member_id=current.member_id, ids=[current.pk], detail={"active": active})
    return current


def delete_source(*, actor: Viewer, source: Source, archive: bool = False) -> None:
    """Take a source away. Its listings stay with the member, or are archived where `archive` asks for it."""
    demand(actor, "source.write", source.member)
    with acting(actor, "source.delete") as act:
        current = _locked(source)
        _demand_idle(current)
        if archive:
            items = Item.objects.unscoped("a source leaves with its items").filter(source=current)
            archive_items(items.exclude(status=Item.Status.ARCHIVED))
        act.done(current, member_id=current.member_id, ids=[current.pk], detail={"archive": archive})
        Item.objects.unscoped("a source leaves with its items").filter(source=current).delete()
        Run.objects.unscoped("a source leaves with its runs").filter(source=current).delete()
        Source.objects.unscoped("a source leaves").filter(pk=current.pk).delete()


def _demand_idle(source: Source) -> None:
    open_runs = Run.objects.unscoped("one run at a time").filter(source=source, status__in=["waiting", "running"])
    if open_runs.exists():
        raise Conflict(
            "source.running", "这个来源正在采集，请等它结束或先停止。", "This source is being harvested just now."
        )


def start_run(*, actor: Viewer, source: Source, trigger: str = Run.Trigger.BY_HAND, whole: bool = False) -> Run:
    """Harvest a source now, in a job. `whole`: take everything, not only what changed."""
    demand(actor, "source.write", source.member)
    with acting(actor, "source.run") as act:
        _demand_idle(source)
        try:
            with transaction.atomic():
                run = Run.objects.create(source=source, trigger=trigger, whole=whole)
        except IntegrityError:
            raise Conflict("source.running", "这个来源正在采集。", "This source is being harvested just now.") from None
        run.job = enqueue("federate.harvest", actor=actor, member_id=source.member_id, run=run.pk)
        run.save(update_fields=["job"])
        act.done(source, member_id=source.member_id, ids=[source.pk], run=run.pk)
    return run


def stop_run(*, actor: Viewer, run: Run) -> None:
    """Ask a run to stop; what it has written stands, and the next run goes on."""
    demand(actor, "source.write", run.source.member)
    with acting(actor, "source.stop") as act:
        if run.job is not None:
            request_stop(run.job)
            run.job.refresh_from_db()
            if run.job.is_over:
                Run.objects.unscoped("stopped before it began").filter(pk=run.pk, status="waiting").update(
                    status=Run.Status.STOPPED, finished_at=timezone.now()
                )
        act.done(run.source, member_id=run.source.member_id, ids=[run.source_id])


def run_due(*, actor: Viewer, limit: int = 50) -> int:
    """Start every source whose time has come. Returns how many."""
    abandoned = Run.objects.unscoped("runs whose job was given up").filter(
        status__in=["waiting", "running"], job__status__in=["failed", "stopped", "done"]
    )
    abandoned.update(
        status=Run.Status.FAILED, finished_at=timezone.now(), error_code="died",
        error_zh="处理进程多次中断，已停止重试。", error_en="The worker died several times; no further attempt is made.",
    )  # fmt: skip
    rows = Source.objects.unscoped("the sweep looks at every source").select_related("member")
    started = 0
    for source in rows.filter(active=True, due_at__lte=timezone.now()).order_by("due_at")[:limit]:
        trigger = Run.Trigger.RETRY if source.failures else Run.Trigger.SCHEDULE
        try:
            start_run(actor=actor, source=source, trigger=trigger)
        except Conflict:
            continue
        Source.objects.unscoped("the sweep plans").filter(pk=source.pk).update(due_at=None)
        started += 1
    return started


def archive_held(*, actor: Viewer, run: Run) -> Run:
    """A person says that what vanished is really gone: archive it."""
    demand(actor, "source.write", run.source.member)
    with acting(actor, "source.archive_held") as act:
        run = (
            Run.objects.unscoped("an action re-reads its row")
            .select_related("source")
            .select_for_update(of=("self",))
            .get(pk=run.pk)
        )
        if not run.held:
            raise Conflict("run.nothing_held", "这次采集没有待确认的内容。", "Nothing of this run waits for a word.")
        gone = (
            Item.objects.unscoped("items of its source").filter(source=run.source).exclude(status=Item.Status.ARCHIVED)
        )
        items = list(gone.exclude(run=run))
        archive_items(items)
        for item in items:
            item.run = run
        rows = Item.objects.unscoped("items of its source")
        rows.bulk_update(items, ["status", "log", "listing", "run"], batch_size=200)
        count = len(items)
        run.archived, run.held = run.archived + count, 0
        run.save()
        act.done(run.source, member_id=run.source.member_id, ids=[run.source_id], detail={"archived": count})
    return run


def take_over_item(*, actor: Viewer, item: Item) -> Item:
    """Replay one item: fetch the source anew and write this item again, over what was changed here."""
    demand(actor, "source.write", item.source.member)
    source = item.source
    with acting(actor, "source.replay") as act:
        _demand_idle(source)
        act.done(source, member_id=source.member_id, ids=[source.pk], detail={"item": item.uid})
    found = next((one for one in _everything(source) if one.remote_id == item.remote_id), None)
    if found is None:
        raise Fault("source.item_gone", "来源里已经没有这一条。", "The source no longer holds this item.", status=409)
    run = item.run or Run.objects.create(source=source, status=Run.Status.DONE, finished_at=timezone.now())
    with transaction.atomic():
        before = {name: getattr(run, name) for name in ("gathered", "created", "changed", "unchanged", "failed")}
        Desk(run, source, force=frozenset({item.remote_id})).take([found])
        Run.objects.unscoped("a replay does not count again").filter(pk=run.pk).update(**before)
    return Item.objects.unscoped("re-read").select_related("listing", "source__member").get(pk=item.pk)  # type: ignore[no-any-return]


def _everything(source: Source) -> Any:
    from duijie.federate.gather import gather
    from duijie.federate.running import order_of

    for page in gather(order_of(source, whole=True)):
        yield from page.items


@dataclass
class Previewed:
    """One thing of a source as it would be written: the listing's fields, or the sentences that keep it out."""

    remote_id: str
    title: str
    url: str
    row: Row | None
    faults: list[dict[str, Any]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Preview:
    items: list[Previewed]
    names: dict[str, str]


def preview_source(*, actor: Viewer, member: Member, record: SourceRecord, kept: Source | None = None) -> Preview:
    """Fetch the first things of a source and show how they would be written. Nothing is kept."""
    demand(actor, "source.write", member)
    source = fill(Source(member=member, uid="0" * 26), record)
    if kept is not None and not record.credential:
        source.credential = kept.credential
    gathered = one_page(source, PREVIEW_ROWS).items
    return Preview([_previewed(source, n, one) for n, one in enumerate(gathered)], dict(names_there(gathered)))


def _previewed(source: Source, number: int, one: Gathered) -> Previewed:
    title = one.title or one.remote_id
    try:
        row = row_of(source, one, one.remote_id[:100], number)
    except Fault as fault:
        return Previewed(one.remote_id, title, one.url, None, as_sentences(fault), one.raw)
    data = mapped(source, one) if one.row is None else one.raw
    return Previewed(one.remote_id, row.values.draft.title, one.url, row, [], data)


__all__ = [
    "Preview", "Previewed", "archive_held", "change_source", "create_source", "delete_source", "preview_source", "run_due", "start_run",
    "stop_run", "switch_source", "take_over_item",
]  # fmt: skip
