"""Addresses of publishing."""

from __future__ import annotations

from django.urls import path

from duijie.web.publish import feeds, importing, listing, navigation, searching, writing

navigation.register_all()

urlpatterns = [
    path("search/", searching.search_page, name="search"),
    path("searches/", searching.saved, name="saved_searches"),
    path("searches/save/", searching.save, name="save_search"),
    path("searches/<str:uid>/delete/", searching.forget, name="delete_search"),
    path("publish/", writing.start, name="publish"),
    path("publish/understand/", writing.understand, name="understand"),
    path("publish/<slug:kind>/", writing.write, name="write"),
    path("listings/<str:uid>/", listing.listing_page, name="listing"),
    path("listings/<str:uid>/edit/", writing.edit, name="edit_listing"),
    path("listings/<str:uid>/review/", listing.review, name="review_listing"),
    path("listings/<str:uid>/do/<slug:verb>/", listing.step, name="listing_step"),
    path("review/", listing.queue, name="review_queue"),
    path("import/", importing.start, name="import"),
    path("import/template/<slug:kind>.xlsx", importing.template, name="import_template"),
    path("import/<str:uid>/", importing.batch_page, name="import_batch"),
    path("import/<str:uid>/progress/", importing.progress, name="import_progress"),
    path("import/<str:uid>/marked/", importing.marked, name="import_marked"),
    path("import/<str:uid>/<slug:verb>/", importing.act, name="import_act"),
    path("feeds/all.atom", feeds.atom, name="feed_atom"),
    path("feeds/all.json", feeds.as_json, name="feed_json"),
    path("feeds/all.csv", feeds.as_csv, name="feed_csv"),
    path("feeds/<slug:slug>.atom", feeds.atom, name="member_feed_atom"),
    path("feeds/<slug:slug>.json", feeds.as_json, name="member_feed_json"),
    path("feeds/<slug:slug>.csv", feeds.as_csv, name="member_feed_csv"),
]
