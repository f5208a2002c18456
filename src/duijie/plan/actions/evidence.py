"""Files that stand behind a figure."""

from __future__ import annotations

from collections.abc import Iterable

from duijie.core.access import PUBLIC, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault
from duijie.core.files import store
from duijie.plan.actions.common import open_copy
from duijie.plan.models import Actual, Baseline, Evidence, Plan, Target
from duijie.plan.rules import demand_report_for

LARGEST_BYTES = 20 * 1024 * 1024
MEDIA_TYPES = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv", ".txt": "text/plain",
}  # fmt: skip


def add_evidence(
    *, actor: Viewer, record: Baseline | Target | Actual, chunks: Iterable[bytes], name: str, note: str = ""
) -> Evidence:
    """Keep a file behind a figure: by who may write the figure. Raises Fault "file.kind" (415), "file.too_large"."""
    plan: Plan = record.indicator.plan
    with acting(actor, "evidence.add") as act:
        if isinstance(record, Actual):
            demand_report_for(actor, record.member, plan, record.indicator)
        else:
            open_copy(actor, plan)
        suffix = "." + name.rpartition(".")[2].lower()
        if suffix not in MEDIA_TYPES:
            some = "、".join(sorted(MEDIA_TYPES))
            raise Fault("file.kind", f"只收这些类型的文件：{some}。", f"Files of these kinds only: {', '.join(sorted(MEDIA_TYPES))}.", place="file", status=415)  # fmt: skip
        file = store(
            chunks, name=name, media_type=MEDIA_TYPES[suffix], audience=audience_of(plan, record),
            created_by_id=actor.user_id, largest_bytes=LARGEST_BYTES,
        )  # fmt: skip
        made = Evidence.objects.create(file=file, note=note.strip()[:200], **{record._meta.model_name or "": record})
        act.done(made, member_id=record.member_id or plan.member_id, event="evidence.added", ids=[plan.pk])
    return made


def audience_of(plan: Plan, record: Baseline | Target | Actual) -> list[str]:
    """Evidence of a target is for whoever reads the plan; that of a reported figure for the alliance, or its member."""
    if not isinstance(record, Actual):
        return [PUBLIC] if plan.published_at else [f"alliance:{plan.alliance_id}" if plan.alliance_id else f"staff:{plan.member_id}"]  # fmt: skip
    found = {f"alliance:{plan.alliance_id}"} if plan.alliance_id else {f"staff:{plan.member_id}"}
    if record.member_id:
        found.add(f"staff:{record.member_id}")
    return sorted(found)
