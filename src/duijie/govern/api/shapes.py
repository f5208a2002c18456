"""What the API of this app answers, and how records become that."""

from __future__ import annotations

from typing import Any

from ninja import Schema

from duijie.govern.models import Charter, Duty, Exchange, Motion, Resolution


class CharterOut(Schema):
    id: str
    number: int
    title: str
    effective_on: str
    voting: str
    votes: dict[str, int]
    quorum_percent: int
    majorities: dict[str, str]
    veto_kinds: list[str]
    proxy_limit: int
    notice_days: int


def charter_out(charter: Charter) -> dict[str, Any]:
    same = (
        "number",
        "title",
        "voting",
        "votes",
        "quorum_percent",
        "majorities",
        "veto_kinds",
        "proxy_limit",
        "notice_days",
    )
    return {name: getattr(charter, name) for name in same} | {
        "id": charter.uid,
        "effective_on": charter.effective_on.isoformat(),
    }


class MotionOut(Schema):
    id: str
    alliance: str
    kind: str
    title: str
    text: str
    status: str
    way: str
    ballot: str
    proposed_by: str | None
    deadline: str | None
    result: dict[str, Any]
    digest: str
    version: int


class MotionPage(Schema):
    total: int
    items: list[MotionOut]


def motion_out(motion: Motion) -> dict[str, Any]:
    by = motion.proposed_by or motion.proposed_by_organisation
    same = ("kind", "title", "text", "status", "way", "ballot", "result", "digest", "version")
    return {name: getattr(motion, name) for name in same} | {
        "id": motion.uid, "alliance": motion.alliance.slug, "proposed_by": by.name if by else None,
        "deadline": motion.deadline.isoformat() if motion.deadline else None,
    }  # fmt: skip


class VoteOut(Schema):
    """numbers: of the secret ballots, told this once."""

    seat: str
    numbers: list[str]


class SeatOut(Schema):
    seat: str
    name: str
    votes: int
    voted: bool


class DutyOut(Schema):
    id: str
    resolution: str
    text: str
    owner: str
    due_on: str
    status: str
    report: str
    done_on: str | None
    version: int


def duty_out(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.uid, "resolution": duty.resolution.uid, "text": duty.text,
        "owner": duty.owner.slug if duty.owner else duty.owner_name, "due_on": duty.due_on.isoformat(), "status": duty.status,
        "report": duty.report, "done_on": duty.done_on.isoformat() if duty.done_on else None, "version": duty.version,
    }  # fmt: skip


class ResolutionOut(Schema):
    id: str
    alliance: str
    year: int
    number: int
    label: str
    title: str
    text: str
    kind: str
    adopted_on: str
    outcome: str


class ResolutionPage(Schema):
    total: int
    items: list[ResolutionOut]


def resolution_out(resolution: Resolution) -> dict[str, Any]:
    same = ("year", "number", "label", "title", "text", "kind", "outcome")
    return {name: getattr(resolution, name) for name in same} | {
        "id": resolution.uid, "alliance": resolution.alliance.slug, "adopted_on": resolution.adopted_on.isoformat(),
    }  # fmt: skip


class ExchangeOut(Schema):
    id: str
    kind: str
    title: str
    sender: str
    host: str
    first_day: str
    last_day: str
    place: str
    topic: str
    status: str
    head_count: int
    outcome: str
    external_id: str
    version: int


class ExchangePage(Schema):
    total: int
    items: list[ExchangeOut]


def exchange_out(exchange: Exchange) -> dict[str, Any]:
    same = ("kind", "title", "place", "topic", "status", "head_count", "outcome", "external_id", "version")
    return {name: getattr(exchange, name) for name in same} | {
        "id": exchange.uid, "sender": exchange.sender.slug, "host": exchange.host.slug if exchange.host else exchange.host_name,
        "first_day": exchange.first_day.isoformat(), "last_day": exchange.last_day.isoformat(),
    }  # fmt: skip
