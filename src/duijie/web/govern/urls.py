"""Addresses of the pages of the alliance's own business."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duijie.web.govern import applications, council, motions, resolutions, rota

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
    path("alliances/<slug:slug>/council/", council.council, name="council"),
    path("alliances/<slug:slug>/charter/", council.charter, name="charter"),
    path("alliances/<slug:slug>/charter/new/", council.new_charter, name="new_charter"),
    path("alliances/<slug:slug>/offices/new/", council.new_office, name="new_office"),
    path("offices/<str:uid>/end/", council.end_office, name="end_office"),
    path("alliances/<slug:slug>/meetings/new/", council.new_meeting, name="new_meeting"),
    path("council-meetings/<str:uid>/", council.meeting, name="meeting"),
    path("council-meetings/<str:uid>/minutes.docx", council.minutes, name="minutes"),
    path("alliances/<slug:slug>/motions/", council.motions, name="motions"),
    path("alliances/<slug:slug>/motions/new/", council.new_motion, name="new_motion"),
    path("motions/<str:uid>/", motions.motion, name="motion"),
    path("motions/<str:uid>/papers/", motions.add_paper, name="add_paper"),
    path("motions/<str:uid>/papers/<int:number>/", motions.paper, name="motion_paper"),
    path("motions/<str:uid>/say/", motions.say, name="say"),
    path("motions/<str:uid>/amend/", motions.amend, name="amend"),
    path("motions/<str:uid>/amendments/<str:amendment_uid>/", motions.decide_amendment, name="decide_amendment"),
    path("motions/<str:uid>/open/", motions.open_vote, name="open_vote"),
    path("motions/<str:uid>/schedule/", motions.schedule, name="schedule"),
    path("motions/<str:uid>/withdraw/", motions.withdraw, name="withdraw"),
    path("motions/<str:uid>/vote/", motions.vote, name="vote"),
    path("motions/<str:uid>/proxy/", motions.proxy, name="motion_proxy"),
    path("motions/<str:uid>/hands/", motions.hands, name="hands"),
    path("motions/<str:uid>/close/", motions.close, name="close_vote"),
    path("alliances/<slug:slug>/resolutions/", resolutions.resolutions, name="resolutions"),
    path("alliances/<slug:slug>/duties/", resolutions.duties, name="duties"),
    path("resolutions/<str:uid>/", resolutions.resolution, name="resolution"),
    path("resolutions/<str:uid>/resolution.docx", resolutions.resolution_word, name="resolution_word"),
    path("resolutions/<str:uid>/duties/", resolutions.give_duty, name="give_duty"),
    path("duties/<str:uid>/report/", resolutions.report_duty, name="report_duty"),
    path("alliances/<slug:slug>/apply/", applications.apply, name="apply"),
    path("alliances/<slug:slug>/applications/", applications.applications, name="applications"),
    path("applications/<str:uid>/", applications.application, name="application"),
    path("applications/<str:uid>/papers/<int:number>/", applications.application_paper, name="application_paper"),
    path("applications/<str:uid>/do/<str:verb>/", applications.decide, name="application_do"),
    path("apply/follow/<str:secret>/", applications.follow, name="follow"),
    path("apply/follow/<str:secret>/paper/", applications.follow_paper, name="follow_paper"),
    path("apply/follow/<str:secret>/withdraw/", applications.follow_withdraw, name="follow_withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "govern")))]
