"""What one side says of a suggestion: interested, not now, not suitable (and why); or hands it to a colleague."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, NotFound
from duijie.core.notifications import tell
from duijie.match.models import Forward, Suggestion, Verdict
from duijie.match.models.suggestions import Side
from duijie.match.rules import demand_voice
from duijie.members.models import User
from duijie.members.viewers import viewer_of
from duijie.publish.models import Listing

# Why a suggestion does not suit: stable words, for people to choose from and for the engine to learn from.
REASONS: dict[str, tuple[str, str]] = {
    "field": ("不是我们的领域", "Not our field"),
    "maturity": ("成熟度不够", "Not mature enough"),
    "price": ("价格不合适", "The price does not suit"),
    "place": ("距离太远", "Too far away"),
    "time": ("时间对不上", "The time does not fit"),
    "known": ("已经认识", "We know each other already"),
    "competitor": ("是竞争对手", "A competitor"),
    "vague": ("信息太少", "Too little is said"),
    "done": ("已经解决", "Settled already"),
    "other": ("其他", "Other"),
}


def own_listing(suggestion: Suggestion, side: str) -> Listing:
    return suggestion.asking if side == Side.ASKING else suggestion.giving


def other_listing(suggestion: Suggestion, side: str) -> Listing:
    return suggestion.giving if side == Side.ASKING else suggestion.asking


def check_reasons(reasons: list[str]) -> list[str]:
    unknown = [r for r in reasons if r not in REASONS]
    if unknown:
        raise Fault(
            "reason.unknown",
            f"没有原因“{unknown[0]}”。",
            f"There is no reason “{unknown[0]}”.",
            place="reasons",
            status=422,
        )
    return list(dict.fromkeys(reasons))


def give_verdict(
    *, actor: Viewer, suggestion: Suggestion, side: str, answer: str, reasons: list[str] | None = None, remark: str = ""
) -> Verdict:
    """Record what `side` says. "interested" is said through `express_interest`, which calls this."""
    demand_voice(actor, own_listing(suggestion, side))
    if answer not in Verdict.Answer.values:
        raise Fault(
            "verdict.unknown",
            "请选择感兴趣、暂不考虑或不合适。",
            "Say interested, not now or not suitable.",
            place="answer",
            status=422,
        )
    with acting(actor, "match.verdict") as act:
        verdict, _ = Verdict.objects.update_or_create(
            suggestion=suggestion,
            side=side,
            defaults={
                "answer": answer,
                "reasons": check_reasons(reasons or []),
                "remark": remark.strip()[:300],
                "user_id": actor.user_id,
            },
        )
        act.done(
            suggestion,
            member_id=own_listing(suggestion, side).owner_member_id,
            ids=[suggestion.pk],
            detail={"side": side, "answer": answer},
        )
    return verdict


def forward(*, actor: Viewer, suggestion: Suggestion, side: str, to_user_uid: str, note: str = "") -> Forward:
    """Hand a suggestion to a colleague who may answer for the same listing."""
    listing = own_listing(suggestion, side)
    demand_voice(actor, listing)
    colleague = User.objects.filter(uid=to_user_uid, is_active=True).first()
    if colleague is None:
        raise NotFound("没有这位同事。", "There is no such colleague.")
    demand_voice(viewer_of(colleague), listing)
    with acting(actor, "match.forward") as act:
        handed = Forward.objects.create(
            suggestion=suggestion,
            side=side,
            from_user_id=actor.user_id or 0,
            to_user_id=colleague.pk,
            note=note.strip()[:300],
        )
        tell(
            [colleague.pk],
            kind="match.forwarded",
            zh=f"{actor.name}把一条匹配转给您：{listing.title[:60]}",
            en=f"{actor.name} handed you a match: {listing.title[:60]}",
            address=f"/match/{suggestion.uid}/",
            key=f"forward:{handed.pk}",
        )
        act.done(suggestion, member_id=listing.owner_member_id, ids=[suggestion.pk])
    return handed
