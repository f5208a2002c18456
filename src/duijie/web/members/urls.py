"""Addresses of the pages of members."""

from __future__ import annotations

from django.urls import include, path

from duijie.web.members import (
    account,
    administration,
    agreements,
    directory,
    keys,
    listings,  # noqa: F401 (registers its sections)
    navigation,  # noqa: F401 (registers the entries)
    network,
    organisations,
    people,
    sheets,
)

_pages = [
    path("members/", directory.directory, name="directory"),
    path("members/<slug:slug>/", directory.member_page, name="member"),
    path("members/<slug:slug>/edit/", directory.edit_member, name="edit_member"),
    path("members/<slug:slug>/import/<str:kind>/", sheets.upload, name="sheet_upload"),
    path("sheets/template/<str:kind>.xlsx", sheets.template, name="sheet_template"),
    path("sheets/<str:uid>/", sheets.sheet, name="sheet"),
    path("sheets/<str:uid>/marked/", sheets.marked_copy, name="marked_copy"),
    path("alliances/<slug:slug>/", directory.alliance_page, name="alliance"),
    path("alliances/<slug:slug>/edit/", directory.edit_alliance, name="edit_alliance"),
    path("alliances/<slug:slug>/admit/", directory.admit, name="admit"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.register, name="register"),
    path("organisations/verification/", organisations.verification, name="verification"),
    path("organisations/<str:uid>/", organisations.organisation_page, name="organisation"),
    path("organisations/<str:uid>/edit/", organisations.edit, name="edit_organisation"),
    path("organisations/<str:uid>/verify/", organisations.verify, name="verify"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", agreements.new_agreement, name="new_agreement"),
    path("agreements/matrix/", network.matrix, name="agreement_matrix"),
    path("agreements/network/", network.network, name="agreement_network"),
    path("agreements/coverage/", network.coverage, name="coverage"),
    path("agreements/sheet/", network.agreements_sheet, name="agreements_sheet"),
    path("agreements/<str:uid>/", agreements.agreement_page, name="agreement"),
    path("agreements/<str:uid>/edit/", agreements.edit_agreement, name="edit_agreement"),
    path("agreements/<str:uid>/end/", agreements.end_agreement, name="end_agreement"),
    path("agreements/<str:uid>/obligations/", network.oblige, name="oblige"),
    path("agreements/<str:uid>/documents/", network.add_document, name="add_document"),
    path("agreements/<str:uid>/documents/<int:number>/", network.document, name="agreement_document"),
    path("obligations/<str:uid>/fulfil/", network.fulfil, name="fulfil"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<str:uid>/", people.person, name="person"),
    path("people/<str:uid>/close/", people.close_account, name="close_account"),
    path("roles/<int:number>/take/", people.take_role, name="take_role"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.new_key, name="new_key"),
    path("keys/<str:uid>/rotate/", keys.rotate_key, name="rotate_key"),
    path("keys/<str:uid>/revoke/", keys.revoke_key, name="revoke_key"),
    path("administration/", administration.administration, name="administration"),
    path("administration/members/new/", directory.new_member, name="new_member"),
    path("administration/alliances/new/", directory.new_alliance, name="new_alliance"),
    path("administration/audit/", administration.audit, name="audit"),
    path("administration/audit.csv", administration.audit_csv, name="audit_csv"),
    path("jobs/", administration.jobs, name="jobs"),
    path("jobs/<str:uid>/progress/", administration.job_progress, name="job_progress"),
    path("jobs/<str:uid>/stop/", administration.stop_job, name="stop_job"),
]

urlpatterns = [
    path("", include((_pages, "members"))),
    path("account/", account.account, name="account"),
    path("account/edit/", account.edit_account, name="edit_account"),
    path("mails/stop/<str:token>/", account.stop_mails, name="stop_mails"),
    path("account/export/", account.export, name="export_account"),
    path("account/erase/", account.erase, name="erase_account"),
]
