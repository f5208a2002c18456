"""The views of the atlas beside each other, under one entry of the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from duijie.core.language import Label
from duijie.web.navigation import NavigationItem, register

VIEWS = {
    "atlas": Label("地图", "Map"),
    "atlas_tiles": Label("方块图", "Tiles"),
    "atlas_clusters": Label("产业集群", "Clusters"),
    "atlas_chains": Label("产业链", "Chains"),
    "atlas_coverage": Label("服务覆盖", "Coverage"),
    "atlas_points": Label("点位", "Points"),
}

register(NavigationItem("atlas", Label("产业地图", "Atlas"), "map-2", "atlas", order=82))


def atlas_tabs(request: HttpRequest, here: str) -> list[dict[str, object]]:
    """The tabs with `here` in view; the navigation shows the page under the atlas."""
    request.nav_key = "atlas"  # type: ignore[attr-defined]
    return [{"label": label, "url": reverse(name), "active": name == here} for name, label in VIEWS.items()]
