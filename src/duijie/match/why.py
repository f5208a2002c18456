"""Why this one, or why not: the answer for any two listings, said only from what the viewer may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from duijie.core.access import Viewer
from duijie.core.errors import NotAllowed
from duijie.engines.matching import complement_of
from duijie.match.documents import MATCHED, document_of, engine_kind, teaser_of
from duijie.match.eyes import Eyes
from duijie.match.finding import told
from duijie.match.index import match_index
from duijie.match.models import Introduction, Suggestion, Verdict
from duijie.match.models.suggestions import Side
from duijie.match.rules import speaks_for_listing
from duijie.publish.audience import visible_tokens
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status, Visibility
from duijie.publish.queries import SeenListing, get_listing


@dataclass(frozen=True)
class Why:
    """The answer. `rules` are sentences (Chinese, English) on why the two are not brought together; `reasons` as a
    suggestion keeps them; probability only where both texts are open to the viewer."""

    own: SeenListing
    other: SeenListing
    side: str
    suggestion: Suggestion | None
    rules: list[tuple[str, str]] = field(default_factory=list)
    reasons: dict[str, Any] = field(default_factory=dict)
    probability: float | None = None
    grade: str = ""

    @property
    def terms(self) -> list[str]:
        return list(self.reasons.get("terms", []))


def explain_pair(viewer: Viewer, *, own: str, other: str) -> Why:
    """Why the listing `other` is, or is not, among the matches of the viewer's `own`. Raises NotFound, NotAllowed."""
    mine, theirs = get_listing(own, viewer), get_listing(other, viewer)
    if not speaks_for_listing(viewer, mine.record):
        raise NotAllowed(
            "只能问自己发布的信息。", "You can ask this only for a listing that you answer for.", place="own"
        )
    found = complement_of(_kind(mine.record), _kind(theirs.record))
    side = Side.ASKING if found is None or found[1] else Side.GIVING
    asking, giving = (mine, theirs) if side == Side.ASKING else (theirs, mine)
    suggestion = Suggestion.objects.filter(asking=asking.record, giving=giving.record).first()
    rules = _rules(mine, theirs, found is not None, suggestion, side)
    if found is None:
        return Why(mine, theirs, side, suggestion, rules)
    return _compared(viewer, Why(mine, theirs, side, suggestion, rules))


def _kind(listing: Listing) -> str:
    return engine_kind(listing.kind, listing.facets) if listing.kind in MATCHED else listing.kind


def _compared(viewer: Viewer, why: Why) -> Why:
    """With the reasons: from the full text where it is open, else from the teaser alone."""
    index, query = match_index(), document_of(why.own.record)
    rules = list(why.rules)
    if not why.other.full:
        rules.append(
            (
                "这条信息是保密的，这里只用公开的简介比较。",
                "This listing is confidential; only its teaser is compared here.",
            )
        )
        reasons = told(index.reasons_between(query, teaser_of(why.other.record)))
        return Why(why.own, why.other, why.side, why.suggestion, rules, reasons)
    document = document_of(why.other.record)
    found = index.why_not(query, why.other.uid, audience=document.audience | viewer.tokens)
    if found is None:
        return Why(why.own, why.other, why.side, why.suggestion, rules, told(index.reasons_between(query, document)))
    if found.grade == "weak":
        rules.append(("两段文字说的不像是同一件事。", "The two texts hardly speak of the same thing."))
    return Why(why.own, why.other, why.side, why.suggestion, rules, told(found.reasons), found.probability, found.grade)


def _rules(
    own: SeenListing, other: SeenListing, complementary: bool, suggestion: Suggestion | None, side: str
) -> list[tuple[str, str]]:
    """Rules that keep the two apart, those that the viewer may know: never what the other side has said of it."""
    mine, theirs = own.record, other.record
    said: list[tuple[str, str]] = []
    if not complementary:
        said.append(("这两类信息不互补，不会互相匹配。", "These two kinds do not complete each other."))
    for listing, zh, en in ((mine, "您的信息", "Your listing"), (theirs, "对方的信息", "The other listing")):
        if listing.status != Status.PUBLISHED:
            said.append((f"{zh}没有发布，或者已经结束。", f"{en} is not published, or over."))
    if _same_owner(own, other):
        said.append(("两条信息属于同一家单位。", "Both listings belong to the same owner."))
        return said
    if other.full and not Eyes([theirs]).of(theirs) & _audience(mine):
        said.append(("对方看不到您的这条信息。", "Your listing is not open to the other side."))
    if suggestion is not None:
        if Verdict.objects.filter(suggestion=suggestion, side=side, answer=Verdict.Answer.NOT_SUITABLE).exists():
            said.append(("您已表示它不合适。", "You have said that it does not suit."))
        elif suggestion.open:
            said.append(("它已经在您的匹配里。", "It is among your matches."))
    if _introduced(mine, theirs):
        said.append(("双方已经对接过。", "The two sides have been introduced."))
    return said


def _same_owner(own: SeenListing, other: SeenListing) -> bool:
    mine, theirs = own.record, other.record
    if not other.full:
        return False  # whose teaser it is may not be told
    if mine.owner_organisation_id or theirs.owner_organisation_id:
        return mine.owner_organisation_id == theirs.owner_organisation_id
    return mine.owner_member_id == theirs.owner_member_id


def _audience(listing: Listing) -> frozenset[str]:
    named: list[int] = []
    if listing.visibility == Visibility.MEMBERS:
        named = list(listing.visible_members.values_list("pk", flat=True))
    return frozenset(visible_tokens(listing, named))


def _introduced(one: Listing, other: Listing) -> bool:
    rows = Introduction.objects.filter(first_listing__in=[one, other], second_listing__in=[one, other])
    return rows.exists()
