"""Addresses of this app: pages, and the addresses that other systems ask."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from duijie.web.federate import (
    calendars,
    interface,
    mcp,
    navigation,  # noqa: F401 (registers its entries)
    out,
    peers,
    sources,
    widget,
)

_MEMBER = "members/<slug:slug>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sources/", sources.every_source, name="every_source"),
    path(f"{_MEMBER}sources/", sources.sources, name="sources"),
    path(f"{_MEMBER}sources/new/", sources.new_source, name="new_source"),
    path("sources/<str:source>/", sources.source_page, name="source"),
    path("sources/<str:source>/edit/", sources.edit_source, name="edit_source"),
    path("sources/<str:source>/items/", sources.source_items, name="source_items"),
    path("sources/<str:source>/do/", sources.source_do, name="source_do"),
    path("runs/<str:run>/progress/", sources.run_progress, name="run_progress"),
    path(f"{_MEMBER}interface/", interface.interface_page, name="interface"),
    path(f"{_MEMBER}interface/edit/", interface.edit_interface, name="edit_interface"),
    path(f"{_MEMBER}interface/mark/", interface.interface_mark, name="interface_mark"),
    path(f"{_MEMBER}widget/", widget.widget, name="widget"),
    path(f"{_MEMBER}widget.js", widget.widget_script, name="widget_script"),
    path("feeds/all.ics", calendars.ics, name="feed_ics"),
    path("feeds/<slug:slug>.ics", calendars.ics, name="member_feed_ics"),
    path("oai/", out.oai_pmh, name="oai"),
    path("oai/duijie.xsd", out.oai_schema, name="oai_schema"),
    path(f"{_MEMBER}oai/", out.oai_pmh, name="member_oai"),
    path("catalogue.<str:form>", out.catalogue, name="catalogue"),
    path(f"{_MEMBER}catalogue.<str:form>", out.catalogue, name="member_catalogue"),
    path("listings/<str:listing>/dataset.<str:form>", out.dataset, name="listing_dataset"),
    path("api/3/action/<slug:action>", out.ckan_action, name="ckan"),
    path(f"{_MEMBER}api/3/action/<slug:action>", out.ckan_action, name="member_ckan"),
    path("mcp", mcp.mcp, name="mcp"),
    path("peers/", peers.peers, name="peers"),
    path("peers/new/", peers.new_peer, name="new_peer"),
    path("peers/<str:peer>/", peers.peer, name="peer"),
    path(".well-known/duijie", peers.well_known, name="well_known_duijie"),
]
