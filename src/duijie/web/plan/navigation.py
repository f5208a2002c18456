"""Where plans and the cockpit stand in the left navigation."""

from __future__ import annotations

from duijie.core.language import Label
from duijie.web.navigation import NavigationItem, register


def register_all() -> None:
    register(NavigationItem("plans", Label("行动计划", "Plans"), "target-arrow", "plans:list", order=75))
    register(NavigationItem("cockpit", Label("驾驶舱", "Cockpit"), "layout-dashboard", "plans:cockpit", order=76))
