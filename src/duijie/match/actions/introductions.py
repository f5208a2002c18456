"""An introduction: messages, files, the next step, how it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.files import store
from duijie.core.notifications import tell
from duijie.match.models import Introduction, Message
from duijie.match.people import liaisons_of
from duijie.match.rules import demand_write, is_party

LONGEST = 4000
LARGEST_BYTES = 20 * 1024 * 1024


def _demand_open(actor: Viewer, introduction: Introduction) -> None:
    demand_write(actor)
    if not is_party(actor, introduction):
        raise NotFound
    introduction.refresh_from_db(fields=["status"])  # somebody may have ended it since the page was opened
    if introduction.status == Introduction.Status.ENDED:
        raise Conflict("introduction.ended", "这次对接已经结束。", "This introduction has ended.")


def audience_of(introduction: Introduction) -> set[str]:
    """Tokens of those who may read what passes in an introduction."""
    tokens = {f"staff:{introduction.first_member_id}", f"staff:{introduction.second_member_id}"}
    for organisation_id in (introduction.first_organisation_id, introduction.second_organisation_id):
        if organisation_id:
            tokens.add(f"org:{organisation_id}")
    return tokens


def say(
    *,
    actor: Viewer,
    introduction: Introduction,
    text: str = "",
    file_chunks: Iterable[bytes] | None = None,
    file_name: str = "",
    media_type: str = "application/octet-stream",
) -> Message:
    """Write a message, with a file or without."""
    _demand_open(actor, introduction)
    text = text.strip()
    if not text and file_chunks is None:
        raise Fault(
            "message.empty", "请写点什么，或附上文件。", "Write something or attach a file.", place="text", status=422
        )
    if len(text) > LONGEST:
        raise Fault(
            "text.too_long", f"最多 {LONGEST} 个字。", f"At most {LONGEST} characters.", place="text", status=422
        )
    kept = None
    if file_chunks is not None:
        kept = store(
            file_chunks,
            name=file_name or "file",
            media_type=media_type,
            audience=audience_of(introduction),
            created_by_id=actor.user_id,
            largest_bytes=LARGEST_BYTES,
        )
    with acting(actor, "introduction.say") as act:
        message = Message.objects.create(introduction=introduction, author_id=actor.user_id, text=text, file=kept)
        others = {introduction.first_user_id, introduction.second_user_id} - {None, actor.user_id}
        tell(
            [user_id for user_id in others if user_id],
            kind="introduction.message",
            zh=f"{actor.name}在对接中给您留言",
            en=f"{actor.name} wrote to you in an introduction",
            address=f"/introductions/{introduction.uid}/",
            key=f"message:{message.pk}",
        )
        act.done(introduction, member_id=introduction.first_member_id, ids=[introduction.pk])
    return message


def _changed(introduction: Introduction, version: int | None) -> Introduction:
    row = Introduction.objects.select_for_update().get(pk=introduction.pk)
    if version is not None and row.version != version:
        raise Stale
    row.version += 1
    return row


def set_next_step(
    *,
    actor: Viewer,
    introduction: Introduction,
    step: str,
    on: dt.date | None,
    promising: bool = False,
    version: int | None = None,
) -> Introduction:
    """Say what comes next and by when."""
    _demand_open(actor, introduction)
    with acting(actor, "introduction.step") as act:
        introduction = _changed(introduction, version)
        introduction.next_step, introduction.next_on = step.strip()[:200], on
        if promising:
            introduction.status = Introduction.Status.PROMISING
        introduction.save()
        act.done(introduction, member_id=introduction.first_member_id, ids=[introduction.pk])
    return introduction


def end_introduction(
    *, actor: Viewer, introduction: Introduction, reason: str, version: int | None = None
) -> Introduction:
    """End a conversation, with the reason."""
    _demand_open(actor, introduction)
    if not reason.strip():
        raise Fault("introduction.reason", "请写明结束的原因。", "Say why it ends.", place="reason", status=422)
    with acting(actor, "introduction.end") as act:
        introduction = _changed(introduction, version)
        introduction.status, introduction.ended_reason = Introduction.Status.ENDED, reason.strip()[:300]
        introduction.save()
        tell(
            liaisons_of(introduction.first_member_id) | liaisons_of(introduction.second_member_id),
            kind="introduction.ended",
            zh="一次对接已结束",
            en="An introduction has ended",
            address=f"/introductions/{introduction.uid}/",
            key=f"ended:{introduction.uid}",
        )
        act.done(introduction, member_id=introduction.first_member_id, ids=[introduction.pk])
    return introduction


def hand_on(*, actor: Viewer, introduction: Introduction, version: int | None = None) -> Introduction:
    """It has become something to follow as a deal (whoever follows deals hears the event)."""
    _demand_open(actor, introduction)
    with acting(actor, "introduction.hand_on") as act:
        introduction = _changed(introduction, version)
        introduction.status = Introduction.Status.HANDED_ON
        introduction.save()
        act.done(introduction, member_id=introduction.first_member_id, ids=[introduction.pk])
    return introduction
