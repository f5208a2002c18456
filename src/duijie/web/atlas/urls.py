"""Addresses of the atlas."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from duijie.web.atlas import chains, landing, lists, map, profiles  # noqa: F401  (landing adds its layers)

urlpatterns: list[URLPattern | URLResolver] = [
    path("atlas/", map.atlas, name="atlas"),
    path("atlas/data/<str:layer>.json", map.data, name="atlas_data"),
    path("atlas/boundary/", map.boundary_page, name="atlas_boundary"),
    path("atlas/boundary/<str:uid>.json", map.boundary_shapes, name="atlas_boundary_shapes"),
    path("atlas/tiles/", lists.tiles, name="atlas_tiles"),
    path("atlas/clusters/", lists.clusters, name="atlas_clusters"),
    path("atlas/chains/", chains.chains, name="atlas_chains"),
    path("atlas/coverage/", lists.coverage, name="atlas_coverage"),
    path("atlas/points/", lists.points, name="atlas_points"),
    path("atlas/points/<str:uid>/", lists.point, name="atlas_point"),
    path("atlas/regions/<str:code>/", profiles.region, name="atlas_region"),
    path("atlas/industries/<str:code>/", profiles.industry, name="atlas_industry"),
]
