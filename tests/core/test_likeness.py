"""Likeness finds the mistyped name among many."""

from hypothesis import given
from hypothesis import strategies as st

from duijie.core.likeness import NameIndex

NAMES = ["集成电路制造", "集成电路设计", "家具制造业", "汽车制造业"]


def test_the_likeliest_comes_first():
    assert [name for _, name in NameIndex(NAMES).closest("集城电路制造")] == ["集成电路制造", "集成电路设计"]


def test_nothing_alike_is_nothing():
    assert NameIndex(NAMES).closest("农业") == []
    assert NameIndex(NAMES).closest("") == []


@given(st.sampled_from(NAMES))
def test_a_known_name_is_most_like_itself(name):
    assert NameIndex(NAMES).closest(name)[0] == (1.0, name)
