"""GB 32100: published codes pass, and every single slip is caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.creditcode import ALPHABET, check_character, is_credit_code, parse_credit_code
from duijie.core.errors import Fault

PUBLISHED = ("91110000600037341L", "91320594MAK7ATQQ17", "91310101MAK9940Q47")
characters = st.sampled_from(ALPHABET)
codes = st.builds(
    lambda head, division, rest: (first := head + division + rest) + check_character(first),
    st.text(characters, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(characters, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_right(code):
    assert parse_credit_code(code).value == code


def test_the_parts_of_a_code():
    code = parse_credit_code("91320594MAK7ATQQ17")
    assert (code.authority, code.division, code.organisation, str(code)) == (
        "市场监管", "320594", "MAK7ATQQ1", "91320594MAK7ATQQ17",
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "９１３２０５９４ＭＡＫ７ＡＴＱＱ１７",
        " 91320594mak7atqq17 ",
        "91320594-MAK7ATQQ-17",
        "9132 0594 MAK7 ATQQ 17",
        "91320594MAK7ATQQ17\u200b",
    ],
)
def test_what_people_type_is_understood(typed):
    assert parse_credit_code(typed).value == "91320594MAK7ATQQ17"


def test_letters_are_allowed_in_the_authority_part():
    first = "N2320594MF1234567"
    assert parse_credit_code(first + check_character(first)).authority == "农业农村"


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("91320594MAK7ATQQ1", "credit_code.length", "统一社会信用代码“91320594MAK7ATQQ1”：应为18位，这里是17位。"),
        ("", "credit_code.length", "统一社会信用代码“”：应为18位，这里是0位。"),
        (
            "91320594MAK7ATOQ17", "credit_code.character",
            "统一社会信用代码“91320594MAK7ATOQ17”：第15位“O”不是可用字符（数字和除 I、O、S、V、Z 外的大写字母），是不是“0”。",
        ),
        (
            "9132A594MAK7ATQQ17", "credit_code.division",
            "统一社会信用代码“9132A594MAK7ATQQ17”：第5位“A”应为数字（第3至8位是登记机关行政区划码）。",
        ),
        (
            "91320594MAK7ATQQ18", "credit_code.check",
            "统一社会信用代码“91320594MAK7ATQQ18”：校验不符：前17位若无误，第18位应为“7”，这里是“8”，请逐位核对。",
        ),
    ],
)  # fmt: skip
def test_the_sentence_names_what_is_wrong(typed, code, sentence):
    with pytest.raises(Fault) as refused:
        parse_credit_code(typed)
    assert (refused.value.code, refused.value.zh) == (code, sentence)


@given(codes)
def test_a_code_with_its_check_character_is_right(code):
    assert parse_credit_code(code.lower()).value == code


@given(codes, st.integers(0, 17), characters)
def test_every_single_wrong_character_is_caught(code, position, other):
    changed = code[:position] + other + code[position + 1 :]
    assert is_credit_code(changed) == (changed == code)


@given(codes, st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(code, position):
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert is_credit_code(swapped) == (swapped == code)
