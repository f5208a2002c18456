"""The reasons on a match card are said with names, not codes, and from the reader's side."""

from __future__ import annotations

from typing import Any, cast

import pytest

from duijie.core.language import speaking
from duijie.match.models import Suggestion
from duijie.match.queries import SeenSuggestion
from duijie.web.match.reasons import reasons_of


def seen(side: str = "asking", **kept: Any) -> SeenSuggestion:
    record = Suggestion(reasons_for_asking=kept, reasons_for_giving=kept)
    nobody = cast(Any, None)  # the listings themselves are not read
    return SeenSuggestion(record, side, nobody, nobody, None)


def facet(name: str, fit: str, asked: str, given: str) -> dict[str, str]:
    return {"facet": name, "fit": fit, "asked": asked, "given": given}


def test_shared_words_are_marked_and_words_of_lists_are_none() -> None:
    said, _ = reasons_of(seen(terms=["高盐废水", "joint", "膜"]))
    assert said == ["都提到“<mark>高盐废水</mark>”“<mark>膜</mark>”"]
    assert reasons_of(seen(terms=["joint"])) == ([], [])


def test_places_and_choices_are_named() -> None:
    facets = [
        facet("cooperation", "fits", "joint", "joint、licence"),
        facet("region", "fits", "330402", "330402"),
        facet("amount", "fits", "1500万元", "300万元至2000万元"),
    ]
    said, misfits = reasons_of(seen(facets=facets))
    assert said[0] == "金额相符：您1500万元，对方300万元至2000万元"
    assert said[1] == "同在南湖区"
    assert said[2] == "合作方式相符：您合作开发，对方合作开发、技术许可"
    assert misfits == []


def test_each_side_reads_it_from_its_own_place() -> None:
    facets = [facet("region", "differs", "330402", "420100")]
    assert reasons_of(seen(facets=facets)) == ([], ["对方在武汉市，您在南湖区"])
    assert reasons_of(seen("giving", facets=facets)) == ([], ["对方在南湖区，您在武汉市"])


def test_what_is_open_is_said_in_the_language_in_force() -> None:
    with speaking("en"):
        assert reasons_of(seen(missing=["amount", "timing"])) == ([], ["Still to be asked: amount, timing"])


@pytest.mark.parametrize("text", ["<script>", "a & b"])
def test_what_people_wrote_is_escaped(text: str) -> None:
    said, _ = reasons_of(seen(facets=[facet("skills", "fits", text, text)]))
    assert text not in said[0]
