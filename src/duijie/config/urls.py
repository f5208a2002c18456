"""Every address: pages, sign-in, the API, health."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duijie.api.assembly import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("", include("duijie.web.urls")),
]

handler500 = "duijie.web.views.errors.server_error"
