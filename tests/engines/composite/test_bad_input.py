"""Whatever is wrong is said in one sentence with its place, in Chinese and English; nothing falls back."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest

from duijie import engines
from duijie.engines.composite import (
    CompositeError,
    build,
    load_document,
    load_specification,
    make_panel,
    read_panel,
    read_specification,
)
from duijie.engines.composite.sentences import SENTENCES

A_B = [{"code": "a"}, {"code": "b"}]
STEPS: list[Any] = [{"normalise": {}}, {"aggregate": {}}]


def document(**changes: Any) -> dict[str, Any]:
    return {"indicators": A_B, "steps": STEPS} | changes


def made(columns: dict[str, list[float]], **changes: Any) -> None:
    build(read_specification(document(**changes)), make_panel([f"u{at}" for at in range(len(columns["a"]))], columns))


GOOD = {"a": [1.0, 2, 3], "b": [3.0, 1, 2]}
ALONE = {"a": [5.0, 5, 5], "b": [3.0, 1, 2]}
GAPS = {"a": [np.nan] * 3, "b": [3.0, 1, 2]}
ZERO = {"a": [0.0, 2, 3], "b": [3.0, 1, 2]}
NEGATIVE = {"a": [-1.0, 2, 3], "b": [3.0, 1, 2]}
GEOMETRIC = [{"aggregate": {"method": "geometric"}}]


@pytest.mark.parametrize(
    ("columns", "changes", "code", "place"),
    [
        (ALONE, {}, "one_value", "steps[0].normalise a"),
        (ALONE, {"steps": [{"normalise": {"method": "z_score"}}, STEPS[1]]}, "one_value", "steps[0].normalise a"),
        (GAPS, {}, "all_missing", "data a"),
        (ZERO, {"steps": GEOMETRIC}, "geometric_not_positive", "steps[0].aggregate index u0 / a"),
        (NEGATIVE, {"steps": GEOMETRIC}, "geometric_not_positive", "steps[0].aggregate index u0 / a"),
        (ZERO, {"steps": [{"aggregate": {"method": "harmonic"}}]}, "harmonic_not_positive", "steps[0].aggregate index u0 / a"),
        (ZERO, {"steps": [{"derive": {"formulas": {"a": "log(a)"}}}, *STEPS]}, "log_not_positive", "steps[0].derive a"),
        (
            {"a": [-5.0, 1, 1, 1, 1, 9], "b": [1.0, 2, 3, 4, 5, 6]},
            {"steps": [{"treat": {"winsorise": False, "then": "log", "skewness": 0, "kurtosis": -9}}, *STEPS]},
            "log_not_positive",
            "steps[0].treat a",
        ),
        (GOOD, {"indicators": [{"code": "a", "weight": 0}, {"code": "b", "weight": 0}]}, "weights_sum_to_zero", "framework index"),
        (GOOD, {"weights": {"w": {"a": 0, "b": 0}}, "steps": [{"aggregate": {"weights": "w"}}]}, "weights_sum_to_zero", "steps[0].aggregate index"),
        (GOOD, {"framework": [{"code": "x", "parent": "y"}, {"code": "y", "parent": "x"}]}, "loop", "framework"),
        (GOOD, {"framework": [{"code": "x", "parent": "x"}]}, "loop", "framework"),
        (GOOD, {"indicators": [*A_B, {"code": "a"}]}, "code_twice", "framework"),
        (GOOD, {"indicators": [{"code": "a", "parent": "z"}]}, "parent_unknown", "framework a"),
        (GOOD, {"indicators": [{"code": "a", "parent": "b"}, {"code": "b"}]}, "parent_is_indicator", "framework a"),
        (GOOD, {"indicators": [{"code": "a", "parent": "x"}], "framework": [{"code": "x"}, {"code": "y"}]}, "node_without_children", "framework y"),
        (GOOD, {"indicators": [{"code": "a", "parent": "x"}, {"code": "b", "parent": "y"}], "framework": [{"code": "x"}, {"code": "y"}]}, "top_not_one", "framework"),
        (GOOD, {"indicators": [{"code": "a", "direction": 2}]}, "direction_unknown", "indicators[0] a"),
        (GOOD, {"indicators": [*A_B, {"code": "c"}]}, "column_missing", "data"),
        (GOOD, {"indicators": [{"code": "a", "range": [0, 2]}, {"code": "b"}]}, "out_of_range", "u2 / a"),
        (GOOD, {"indicators": [{"code": "a", "range": [None, 2]}, {"code": "b"}]}, "above_range", "u2 / a"),
        (GOOD, {"indicators": [{"code": "a", "range": [2, None]}, {"code": "b"}]}, "below_range", "u0 / a"),
        (GOOD, {"indicators": [{"code": "a", "unit": "fraction"}, {"code": "b"}]}, "fraction_as_percent", "u2 / a"),
        ({"a": [0.1, 0.2, 0.3], "b": [1.0, 2, 3]}, {"indicators": [{"code": "a", "unit": "%"}, {"code": "b"}]}, "percent_as_fraction", "data a"),
        ({"a": [np.inf, 2, 3], "b": [1.0, 2, 3]}, {}, "not_finite", "u0 / a"),
        (GOOD, {"steps": [{"normalise": {"methd": "rank"}}, STEPS[1]]}, "setting_unknown", "steps[0].normalise"),
        (GOOD, {"steps": [{"normalise": {"method": "rnk"}}, STEPS[1]]}, "setting_not_known", "steps[0].normalise"),
        (GOOD, {"steps": [{"normalize": {}}, STEPS[1]]}, "step_unknown", "steps[0]"),
        (GOOD, {"steps": []}, "no_steps", "steps"),
        (GOOD, {"steps": [{"normalise": {}}]}, "result_missing", "result"),
        (GOOD, {"steps": [{"normalise": {"from": "treated"}}, STEPS[1]]}, "dataset_unknown", "steps[0].normalise"),
        (GOOD, {"steps": [{"normalise": {"as": "raw"}}, STEPS[1]]}, "dataset_twice", "steps[0].normalise"),
        (GOOD, {"steps": [{"normalise": {"method": "goalposts"}}, STEPS[1]]}, "goalposts_missing", "steps[0].normalise a"),
        (GOOD, {"steps": [{"normalise": {"method": "distance_to_target"}}, STEPS[1]]}, "target_missing", "steps[0].normalise a"),
        (GOOD, {"steps": [{"normalise": {"over": "reference"}}, STEPS[1]]}, "reference_missing", "steps[0].normalise"),
        (GOOD, {"steps": [{"normalise": {}}, {"aggregate": {"weights": "w"}}]}, "weight_set_unknown", "steps[1].aggregate"),
        (GOOD, {"steps": [{"normalise": {}}, {"aggregate": {"method": "generalised", "power": 0}}]}, "power_zero", "steps[1].aggregate"),
        (GOOD, {"steps": [{"denominate": {}}, *STEPS]}, "no_denominators", "steps[0].denominate"),
        (GOOD, {"steps": [{"denominate": {"by": {"a": "b0"}}}, *STEPS]}, "column_missing", "data"),
        (ZERO, {"steps": [{"denominate": {"by": {"b": "a"}}}, *STEPS]}, "denominator_zero", "steps[0].denominate u0 / b"),
        (GOOD, {"steps": [{"screen": {"exclude": ["u7"]}}, *STEPS]}, "unit_missing", "steps[0].screen.exclude"),
        (GOOD, {"steps": [{"screen": {"exclude": ["u0", "u1", "u2"]}}, *STEPS]}, "all_screened_out", "steps[0].screen"),
        (GOOD, {"steps": [{"impute": {"method": "linear"}}, *STEPS]}, "one_period", "steps[0].impute"),
        (GOOD, {"steps": [{"impute": {"method": "group_mean", "group": "g"}}, *STEPS]}, "group_missing", "data"),
        ({"a": [np.nan, 2, 3], "b": [3.0, 1, 2]}, {"steps": [{"impute": {"method": "latest"}}, *STEPS]}, "one_period", "steps[0].impute"),
        (GOOD, {"steps": [{"derive": {"formulas": {"a": "b / (a - a)"}}}, *STEPS]}, "formula_not_finite", "steps[0].derive a"),
        (GOOD, {"steps": [{"derive": {"formulas": {"a": "__import__('os')"}}}, *STEPS]}, "formula_part", "steps[0].derive a"),
        (GOOD, {"steps": [{"derive": {"formulas": {"a": "a +"}}}, *STEPS]}, "formula_unreadable", "steps[0].derive a"),
        (GOOD, {"steps": [{"derive": {"formulas": {"p": "q", "q": "p"}}}, *STEPS]}, "loop", "steps[0].derive"),
        (GOOD, {"indicators": []}, "no_indicators", "indicators"),
        (GOOD, {"colour": "red"}, "setting_unknown", ""),
        (GOOD, {"format": "duijie-index/9"}, "format_unknown", "format"),
    ],
)  # fmt: skip
def test_a_fault_has_a_code_and_a_place(
    columns: dict[str, list[float]], changes: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(CompositeError) as fault:
        made(columns, **changes)
    assert (fault.value.code, fault.value.place) == (code, place)
    assert re.search(r"[\u4e00-\u9fff]", fault.value.sentence("zh"))
    assert not re.search(r"[\u4e00-\u9fff]", fault.value.sentence("en"))
    assert fault.value.sentence("en").startswith(place)
    assert "None" not in str(fault.value)


def test_a_unit_and_a_period_twice() -> None:
    with pytest.raises(CompositeError, match="unit x occurs twice"):
        make_panel(["x", "x"], {"a": [1, 2]})
    with pytest.raises(CompositeError, match="unit x has the period 2020 twice"):
        make_panel(["x", "x"], {"a": [1, 2]}, periods=["2020", "2020"])
    with pytest.raises(CompositeError, match="period soon cannot be read"):
        make_panel(["x"], {"a": [1]}, periods=["soon"])


def table(tmp_path: Path, text: str, encoding: str = "utf-8", **data: Any) -> Any:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding=encoding)
    return read_panel(path, read_specification(document(data=data)))


@pytest.mark.parametrize(
    ("text", "data", "code", "place"),
    [
        ('unit,a,b\nx,"1,5",2\ny,2,3\n', {}, "decimal_comma", "a [2]"),
        ('unit,a,b\nx,1,2\ny,"12,345.6",3\n', {}, "thousands_comma", "a [3]"),
        ("unit,a,b\nx,1,2\ny,12%,3\n", {}, "percent_sign", "a [3]"),
        ("unit,a,b\nx,1,2\ny,12%,3\n", {"percent": "number"}, "percent_mixed", "a [3]"),
        ("unit,a,b\nx,1,2\ny,about 3,3\n", {}, "not_a_number", "a [3]"),
        ("unit,a,b\nx,1,2\nx,2,3\n", {}, "unit_twice", "data"),
        ("unit,year,a,b\nx,2020,1,2\nx,2020,2,3\n", {}, "period_twice", "data"),
        ("unit,year,a,b\nx,2020,1,2\ny,,2,3\n", {}, "period_blank", "data.csv year [3]"),
        ("unit,a,b\nx,1,2\n,2,3\n", {}, "unit_blank", "data.csv unit [3]"),
        ("unit,a,a\nx,1,2\n", {}, "column_twice", "data.csv"),
        ("place,a,b\nx,1,2\n", {}, "unit_column_missing", "data.csv"),
        ("unit,a,b\nx,1,2\n", {"unit": "id"}, "column_missing", "data.csv"),
        ("unit,a,b\n", {}, "table_empty", "data.csv"),
        ("unit,indicator,value\nx,a,1\nx,a,2\n", {}, "value_twice", "data.csv [3]"),
        ("unit,a,b\nx,1,2\n", {"groups": ["region"]}, "column_missing", "data.csv"),
        ("unit,a,b\nx,1,2\n", {"colour": 1}, "setting_unknown", "data"),
    ],
)
def test_a_bad_table(tmp_path: Path, text: str, data: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(CompositeError) as fault:
        table(tmp_path, text, **data)
    assert (fault.value.code, fault.value.place) == (code, place)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"unit,a,b\nx,1,2\n", "table_not_excel"), (b"PK\x03\x04 cut off", "table_damaged"), (b"", "table_not_excel")],
)
def test_a_workbook_that_is_none(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "data.xlsx"
    path.write_bytes(content)
    with pytest.raises(CompositeError) as fault:
        read_panel(path, read_specification(document()))
    assert (fault.value.code, fault.value.place) == (code, "data.xlsx")
    assert not re.search(
        r"[A-Za-z]", fault.value.sentence("zh").replace("data.xlsx", "").replace(".csv", "").replace("Excel", "")
    )


def test_other_ways_to_write_a_number(tmp_path: Path) -> None:
    found = table(tmp_path, "unit;a;b\nx;1,5;２\ny;NA;—\n", decimal=",")
    np.testing.assert_array_equal(found.values, [[1.5, 2], [np.nan, np.nan]])
    found = table(tmp_path, 'unit,a,b\nx,"1,234,567.5",+2e3\n', thousands=True)
    assert found.values.tolist() == [[1234567.5, 2000]]
    assert table(tmp_path, "unit,a,b\nx,12%,3\n", percent="fraction").values.tolist() == [[0.12, 3]]
    assert table(tmp_path, "unit,a,b\nx,12％,3\n", percent="number").values.tolist() == [[12, 3]]


def test_a_national_encoding_and_a_tidy_table(tmp_path: Path) -> None:
    found = table(tmp_path, "单位,年份,a,b\n上海,2024,1,2\n南京,2023,3,4\n", "gb18030")
    assert found.units == ("南京", "上海") and found.periods == ("2023", "2024")
    tidy = table(tmp_path, "unit,period,indicator,value\nx,2024Q2,a,1\nx,2024Q1,b,2\nx,2024Q1,a,3\n")
    assert tidy.periods == ("2024Q1", "2024Q2")
    np.testing.assert_array_equal(tidy.block(["a", "b"]), [[3, 2], [1, np.nan]])


def test_a_column_per_year(tmp_path: Path) -> None:
    found = table(tmp_path, "country,indicator,2020,2021\nX,a,1,2\nX,b,3,\nY,a,5,6\n")
    assert (found.units, found.periods) == (("X", "Y", "X", "Y"), ("2020", "2020", "2021", "2021"))
    np.testing.assert_array_equal(found.block(["a", "b"]), [[1, 3], [5, np.nan], [2, np.nan], [6, np.nan]])
    with pytest.raises(CompositeError) as fault:
        table(tmp_path, "country,indicator,2020,2021\nX,a,1,two\n")
    assert fault.value.place == "a [2]"


def test_the_vintage_that_was_known_on_a_day(tmp_path: Path) -> None:
    text = (
        "unit,year,indicator,value,published\nx,2022,a,129.5,2023-12-01\nx,2022,a,129.3,2024-12-01\n"
        "x,2022,b,1,2023-12-01\nx,2023,a,132.6,2024-12-01\n"
    )
    latest = table(tmp_path, text, vintage="published")
    assert latest.column("a").tolist() == [129.3, 132.6]
    then = table(tmp_path, text, vintage="published", as_of="2024-06-30")
    assert then.periods == ("2022",) and then.column("a").tolist() == [129.5]
    with pytest.raises(CompositeError, match="no vintage is as old as 2020"):
        table(tmp_path, text, vintage="published", as_of="2020")
    with pytest.raises(CompositeError) as fault:
        table(tmp_path, text + "x,2023,a,132.7,2024-12-01\n", vintage="published")
    assert (fault.value.code, fault.value.place) == ("value_twice", "data.csv [6]")


def test_blank_lines_do_not_shift_the_place(tmp_path: Path) -> None:
    with pytest.raises(CompositeError) as fault:
        table(tmp_path, "unit,a,b\n\nx,1,2\n\ny,two,3\n")
    assert fault.value.place == "a [5]"


def test_an_odd_fraction_among_per_cents_is_flagged() -> None:
    share = [{"code": "a", "unit": "%"}, {"code": "b"}]
    index = build(
        read_specification(document(indicators=share)),
        make_panel(list("vwxyz"), {"a": [52.0, 0.48, 61, 45, 50], "b": [1.0, 2, 3, 4, 5]}),
    )
    flag = next(flag for flag in index.flags if flag.code == "percent_suspect")
    assert flag.place == "w / a" and "0.48" in flag.sentence("en")


def test_small_per_cents_are_believed_where_a_range_is_stated() -> None:
    growth = [{"code": "a", "unit": "%", "range": [-5, 5]}, {"code": "b"}]
    index = build(
        read_specification(document(indicators=growth)),
        make_panel(list("xyz"), {"a": [0.2, 0.4, 0.9], "b": [1.0, 2, 3]}),
    )
    assert [flag.code for flag in index.flags] == ["percent_as_fraction"]


def test_a_chain_may_stop_short_to_be_looked_at() -> None:
    panel = make_panel(list("xyz"), GOOD)
    spec = read_specification(document(steps=[{"normalise": {}}]))
    assert build(spec, panel, whole=False).final.column("a").tolist() == [0, 50, 100]
    with pytest.raises(CompositeError, match="do not lead to index"):
        build(spec, panel)


def test_a_document_that_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(CompositeError, match="key a is written twice"):
        load_document("weights: {x: {a: 1, a: 2}}", "spec.yaml")
    with pytest.raises(CompositeError, match=r"spec.yaml: 2"):
        load_document("a: 1\n  b: [", "spec.yaml")
    with pytest.raises(CompositeError, match="expected a mapping"):
        load_document("- 1\n- 2\n", "spec.yaml")
    path = tmp_path / "spec.json"
    path.write_bytes('{"name": "\u6307\u6570"}'.encode("gb18030"))
    with pytest.raises(CompositeError, match="neither UTF-8"):
        load_specification(path)


def test_codes_and_numbers_in_yaml_are_what_they_look_like() -> None:
    found = load_document(
        "a: [NO, yes, on, 010, 12:30, 2024-01-01]\nb: [1e-8, 1.5, .5, 2., -3, true, null, ~]\nc: &x {d: 1}\ne: {<<: *x, f: 2}\ng:\n",
        "x",
    )
    assert found["a"] == ["NO", "yes", "on", "010", "12:30", "2024-01-01"]
    assert found["b"] == [1e-8, 1.5, 0.5, 2.0, -3, True, None, None]
    assert found["e"] == {"d": 1, "f": 2} and found["g"] is None


def test_every_sentence_says_the_same_in_both_languages() -> None:
    for code, (chinese, english) in SENTENCES.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (chinese, english)]
        assert fields[0] == fields[1] or fields[0] | fields[1] == {"members"}, code
        assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english), code


def test_every_refusal_in_the_code_has_its_sentence() -> None:
    root = Path(next(iter(engines.__path__)))
    used: set[str] = set()
    for path in [*(root / "composite").rglob("*.py"), *(root / "clusters").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"(?:refuse|refusal|MeanRefused|Flag)\(\s*\"([a-z_0-9]+)\"", text))
    assert used <= set(SENTENCES)
