"""Addresses of the style page."""

from __future__ import annotations

from django.urls import path

from duijie.web.style import views

urlpatterns = [
    path("", views.page, name="style"),
    path("part/<str:part>/", views.page, name="style_part"),
    path("pick/", views.pick, name="style_pick"),
    path("move/", views.move, name="style_move"),
    path("swallow/", views.swallow, name="style_swallow"),
    path("job/<int:done>/", views.job, name="style_job"),
    path("fault/<int:status>/", views.fault, name="style_fault"),
]
