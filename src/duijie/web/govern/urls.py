"""Addresses of the pages of the alliance's own business."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duijie.web.govern import rota

_pages: list[URLPattern | URLResolver] = [
    path("alliances/<slug:slug>/rota/", rota.rota, name="rota"),
    path("alliances/<slug:slug>/rota.ics", rota.rota_calendar, name="rota_calendar"),
    path("alliances/<slug:slug>/rota/new/", rota.new_rota, name="new_rota"),
    path("rotas/<str:uid>/plan/", rota.plan, name="rota_plan"),
    path("rotas/<str:uid>/wish/", rota.wish, name="rota_wish"),
    path("rotas/<str:uid>/swap/", rota.swap, name="rota_swap"),
    path("rotas/<str:uid>/host/", rota.set_host, name="rota_host"),
    path("rotas/<str:uid>/rounds/<int:number>/item/", rota.handover_item, name="handover_item"),
    path("rotas/<str:uid>/rounds/<int:number>/hand-over/", rota.hand_over, name="hand_over"),
    path("rota-wishes/<int:number>/drop/", rota.drop_wish, name="drop_wish"),
    path("rota-swaps/<str:uid>/answer/", rota.answer_swap, name="answer_swap"),
    path("handover-items/<int:number>/", rota.tick_item, name="tick_item"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "govern")))]
