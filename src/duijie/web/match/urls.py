"""Addresses of matching."""

from __future__ import annotations

from django.urls import path

from duijie.core.language import Label
from duijie.match.queries import received_interests
from duijie.match.worklist import members_in_charge
from duijie.web.match import channels, extras, figures, ranking, views, why, worklist
from duijie.web.navigation import NavigationItem, register, signed_in
from duijie.web.publish.listing import EXTRAS

if extras.interest_or_matches not in EXTRAS:
    EXTRAS.append(extras.interest_or_matches)

register(
    NavigationItem(
        "match",
        Label("匹配", "Matches"),
        "arrows-join",
        "match_inbox",
        order=30,
        phone_place=4,
        visible=signed_in,
        count=lambda viewer: received_interests(viewer).count() or None,
    )
)
register(
    NavigationItem(
        "introductions", Label("对接", "Introductions"), "users", "introductions", order=32, visible=signed_in
    )
)

register(
    NavigationItem(
        "worklist",
        Label("工作清单", "Worklist"),
        "list-check",
        "worklist",
        order=33,
        visible=lambda viewer: bool(members_in_charge(viewer)),
    )
)

urlpatterns = [
    path("worklist/", worklist.worklist_page, name="worklist"),
    path("account/channels/", channels.channels, name="channels"),
    path("account/channels/new/", channels.new_channel, name="new_channel"),
    path("account/channels/<str:channel_uid>/", channels.channel, name="channel"),
    path("match/", views.inbox, name="match_inbox"),
    path("match/figures/", figures.figures_page, name="match_figures"),
    path("match/figures/records/", figures.figure_records, name="match_figure_records"),
    path("match/ranking/", ranking.ranking_page, name="match_ranking"),
    path("match/why/", why.why_page, name="match_why"),
    path("match/interest/<str:uid>/", views.interest_page, name="match_interest"),
    path("match/interest/<str:uid>/<slug:verb>/", views.answer_interest, name="match_answer"),
    path("match/<str:uid>/interested/", views.interested, name="match_interested"),
    path("match/<str:uid>/dismiss/", views.dismiss, name="match_dismiss"),
    path("match/<str:uid>/forward/", views.forward, name="match_forward"),
    path("listings/<str:uid>/interest/", views.show_interest, name="show_interest"),
    path("introductions/", views.introductions, name="introductions"),
    path("introductions/<str:uid>/", views.introduction, name="introduction"),
    path("introductions/<str:uid>/files/<str:file_uid>/", views.introduction_file, name="introduction_file"),
]
