"""Addresses of pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duijie.web import pickers

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("duijie.web.home.urls")),
    path("", include("duijie.web.members.urls")),
    path("", include("duijie.web.publish.urls")),
    path("", include("duijie.web.match.urls")),
    path("", include("duijie.web.meet.urls")),
    path("", include("duijie.web.land.urls")),
    path("", include("duijie.web.plan.urls")),
    path("", include("duijie.web.measure.urls")),
    path("", include("duijie.web.atlas.urls")),
    path("", include("duijie.web.govern.urls")),
    path("", include("duijie.web.federate.urls")),
    path("pick/regions/", pickers.pick_regions, name="pick_regions"),
    path("pick/industries/", pickers.pick_industries, name="pick_industries"),
    path("pick/members/", pickers.pick_members, name="pick_members"),
    path("pick/organisations/", pickers.pick_organisations, name="pick_organisations"),
    path("kit/", include("duijie.web.style.urls")),
]
