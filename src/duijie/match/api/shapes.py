"""What the API of matching answers, and how records become that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.language import t
from duijie.match.actions.interest import shown_name
from duijie.match.models import Interest, Introduction, Message
from duijie.match.queries import SeenSuggestion
from duijie.match.rules import speaks_for_listing
from duijie.match.why import Why
from duijie.publish.models import Listing
from duijie.publish.queries import as_public_data, get_listing
from duijie.publish.rules import demand_key

MATCHES_READ = "matches:read"


def reader(request: HttpRequest) -> Viewer:
    """The viewer, whose key (where it is one) may read matches."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    demand_key(viewer, MATCHES_READ)
    return viewer


def writer(request: HttpRequest) -> Viewer:
    """The viewer, whose key (where it is one) may answer matches."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    demand_key(viewer, "matches:write")
    return viewer


class ReasonsOut(Schema):
    """Sentences in both languages, drawn only from what the caller's side may read; `terms` stand in both texts."""

    zh: list[str]
    en: list[str]
    terms: list[str]
    fits: list[str]
    differs: list[str]
    missing: list[str]


def reasons_out(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "zh": kept.get("zh", []),
        "en": kept.get("en", []),
        "terms": kept.get("terms", []),
        "fits": kept.get("fits", []),
        "differs": [one["facet"] for one in kept.get("differs", [])],
        "missing": kept.get("missing", []),
    }


class SuggestionOut(Schema):
    """A suggestion as the caller's side sees it; `other` holds no field behind a teaser."""

    id: str
    side: str
    own: dict[str, Any]
    other: dict[str, Any]
    grade: str
    probability: float
    reasons: ReasonsOut
    answer: str | None
    found_at: str


def suggestion_out(found: SeenSuggestion) -> dict[str, Any]:
    row = found.record
    return {
        "id": row.uid,
        "side": str(found.side),
        "own": as_public_data(found.own),
        "other": as_public_data(found.other),
        "grade": row.grade,
        "probability": round(row.probability, 4),
        "reasons": reasons_out(found.reasons),
        "answer": found.verdict.answer if found.verdict else None,
        "found_at": row.created_at.isoformat(),
    }


class SuggestionsOut(Schema):
    total: int
    items: list[SuggestionOut]


class WhyOut(Schema):
    """`suggested`: whether it is among one's matches. `rules`: what keeps the two apart. Without a probability where the
    other text is not open to the caller."""

    own: str
    other: str
    suggested: bool
    grade: str
    probability: float | None
    rules_zh: list[str]
    rules_en: list[str]
    reasons: ReasonsOut


def why_out(why: Why) -> dict[str, Any]:
    return {
        "own": why.own.uid,
        "other": why.other.uid,
        "suggested": why.suggestion is not None and why.suggestion.open,
        "grade": why.grade,
        "probability": None if why.probability is None else round(why.probability, 4),
        "rules_zh": [zh for zh, _ in why.rules],
        "rules_en": [en for _, en in why.rules],
        "reasons": reasons_out(why.reasons),
    }


class InterestOut(Schema):
    """Interest as either side sees it: who shows it is named only where it is not anonymous."""

    id: str
    status: str
    received: bool
    to: str
    own: str | None
    who: str
    message: str
    reasons: list[str]
    due_at: str
    expires_at: str
    created_at: str
    answered_at: str | None
    introduction: str | None


def interest_out(interest: Interest, viewer: Viewer) -> dict[str, Any]:
    received = speaks_for_listing(viewer, interest.to_listing)
    agreed = interest.status == Interest.Status.ACCEPTED
    hidden = received and interest.anonymous and not agreed
    zh, en = shown_name(interest)
    introduction = Introduction.objects.filter(interest=interest).first()
    return {
        "id": interest.uid,
        "status": interest.status,
        "received": received,
        "to": interest.to_listing.uid,
        "own": _uid_in_sight(interest.from_listing, viewer),
        "who": t(zh.replace("{", "（"), en.replace("{", "(")),
        "message": "" if hidden else interest.message,
        "reasons": interest.reasons,
        "due_at": interest.due_at.isoformat(),
        "expires_at": interest.expires_at.isoformat(),
        "created_at": interest.created_at.isoformat(),
        "answered_at": interest.answered_at.isoformat() if interest.answered_at else None,
        "introduction": introduction.uid if introduction else None,
    }


def _uid_in_sight(listing: Listing | None, viewer: Viewer) -> str | None:
    if listing is None:
        return None
    try:
        return get_listing(listing.uid, viewer).uid
    except NotFound:
        return None


class IntroductionOut(Schema):
    id: str
    status: str
    first: str
    second: str
    first_listing: str | None
    second_listing: str
    next_step: str
    next_on: str | None
    ended_reason: str
    opened_at: str
    version: int


class ContactOut(Schema):
    name: str
    title: str
    organisation: str
    phone: str
    email: str


class MessageOut(Schema):
    author: str
    text: str
    file: str | None
    at: str


class OneIntroductionOut(IntroductionOut):
    """With the contacts of both sides (the reading is put on record) and what was said."""

    contacts: list[ContactOut]
    messages: list[MessageOut]


def introduction_out(row: Introduction) -> dict[str, Any]:
    return {
        "id": row.uid,
        "status": row.status,
        "first": str(row.first_organisation or row.first_member),
        "second": str(row.second_organisation or row.second_member),
        "first_listing": row.first_listing.uid if row.first_listing else None,
        "second_listing": row.second_listing.uid,
        "next_step": row.next_step,
        "next_on": row.next_on.isoformat() if row.next_on else None,
        "ended_reason": row.ended_reason,
        "opened_at": row.opened_at.isoformat(),
        "version": row.version,
    }


def message_out(message: Message) -> dict[str, Any]:
    return {
        "author": (message.author.name or message.author.username) if message.author else "",
        "text": message.text,
        "file": message.file.name if message.file else None,
        "at": message.at.isoformat(),
    }
