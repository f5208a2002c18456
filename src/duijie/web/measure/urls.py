"""Addresses of this app's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from duijie.web.measure import (
    deals,
    downloads,
    editions,
    experts,
    indicators,
    navigation,
    rounds,
    submissions,
    workbench,
)

navigation.register_all()

_pages = [
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/new/", indicators.new_indicator, name="new_indicator"),
    path("indicators/values.<str:form>", indicators.export_values, name="export_values"),
    path("indicators/import/", indicators.import_page, name="import_values"),
    path("indicators/<str:indicator>/", indicators.indicator_page, name="indicator"),
    path("indicators/<str:indicator>/edit/", indicators.edit_indicator, name="edit_indicator"),
    path("observations/<str:observation>/", indicators.observation_page, name="observation"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new_round, name="new_round"),
    path("rounds/<str:round>/", rounds.round_page, name="round"),
    path("rounds/<str:round>/edit/", rounds.edit_round, name="edit_round"),
    path("rounds/<str:round>/act/", rounds.act, name="round_act"),
    path("submissions/<str:submission>/", submissions.submission_page, name="submission"),
    path("submissions/<str:submission>/act/", submissions.act, name="submission_act"),
    path("submissions/<str:submission>/template.xlsx", submissions.template, name="submission_template"),
    path("submissions/<str:submission>/sheet/", submissions.sheet, name="submission_sheet"),
    path("indices/", editions.indices, name="indices"),
    path("editions/<str:edition>/", editions.edition_page, name="edition"),
    path("editions/<str:edition>/units/<str:unit>/", editions.unit_page, name="edition_unit"),
    path("editions/<str:edition>/compare/", editions.compare_page, name="edition_compare"),
    path("editions/<str:edition>/number/", editions.number_page, name="edition_number"),
    path("editions/<str:edition>/download/<str:form>/", downloads.download, name="edition_download"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/new/", workbench.new_design, name="new_design"),
    path("workbench/<str:design>/", workbench.framework, name="design"),
    path("workbench/<str:design>/about/", workbench.about, name="design_about"),
    path("workbench/<str:design>/tree/", workbench.change_tree, name="design_tree"),
    path("workbench/<str:design>/steps/", workbench.steps, name="design_steps"),
    path("workbench/<str:design>/steps/preview/", workbench.preview, name="design_preview"),
    path("workbench/<str:design>/weights/", workbench.weights, name="design_weights"),
    path("workbench/<str:design>/weights/preview/", workbench.weights_preview, name="design_weights_preview"),
    path("workbench/<str:design>/results/", workbench.results, name="design_results"),
    path("workbench/<str:design>/sensitivity/", workbench.sensitivity, name="design_sensitivity"),
    path("workbench/<str:design>/document/", workbench.document, name="design_document"),
    path("workbench/<str:design>/publish/", workbench.publish, name="design_publish"),
    path("workbench/<str:design>/experts/", experts.consultations, name="design_experts"),
    path("consultations/<str:consultation>/adopt/", experts.adopt, name="adopt"),
    path("judgements/", experts.judgements, name="judgements"),
    path("judgements/<str:judgement>/", experts.judgement_page, name="judgement"),
    path("market-deals/", deals.deals, name="deals"),
    path("market-deals/import/", deals.import_page, name="import_deals"),
    path("market-deals/template.xlsx", deals.template, name="deals_template"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "measure")))]
