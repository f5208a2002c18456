"""Bringing a sheet in: staged and checked first, then applied in short batches, undone within a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.core.files import store
from duijie.core.jobs import enqueue
from duijie.members.models import Member, Organisation
from duijie.publish.kinds import KINDS
from duijie.publish.models import ImportBatch
from duijie.publish.rules import demand_write_for

UNDO_WITHIN = dt.timedelta(days=1)


def start_import(
    *,
    actor: Viewer,
    member: Member,
    kind: str,
    chunks: Iterable[bytes],
    name: str,
    organisation: Organisation | None = None,
    all_or_nothing: bool = True,
    publish: bool = True,
    apply_when_good: bool = False,
) -> ImportBatch:
    """Keep the sheet and have it checked. Nothing is written to the listings yet, unless `apply_when_good` asks for it."""
    demand_write_for(actor, member, organisation)
    if kind not in KINDS:
        raise Fault("kind.unknown", f"没有类别“{kind}”。", f"There is no kind “{kind}”.", place="kind", status=422)
    audience = {f"staff:{member.pk}"} | ({f"org:{organisation.pk}"} if organisation else set())
    file = store(
        chunks, name=name, media_type="application/octet-stream", audience=audience, created_by_id=actor.user_id
    )
    with acting(actor, "import.start") as act:
        batch = ImportBatch.objects.create(
            kind=kind,
            owner_member=member,
            owner_organisation=organisation,
            created_by_id=actor.user_id,
            file=file,
            all_or_nothing=all_or_nothing,
            publish=publish,
        )
        batch.job = enqueue(
            "listing.import.check", actor=actor, member_id=member.pk, batch=batch.pk, apply_when_good=apply_when_good,
            key_id=actor.key_id, by_system=actor.is_system,
        )  # fmt: skip
        batch.save(update_fields=["job"])
        act.done(batch, member_id=member.pk, ids=[batch.pk])
    return batch


def get_import(uid: str, viewer: Viewer) -> ImportBatch:
    """A batch of the viewer's own member or organisation."""
    batch = (
        ImportBatch.objects.select_related("owner_member", "owner_organisation", "job", "marked_file", "file")
        .filter(uid=uid)
        .first()
    )
    if batch is None or not (
        viewer.is_system or {f"staff:{batch.owner_member_id}", f"org:{batch.owner_organisation_id}"} & viewer.tokens
    ):
        raise NotFound
    return batch


def apply_import(*, actor: Viewer, batch: ImportBatch) -> ImportBatch:
    """Write a checked sheet to the listings: everything, or the good rows where that was chosen."""
    demand_write_for(actor, batch.owner_member, batch.owner_organisation)
    with acting(actor, "import.apply") as act:
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.status != ImportBatch.Status.CHECKED:
            raise Conflict(
                "import.state",
                f"这次导入现在是“{ImportBatch.Status(batch.status).label}”，不能再导入。",
                "This import is not waiting to be applied.",
            )
        if batch.rows_bad and batch.all_or_nothing:
            raise Conflict(
                "import.faults",
                f"有 {batch.rows_bad} 行有错；改好后重新上传，或选择只导入正确的行。",
                f"{batch.rows_bad} rows have faults; mend them, or choose to import only the good rows.",
            )
        if not batch.rows_good:
            raise Conflict("import.empty", "没有可以导入的行。", "There is no row to import.")
        batch.status = ImportBatch.Status.APPLYING
        batch.job = enqueue(
            "listing.import.apply", actor=actor, member_id=batch.owner_member_id, total=batch.rows_good, batch=batch.pk,
            key_id=actor.key_id, by_system=actor.is_system,
        )  # fmt: skip
        batch.save(update_fields=["status", "job"])
        act.done(batch, member_id=batch.owner_member_id, ids=[batch.pk])
    return batch


def choose_good_rows(*, actor: Viewer, batch: ImportBatch) -> ImportBatch:
    """Give up "all or nothing" for a checked sheet."""
    demand_write_for(actor, batch.owner_member, batch.owner_organisation)
    with acting(actor, "import.choose") as act:
        ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.CHECKED).update(all_or_nothing=False)
        batch.refresh_from_db(fields=["all_or_nothing"])
        act.done(batch, member_id=batch.owner_member_id, ids=[batch.pk])
    return batch


def undo_import(*, actor: Viewer, batch: ImportBatch) -> ImportBatch:
    """Take an applied import back within a day: what it created is closed or discarded, what it changed is as before."""
    demand_write_for(actor, batch.owner_member, batch.owner_organisation)
    with acting(actor, "import.undo") as act:
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.status != ImportBatch.Status.APPLIED or batch.applied_at is None:
            raise Conflict("import.state", "这次导入没有可撤销的内容。", "There is nothing of this import to undo.")
        if timezone.now() - batch.applied_at > UNDO_WITHIN:
            raise Conflict("import.late", "超过一天，不能再撤销；可以逐条修改或关闭。", "Undo is open for a day only.")
        batch.status = ImportBatch.Status.APPLYING
        batch.job = enqueue(
            "listing.import.undo",
            actor=actor,
            member_id=batch.owner_member_id,
            batch=batch.pk,
            key_id=actor.key_id,
            by_system=actor.is_system,
        )
        batch.save(update_fields=["status", "job"])
        act.done(batch, member_id=batch.owner_member_id, ids=[batch.pk])
    return batch
