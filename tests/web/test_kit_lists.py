"""Pages, tables, facets, cards, charts."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from duijie.core.language import Label
from duijie.web.kit import (
    ActiveFilter,
    Cell,
    Chart,
    Column,
    Facet,
    Flow,
    ListingCard,
    MapView,
    MatchCard,
    Option,
    Pages,
    Point,
    Row,
    Series,
    Table,
    sort_of,
)

get = RequestFactory().get


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


# --- pages -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "number"), [("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1), ("999", 10), ("9" * 5000, 1)]
)
def test_a_page_that_is_none_is_the_first_or_the_last(asked: str, number: int) -> None:
    assert Pages.of(get("/", {"page": asked}), total=186, size=20).number == number


def test_pages_around_this_one_with_gaps() -> None:
    pages = Pages.of(get("/", {"page": "5", "q": "a"}), total=186, size=20)
    assert [number for number, _ in pages.links()] == [1, 2, 3, 4, 5, 6, 0, 10]
    assert (pages.start, pages.stop) == (80, 100)
    assert pages.next_url == "?page=6&q=a"


def test_pages_that_were_not_counted_go_on_while_there_is_more() -> None:
    assert Pages.of(get("/"), has_next=True).next_url == "?page=2"
    assert Pages.of(get("/", {"page": "2"})).next_url == ""


def test_one_page_needs_no_links() -> None:
    assert shown("{% pagination pages %}", pages=Pages.of(get("/"), total=3)) == ""


# --- tables ------------------------------------------------------------------------------------------------------------
COLUMNS = [
    Column("name", Label("成员", "Member"), sortable=True),
    Column("n", Label("条数", "Records"), "number", sortable=True),
]


def test_numbers_are_sorted_largest_first_and_names_from_the_beginning() -> None:
    heads = Table(COLUMNS, [], request=get("/")).heads()
    assert [head["url"] for head in heads] == ["?sort=name", "?sort=-n"]
    heads = Table(COLUMNS, [], request=get("/"), sort="-n").heads()
    assert [(head["url"], head["order"]) for head in heads] == [("?sort=name", ""), ("?sort=n", "descending")]


def test_only_what_is_allowed_sorts() -> None:
    assert sort_of(get("/", {"sort": "-n"}), ["n"], "name") == "-n"
    assert sort_of(get("/", {"sort": "password"}), ["n"], "name") == "name"


def test_a_table_escapes_names_and_says_what_is_wrong_in_a_cell() -> None:
    rows = [Row((Cell("<b>", "/m/"), Cell("x", problem="不是数字。")), id="r1")]
    page = shown("{% table table %}", table=Table(COLUMNS, rows))
    assert '<a href="/m/">&lt;b&gt;</a>' in page
    assert 'class="is-end is-bad"' in page
    assert "不是数字。" in page
    assert 'data-label="条数"' in page


def test_a_row_with_too_few_cells_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Table(COLUMNS, [("a",)]).body()


def test_an_empty_table_says_so() -> None:
    assert "这里还没有内容" in shown("{% table table %}", table=Table(COLUMNS, []))
    assert "先写一条" in shown("{% table table %}", table=Table(COLUMNS, [], empty="先写一条"))


# --- facets ------------------------------------------------------------------------------------------------------------
OPTIONS = [Option("need", Label("需求", "Need"), 3, children=(Option("part", "部分"),)), Option("expert", "专家", 1)]


def test_a_choice_is_added_and_taken_away_by_its_address() -> None:
    facet = Facet.of(get("/", {"kind": "need", "page": "4"}), "kind", "类别", OPTIONS)
    assert [(option.selected, option.url) for option in facet.options] == [
        (True, "?"),
        (False, "?kind=need&kind=expert"),
    ]
    single = Facet.of(get("/", {"kind": "need"}), "kind", "类别", OPTIONS, many=False)
    assert single.options[1].url == "?kind=expert"


def test_what_is_active_can_be_taken_away_at_every_depth() -> None:
    facet = Facet.of(get("/", {"kind": ["expert", "part"]}), "kind", "类别", OPTIONS)
    assert ActiveFilter.from_facets([facet]) == [
        ActiveFilter("类别：部分", "?kind=expert"),
        ActiveFilter("类别：专家", "?kind=part"),
    ]


# --- cards -------------------------------------------------------------------------------------------------------------
def test_a_listing_card_escapes_what_people_wrote() -> None:
    page = shown(
        "{% listing_card card %}", card=ListingCard("<script>", "/l/1/", text="<img>", published_on=date(2026, 1, 2))
    )
    assert "<script>" not in page
    assert "<img>" not in page
    assert '<time datetime="2026-01-02">2026-01-02' in page


def test_an_open_match_offers_one_primary_action_and_an_answered_one_none() -> None:
    card = MatchCard(
        "1", "标题", "/l/1/", reasons=["同在嘉兴"], misfits=["超出预算"], interest_url="/i/", dismiss_url="/d/"
    )
    page = shown("{% match_card card %}", card=card)
    assert page.count("btn-primary") == 1
    assert 'hx-post="/i/"' in page
    answered = MatchCard("1", "标题", "/l/1/", interest_url="/i/", state="mutual", state_text="2026-11-20")
    assert "btn-primary" not in shown("{% match_card card %}", card=answered)


# --- charts ------------------------------------------------------------------------------------------------------------
def specification(page: str) -> dict[str, object]:
    found = re.search(r'<script id="c-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return dict(json.loads(found.group(1)))


def test_a_chart_carries_its_figures_twice_for_the_picture_and_as_a_table() -> None:
    chart = Chart("bar", "签约", ["一月", "二月"], [Series("</script>", [3, None], urls=["/r/1/"])], unit="项")
    page = shown('{% chart chart "c" %}', chart=chart)
    assert specification(page)["categories"] == ["一月", "二月"]
    assert '<a href="/r/1/">3</a>' in page
    assert "—" in page


def test_flows_and_pairs_have_tables_too() -> None:
    sankey = Chart("sankey", "去向", links=[("甲", "乙", 12_000)])
    assert [cell.value for cell in sankey.table().body()[0]["cells"]] == ["甲", "乙", "12,000"]
    scatter = Chart("scatter", "分布", series=[Series("园区", [(1, 2.5)], names=["紫竹"])])
    assert [cell.value for cell in scatter.table().body()[0]["cells"]] == ["紫竹", "1", "2.5"]


def test_a_map_lists_its_places_and_flows() -> None:
    view = MapView("签约", [Point("上海", 121.47, 31.23, 5)], [Flow("合肥 → 上海", (117.2, 31.8), (121.5, 31.2), 2)])
    assert [row["cells"][0].value for row in view.table().body()] == ["上海", "合肥 → 上海"]
    assert specification(shown('{% map view "c" %}', view=view))["boundary"] == ""


def test_a_chart_of_no_known_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="pie3d"):
        Chart("pie3d", "")
