"""Addresses of landing."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from duijie.core.language import Label
from duijie.land.queries import due_deals
from duijie.web.land import deals, extras, projects, zones
from duijie.web.navigation import NavigationItem, register, signed_in

extras.hang_on()
register(
    NavigationItem(
        "deals", Label("项目推进", "Deals"), "layout-kanban", "deals", order=50, visible=signed_in,
        count=lambda viewer: due_deals(viewer, days=1).count() or None,
    )
)  # fmt: skip
register(NavigationItem("projects", Label("签约项目", "Projects"), "building-factory-2", "projects", order=52))

urlpatterns: list[URLPattern | URLResolver] = [
    path("deals/", deals.board, name="deals"),
    path("deals/list/", deals.deal_list, name="deal_list"),
    path("deals/new/", deals.new_deal, name="new_deal"),
    path("deals/move/", deals.move_card, name="move_card"),
    path("deals/<str:uid>/", deals.deal_page, name="deal"),
    path("deals/<str:uid>/edit/", deals.edit_deal, name="edit_deal"),
    path("deals/<str:uid>/move/", deals.move, name="move_deal"),
    path("deals/<str:uid>/act/", deals.act, name="act_on_deal"),
    path("deals/<str:uid>/documents/<str:file_uid>/", deals.document, name="deal_document"),
    path("blockers/<str:blocker_uid>/clear/", deals.clear_blocker, name="clear_blocker"),
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.new_project, name="new_project"),
    path("projects/<str:uid>/", projects.project_page, name="project"),
    path("projects/<str:uid>/edit/", projects.edit_project, name="edit_project"),
    path("projects/<str:uid>/figures/", projects.report_figure, name="report_figure"),
    path("projects/<str:uid>/figures/<str:figure_uid>/", projects.correct_figure, name="correct_figure"),
    path("projects/<str:uid>/milestones/", projects.milestone, name="project_milestone"),
    path("projects/<str:uid>/relocation/", projects.relocation, name="relocation"),
    path("projects/<str:uid>/act/", projects.act, name="act_on_project"),
    path("zones/", zones.zones, name="zones"),
    path("zones/new/", zones.new_zone, name="new_zone"),
    path("zones/<str:zone>/", zones.zone_page, name="zone"),
    path("zones/<str:zone>/edit/", zones.edit_zone, name="edit_zone"),
    path("members/<slug:slug>/periods/", zones.periods, name="periods"),
]
