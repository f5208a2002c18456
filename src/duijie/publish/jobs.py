"""Long work of publishing: checking, applying and undoing imports. Each goes on where it was after a kill."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.errors import Fault
from duijie.core.files import XLSX, path_of, store
from duijie.core.jobs import Progress, Stopped, job
from duijie.core.sheets import write_marked_copy
from duijie.members.models import ApiKey, User
from duijie.members.viewers import viewer_of, viewer_of_key
from duijie.publish.actions.bulk import Tally, upsert_many
from duijie.publish.actions.imports import apply_import
from duijie.publish.actions.lifecycle import close_listing, discard_draft
from duijie.publish.actions.writing import keep, locked
from duijie.publish.models import ImportBatch, Listing, ListingVersion
from duijie.publish.models.listings import Status
from duijie.publish.schemas import apply_values, read_listing, resolve_circle
from duijie.publish.sheets import SheetReader, columns_of

BATCH = 250
KEPT_FAULTS = 2000
SHOWN_FAULTS = 200


def actor_of(progress: Progress) -> Viewer:
    """Who asked for the job, with the rights held now."""
    if progress.params.get("by_system"):  # asked for on the command line, by whoever runs the installation
        return replace(SYSTEM, via="sheet")
    key_id = progress.params.get("key_id")
    if key_id:
        return viewer_of_key(ApiKey.objects.get(pk=key_id))
    return viewer_of(User.objects.filter(pk=progress.job.owner_user_id or 0).first(), via="sheet")


def _reader(batch: ImportBatch) -> SheetReader:
    return SheetReader(
        path=path_of(batch.file),
        kind=batch.kind,
        member=batch.owner_member,
        organisation=batch.owner_organisation,
        key=f"S{batch.file.sha256[:12]}",
    )


def _as_json(fault: Fault) -> dict[str, Any]:
    return {"place": fault.place, "zh": fault.zh, "en": fault.en, "code": fault.code} | {
        key: fault.detail.get(key) for key in ("row", "column")
    }


@job("listing.import.check")
def check(progress: Progress) -> dict[str, Any]:
    """Read every row, keep the faults, write the marked copy. The listings are not touched."""
    batch = ImportBatch.objects.select_related("owner_member", "owner_organisation", "file").get(
        pk=progress.params["batch"]
    )
    counts = {"total": 0, "good": 0, "bad": 0, "new": 0, "changed": 0}
    faults: list[Fault] = []
    pending: list[str] = []
    try:
        for read in _reader(batch):
            counts["total"] += 1
            progress.to(counts["total"], None, f"已检查 {counts['total']} 行", f"{counts['total']} rows checked")
            if read.row is None:
                counts["bad"] += 1
                faults += read.faults[: max(0, KEPT_FAULTS - len(faults))]
                continue
            counts["good"] += 1
            pending.append(read.row.external_id)
            if len(pending) >= 500:
                counts["changed"] += _known(batch, pending)
                pending = []
        counts["changed"] += _known(batch, pending)
    except Fault as fault:  # the file itself is refused
        ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.Status.FAILED, faults=[_as_json(fault)])
        raise
    except Stopped:
        ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.Status.FAILED)
        raise
    batch.marked_file = _marked(batch, faults) if faults else None
    batch.rows_total, batch.rows_good, batch.rows_bad = counts["total"], counts["good"], counts["bad"]
    batch.rows_changed, batch.rows_new = counts["changed"], counts["good"] - counts["changed"]
    batch.faults = [_as_json(f) for f in faults[:SHOWN_FAULTS]]
    batch.status = ImportBatch.Status.CHECKED
    batch.save()
    if progress.params.get("apply_when_good") and counts["good"] and not (counts["bad"] and batch.all_or_nothing):
        apply_import(actor=actor_of(progress), batch=batch)
    return counts


def _known(batch: ImportBatch, external_ids: list[str]) -> int:
    rows = Listing.objects.unscoped("an import counts which of its ids the member has")
    return rows.filter(owner_member=batch.owner_member, external_id__in=external_ids).count()


def _marked(batch: ImportBatch, faults: list[Fault]) -> Any:
    target = path_of(batch.file).with_suffix(".marked.xlsx")
    write_marked_copy(path_of(batch.file), faults, target, columns=columns_of(batch.kind))
    name = batch.file.name.rsplit(".", 1)[0] + "-标注.xlsx"
    with target.open("rb") as handle:
        record = store(
            iter(lambda: handle.read(1 << 20), b""),
            name=name,
            media_type=XLSX,
            audience=batch.file.audience,
            created_by_id=batch.created_by_id,
        )
    target.unlink()
    return record


@job("listing.import.apply")
def apply(progress: Progress) -> dict[str, Any]:
    """Write the good rows in short transactions; `state` says up to which row, so a kill in between repeats nothing."""
    batch = ImportBatch.objects.select_related("owner_member", "owner_organisation", "file").get(
        pk=progress.params["batch"]
    )
    actor = actor_of(progress)
    state = progress.state
    state.setdefault("row", 0)
    state.setdefault("created", [])
    state.setdefault("changed", [])
    state.setdefault("unchanged", 0)
    rows = (read.row for read in _reader(batch) if read.row is not None and read.number > state["row"])
    done = len(state["created"]) + len(state["changed"]) + state["unchanged"]
    while part := list(islice(rows, BATCH)):
        with transaction.atomic():
            tally = upsert_many(
                actor=actor,
                member=batch.owner_member,
                rows=part,
                put_forward=batch.publish,
                created_by_id=batch.created_by_id,
            )
            _remember(state, tally, part[-1].number)
            # The state is kept in the transaction of the rows themselves: both stand or neither does.
            type(progress.job).objects.filter(pk=progress.job.pk).update(state=state)
        done += len(part)
        progress.to(done, batch.rows_good, f"已导入 {done} 行", f"{done} rows imported")
    ImportBatch.objects.filter(pk=batch.pk).update(
        status=ImportBatch.Status.APPLIED,
        applied_at=timezone.now(),
        rows_new=len(state["created"]),
        rows_changed=len(state["changed"]),
        rows_same=state["unchanged"],
    )
    return {key: len(state[key]) for key in ("created", "changed")} | {"unchanged": state["unchanged"]}


def _remember(state: dict[str, Any], tally: Tally, row: int) -> None:
    state["row"] = row
    state["created"] += tally.created
    state["changed"] += [list(pair) for pair in tally.changed]
    state["unchanged"] += tally.unchanged


@job("listing.import.undo")
def undo(progress: Progress) -> dict[str, Any]:
    """Close or discard what the import created; put back what it changed."""
    batch = ImportBatch.objects.get(pk=progress.params["batch"])
    applied = (
        type(progress.job)
        .objects.filter(kind="listing.import.apply", params__batch=batch.pk, status="done")
        .latest("id")
    )
    actor = actor_of(progress)
    created, changed = applied.state["created"], applied.state["changed"]
    rows = Listing.objects.unscoped("an undo reads the rows that its import wrote")
    for listing in progress.over(rows.filter(pk__in=created).iterator(chunk_size=200), len(created) + len(changed)):
        if listing.status == Status.DRAFT and listing.published_at is None:
            discard_draft(actor=actor, listing=listing)
        elif listing.status in (Status.PUBLISHED, Status.SUBMITTED):
            close_listing(actor=actor, listing=listing, reason="撤销导入")
    for number, (pk, version) in enumerate(changed):
        progress.to(len(created) + number, len(created) + len(changed))
        _put_back(actor, pk, version)
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.Status.UNDONE)
    return {"closed": len(created), "restored": len(changed)}


def _put_back(actor: Viewer, pk: int, version: int) -> None:
    """Give a listing the content of an earlier version, as a new version."""
    from duijie.core.actions import acting

    earlier = ListingVersion.objects.filter(listing_id=pk, number=version).first()
    if earlier is None:
        return
    with acting(actor, "listing.restore") as act:
        listing = locked(Listing(pk=pk))
        data = {k: v for k, v in earlier.snapshot.items() if k != "status"}
        values = read_listing(data)
        apply_values(listing, values, resolve_circle(values.draft))
        listing.version += 1
        keep(listing, actor=actor, verb=act.verb)
        act.done(listing, member_id=listing.owner_member_id, event="listing.changed", ids=[pk])
