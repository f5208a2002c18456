"""What every action has in common: one transaction, one audit line, one event.

    def close(*, actor: Viewer, listing: Listing, reason: str) -> Listing:
        with acting(actor, "listing.close") as act:
            ...check rules, change rows...
            act.done(listing, member_id=listing.owner_member_id, event="listing.closed", ids=[listing.id], detail={...})
        return listing

A block that ends without `done` is a mistake and raises; an exception rolls everything back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction

from duijie.core.access import Viewer
from duijie.core.audit import line_for
from duijie.core.events import emit
from duijie.core.models.audit import AuditLine


class DryRun(Exception):
    """Raised at the end of a dry run so that the real path is taken and rolled back."""


class Act:
    """The open action; `done` says what was done."""

    def __init__(self, actor: Viewer, verb: str) -> None:
        self.actor, self.verb, self.finished = actor, verb, False

    def done(
        self,
        record: models.Model | tuple[str, str],
        *,
        member_id: int | None = None,
        event: str | None = None,
        detail: dict[str, Any] | None = None,
        **payload: Any,
    ) -> None:
        """Write the audit line of `record` (a model with `uid`, or (kind, reference)) and emit `event` (default: the verb)."""
        kind, ref = _name(record)
        line_for(self.actor, self.verb, kind, ref, member_id=member_id, detail=detail or {}).save(force_insert=True)
        emit(event or self.verb, **payload)
        self.finished = True

    def done_many(
        self,
        records: Iterable[models.Model | tuple[str, str]],
        *,
        member_id: int | None = None,
        event: str | None = None,
        detail: dict[str, Any] | None = None,
        **payload: Any,
    ) -> None:
        """One audit line for each record, one event for the batch."""
        lines = [line_for(self.actor, self.verb, *_name(r), member_id=member_id, detail=detail or {}) for r in records]
        AuditLine.objects.bulk_create(lines, batch_size=500)
        emit(event or self.verb, **payload)
        self.finished = True

    def nothing_changed(self) -> None:
        """The record already was as asked for: no line, no event."""
        self.finished = True


def _name(record: models.Model | tuple[str, str]) -> tuple[str, str]:
    if isinstance(record, tuple):
        return record
    return record._meta.model_name or "", str(getattr(record, "uid", None) or record.pk)


@contextlib.contextmanager
def acting(actor: Viewer, verb: str, *, dry_run: bool = False) -> Iterator[Act]:
    """Open an action of `actor`. With `dry_run` the same path is taken and rolled back at the end."""
    act = Act(actor, verb)
    try:
        with transaction.atomic():
            yield act
            if not act.finished:
                raise AssertionError(f"action {verb} ended without saying what it did")
            if dry_run:
                raise DryRun
    except DryRun:
        pass


def read_personal_data(
    actor: Viewer, purpose: str, object_kind: str, object_ref: str, member_id: int | None = None
) -> None:
    """Put on record that personal data was read (PIPL): who, whose, why."""
    line_for(actor, "personal.read", object_kind, object_ref, member_id=member_id, detail={"purpose": purpose}).save(
        force_insert=True
    )
