"""Small plain functions that put alliances, members, organisations and people into the database of a test.

alliance = make_alliance()
park = make_member("南湖高新区", alliances=[alliance])
firm = make_organisation("禾城精密", member=park)
liaison = make_user("liaison", park)          # a person with a role there
act(actor=viewer(liaison)) or act(actor=viewer("liaison", park))
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

from allauth.account.models import EmailAddress
from django.utils import timezone

from duijie.core.access import GUEST, Viewer
from duijie.core.creditcode import check_character
from duijie.members.models import Alliance, Member, Membership, Organisation, RoleGrant, User
from duijie.members.viewers import viewer_of

PASSWORD = "river-crossing-7"  # of every person made here
_number = count(1)


def credit_code(number: int | None = None, *, division: str = "330402") -> str:
    """A credit code whose check character is right; another one at each call."""
    n = next(_number) if number is None else number
    first = f"91{division}MA{n:07d}"
    return first + check_character(first)


def make_alliance(
    name: str = "", *, slug: str = "", parent: Alliance | None = None, founded_on: date | None = None
) -> Alliance:
    n = next(_number)
    return Alliance.objects.create(
        name=name or f"联盟{n}号", slug=slug or f"alliance-{n}", parent=parent, founded_on=founded_on
    )


def make_member(
    name: str = "",
    *,
    alliances: Sequence[Alliance] = (),
    standing: str = "member",
    kind: str = "park",
    region: str = "330402",
    slug: str = "",
    parent: Member | None = None,
    review_needed: bool = True,
) -> Member:
    n = next(_number)
    member = Member.objects.create(
        name=name or f"成员{n}号",
        slug=slug or f"member-{n}",
        kind=kind,
        region=region,
        parent=parent,
        review_needed=review_needed,
    )
    for alliance in alliances:
        Membership.objects.create(alliance=alliance, member=member, standing=standing, since=date(2020, 1, 1))
    return member


def make_organisation(
    name: str = "",
    *,
    member: Member | None = None,
    kind: str = "firm",
    verified: bool = True,
    external_id: str = "",
    code: str | None = None,
) -> Organisation:
    """An organisation with a right credit code, of `member` (or of a member made for it)."""
    n = next(_number)
    return Organisation.objects.create(
        name=name or f"单位{n}号",
        kind=kind,
        home_member=member or make_member(),
        credit_code=code or credit_code(n),
        external_id=external_id,
        region="330402",
        verified_at=timezone.now() if verified else None,
    )


def scope_of(where: Alliance | Member | Organisation | None) -> tuple[str, int]:
    """The scope that a record stands for: ("member", 7); None is the platform."""
    return ("platform", 0) if where is None else (where._meta.model_name or "", where.pk)


def make_user(
    role: str = "",
    where: Alliance | Member | Organisation | None = None,
    *,
    username: str = "",
    name: str = "",
    staff: bool = False,
) -> User:
    """A person, with `role` in the scope of `where` (None: the platform) where a role is given; signs in with PASSWORD."""
    n = next(_number)
    username = username or f"{role or 'person'}-{n}"
    user = User(
        username=username, name=name or f"张{n}", email=f"{username}@example.cn", phone=f"139{n:08d}", is_staff=staff,
        quiet_from=0, quiet_until=0,  # tests run at any hour
    )  # fmt: skip
    user.set_password(PASSWORD)
    if isinstance(where, Organisation):
        user.organisation = where
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    if role:
        grant(user, role, where)
    return user


def grant(
    user: User, role: str, where: Alliance | Member | Organisation | None = None, *, ends_on: date | None = None
) -> RoleGrant:
    scope, scope_id = scope_of(where)
    return RoleGrant.objects.create(user=user, role=role, scope=scope, scope_id=scope_id, ends_on=ends_on)


def viewer(who: User | str | None = None, where: Alliance | Member | Organisation | None = None) -> Viewer:
    """The Viewer of a person, of a person made for a role ("liaison", park), or of a guest (no argument)."""
    if who is None or who == "guest":
        return GUEST
    return viewer_of(who if isinstance(who, User) else make_user(who, where))
