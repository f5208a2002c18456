"""Addresses of this app's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duijie.web.plan import calls, cockpit, editing, editions, indicators, league, navigation, plans, reports

navigation.register_all()

_plan = "plans/<str:plan>/"
_indicator = _plan + "indicators/<str:plan_indicator>/"
_pages = [
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("plans/", plans.plans, name="list"),
    path("plans/new/", plans.new_plan, name="new"),
    path(_plan, plans.plan_page, name="plan"),
    path(_plan + "edit/", plans.edit_plan, name="edit"),
    path(_plan + "do/<str:verb>/", plans.step, name="step"),
    path(_plan + "decide/", plans.decide, name="decide"),
    path(_plan + "amend/", plans.amend, name="amend"),
    path(_plan + "editions/", editions.editions, name="editions"),
    path(_plan + "league/", league.league_page, name="league"),
    path(_plan + "items/new/", editing.new_item, name="new_item"),
    path(_plan + "items/<str:plan_item>/edit/", editing.edit_item, name="edit_item"),
    path(_plan + "items/<str:plan_item>/remove/", editing.remove_item, name="remove_item"),
    path(_plan + "items/<str:plan_item>/state/", editing.state, name="state"),
    path(_plan + "indicators/new/", editing.new_indicator, name="new_indicator"),
    path(_plan + "indicator/<str:plan_indicator>/", indicators.indicator_page, name="indicator_by_code"),
    path(_indicator, indicators.indicator_page, name="indicator"),
    path(_indicator + "edit/", editing.edit_indicator, name="edit_indicator"),
    path(_indicator + "remove/", editing.remove_indicator, name="remove_indicator"),
    path(_indicator + "report/", indicators.report_actual, name="report_actual"),
    path(_indicator + "records.csv", indicators.records_csv, name="records_csv"),
    path(_plan + "periods/new/", editing.new_period, name="new_period"),
    path(_plan + "periods/<str:code>/", editing.period_step, name="period_step"),
    path(_plan + "targets/new/", editing.new_target, name="new_target"),
    path(_plan + "targets/<int:number>/remove/", editing.remove_target, name="remove_target"),
    path(_plan + "baselines/new/", editing.new_baseline, name="new_baseline"),
    path(_plan + "calls/new/", calls.new_call, name="new_call"),
    path(_plan + "reports/", reports.reports, name="reports"),
    path(_plan + "reports/new/", reports.new_report, name="new_report"),
    path("plan/actuals/<str:plan_actual>/", indicators.actual_page, name="actual"),
    path("plan/actuals/<str:plan_actual>/decide/", indicators.decide_actual, name="decide_actual"),
    path("plan/actuals/<str:plan_actual>/evidence/<int:number>/", indicators.attachment, name="attachment"),
    path("plan/calls/<str:plan_call>/", calls.call_page, name="call"),
    path("plan/calls/<str:plan_call>/submit/", calls.submit, name="submit"),
    path("plan/projects/<str:planned_project>/", calls.submission_page, name="submission"),
    path("plan/projects/<str:planned_project>/decide/", calls.decide, name="decide_submission"),
    path("plan/reports/<str:plan_report>/", reports.report_page, name="report"),
    path("plan/reports/<str:plan_report>/<str:form>/", reports.report_file, name="report_file"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "plans")))]
