"""Where the pages of members stand in the left navigation."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.members import queries
from duijie.web.members.administration import may_administer
from duijie.web.navigation import NavigationItem, register

_MAKES_KEYS = {"member_admin", "liaison", "organisation", "platform"}
_GIVES_ROLES = {"platform", "secretariat", "member_admin", "liaison", "organisation"}


def _verifies(viewer: Viewer) -> bool:
    return viewer.has_role({"liaison", "member_admin"}, "member")


def _waiting(viewer: Viewer) -> int:
    return queries.waiting_for_verification(viewer).count()


register(
    NavigationItem("members", Label("成员", "Members"), "building-community", "members:directory", 10, phone_place=5)
)
register(
    NavigationItem(
        "verification", Label("单位核验", "Verification"), "shield-check", "members:verification", 10,
        visible=_verifies, section="rule", count=_waiting,
    )
)  # fmt: skip
register(
    NavigationItem(
        "people", Label("人员与角色", "People and roles"), "users", "members:people", 20,
        visible=lambda viewer: viewer.has_role(_GIVES_ROLES), section="rule",
    )
)  # fmt: skip
register(
    NavigationItem(
        "keys", Label("接口密钥", "API keys"), "key", "members:keys", 30,
        visible=lambda viewer: viewer.has_role(_MAKES_KEYS), section="rule",
    )
)  # fmt: skip
register(
    NavigationItem(
        "administration", Label("管理", "Administration"), "settings", "members:administration", 40,
        visible=may_administer, section="rule",
    )
)  # fmt: skip
register(
    NavigationItem(
        "audit", Label("操作记录", "Audit trail"), "history", "members:audit", 50,
        visible=queries.may_read_audit, section="rule",
    )
)  # fmt: skip
