"""Where these pages stand in the left navigation."""

from __future__ import annotations

from duijie.core.language import Label
from duijie.web.navigation import NavigationItem, register

_RUNS_SOURCES = {"member_admin", "liaison", "editor", "platform"}

register(
    NavigationItem(
        "sources", Label("数据来源", "Sources"), "plug-connected", "every_source", 32,
        visible=lambda viewer: viewer.has_role(_RUNS_SOURCES), section="rule",
    )
)  # fmt: skip
register(
    NavigationItem(
        "peers", Label("互联平台", "Other nodes"), "affiliate", "peers", 34,
        visible=lambda viewer: viewer.is_platform, section="rule",
    )
)  # fmt: skip
