"""Where a record stands (for the rules), and records found by what people call them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from duijie.core.errors import Fault
from duijie.core.text import match_key, shorten
from duijie.members.models import Agreement, Alliance, Member, Membership, Organisation, RoleGrant, User
from duijie.members.rules import Place


def current_memberships() -> Q:
    """Memberships that hold today."""
    today = timezone.localdate()
    return (Q(since__isnull=True) | Q(since__lte=today)) & (Q(until__isnull=True) | Q(until__gte=today))


def with_parents(alliance_ids: Iterable[int]) -> frozenset[int]:
    """These alliances and those above them: a parent's secretariat serves its sub-alliances."""
    wanted = set(alliance_ids)
    return _above(wanted, _parents()) if wanted else frozenset()


def _parents() -> dict[int, int | None]:
    """Each alliance's parent. There are tens of alliances, so one query for all is cheaper than one for each step up."""
    return dict(Alliance.objects.values_list("pk", "parent_id"))


def _above(alliance_ids: Iterable[int], parents: dict[int, int | None]) -> frozenset[int]:
    found: set[int] = set()
    for number in alliance_ids:
        above: int | None = number
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return frozenset(found)


def alliances_of(member_ids: Iterable[int]) -> frozenset[int]:
    """The alliances in which these members are today, with those above."""
    ids = Membership.objects.filter(current_memberships(), member_id__in=list(member_ids))
    return with_parents(ids.values_list("alliance_id", flat=True))


def places_of_members(member_ids: Iterable[int]) -> dict[int, Place]:
    """The place of each of these members, in two queries for all."""
    wanted = list(member_ids)
    inside: dict[int, list[int]] = {pk: [] for pk in wanted}
    held = Membership.objects.filter(current_memberships(), member_id__in=wanted)
    for member_id, alliance_id in held.values_list("member_id", "alliance_id"):
        inside[member_id].append(alliance_id)
    parents = _parents()
    return {pk: Place(_above(ids, parents), frozenset({pk})) for pk, ids in inside.items()}


def places_of_scopes(scopes: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Place]:
    """The place of each of these scopes of roles, in a handful of queries for all; one that is gone has an empty place."""
    wanted = set(scopes)
    organisation_ids = [pk for scope, pk in wanted if scope == "organisation"]
    homes = dict(Organisation.objects.filter(pk__in=organisation_ids).values_list("pk", "home_member_id"))
    members = places_of_members({pk for scope, pk in wanted if scope == "member"} | set(homes.values()))
    parents = _parents()
    found: dict[tuple[str, int], Place] = {}
    for scope, pk in wanted:
        if scope == "alliance":
            found[scope, pk] = Place(_above([pk], parents))
        elif scope == "member":
            found[scope, pk] = members[pk]
        elif pk in homes and scope == "organisation":
            home = members[homes[pk]]
            found[scope, pk] = Place(home.alliances, home.members, frozenset({pk}))
        else:
            found[scope, pk] = Place()
    return found


def place_of_alliance(alliance: Alliance) -> Place:
    return Place(alliances=with_parents([alliance.pk]))


def place_of_member(member: Member) -> Place:
    return Place(alliances=alliances_of([member.pk]), members=frozenset({member.pk}))


def place_of_organisation(organisation: Organisation) -> Place:
    home = organisation.home_member_id
    return Place(alliances=alliances_of([home]), members=frozenset({home}), organisations=frozenset({organisation.pk}))


def place_of_scope(scope: str, scope_id: int) -> Place:
    """The place of a scope of a role. Raises Fault "scope.unknown" where there is no such record."""
    if scope == "platform":
        return Place()
    kinds: dict[str, Any] = {"alliance": Alliance, "member": Member, "organisation": Organisation}
    record = kinds[scope].objects.filter(pk=scope_id).first() if scope in kinds else None
    if isinstance(record, Alliance):
        return place_of_alliance(record)
    if isinstance(record, Member):
        return place_of_member(record)
    if isinstance(record, Organisation):
        return place_of_organisation(record)
    raise unknown("scope", "范围", "scope", str(scope_id), place="where")


def place_of_person(person: User) -> Place:
    """Everywhere a person holds a role, and the organisation that the person is counted to."""
    grants = RoleGrant.objects.filter(user=person).values_list("scope", "scope_id")
    alliances = {i for scope, i in grants if scope == "alliance"}
    members = {i for scope, i in grants if scope == "member"}
    organisations = {i for scope, i in grants if scope == "organisation"}
    if person.organisation_id:
        organisations.add(person.organisation_id)
    members |= set(Organisation.objects.filter(id__in=organisations).values_list("home_member_id", flat=True))
    above = alliances_of(members) | with_parents(alliances)
    return Place(above, frozenset(members), frozenset(organisations), person.pk)


def place_of_agreement(agreement: Agreement) -> Place:
    """An agreement stands with every member that is a party, and with the home members of parties that are organisations."""
    parties = list(agreement.parties.select_related("organisation"))
    members = {p.member_id for p in parties if p.member_id}
    members |= {p.organisation.home_member_id for p in parties if p.organisation}
    return Place(alliances=alliances_of(members), members=frozenset(members))


def unknown(kind: str, zh: str, en: str, text: str, *, place: str | None = None) -> Fault:
    quoted = shorten(text, 40)
    return Fault(
        f"{kind}.unknown",
        f"没有名为“{quoted}”的{zh}。",
        f"There is no {en} called “{quoted}”.",
        place=place,
        status=422,
    )


def find_alliance(text: str, *, place: str = "alliance") -> Alliance:
    """The alliance with this short name, id or name. Raises Fault "alliance.unknown"."""
    found = Alliance.objects.filter(Q(slug=text.lower()) | Q(uid=text) | Q(name=text)).first()
    if found is None:
        raise unknown("alliance", "联盟", "alliance", text, place=place)
    return found


def find_member(text: str, *, place: str = "member") -> Member:
    """The member with this short name, id or name, traditional characters too. Raises Fault "member.unknown", "member.ambiguous"."""
    exact = list(Member.objects.filter(Q(slug=text.lower()) | Q(uid=text) | Q(name=text) | Q(short_name=text))[:2])
    if not exact:
        key = match_key(text)
        named = Member.objects.values_list("pk", "name", "short_name", "name_en")
        ids = [pk for pk, *names in named if key and key in {match_key(name) for name in names if name}]
        exact = list(Member.objects.filter(pk__in=ids)[:2])
    if not exact:
        raise unknown("member", "成员", "member", text, place=place)
    if len(exact) > 1:
        quoted = shorten(text, 40)
        raise Fault(
            "member.ambiguous",
            f"有不止一个成员叫“{quoted}”，请写全称或网址简称。",
            f"More than one member is called “{quoted}”; write the full or the short name.",
            place=place,
            status=422,
        )
    return exact[0]


def find_organisation(text: str, *, place: str = "organisation") -> Organisation:
    """The organisation with this id, credit code or name. Raises Fault "organisation.unknown", "organisation.ambiguous"."""
    found = list(Organisation.objects.filter(Q(uid=text) | Q(credit_code=text.upper()) | Q(name=text))[:2])
    if not found:
        raise unknown("organisation", "单位", "organisation", text, place=place)
    if len(found) > 1:
        quoted = shorten(text, 40)
        raise Fault(
            "organisation.ambiguous",
            f"有不止一个单位叫“{quoted}”，请写信用代码。",
            f"More than one organisation is called “{quoted}”; write the credit code.",
            place=place,
            status=422,
        )
    return found[0]


def find_person(text: str, *, place: str = "person") -> User:
    """The person with this username, id or mail address. Raises Fault "person.unknown"."""
    found = User.objects.filter(Q(username=text) | Q(uid=text) | Q(email__iexact=text)).order_by("pk").first()
    if found is None:
        raise unknown("person", "用户", "person", text, place=place)
    return found


def find_scope(scope: str, where: str, *, place: str = "where") -> int:
    """The id of the scope that people call `where`; 0 for the platform. Raises the Fault of what is not found."""
    if scope == "platform":
        return 0
    if scope == "alliance":
        return find_alliance(where, place=place).pk
    if scope == "member":
        return find_member(where, place=place).pk
    return find_organisation(where, place=place).pk
