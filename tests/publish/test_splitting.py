"""Free text taken apart."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from duijie.publish.splitting import split_text

TODAY = dt.date(2026, 11, 21)
PHONE = (
    "您好，我们是嘉兴做汽车零部件的，铝合金壳体压铸以后老是有气孔，目前靠人工抽检，漏检多。"
    "想找能在线检测的设备，要求检出率达到99%，节拍40秒以内。预算30到50万，年底前要装好。"
)


def test_a_phone_call_becomes_a_form() -> None:
    found = split_text(PHONE, today=TODAY).values
    assert found["body"] == PHONE
    assert found["regions"] == ["330400"]
    assert found["amount"] == {"low_minor": 30_000_000, "high_minor": 50_000_000, "currency": "CNY"}
    assert found["deadline"] == "2026-12-31"
    assert "99%" in found["target_figures"]
    assert "人工抽检" in found["current_state"]
    assert found["industries"]
    assert len(found["title"]) <= 40


def test_dates_without_a_year_are_the_next_such_day() -> None:
    assert split_text("3月15日前交付", today=TODAY).values["deadline"] == "2027-03-15"
    assert split_text("明年底前完成", today=TODAY).values["deadline"] == "2027-12-31"
    assert split_text("2月底之前要样机", today=TODAY).values["deadline"] == "2027-02-28"


def test_traditional_characters_are_understood_and_kept() -> None:
    found = split_text("我們在蘇州，想找電鍍廢水處理技術，預算八十萬元", today=TODAY).values
    assert found["body"].startswith("我們")
    assert found["regions"] == ["320500"]
    assert found["amount"]["low_minor"] == 80_000_000


@given(st.text(max_size=400))
def test_any_text_is_taken_apart_and_nothing_said_is_lost(text: str) -> None:
    found = split_text(text, today=TODAY)
    if found.values:
        assert found.values["body"]
