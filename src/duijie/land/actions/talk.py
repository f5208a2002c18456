"""What is said on a deal: the next step, comments and documents, blockers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.core.files import store
from duijie.core.notifications import tell
from duijie.land.actions.deals import locked
from duijie.land.models import Blocker, Deal, DealComment
from duijie.land.rules import demand_party, party_ids
from duijie.members.models import Alliance, Member
from duijie.members.queries import staff_of_member

LONGEST = 4000
LARGEST_BYTES = 20 * 1024 * 1024
# What offices hand over. Served as attachments, never shown by the browser.
DOCUMENTS = (
    ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".ofd", ".wps", ".et", ".csv", ".txt", ".jpg", ".jpeg", ".png",
    ".zip", ".dwg",
)  # fmt: skip


def audience_of(deal: Deal) -> set[str]:
    """Tokens of those who may read a deal's documents: its parties."""
    members, organisations = party_ids(deal)
    tokens = {f"staff:{m}" for m in members} | {f"org:{o}" for o in organisations}
    return tokens | ({f"user:{deal.owner_user_id}"} if deal.owner_user_id else set())


def set_next_step(*, actor: Viewer, deal: Deal, step: str, on: dt.date | None, version: int | None = None) -> Deal:
    """Say what comes next and by when."""
    demand_party(actor, deal)
    with acting(actor, "deal.step") as act:
        current = locked(deal, version)
        current.next_step, current.next_on = step.strip()[:200], on
        current.version += 1
        current.save(update_fields=["next_step", "next_on", "version", "changed_at"])
        act.done(current, member_id=current.owner_member_id, ids=[current.pk])
    return current


def comment(
    *,
    actor: Viewer,
    deal: Deal,
    text: str = "",
    file_chunks: Iterable[bytes] | None = None,
    file_name: str = "",
    media_type: str = "application/octet-stream",
) -> DealComment:
    """Say something on a deal, with a document or without. Raises Fault "text.too_long", "document.type", "file.too_large"."""
    demand_party(actor, deal)
    text = text.strip()
    if not text and file_chunks is None:
        raise Fault("comment.empty", "请写点什么，或附上文件。", "Write something or attach a file.", place="text", status=422)  # fmt: skip
    if len(text) > LONGEST:
        raise Fault(
            "text.too_long", f"最多 {LONGEST} 个字。", f"At most {LONGEST} characters.", place="text", status=422
        )
    kept = None
    if file_chunks is not None:
        _demand_document(file_name)
        kept = store(
            file_chunks, name=file_name or "file", media_type=media_type, audience=audience_of(deal),
            created_by_id=actor.user_id, largest_bytes=LARGEST_BYTES,
        )  # fmt: skip
    with acting(actor, "deal.comment") as act:
        row = DealComment.objects.create(deal=deal, author_id=actor.user_id, text=text, file=kept)
        if deal.owner_user_id and deal.owner_user_id != actor.user_id:
            tell(
                [deal.owner_user_id], kind="deal.comment", zh=f"项目有新的留言：{_name(deal)}",
                en=f"A new comment on {_name(deal)}", address=f"/deals/{deal.uid}/", key=f"deal.comment:{row.pk}",
            )  # fmt: skip
        act.done(deal, member_id=deal.owner_member_id, ids=[deal.pk])
    return row


def _name(deal: Deal) -> str:
    return "保密项目" if deal.confidential else deal.title


def _demand_document(name: str) -> None:
    if Path(name).suffix.lower() not in DOCUMENTS:
        allowed = "、".join(s.removeprefix(".") for s in DOCUMENTS)
        raise Fault(
            "document.type",
            f"不能上传“{Path(name).name[-40:]}”这类文件；可以上传：{allowed}。",
            f"“{Path(name).name[-40:]}” is of a kind that is not taken; taken are: {allowed.replace('、', ', ')}.",
            place="file",
            status=415,
        )


def raise_blocker(
    *, actor: Viewer, deal: Deal, text: str, to_member: Member | None = None, to_alliance: Alliance | None = None
) -> Blocker:
    """Say what stands in the way, to another member's liaison officers or to an alliance's council (by an event)."""
    demand_party(actor, deal)
    text = text.strip()
    if not text or (to_member is None) == (to_alliance is None):
        raise Fault(
            "blocker.incomplete",
            "请写明卡在哪里，并选择向哪个成员或联盟提出。",
            "Say what stands in the way, and to which member or alliance it is raised.",
            place="text",
            status=422,
        )
    with acting(actor, "deal.block") as act:
        row = Blocker.objects.create(
            deal=deal, text=text[:500], to_member=to_member, to_alliance=to_alliance, raised_by_id=actor.user_id
        )
        if to_member is not None:
            tell(
                staff_of_member(to_member.pk), kind="deal.blocked", zh=f"请协调：{_name(deal)}遇到卡点",
                en=f"Help is needed: {_name(deal)} is blocked", address=f"/deals/{deal.uid}/", key=f"blocker:{row.uid}",
            )  # fmt: skip
        act.done(
            deal, member_id=deal.owner_member_id, event="blocker.raised", ids=[row.pk], deal=deal.pk,
            member=to_member.pk if to_member else None, alliance=to_alliance.pk if to_alliance else None,
        )  # fmt: skip
    return row


def clear_blocker(*, actor: Viewer, blocker: Blocker, answer: str) -> Blocker:
    """Say how a blocker was cleared: a party, or the officers of the member it was raised to."""
    if blocker.to_member_id not in actor.member_ids:
        demand_party(actor, blocker.deal)
    if not answer.strip():
        raise Fault("reason.missing", "请写明如何解决。", "Say how it was cleared.", place="answer", status=422)
    with acting(actor, "deal.unblock") as act:
        row = Blocker.objects.select_for_update(of=("self",)).select_related("deal").get(pk=blocker.pk)
        if row.cleared_at is not None:
            raise Conflict("blocker.cleared", "这个卡点已经解决了。", "This blocker was cleared already.")
        row.answer, row.cleared_at, row.cleared_by_id = answer.strip()[:500], timezone.now(), actor.user_id
        row.save()
        act.done(row.deal, member_id=row.deal.owner_member_id, event="blocker.cleared", ids=[row.pk], deal=row.deal_id)
    return row
