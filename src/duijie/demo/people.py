"""The people of the demonstration region and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from duijie.core.access import SYSTEM, Viewer
from duijie.core.language import t
from duijie.core.schema import parse
from duijie.demo import reading
from duijie.members.actions import create_person, grant_role
from duijie.members.models import Alliance, Member, Organisation, RoleGrant, User
from duijie.members.schemas import PersonRecord
from duijie.members.viewers import viewer_of

PASSWORD = "duijie-demo-2026"  # of everybody in the demonstration region, and of nobody else
_TITLES = {"liaison": "联络员", "admin": "管理员", "editor": "信息编辑", "leader": "分管领导"}
_ROLES = {"liaison": "liaison", "admin": "member_admin", "editor": "editor", "leader": "leader"}
_SHOWN = ("admin", "mishu", "lingdao", "nanhu", "zhangjiang", "zhangjiang-admin", "hecheng", "xunguang", "huilan")


@dataclass
class DemoPeople:
    """Who can sign in, as viewers by user name and by the organisation that they speak for."""

    viewers: dict[str, Viewer] = field(default_factory=dict)
    viewers_of_organisations: dict[str, Viewer] = field(default_factory=dict)
    count: int = 0
    # Encoded once for all: the password is no secret here, and encoding is slow on purpose.
    encoded_password: str = field(default_factory=lambda: make_password(PASSWORD))

    def liaison(self, member: str) -> Viewer:
        """The liaison officer of a member; the platform where a member has none of its own (towns of a district)."""
        return self.viewers.get(member, SYSTEM)


def load_people(members: dict[str, Member], organisations: dict[str, Organisation]) -> DemoPeople:
    """Make every account of the files with its roles."""
    found = reading.people()
    made = DemoPeople()
    for row in found["platform"]:
        scope = ("platform", 0)
        _person(made, row, [(row["role"], *scope)])
    for row in found["alliances"]:
        alliance = Alliance.objects.get(slug=row["alliance"])
        _person(made, row, [(row["role"], "alliance", alliance.pk)])
    for slug, names in found["members"].items():
        for office, name in names.items():
            username = slug if office == "liaison" else f"{slug}-{office}"
            row = {"username": username, "name": name, "title": _TITLES[office]}
            _person(made, row, [(_ROLES[office], "member", members[slug].pk)])
    for row in found["organisations"]:
        organisation = organisations[row["organisation"]]
        roles = {"organisation", row.get("role", "organisation")}
        user = _person(made, row, [(role, "organisation", organisation.pk) for role in sorted(roles)], organisation)
        made.viewers_of_organisations.setdefault(row["organisation"], viewer_of(user))
    return made


def _person(
    made: DemoPeople,
    row: dict[str, Any],
    grants: list[tuple[str, str, int]],
    organisation: Organisation | None = None,
) -> User:
    values = {name: row.get(name) for name in ("username", "name", "title", "phone")}
    record = parse(PersonRecord, values | {"email": row.get("email") or f"{row['username']}@demo.duijie.example.cn"})
    user = create_person(actor=SYSTEM, record=record, password=made.encoded_password, encoded=True)
    for role, scope, scope_id in grants:
        grant_role(actor=SYSTEM, person=user, role=role, scope=scope, scope_id=scope_id)
    made.viewers[row["username"]] = viewer_of(user)
    made.count += 1
    return user


def logins() -> list[tuple[str, str]]:
    """User names worth trying, one for each role, with what they are in the language in force."""
    users = {user.username: user for user in User.objects.filter(username__in=_SHOWN).select_related("organisation")}
    lines = []
    for username in _SHOWN:
        if username in users:
            lines.append((username, _described(users[username])))
    return lines


def _described(user: User) -> str:
    """The first role of a person and where it is held: 联络员 · 嘉兴市南湖区."""
    from duijie.members.choices import Role

    grant = RoleGrant.objects.filter(user=user).order_by("pk").first()
    if grant is None:
        return user.name
    choice = Role(grant.role)
    role = t(choice.zh, choice.en)
    kinds: dict[str, Any] = {"alliance": Alliance, "member": Member, "organisation": Organisation}
    where = kinds[grant.scope].objects.filter(pk=grant.scope_id).first() if grant.scope in kinds else None
    name = "" if where is None else t(where.name, where.name_en or where.name)
    return f"{role} · {name}" if name else role
