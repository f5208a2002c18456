"""Measuring's entries in the navigation."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.measure.queries import my_judgements, waiting_for
from duijie.web.navigation import NavigationItem, register


def _reports(viewer: Viewer) -> bool:
    return bool(viewer.member_ids) or viewer.has_role("secretariat", "alliance")


def _waiting(viewer: Viewer) -> int | None:
    return waiting_for(viewer).count() or None


def _asked(viewer: Viewer) -> bool:
    return viewer.user_id is not None and bool(my_judgements(viewer).exists())


def register_all() -> None:
    register(NavigationItem("measure", Label("指数", "Measure"), "chart-bar", "measure:indices", order=80))
    register(
        NavigationItem(
            "reports",
            Label("指标填报", "Reporting"),
            "report",
            "measure:rounds",
            order=60,
            visible=_reports,
            section="own",
            count=_waiting,
        )
    )
    register(
        NavigationItem(
            "judgements",
            Label("专家意见", "Judgements"),
            "scale",
            "measure:judgements",
            order=62,
            visible=_asked,
            section="own",
        )
    )
