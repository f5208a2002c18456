"""Addresses of this app's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from duijie.web.federate import navigation, sources  # noqa: F401 (navigation registers its entries)

urlpatterns: list[URLPattern | URLResolver] = [
    path("sources/", sources.every_source, name="every_source"),
    path("members/<slug:slug>/sources/", sources.sources, name="sources"),
    path("members/<slug:slug>/sources/new/", sources.new_source, name="new_source"),
    path("sources/<str:source>/", sources.source_page, name="source"),
    path("sources/<str:source>/edit/", sources.edit_source, name="edit_source"),
    path("sources/<str:source>/items/", sources.source_items, name="source_items"),
    path("sources/<str:source>/do/", sources.source_do, name="source_do"),
    path("runs/<str:run>/progress/", sources.run_progress, name="run_progress"),
]
