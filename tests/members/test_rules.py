"""Every verb for every role, in one's own scope and in another's: nothing beyond the table, and keys no further than their scopes."""

from __future__ import annotations

import itertools

import pytest

from duijie.core.access import GUEST, SYSTEM, Grant, Viewer
from duijie.core.errors import NotAllowed
from duijie.members import choices, models, rules
from duijie.members.rules import MAY_GRANT, ROLE_SCOPES, RULES, Place, demand, may, may_grant

OWN, OTHER = 7, 8
VERBS = sorted(RULES)
HELD = sorted((role, scope) for role, scopes in ROLE_SCOPES.items() for scope in scopes)


def holder(role: str, scope: str, scope_id: int = OWN) -> Viewer:
    return Viewer(user_id=1, grants=frozenset({Grant(role, scope, 0 if scope == "platform" else scope_id)}))


def everywhere(number: int, user_id: int | None = None) -> Place:
    """A place all of whose scopes carry the same id."""
    ids = frozenset({number})
    return Place(ids, ids, ids, user_id)


@pytest.mark.parametrize(("verb", "held"), list(itertools.product(VERBS, HELD)))
def test_a_role_opens_exactly_what_the_table_says_and_only_in_its_own_scope(verb: str, held: tuple[str, str]) -> None:
    role, scope = held
    listed = held in RULES[verb].roles
    anybody = ("signed_in", "platform") in RULES[verb].roles
    assert may(holder(role, scope), verb, everywhere(OWN)) is (listed or anybody)
    elsewhere = (listed and scope == "platform") or anybody
    assert may(holder(role, scope), verb, everywhere(OTHER)) is elsewhere


@pytest.mark.parametrize("verb", VERBS)
def test_a_guest_may_nothing_and_the_system_everything(verb: str) -> None:
    assert not may(GUEST, verb, everywhere(OWN))
    assert may(SYSTEM, verb, everywhere(OWN))


@pytest.mark.parametrize("verb", VERBS)
def test_an_account_is_its_owners_and_no_other_persons(verb: str) -> None:
    oneself = ("oneself", "platform") in RULES[verb].roles
    anybody = ("signed_in", "platform") in RULES[verb].roles
    person = Viewer(user_id=1)
    assert may(person, verb, everywhere(OWN, user_id=1)) is (oneself or anybody)
    assert may(person, verb, everywhere(OWN, user_id=2)) is anybody


@pytest.mark.parametrize("verb", VERBS)
def test_a_key_may_only_what_its_scopes_open(verb: str) -> None:
    grants = frozenset({Grant("editor", "member", OWN)})
    every = frozenset(str(scope) for scope in choices.KeyScope)
    with_all = Viewer(key_id=3, grants=grants, key_scopes=every)
    with_none = Viewer(key_id=3, grants=grants, key_scopes=frozenset())
    assert may(with_all, verb, everywhere(OWN)) is (
        bool(RULES[verb].key_scope) and ("editor", "member") in RULES[verb].roles
    )
    assert not may(with_none, verb, everywhere(OWN))
    assert not may(with_all, verb, everywhere(OTHER))


@pytest.mark.parametrize(("own", "given"), list(itertools.product(HELD, HELD)))
def test_nobody_gives_a_role_above_or_outside_an_own_one(own: tuple[str, str], given: tuple[str, str]) -> None:
    role, scope = given
    allowed = role in MAY_GRANT.get(own, {}).get(scope, frozenset())
    assert may_grant(holder(*own), role, scope, everywhere(OWN)) is allowed
    outside = allowed and own == ("platform", "platform")
    assert may_grant(holder(*own), role, scope, everywhere(OTHER)) is outside


def test_only_a_platform_administrator_makes_another() -> None:
    givers = [own for own in HELD if may_grant(holder(*own), "platform", "platform", everywhere(OWN))]
    assert givers == [("platform", "platform")]


def test_no_giver_hands_out_more_than_it_can_do_itself() -> None:
    """Whoever may give a role may do, in that scope, every deed on roles that the role's holder may."""
    for own, gives in MAY_GRANT.items():
        for scope, roles in gives.items():
            for role in roles:
                for inner_scope, inner in MAY_GRANT.get((role, scope), {}).items():
                    assert inner <= MAY_GRANT[own].get(inner_scope, frozenset()) or own[0] == "secretariat", (own, role)


def test_a_key_gives_no_roles() -> None:
    key = Viewer(key_id=3, grants=frozenset({Grant("platform", "platform")}), key_scopes=frozenset({"listings:write"}))
    assert not may_grant(key, "editor", "member", everywhere(OWN))


def test_a_refusal_says_what_and_whom_to_ask() -> None:
    with pytest.raises(NotAllowed) as refusal:
        demand(holder("editor", "member"), "organisation.verify", everywhere(OWN))
    assert refusal.value.zh == "您没有权限核验单位。请联系所在园区或城市的联络员、成员管理员。"
    assert refusal.value.en == (
        "You may not verify an organisation. Ask the liaison officer or administrator of your park or city."
    )


def test_the_closed_lists_are_those_of_the_tables() -> None:
    pairs = [
        (choices.MemberKind, models.Member.Kind),
        (choices.Standing, models.Membership.Standing),
        (choices.OrganisationKind, models.Organisation.Kind),
        (choices.AgreementKind, models.Agreement.Kind),
        (choices.Role, models.RoleGrant.Role),
        (choices.Scope, models.RoleGrant.Scope),
    ]
    for ours, theirs in pairs:
        assert [(c.value, c.zh) for c in ours] == theirs.choices
    assert set(rules.ROLE_SCOPES) == {role.value for role in choices.Role}
    assert [c.value for c in choices.MailPace] == models.Mails.values
