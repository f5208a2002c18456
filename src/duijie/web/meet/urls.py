"""Addresses of the pages of events."""

from __future__ import annotations

from django.urls import include, path

from duijie.web.meet import (
    day,
    drafts,
    events,
    extras,
    navigation,  # noqa: F401 (registers the entries)
    outcomes,
    registrations,
    setup,
    wishes,
)

extras.hang_on()
_pages = [
    path("events/", events.events, name="events"),
    path("events/new/", events.new_event, name="new"),
    path("events/<str:uid>/", events.event_page, name="event"),
    path("events/<str:uid>/event.ics", events.calendar, name="calendar"),
    path("events/<str:uid>/edit/", events.edit_event, name="edit"),
    path("events/<str:uid>/do/<slug:verb>/", events.event_verb, name="verb"),
    path("events/<str:uid>/documents/<str:document_uid>/", events.document, name="document"),
    path("events/<str:uid>/entries/", events.entries, name="entries"),
    path("events/<str:uid>/entries/new/", events.submit_entry, name="new_entry"),
    path("events/<str:uid>/setup/", setup.setup, name="setup"),
    path("events/<str:uid>/setup/<slug:what>/", setup.change, name="change"),
    path("events/<str:uid>/register/", registrations.register, name="register"),
    path("events/<str:uid>/registrations/", registrations.registrations, name="registrations"),
    path("events/<str:uid>/registrations/<str:registration_uid>/decide/", registrations.decide, name="decide"),
    path("events/<str:uid>/sheets/<slug:kind>/", registrations.sheet, name="sheet"),
    path("events/<str:uid>/me/", registrations.redirect_to_own, name="me"),
    path("events/<str:uid>/mine/<str:registration_uid>/", registrations.mine, name="mine"),
    path("events/<str:uid>/mine/<str:registration_uid>/edit/", registrations.edit_mine, name="edit_mine"),
    path("events/<str:uid>/mine/<str:registration_uid>/do/<slug:verb>/", registrations.mine_verb, name="mine_verb"),
    path("events/<str:uid>/mine/<str:registration_uid>/wishes/", wishes.own_wishes, name="own_wishes"),
    path("events/<str:uid>/mine/<str:registration_uid>/wish/", wishes.wish, name="wish"),
    path("events/<str:uid>/mine/<str:registration_uid>/answer/<str:wish_uid>/", wishes.answer, name="answer"),
    path("events/<str:uid>/mine/<str:registration_uid>/timetable/", day.own_timetable, name="own_timetable"),
    path("events/<str:uid>/mine/<str:registration_uid>/timetable.pdf", day.own_timetable_pdf, name="own_timetable_pdf"),
    path("events/<str:uid>/wishes/", wishes.wishes, name="wishes"),
    path("events/<str:uid>/drafts/", drafts.drafts, name="drafts"),
    path("events/<str:uid>/drafts/<str:draft_uid>/", drafts.draft_page, name="draft"),
    path("events/<str:uid>/drafts/<str:draft_uid>/targets/<int:number>/", drafts.targets, name="targets"),
    path("events/<str:uid>/drafts/<str:draft_uid>/do/<slug:verb>/", drafts.draft_verb, name="draft_verb"),
    path("events/<str:uid>/drafts/<str:draft_uid>/timetable.xlsx", drafts.workbook, name="workbook"),
    path("events/<str:uid>/drafts/<str:draft_uid>/free/<str:slot>/", drafts.free, name="free"),
    path("events/<str:uid>/repair/", drafts.repairs, name="repairs"),
    path("events/<str:uid>/repair/<str:draft_uid>/", drafts.repair, name="repair"),
    path("events/<str:uid>/check-in/", day.check_in, name="check_in"),
    path("events/<str:uid>/check-in/absent/", day.absent, name="absent"),
    path("events/<str:uid>/board/", day.board, name="board"),
    path("events/<str:uid>/signs.pdf", day.signs, name="signs"),
    path("events/<str:uid>/badges.pdf", day.badges, name="badges"),
    path("events/<str:uid>/meetings/<str:meeting_uid>/", outcomes.meeting, name="meeting"),
    path("events/<str:uid>/intents/", outcomes.intents, name="intents"),
    path("events/<str:uid>/intents/<str:intent_uid>/", outcomes.intent, name="intent"),
    path("events/<str:uid>/follow-ups/", outcomes.follow_ups, name="follow_ups"),
    path("events/<str:uid>/follow-ups/<str:follow_up_uid>/done/", outcomes.follow_up_done, name="follow_up_done"),
    path("events/<str:uid>/figures/", outcomes.figures, name="figures"),
    path("events/<str:uid>/report.<slug:form>", outcomes.report_file, name="report"),
    path("follow-ups/", outcomes.follow_ups, name="all_follow_ups"),
    path("calendar/<str:token>.ics", day.feed, name="feed"),
]

urlpatterns = [path("", include((_pages, "meet")))]
