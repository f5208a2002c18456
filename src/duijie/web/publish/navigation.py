"""Publishing's entries in the navigation."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.publish.queries import review_queue
from duijie.publish.rules import REVIEWERS
from duijie.web.navigation import NavigationItem, register, signed_in


def _reviews(viewer: Viewer) -> bool:
    return viewer.has_role(REVIEWERS, "member")


def _waiting(viewer: Viewer) -> int | None:
    return review_queue(viewer).count() or None


def register_all() -> None:
    register(NavigationItem("publish", Label("发布", "Publish"), "speakerphone", "publish", order=20, phone_place=3))
    register(NavigationItem("search", Label("搜索", "Search"), "search", "search", order=22, phone_place=2))
    register(
        NavigationItem(
            "review",
            Label("待我审核", "To review"),
            "clipboard-check",
            "review_queue",
            order=24,
            visible=_reviews,
            section="own",
            count=_waiting,
        )
    )
    register(
        NavigationItem(
            "import", Label("表格导入", "Import"), "table-import", "import", order=26, visible=_reviews, section="own"
        )
    )
    register(
        NavigationItem(
            "searches",
            Label("我的搜索", "Saved searches"),
            "bookmark",
            "saved_searches",
            order=28,
            visible=signed_in,
            section="own",
        )
    )
