"""How members and organisations stand in an alliance: probation, partner status, suspension, leaving; firms in industry alliances."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.members.models import Alliance, Member, Membership, Organisation, OrganisationMembership
from duijie.members.places import place_of_alliance
from duijie.members.rules import demand


def set_probation(*, actor: Viewer, alliance: Alliance, member: Member, until: date | None) -> Membership:
    """A new member's probation ends after `until`; None ends it at once."""
    with acting(actor, "member.probation") as act:
        membership = _locked(actor, alliance, member)
        if membership.probation_until == until:
            act.nothing_changed()
            return membership
        membership.probation_until = until
        membership.save(update_fields=["probation_until"])
        act.done(
            member, member_id=member.pk, event="member.standing_changed", ids=[member.pk], alliance_id=alliance.pk,
            detail={"alliance": alliance.uid, "probation_until": until.isoformat() if until else None},
        )  # fmt: skip
    return membership


def suspend_member(
    *,
    actor: Viewer,
    alliance: Alliance,
    member: Member,
    reason: str,
    since: date | None = None,
    until: date | None = None,
) -> Membership:
    """Let a membership rest: the member's people and keys are outside the alliance, its listings are hidden from it, it has no
    vote. A member that rests in every alliance it is in cannot publish at all and its keys stop (docs/govern.md).

    Raises NotAllowed, NotFound, Fault "reason.missing", "membership.dates".
    """
    if not reason.strip():
        raise Fault("reason.missing", "请写明原因。", "Say why.", place="reason", status=422)
    first = since or timezone.localdate()
    if until is not None and until < first:
        raise Fault(
            "membership.dates", "结束日早于开始日。", "The last day is before the first.", place="until", status=422
        )
    with acting(actor, "member.suspend") as act:
        membership = _locked(actor, alliance, member)
        membership.suspended_from, membership.suspended_until = first, until
        membership.suspension_reason = reason.strip()[:300]
        membership.save(update_fields=["suspended_from", "suspended_until", "suspension_reason"])
        act.done(
            member, member_id=member.pk, event="member.suspended", ids=[member.pk], alliance_id=alliance.pk,
            detail={"alliance": alliance.uid, "until": until.isoformat() if until else None},
        )  # fmt: skip
    return membership


def restore_member(*, actor: Viewer, alliance: Alliance, member: Member) -> Membership:
    """Lift a suspension: from now on everything is as before."""
    with acting(actor, "member.restore") as act:
        membership = _locked(actor, alliance, member)
        if membership.suspended_from is None:
            act.nothing_changed()
            return membership
        membership.suspended_from = membership.suspended_until = None
        membership.suspension_reason = ""
        membership.save(update_fields=["suspended_from", "suspended_until", "suspension_reason"])
        act.done(
            member, member_id=member.pk, event="member.restored", ids=[member.pk], alliance_id=alliance.pk,
            detail={"alliance": alliance.uid},
        )  # fmt: skip
    return membership


def admit_organisation(
    *,
    actor: Viewer,
    alliance: Alliance,
    organisation: Organisation,
    standing: str = "member",
    since: date | None = None,
    until: date | None = None,
) -> OrganisationMembership:
    """Admit a firm, institute or investor to an industry alliance, or change how it stands there.

    Raises NotAllowed, Fault "membership.standing", "membership.dates"; Conflict "organisation.unverified".
    """
    if standing not in OrganisationMembership.Standing.values:
        raise Fault("membership.standing", "身份应为发起单位、成员单位或观察员。", "Founder, member or observer.", place="standing", status=422)  # fmt: skip
    first = since or timezone.localdate()
    if until is not None and until < first:
        raise Fault(
            "membership.dates", "结束日早于开始日。", "The last day is before the first.", place="until", status=422
        )
    with acting(actor, "organisation.admit") as act:
        demand(actor, "member.admit", place_of_alliance(alliance))
        if not organisation.is_verified:
            raise Conflict(
                "organisation.unverified", f"{organisation}还没有通过核验。", f"{organisation} is not verified."
            )
        place, made = OrganisationMembership.objects.select_for_update().get_or_create(
            alliance=alliance,
            organisation=organisation,
            defaults={"standing": standing, "since": first, "until": until},
        )
        if not made:
            if (place.standing, place.until) == (standing, until):
                act.nothing_changed()
                return place
            place.standing, place.until = standing, until
            place.save(update_fields=["standing", "until"])
        act.done(
            organisation, member_id=organisation.home_member_id, event="organisation.admitted", ids=[organisation.pk],
            alliance_id=alliance.pk, detail={"alliance": alliance.uid, "standing": standing},
        )  # fmt: skip
    return place


def end_organisation_membership(
    *, actor: Viewer, alliance: Alliance, organisation: Organisation, until: date
) -> OrganisationMembership:
    """An organisation leaves an industry alliance after the day `until`. Raises NotFound, Fault "membership.dates"."""
    with acting(actor, "organisation.leave") as act:
        demand(actor, "member.admit", place_of_alliance(alliance))
        rows = OrganisationMembership.objects.select_for_update()
        place = rows.filter(alliance=alliance, organisation=organisation).first()
        if place is None:
            raise NotFound
        if until < place.since:
            raise Fault(
                "membership.dates", "结束日早于开始日。", "The last day is before the first.", place="until", status=422
            )
        place.until = until
        place.save(update_fields=["until"])
        act.done(
            organisation, member_id=organisation.home_member_id, event="organisation.left", ids=[organisation.pk],
            alliance_id=alliance.pk, detail={"alliance": alliance.uid, "until": until.isoformat()},
        )  # fmt: skip
    return place


def _locked(actor: Viewer, alliance: Alliance, member: Member) -> Membership:
    demand(actor, "member.admit", place_of_alliance(alliance))
    membership = Membership.objects.select_for_update().filter(alliance=alliance, member=member).first()
    if membership is None:
        raise NotFound
    return membership
