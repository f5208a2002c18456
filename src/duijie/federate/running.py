"""A run: pages gathered, mapped and published in short transactions; where it stands is kept in each, so that a kill repeats
nothing. What this run has seen already is passed over; what the source no longer has is archived at the end."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.errors import Fault
from duijie.core.jobs import Progress, Stopped
from duijie.federate.gather import Client, Gathered, Order, Page, gather
from duijie.federate.gather.base import PAUSES_SECONDS, is_short_lived
from duijie.federate.mapping import as_sentences, digest_of, external_id_of, owner_of, row_of
from duijie.federate.models import Item, Peer, Run, Source
from duijie.federate.nodes.mirrors import mirrors_of
from duijie.federate.secrets import unlock
from duijie.members.models import Member
from duijie.publish.actions.bulk import Row, upsert_many
from duijie.publish.models import Listing, ListingVersion
from duijie.publish.models.listings import Status

logger = logging.getLogger(__name__)
BATCH = 250
KEPT_LOG = 20
HARVESTER = Viewer(is_system=True, via="harvest", name="harvest")
INTERVALS = {
    "hourly": dt.timedelta(hours=1), "daily": dt.timedelta(days=1), "weekly": dt.timedelta(days=7),
}  # fmt: skip
BACK_OFF = tuple(dt.timedelta(minutes=m) for m in (2, 10, 30, 120, 480))
SWITCHED_OFF_AFTER = 15
HELD_ABOVE, HELD_SHARE = 10, 0.5


def client_of(source: Source, *, pauses: tuple[float, ...] = PAUSES_SECONDS) -> Client:
    credential = unlock(source.credential)
    headers = {source.credential_header or "Authorization": credential} if credential else {}
    large = 100 * 1024 * 1024 if source.kind == "sheet" else 32 * 1024 * 1024
    return Client(headers, large, 300.0 if source.kind == "sheet" else 60.0, pauses)


def order_of(source: Source, *, whole: bool = False, rows: int | None = None) -> Order:
    return Order(
        kind=source.kind, url=source.url, client=client_of(source), member=source.member, listing_kind=source.listing_kind,
        key=source.uid[-8:].lower(), options=source.options, since="" if whole else source.since, rows=rows,
    )  # fmt: skip


def harvest(progress: Progress) -> dict[str, Any]:
    """Do the run named in the job's parameters. Raises Fault where the source itself cannot be read."""
    run = (
        Run.objects.unscoped("the job does its own run").select_related("source__member").get(pk=progress.params["run"])
    )
    source = run.source
    Run.objects.unscoped("the job does its own run").filter(pk=run.pk).update(status=Run.Status.RUNNING)
    run.status = Run.Status.RUNNING
    try:
        _harvest(progress, run, source)
    except Stopped:
        _finish(run, Run.Status.STOPPED)
        raise
    except Fault as fault:
        _finish(run, Run.Status.FAILED, fault)
        raise
    except Exception:
        _finish(
            run, Run.Status.FAILED, Fault("internal", "系统内部出错，已记录。", "An internal error; it is on record.")
        )
        raise
    return {name: getattr(run, name) for name in ("gathered", "created", "changed", "unchanged", "failed", "archived")}


def _harvest(progress: Progress, run: Run, source: Source) -> None:
    state = progress.state
    desk = Desk(run, source)
    complete, since = bool(state.get("complete", True)), str(state.get("since", ""))
    for page in [] if state.get("gathered") else gather(order_of(source, whole=run.whole), state.get("cursor")):
        since, complete = since or page.since, complete and page.complete
        for start in range(0, max(len(page.items), 1), BATCH):
            part = page.items[start : start + BATCH]
            last = start + BATCH >= len(page.items)
            with transaction.atomic():
                desk.take(part)
                if last:
                    state.update(cursor=page.cursor, since=since, complete=complete)
                    state["gathered"] = page.cursor is None
                type(progress.job).objects.filter(pk=progress.job.pk).update(state=state)
            progress.to(run.gathered, None, f"已处理 {run.gathered} 条", f"{run.gathered} items")
            progress.give_way()
    if complete:
        desk.archive_vanished(progress)
    Source.objects.unscoped("the job does its own run").filter(pk=source.pk).update(
        since=since if _keeps_time(source) else ""
    )
    _finish(run, Run.Status.DONE)


def _keeps_time(source: Source) -> bool:
    """Whether the next run may ask for changes only: where the other side also tells what was deleted."""
    return source.kind == "oai" and bool(source.options.get("incremental", True))


def _finish(run: Run, status: str, fault: Fault | None = None) -> None:
    run.status, run.finished_at = status, timezone.now()
    if fault is not None:
        run.error_zh, run.error_en, run.error_code = fault.zh[:300], fault.en[:300], fault.code[:60]
    # Counts are written with the batches that they count; a batch that was rolled back must not be counted here.
    run.save(update_fields=["status", "finished_at", "error_zh", "error_en", "error_code"])
    schedule_next(run.source, run, fault)


def schedule_next(source: Source, run: Run, fault: Fault | None) -> None:
    """When the source is due again: by its schedule, or sooner with growing pauses where trying again may help."""
    now = timezone.now()
    interval = INTERVALS.get(source.schedule)
    due = now + interval if interval else None
    failures = 0
    if run.status == Run.Status.FAILED:
        failures = source.failures + 1
        if fault is not None and is_short_lived(fault) and failures <= len(BACK_OFF):
            again = now + BACK_OFF[failures - 1]
            due = min(due, again) if due else again
    active = source.active and failures < SWITCHED_OFF_AFTER
    rows = Source.objects.unscoped("a run plans the next one").filter(pk=source.pk)
    rows.update(due_at=due, failures=failures, active=active)


@dataclass
class Desk:
    """Takes gathered things in, batch by batch, and counts what became of them on the run."""

    run: Run
    source: Source
    force: frozenset[str] = frozenset()
    peer: Peer | None = field(init=False)

    def __post_init__(self) -> None:
        self.peer = Peer.objects.filter(source=self.source).select_related("member").first()

    def _items(self) -> Any:
        return Item.objects.unscoped("a run keeps the items of its source")

    def take(self, batch: list[Gathered]) -> None:
        """Must run inside a transaction, so that items, listings and counts stand or fall together."""
        now = timezone.now()
        known = {
            item.remote_id: item
            for item in self._items()
            .filter(source=self.source, remote_id__in=[one.remote_id for one in batch])
            .select_related("listing")
        }
        fresh: list[Item] = []
        todo: list[tuple[Gathered, Item, Row]] = []
        mirrors = mirrors_of(self.peer, batch) if self.peer else {}
        for number, one in enumerate(batch):
            item = known.get(one.remote_id)
            if item is not None and item.run_id == self.run.pk and one.remote_id not in self.force:
                continue
            if item is None:
                item = Item(source=self.source, remote_id=one.remote_id)
                known[one.remote_id] = item
                fresh.append(item)
            item.run, item.changed_at = self.run, now
            self.run.gathered += 1
            self._judge(one, item, number, todo)
        owners = {row.external_id: owner_of(self.source, one, mirrors) for one, _, row in todo}
        self._publish(todo, owners)
        new = {id(item) for item in fresh}
        Item.objects.bulk_create(fresh, batch_size=250)
        write_back([item for item in known.values() if id(item) not in new and item.run_id == self.run.pk])
        self.run.save()

    def _judge(self, one: Gathered, item: Item, number: int, todo: list[tuple[Gathered, Item, Row]]) -> None:
        """Leave alone what has not changed, put a fault on record, line up the rest."""
        if one.deleted:
            self._archive_now(item)
            return
        digest = digest_of(self.source, one)
        item.title, item.url = (one.title or item.title)[:256], one.url
        alive = item.status in (Item.Status.DONE, Item.Status.SKIPPED) and item.listing_id is not None
        if alive and item.digest == digest and one.remote_id not in self.force:
            item.status, item.log = Item.Status.SKIPPED, []
            self.run.unchanged += 1
            return
        if item.status == Item.Status.ARCHIVED and (item.listing is None or item.listing.status == Status.ARCHIVED):
            item.generation += 1 if item.listing_id else 0
            item.listing = None
        if alive and one.remote_id not in self.force and self._was_edited_here(item):
            item.status, item.digest = Item.Status.SKIPPED, digest
            item.log = [_EDITED_HERE]
            self.run.unchanged += 1
            return
        try:
            external_id = external_id_of(self.source, one, item.generation)
            home = self.peer.name if self.peer else ""
            row = row_of(self.source, one, external_id, number, home_node=home)
            self._demand_same_kind(item, row)
        except Fault as fault:
            item.status, item.log = Item.Status.FAILED, as_sentences(fault)
            self.run.failed += 1
            return
        item.digest = digest
        todo.append((one, item, row))

    def _was_edited_here(self, item: Item) -> bool:
        """Whether somebody has changed the content since this source last wrote it: their work is not written over."""
        if item.listing is None or item.listing.version == item.listing_version or self.peer:
            return False
        later = ListingVersion.objects.filter(listing=item.listing, number__gt=item.listing_version)
        return later.filter(verb__in=["listing.change", "listing.restore"]).exists()

    def _demand_same_kind(self, item: Item, row: Row) -> None:
        if item.listing is not None and item.listing.kind != row.values.kind:
            raise Fault(
                "kind.fixed",
                "对方把它改成了另一类；类别不能更改，请先归档这一条。",
                "The other side made it another kind; the kind cannot change. Archive this one first.",
                place="kind",
                status=422,
            )

    def _publish(self, todo: list[tuple[Gathered, Item, Row]], owners: dict[str, Member]) -> None:
        for member in {m.pk: m for m in owners.values()}.values():
            part = [x for x in todo if owners[x[2].external_id].pk == member.pk]
            taken = self._taken_elsewhere(member, part)
            good = [x for x in part if x[2].external_id not in taken]
            for _, item, row in part:
                if row.external_id in taken:
                    item.status, item.log, item.digest = Item.Status.FAILED, [taken[row.external_id]], ""
                    self.run.failed += 1
            if not good:
                continue
            tally = upsert_many(
                actor=HARVESTER, member=member, rows=[row for _, _, row in good], put_forward=self.source.publish
            )
            self.run.created += len(tally.created)
            self.run.changed += len(tally.changed)
            self.run.unchanged += tally.unchanged
            written = {
                x.external_id: x
                for x in Listing.objects.unscoped("a run notes what it wrote").filter(
                    owner_member=member, external_id__in=[row.external_id for _, _, row in good]
                )
            }
            touched = {*tally.created, *(pk for pk, _ in tally.changed)}
            for _, item, row in good:
                listing = written[row.external_id]
                item.listing, item.listing_version, item.log = listing, listing.version, []
                item.status = Item.Status.DONE if listing.pk in touched else Item.Status.SKIPPED

    def _taken_elsewhere(self, member: Member, part: list[tuple[Gathered, Item, Row]]) -> dict[str, dict[str, Any]]:
        """Ids that another source of the member writes: two that take turns would never come to rest."""
        others = (
            self._items()
            .filter(listing__owner_member=member, listing__external_id__in=[row.external_id for _, _, row in part])
            .exclude(source=self.source)
            .exclude(status=Item.Status.ARCHIVED)
        )
        return {
            external_id: {
                "zh": f"编号“{external_id}”已由来源“{name}”提供。",
                "en": f"The id “{external_id}” comes from the source “{name}” already.",
                "place": "external_id",
                "code": "source.taken",
            }
            for external_id, name in others.values_list("listing__external_id", "source__name")
        }

    def _archive_now(self, item: Item) -> None:
        from duijie.federate.actions.archiving import archive_items

        if item.status == Item.Status.ARCHIVED or item.pk is None:
            item.status = Item.Status.ARCHIVED
            return
        archive_items([item])
        self.run.archived += 1

    def archive_vanished(self, progress: Progress) -> None:
        """Archive what the whole list no longer holds; where suddenly most of it is gone, wait for a person's word."""
        from duijie.federate.actions.archiving import archive_items

        live = self._items().filter(source=self.source).exclude(status=Item.Status.ARCHIVED)
        gone = live.exclude(run=self.run)
        total, missing = live.count(), gone.count()
        if missing > HELD_ABOVE and missing > HELD_SHARE * total:
            self.run.held = missing
            self.run.save()
            return
        while part := list(gone.select_related("listing").order_by("pk")[:BATCH]):
            with transaction.atomic():
                archive_items(part)
                for item in part:
                    item.run = self.run
                write_back(part)
                self.run.archived += len(part)
                self.run.save()
            progress.to(self.run.gathered + self.run.archived)


_OF_AN_ITEM = [
    "title", "url", "digest", "status", "log", "listing", "listing_version", "generation", "run", "changed_at",
]  # fmt: skip


def write_back(items: list[Item]) -> None:
    """Write known items as they are now: rows that meet themselves. `bulk_update` spends most of a harvest on its CASEs."""
    Item.objects.bulk_create(
        items, batch_size=250, update_conflicts=True, unique_fields=["id"], update_fields=_OF_AN_ITEM
    )


_EDITED_HERE = {
    "zh": "本平台上有人改过这条信息，来源的新内容没有覆盖它；需要时点“采用来源内容”。",
    "en": "Somebody has changed this listing here; the source's new content was not written over it.",
    "place": None,
    "code": "source.edited_here",
}


def one_page(source: Source, rows: int) -> Page:
    """The first things of a source, for a preview; nothing is written."""
    found: list[Gathered] = []
    for page in gather(order_of(source, whole=True, rows=rows)):
        found += page.items
        if len(found) >= rows:
            break
    return Page(found[:rows])


__all__ = ["HARVESTER", "SYSTEM", "Desk", "client_of", "harvest", "one_page", "order_of"]
