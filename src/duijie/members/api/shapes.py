"""What the API of this app answers, and how records become that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from duijie.core.access import Viewer
from duijie.members.models import Agreement, Alliance, Member, Membership, Organisation, RoleGrant
from duijie.members.queries import Graph, KeyLine, Node


def viewer_of_request(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


class StandingOut(Schema):
    """How a member stands in an alliance."""

    slug: str
    name: str
    standing: str
    since: str | None
    until: str | None


def standing_out(membership: Membership) -> dict[str, Any]:
    return {
        "slug": membership.member.slug, "name": membership.member.name, "standing": membership.standing,
        "since": _day(membership.since), "until": _day(membership.until),
    }  # fmt: skip


class AllianceOut(Schema):
    id: str
    slug: str
    name: str
    name_en: str
    purpose: str
    parent: str | None
    industries: list[str]
    founded_on: str | None
    members: list[StandingOut] = []


def alliance_out(alliance: Alliance) -> dict[str, Any]:
    return {
        "id": alliance.uid, "slug": alliance.slug, "name": alliance.name, "name_en": alliance.name_en,
        "purpose": alliance.purpose, "parent": alliance.parent.slug if alliance.parent else None,
        "industries": alliance.industries, "founded_on": _day(alliance.founded_on),
    }  # fmt: skip


class MemberOut(Schema):
    id: str
    slug: str
    kind: str
    name: str
    short_name: str
    name_en: str
    region: str
    parent: str | None
    summary: str
    summary_en: str
    industries: list[str]
    website: str
    address: str
    colour: str
    longitude: float | None
    latitude: float | None
    office_name: str
    office_phone: str
    office_email: str
    version: int
    organisations: int | None = None


def member_out(member: Member, organisations: int | None = None) -> dict[str, Any]:
    same = (
        "slug", "kind", "name", "short_name", "name_en", "region", "summary", "summary_en", "industries", "website", "address",
        "colour", "longitude", "latitude", "office_name", "office_phone", "office_email", "version",
    )  # fmt: skip
    return {name: getattr(member, name) for name in same} | {
        "id": member.uid,
        "parent": member.parent.slug if member.parent else None,
        "organisations": organisations,
    }


class OrganisationOut(Schema):
    id: str
    kind: str
    name: str
    name_en: str
    credit_code: str | None
    home_member: str
    external_id: str
    region: str
    industries: list[str]
    profile: str
    website: str
    size: str
    founded_year: int | None
    verified: bool
    version: int


class OrganisationPage(Schema):
    total: int
    items: list[OrganisationOut]


class OrganisationOutcome(Schema):
    what: str
    organisation: OrganisationOut


def organisation_out(organisation: Organisation) -> dict[str, Any]:
    same = (
        "kind", "name", "name_en", "credit_code", "external_id", "region", "industries", "profile", "website", "size",
        "founded_year", "version",
    )  # fmt: skip
    return {name: getattr(organisation, name) for name in same} | {
        "id": organisation.uid,
        "home_member": organisation.home_member.slug,
        "verified": organisation.is_verified,
    }


class PartyOut(Schema):
    kind: str
    id: str
    name: str


class AgreementOut(Schema):
    id: str
    title: str
    kind: str
    field: str
    agreed: str
    signed_on: str | None
    valid_from: str
    valid_until: str | None
    end_reason: str
    parties: list[PartyOut]
    version: int
    state: str = ""
    signed_at: str = ""
    renewal_days: int = 60
    external_id: str = ""


class AgreementPage(Schema):
    total: int
    items: list[AgreementOut]


def agreement_out(agreement: Agreement) -> dict[str, Any]:
    same = (
        "title", "kind", "field", "agreed", "end_reason", "version", "signed_at", "renewal_days", "external_id",
    )  # fmt: skip
    parties = []
    for party in agreement.parties.all():
        if party.member:
            parties.append({"kind": "member", "id": party.member.slug, "name": party.member.name})
        elif party.organisation:
            parties.append({"kind": "organisation", "id": party.organisation.uid, "name": party.organisation.name})
        else:
            parties.append({"kind": "other", "id": "", "name": party.name})
    return {name: getattr(agreement, name) for name in same} | {
        "id": agreement.uid,
        "state": agreement.state_on(timezone.localdate()),
        "signed_on": _day(agreement.signed_on),
        "valid_from": _day(agreement.valid_from),
        "valid_until": _day(agreement.valid_until),
        "parties": parties,
    }


class GraphOut(Schema):
    on: str
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


def graph_out(graph: Graph) -> dict[str, Any]:
    return {
        "on": graph.on.isoformat(),
        "nodes": [_node(node) for node in graph.nodes],
        "edges": [
            {"one": e.one.key, "other": e.other.key, "agreements": [a.uid for a in e.agreements]} for e in graph.edges
        ],
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "key": node.key, "kind": node.kind, "name": node.name, "longitude": node.longitude, "latitude": node.latitude,
    }  # fmt: skip


class CoverageOut(Schema):
    on: str
    covered: list[str]
    missing: list[str]
    sentence: str


class KeyOut(Schema):
    """A key; `secret` only in the answer that made it."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    owner: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    live: bool
    secret: str | None = None


def key_out(line: KeyLine, secret: str | None = None) -> dict[str, Any]:
    instants = {
        name: getattr(line, name).isoformat(timespec="seconds") if getattr(line, name) else None
        for name in ("created_at", "expires_at", "revoked_at", "last_used_at")
    }
    same = {"id": line.uid, "name": line.name, "prefix": line.prefix, "scopes": list(line.scopes), "owner": line.owner}
    return same | instants | {"live": line.is_live, "secret": secret}


class RoleOut(Schema):
    id: int
    person: str
    name: str
    role: str
    scope: str
    where: str
    ends_on: str | None


def role_out(grant: RoleGrant, names: dict[tuple[str, int], str]) -> dict[str, Any]:
    return {
        "id": grant.pk, "person": grant.user.uid, "name": grant.user.name or grant.user.username, "role": grant.role,
        "scope": grant.scope, "where": names.get((grant.scope, grant.scope_id), ""), "ends_on": _day(grant.ends_on),
    }  # fmt: skip


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
