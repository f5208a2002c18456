"""Tidying keeps what was meant; keys compare what was meant."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from duijie.core.text import half_width, match_key, shorten, simplified, tidy_line, tidy_text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  上海　 张江\t高新区 ", "上海 张江 高新区"),
        ("需要ＣＮＣ１２台", "需要CNC12台"),
        ("长三角，一体化！（第１期）", "长三角，一体化！（第1期）"),
        ("a\u200bb\ufeff\x00c", "ab c"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("第一行\r\n第二行", "第一行 第二行"),
        ("面积㎡①", "面积㎡①"),
    ],
)
def test_a_line_is_tidied_and_its_punctuation_kept(typed, stored):
    assert tidy_line(typed) == stored


def test_a_text_keeps_its_paragraphs():
    assert tidy_text("一\r\n\r\n\r\n\r\n二  \n　三\x0b") == "一\n\n二\n三"


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("長三角更高質量一體化", "长三角更高质量一体化"),
        ("著名", "著名"),
        ("皇后後來", "皇后后来"),
        ("集成電路", "集成电路"),
        ("plain", "plain"),
    ],
)
def test_traditional_characters_become_simplified(traditional, simple):
    assert simplified(traditional) == simple


def test_values_are_read_half_width():
    assert half_width(" １２．５％　ＡＢ\u200b ") == "12.5% AB"


@pytest.mark.parametrize(
    "typed", ["上海·張江（高新區）", "上海　张江 高新区", "上海张江-高新区", "【上海】张江高新区。"]
)
def test_keys_compare_names(typed):
    assert match_key(typed) == "上海张江高新区"


def test_quoting_is_short():
    assert shorten("一二三\n四五六七", 5) == "一二三 …"
    assert shorten("一二三", 5) == "一二三"


@given(st.text(st.characters(codec=None), max_size=60))
def test_tidying_twice_changes_nothing_and_nothing_hidden_stays(text):
    line = tidy_line(text)
    assert tidy_line(line) == line
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in line)
    assert tidy_text(tidy_text(text)) == tidy_text(text)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text):
    assert match_key(match_key(text)) == match_key(text)


@given(st.text(alphabet="嘉兴嘉興廢废水處处理乾干坤隆著着发發髮面麵abc１，。 "))
def test_what_holds_no_traditional_character_needs_no_conversion(text: str) -> None:
    assert simplified(text) == OpenCC("t2s").convert(text)
