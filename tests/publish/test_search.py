"""Search: found by words, counted within sight, never a word of what is hidden."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duijie.core.access import GUEST
from duijie.core.errors import Fault
from duijie.core.events import dispatch_all
from duijie.publish.actions import change_listing, close_listing, create_listing, disclose
from duijie.publish.models import Listing, NarrowedListing
from duijie.publish.search import SearchRequest, search, search_index
from duijie.publish.search.syncing import compare, rebuild, repair
from tests.factories import make_member, make_organisation, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_index() -> Iterator[None]:
    search_index().clear()
    yield
    search_index().close()


def publish(title: str, **data: object) -> Listing:
    park = data.pop("park", None) or make_member()
    listing = create_listing(
        actor=viewer("editor", park),
        member=park,
        organisation=make_organisation(member=park),
        data={"kind": "need", "title": title} | data,
        put_forward=True,
    )
    dispatch_all()
    return listing


def uids(text: str, who: object = GUEST, **filters: tuple[str, ...]) -> list[str]:
    page = search(SearchRequest(text=text, filters=filters), who)
    assert page.total == len(page.hits)
    return [hit.uid for hit in page.hits]


def test_words_are_found_in_any_script_and_width() -> None:
    listing = publish("电池回收处理技术", body="需要 ABC-100 型设备")
    for text in ("电池回收", "電池回收", "ＡＢＣ", "abc 电池", "回收处理"):
        assert uids(text) == [listing.uid], text
    assert uids("风力发电") == []


def test_a_code_is_found_whole_and_by_its_parts() -> None:
    listing = publish(
        "检测台", keywords="bench-3446374059, NO.20417, gb_9706", body="精度0.75mm，湿度12.65%，温度30-45℃，PM2.50"
    )
    for text in ("bench-3446374059", "3446374059", "bench", "20417", "no.20417", "9706", "45", "0.75mm", "12.65%"):
        assert uids(text) == [listing.uid], text
    for text in ("65%", "75", "50"):  # figures do not come apart at their decimal point
        assert uids(text) == [], text


def test_the_title_counts_more_than_the_body() -> None:
    below = publish("车间改造", body="涉及喷漆废气治理")
    above = publish("喷漆废气治理", body="车间")
    assert uids("喷漆废气治理") == [above.uid, below.uid]


def test_facets_count_what_the_viewer_may_see_and_no_more() -> None:
    publish("喷漆机器人", regions="嘉兴", visibility="public")
    publish("喷漆机器人", regions="嘉兴", visibility="owner")
    page = search(SearchRequest(text="喷漆机器人"), GUEST)
    assert page.total == 1
    assert {f.value: f.count for f in page.facets["kind"]} == {"need": 1}
    assert {f.value: f.count for f in page.facets["regions"]}["330000"] == 1  # the province above counts too


def test_a_filter_by_province_finds_its_districts() -> None:
    listing = publish("智能仓储", regions="嘉兴市南湖区")
    assert uids("", regions=("330000",)) == [listing.uid]
    assert uids("", regions=("310000",)) == []


def test_secret_words_find_nothing_until_disclosed() -> None:
    listing = publish("高压阀门密封失效", confidential=True, teaser="某企业寻求密封方案")
    reader = make_organisation()
    who = viewer("organisation", reader)
    assert uids("高压阀门", who) == []
    assert uids("密封方案", who) == [listing.uid]
    assert search(SearchRequest(text="密封方案"), who).hits[0].face == "teaser"
    disclose(actor=viewer("editor", listing.owner_member), listing=listing, token=f"org:{reader.pk}", because="test")
    dispatch_all()
    assert uids("高压阀门", who) == [listing.uid]
    again = search(SearchRequest(text="密封方案"), who)  # the teaser is hidden from those who read the full text
    assert [hit.face for hit in again.hits] == ["full"]
    assert uids("高压阀门") == []


def test_a_narrowed_listing_is_gone_before_the_index_knows() -> None:
    listing = publish("粉末冶金齿轮")
    change_listing(
        actor=viewer("editor", listing.owner_member),
        listing=listing,
        data={"title": "粉末冶金齿轮", "visibility": "owner"},
    )
    assert uids("粉末冶金") == []
    assert NarrowedListing.objects.count() == 1
    dispatch_all()
    assert NarrowedListing.objects.count() == 0
    assert uids("粉末冶金") == []


def test_closed_listings_leave_the_search() -> None:
    listing = publish("激光切割加工")
    close_listing(actor=viewer("editor", listing.owner_member), listing=listing)
    dispatch_all()
    assert uids("激光切割") == []


def test_the_doctor_finds_and_mends_any_disagreement() -> None:
    kept, lost = publish("数控机床主轴"), publish("数控系统升级")
    search_index().replace({f"listing:{lost.uid}": []})
    ghost = publish("幽灵记录")
    Listing.objects.unscoped("test").filter(pk=ghost.pk).update(status="closed")
    Listing.objects.unscoped("test").filter(pk=kept.pk).update(version=9)
    difference = compare()
    members = {f"member:{m}" for m in Listing.objects.unscoped("t").values_list("owner_member__uid", flat=True)}
    assert set(difference.missing) - members - {m for m in difference.missing if m.startswith("organisation")} == {
        f"listing:{lost.uid}"
    }
    assert difference.stale == [f"listing:{kept.uid}"]
    assert difference.extra == [f"listing:{ghost.uid}"]
    repair(difference)
    assert compare().total == 0
    rebuild()
    assert compare().total == 0


def test_bad_requests_get_a_sentence() -> None:
    for request in (
        SearchRequest(sort="prettiest"),
        SearchRequest(page=0),
        SearchRequest(page=100_000),
        SearchRequest(filters={"audience": ("x",)}),
    ):
        with pytest.raises(Fault):
            search(request, GUEST)


def test_emoji_and_punctuation_find_nothing_and_break_nothing() -> None:
    publish("传感器标定")
    assert uids("😀！？") == []
    assert uids("传感器" * 2000) != []
