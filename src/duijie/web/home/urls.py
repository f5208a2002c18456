"""Addresses of home and desk."""

from __future__ import annotations

from django.urls import path

from duijie.core.language import Label
from duijie.web.home import views
from duijie.web.navigation import NavigationItem, register, signed_in

register(
    NavigationItem(
        "desk",
        Label("我的工作台", "My desk"),
        "layout-dashboard",
        "desk",
        order=1,
        visible=signed_in,
        section="own",
        short=Label("工作台", "Desk"),
        phone_place=1,
    )
)

urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_notifications, name="read_notifications"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
