"""Long work of this app: sheets of organisations and people."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.errors import Fault, Faults
from duijie.core.files import XLSX, get_file, path_of, store
from duijie.core.jobs import Progress, job
from duijie.core.sheets import write_marked_copy
from duijie.members.actions.imports import JOB, actor_of, write_row
from duijie.members.models import Member
from duijie.members.sheets import LIMITS, columns_of, rows_of

MOST_TOLD = 200
Counts = dict[str, int]


@job(JOB)
def run_sheet(progress: Progress) -> dict[str, Any]:
    """Check every row without leaving a trace; then, where that was asked for and nothing forbids it, write them.

    Killed in the middle of writing it goes on at the row after the last that was written; writing one again changes nothing.
    """
    params = progress.params
    member = Member.objects.get(pk=params["member"])
    path = path_of(get_file(params["file"], SYSTEM))
    if "checked" not in progress.state:
        faults, counts = _pass(progress, path, member, dry_run=True)
        bad = len({f.detail["row"] for f in faults})
        progress.state |= {"checked": counts, "bad": bad, "marked": _marked(progress, path, faults)}
        progress.state["told"] = [_told(f) for f in faults[:MOST_TOLD]]
        progress.to(0, force=True, zh="检查完毕", en="checked")
    written: Counts = {}
    if not params["dry_run"] and not (progress.state["bad"] and params["all_or_nothing"]):
        _, written = _pass(progress, path, member, dry_run=False)
    return {
        "kind": params["sheet"],
        "dry_run": params["dry_run"],
        "checked": progress.state["checked"],
        "written": written,
        "bad_rows": progress.state["bad"],
        "marked_file": progress.state["marked"],
        "faults": progress.state["told"],
    }


def _pass(progress: Progress, path: Path, member: Member, *, dry_run: bool) -> tuple[list[Fault], Counts]:
    """Go through the rows once, as a rehearsal or for good."""
    actor, kind = actor_of(progress.job), progress.params["sheet"]
    faults: list[Fault] = []
    counts: Counts = {"created": 0, "changed": 0, "unchanged": 0}
    first = 0 if dry_run else progress.state.get("written", 0)
    word = ("检查第 {n} 行", "checking row {n}") if dry_run else ("写入第 {n} 行", "writing row {n}")
    for number, row in enumerate(islice(rows_of(path, kind), first, None), start=first + 1):
        found = row.faults
        if row.record is not None:
            try:
                what = write_row(actor=actor, member=member, kind=kind, record=row.record, dry_run=dry_run)
                counts[what] += 1
            except Fault as refused:
                each = refused.faults if isinstance(refused, Faults) else [refused]
                found = [row.place(fault) for fault in each]
        for fault in found:
            fault.detail["row"] = row.number
        faults += found
        if not dry_run:
            progress.state["written"] = number
        progress.to(number, zh=word[0].format(n=row.number), en=word[1].format(n=row.number))
    return faults, counts


def _marked(progress: Progress, path: Path, faults: list[Fault]) -> str:
    """The id of the copy in which every bad cell is marked; "" where nothing is wrong."""
    if not faults:
        return ""
    kind = progress.params["sheet"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "marked.xlsx"
        write_marked_copy(path, faults, out, columns=columns_of(kind), limits=LIMITS)
        with out.open("rb") as handle:
            copy = store(
                iter(lambda: handle.read(1 << 20), b""), name=f"{kind}.xlsx", media_type=XLSX,
                audience=[f"staff:{progress.params['member']}"], created_by_id=progress.job.owner_user_id,
            )  # fmt: skip
    return copy.uid


def _told(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "zh": fault.zh, "en": fault.en, "place": fault.place, "row": fault.detail["row"]}
