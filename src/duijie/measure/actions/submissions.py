"""Submissions: filling in, submitting, asking back, verifying, reopening. Each step leaves a line that stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import Act, acting
from duijie.core.errors import Conflict, Fault, Faults, NotFound, Stale
from duijie.core.indicators import Indicator
from duijie.core.notifications import tell
from duijie.core.text import tidy_line
from duijie.measure.checks import Given, check_cell
from duijie.measure.models import Entry, Remark, Round, Step, Submission
from duijie.measure.queries.rounds import doubts_of, secretaries_of
from duijie.measure.reading import read_value
from duijie.measure.rules import demand, place_in
from duijie.members.queries.people import staff_of_member

STATUSES = {"A": "A", "正常": "A", "P": "P", "初步": "P", "E": "E", "估计": "E", "B": "B", "口径变化": "B", "M": "M", "缺失": "M",
            "normal": "A", "provisional": "P", "estimated": "E", "break": "B", "missing": "M"}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell as it was given, through whichever door: the value as written, a status in words or code, a reason."""

    value: Any = None
    status: str = ""
    reason: str = ""


def fill(
    *,
    actor: Viewer,
    submission: Submission,
    cells: Mapping[str, Cell],
    version: int | None = None,
    dry_run: bool = False,
) -> Submission:
    """Write cells by indicator code; those not named stay. One bad cell keeps all of them out.

    Raises NotAllowed, Stale, Conflict "submission.not_filling", "round.not_open", Faults with the code of each cell as its place.
    """
    with acting(actor, "submission.fill", dry_run=dry_run) as act:
        current = _locked(submission)
        demand(actor, "submission.fill", place_in(current.round.alliance_id, current.member_id))
        _demand_filling(current, version)
        asked = {item.indicator.code: item.indicator for item in current.round.items.select_related("indicator")}
        given = _read_cells(asked, cells)
        if _write_entries(current, asked, given):
            current.version += 1
            current.save()
            act.done(
                current,
                member_id=current.member_id,
                event="submission.filled",
                ids=[current.pk],
                detail={"cells": sorted(cells)},
            )
        else:
            act.nothing_changed()
    return current


def _read_cells(asked: Mapping[str, Indicator], cells: Mapping[str, Cell]) -> dict[str, Given]:
    faults: list[Fault] = []
    given: dict[str, Given] = {}
    for code, cell in cells.items():
        indicator = asked.get(code)
        if indicator is None:
            faults.append(Fault("entry.unknown", f"这一轮没有指标“{code}”。", f"This round has no indicator “{code}”.", place=code, status=422))  # fmt: skip
            continue
        try:
            given[code] = _read_cell(indicator, cell)
        except Fault as fault:
            faults.append(
                Fault(fault.code, f"{indicator.name}：{fault.zh}", f"{indicator.name_en or indicator.name}: {fault.en}", place=code, status=422)
            )  # fmt: skip
            continue
        faults += check_cell(indicator, given[code])
    if faults:
        raise Faults(faults)
    return given


def _read_cell(indicator: Indicator, cell: Cell) -> Given:
    value = read_value(cell.value, indicator.unit)
    word = str(cell.status or "").strip()
    status = STATUSES.get(word, STATUSES.get(word.casefold(), STATUSES.get(word.upper(), ""))) if word else "A"
    if not status:
        raise Fault("value.status", f"没有“{word[:20]}”这种状态。", f"There is no status “{word[:20]}”.", status=422)
    reason = tidy_line(str(cell.reason or ""))[:300]
    if value is not None and status == "M":
        raise Fault(
            "value.missing_with_value", "标为缺失就不要填数值。", "Marked missing, but there is a value.", status=422
        )
    return Given(value, status if value is not None or status == "M" else "A", reason)


def _write_entries(submission: Submission, asked: Mapping[str, Indicator], given: Mapping[str, Given]) -> bool:
    """Write what differs from what stands there; whether anything did."""
    rows = (
        Entry.objects.unscoped("the action has asked who may").filter(submission=submission).select_related("indicator")
    )
    there = {e.indicator.code: e for e in rows}
    changed = False
    for code, cell in given.items():
        entry = there.get(code)
        if entry is None:
            if cell == Given(None):
                continue
            entry = Entry(submission=submission, indicator=asked[code])
        elif (entry.value, entry.status, entry.reason) == (cell.value, cell.status, cell.reason):
            continue
        entry.value, entry.status, entry.reason = cell.value, cell.status, cell.reason
        entry.save()
        changed = True
    return changed


def submit(*, actor: Viewer, submission: Submission, version: int | None = None) -> Submission:
    """Hand in: every required cell is there or explained, every doubt has its reason.

    Raises NotAllowed, Stale, Conflict, Faults with every cell that is still open.
    """
    with acting(actor, "submission.submit") as act:
        current = _locked(submission)
        demand(actor, "submission.submit", place_in(current.round.alliance_id, current.member_id))
        _demand_filling(current, version)
        open_doubts = doubts_of(current)
        if open_doubts:
            raise Faults([doubt.fault() for doubt in open_doubts])
        current.status, current.submitted_at = Submission.Status.SUBMITTED, timezone.now()
        _step(act, actor, current, "submitted")
        _tell(secretaries_of(current.round.alliance_id), current, "{} 已提交“{}”。", "{} has submitted “{}”.")
    return current


def verify(*, actor: Viewer, submission: Submission, version: int | None = None) -> Submission:
    """Vouch for a submission. Of two officers at once the first wins; the second is told that it is done.

    Raises NotAllowed, Stale, Conflict "submission.already_verified", "submission.not_submitted", "submission.open_question".
    """
    with acting(actor, "submission.verify") as act:
        current = _locked(submission)
        demand(actor, "submission.verify", place_in(current.round.alliance_id))
        if current.status in {Submission.Status.VERIFIED, Submission.Status.PUBLISHED}:
            raise Conflict(
                "submission.already_verified", "这份填报已由另一位工作人员核验。", "Another officer has verified this submission already."
            )  # fmt: skip
        if current.status != Submission.Status.SUBMITTED:
            raise Conflict("submission.not_submitted", "这份填报还没有提交。", "This submission is not handed in.")
        if version is not None and version != current.version:
            raise Stale
        if _open_questions(current):
            raise Conflict(
                "submission.open_question", "还有没有了结的疑问，请先了结或退回。", "A question is still open; settle it or return the submission."
            )  # fmt: skip
        current.status, current.verified_at, current.verified_by_id = (
            Submission.Status.VERIFIED,
            timezone.now(),
            actor.user_id,
        )
        _step(act, actor, current, "verified")
        _tell(staff_of_member(current.member_id), current, "{} 的“{}”已核验通过。", "{}: “{}” is verified.")
    return current


def return_submission(*, actor: Viewer, submission: Submission, reason: str, version: int | None = None) -> Submission:
    """Give a submission back to be mended, saying why."""
    return _back(actor, submission, reason, "returned", {Submission.Status.SUBMITTED}, version)


def reopen(*, actor: Viewer, submission: Submission, reason: str, version: int | None = None) -> Submission:
    """Open again what was verified or published. What was published stays on record; a correction becomes a later vintage."""
    allowed: set[str] = {Submission.Status.VERIFIED, Submission.Status.PUBLISHED}
    return _back(actor, submission, reason, "reopened", allowed, version)


def _back(
    actor: Viewer, submission: Submission, reason: str, verb: str, allowed: set[str], version: int | None
) -> Submission:
    words = tidy_line(reason)[:300]
    with acting(actor, f"submission.{verb}") as act:
        current = _locked(submission)
        demand(actor, "submission.verify", place_in(current.round.alliance_id))
        if not words:
            raise Fault("missing", "原因：必须填写。", "Reason: is required.", place="reason", status=422)
        if current.status not in allowed:
            raise Conflict(
                "submission.wrong_state", "这份填报现在的状态不能这样做。", "The submission is not in a state for this."
            )
        if version is not None and version != current.version:
            raise Stale
        current.status = Submission.Status.FILLING
        current.verified_at = current.verified_by_id = None
        _step(act, actor, current, verb, words)
        _tell(
            staff_of_member(current.member_id),
            current,
            "{} 的“{}”被退回，请修改后再提交。",
            "{}: “{}” was returned; please mend and resubmit.",
        )
    return current


def ask(*, actor: Viewer, submission: Submission, text: str, code: str = "") -> Remark:
    """The secretariat asks about a submission or one cell of it."""
    with acting(actor, "submission.ask") as act:
        current = _locked(submission)
        demand(actor, "submission.verify", place_in(current.round.alliance_id))
        remark = _remark(actor, current, text, code, Remark.Side.SECRETARIAT)
        act.done(current, member_id=current.member_id, event="submission.asked", ids=[current.pk])
        _tell(
            staff_of_member(current.member_id),
            current,
            "{} 的“{}”有一个疑问要回答。",
            "{}: a question about “{}” waits for an answer.",
        )
    return remark


def answer(*, actor: Viewer, remark: Remark, text: str) -> Remark:
    """The member answers a question."""
    with acting(actor, "submission.answer") as act:
        current = _locked(remark.submission)
        demand(actor, "submission.fill", place_in(current.round.alliance_id, current.member_id))
        reply = _remark(actor, current, text, "", Remark.Side.MEMBER, answers=remark)
        act.done(current, member_id=current.member_id, event="submission.answered", ids=[current.pk])
        _tell(
            secretaries_of(current.round.alliance_id),
            current,
            "{} 回答了“{}”里的疑问。",
            "{} has answered a question about “{}”.",
        )
    return reply


def settle(*, actor: Viewer, remark: Remark) -> Remark:
    """The secretariat is content with the answer."""
    with acting(actor, "submission.settle") as act:
        current = _locked(remark.submission)
        demand(actor, "submission.verify", place_in(current.round.alliance_id))
        row: Remark = Remark.objects.unscoped("asked above").select_for_update().get(pk=remark.pk)
        row.settled_at = row.settled_at or timezone.now()
        row.save()
        act.done(current, member_id=current.member_id, event="submission.settled", ids=[current.pk])
    return row


def _remark(
    actor: Viewer, submission: Submission, text: str, code: str, side: str, answers: Remark | None = None
) -> Remark:
    words = tidy_line(text)[:1000]
    if not words:
        raise Fault("missing", "内容：必须填写。", "Text: is required.", place="text", status=422)
    indicator = None
    if code:
        item = submission.round.items.select_related("indicator").filter(indicator__code=code).first()
        if item is None:
            raise NotFound(f"这一轮没有指标“{code}”。", f"This round has no indicator “{code}”.", place="code")
        indicator = item.indicator
    return Remark.objects.create(
        submission=submission, indicator=indicator, answers=answers, side=side, author_id=actor.user_id, text=words
    )


def _open_questions(submission: Submission) -> bool:
    rows = Remark.objects.unscoped("asked above").filter(
        submission=submission, side="secretariat", settled_at__isnull=True
    )
    return bool(rows.exists())


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.unscoped("an action checks for itself").select_for_update(of=("self",))
    found: Submission = rows.select_related("round", "member").get(pk=submission.pk)
    return found


def _demand_filling(submission: Submission, version: int | None) -> None:
    if submission.round.status != Round.Status.OPEN:
        raise Conflict("round.not_open", "这一轮不在填报中。", "The round is not open.")
    if submission.status != Submission.Status.FILLING:
        raise Conflict(
            "submission.not_filling", "这份填报已经提交；要修改请秘书处退回。", "It is submitted; ask the secretariat to return it."
        )  # fmt: skip
    if version is not None and version != submission.version:
        raise Stale


def _step(act: Act, actor: Viewer, submission: Submission, verb: str, reason: str = "") -> None:
    submission.version += 1
    submission.save()
    Step.objects.create(submission=submission, actor=actor.reference(), verb=verb, reason=reason)
    act.done(submission, member_id=submission.member_id, event=f"submission.{verb}", ids=[submission.pk])


def _tell(people: Iterable[int], submission: Submission, zh: str, en: str) -> None:
    member, title = submission.member, submission.round.title
    tell(
        people, kind="measure.submission",
        zh=zh.format(member.short_name or member.name, title),
        en=en.format(member.name_en or member.name, submission.round.title_en or title),
        address=f"/submissions/{submission.uid}/",
    )  # fmt: skip
