"""`duijie index`: from two files to an index, its example, its replay, its refusals."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from duijie.cli.index import index
from tests.engines.composite.published import asem_document, matrix


def run(*arguments: object) -> Result:
    return CliRunner().invoke(index, [str(argument) for argument in arguments])


@pytest.fixture
def example(tmp_path: Path) -> Path:
    assert run("--example", tmp_path / "example").exit_code == 0
    return tmp_path / "example"


def test_the_example_makes_an_index_in_every_kind_of_file(example: Path) -> None:
    for kind in ("xlsx", "csv", "json"):
        result = run(example / "spec.yaml", example / "data.csv", "-o", example / f"out.{kind}")
        assert result.exit_code == 0, result.output
    rows = list(csv.DictReader((example / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 18
    last = [row for row in rows if row["period"] == "2025"]
    assert [row["unit"] for row in last] == ["E", "A", "C", "B", "F", "D"]
    assert [row["rank"] for row in last] == ["1", "2", "3", "4", "5", "6"]
    book = openpyxl.load_workbook(example / "out.xlsx")
    assert {
        "results",
        "ranks",
        "weights",
        "intervals",
        "sensitivity",
        "replications",
        "log",
        "flags",
        "data raw",
        "data aggregated",
    } <= set(book.sheetnames)
    for line in book["contributions"].iter_rows(min_row=2, values_only=True):
        assert line[1:3] == ("2024", "2025")
        assert sum(float(part) for part in line[6:]) == pytest.approx(float(line[5]), abs=1e-9)
    assert [cell.value for cell in book["statistics"]["A"]][:3] == ["code", "output", "exports"]
    assert [cell.value for cell in book["results"][1]][:5] == ["unit", "name", "period", "rank", "index"]
    assert float(book["results"]["E2"].value) == float(rows[0]["index"])
    document = json.loads((example / "out.json").read_text(encoding="utf-8"))
    assert [entry["step"] for entry in document["log"]["steps"]] == [
        "denominate",
        "impute",
        "treat",
        "normalise",
        "aggregate",
    ]
    assert sorted(document["log"]["steps"][1]["report"]["cells"]) == ["C / 2024 / patents", "F / 2024 / capital"]
    assert document["uncertainty"]["runs"] == 200 * 5


def test_running_the_log_gives_the_same_bytes(example: Path) -> None:
    for kind in ("json", "xlsx", "csv"):
        assert run(example / "spec.yaml", example / "data.csv", "-o", example / f"first.{kind}").exit_code == 0
        result = run("--replay", example / "first.json", "-o", example / f"again.{kind}")
        assert result.exit_code == 0, result.output
        assert (example / f"first.{kind}").read_bytes() == (example / f"again.{kind}").read_bytes()


def test_a_tampered_log_is_refused(example: Path) -> None:
    assert (
        run(example / "spec.yaml", example / "data.csv", "-o", example / "out.json", "--no-uncertainty").exit_code == 0
    )
    document = json.loads((example / "out.json").read_text(encoding="utf-8"))
    document["data"]["values"][0][0] += 1
    (example / "other.json").write_text(json.dumps(document), encoding="utf-8")
    assert "数据与日志里记的不是同一份" in run("--replay", example / "other.json").output
    document["data"]["values"][0][0] -= 1
    document["log"]["steps"][3]["arguments"]["upper"] = 99
    (example / "other.json").write_text(json.dumps(document), encoding="utf-8")
    result = run("--replay", example / "other.json", "--lang", "en")
    assert result.exit_code == 1 and "another result than the log has" in result.output


def test_the_same_from_a_workbook_and_from_a_tidy_table(example: Path) -> None:
    rows = list(csv.reader((example / "data.csv").read_text(encoding="utf-8").splitlines()))
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else (cell or None) for cell in row])
    book.save(example / "data.xlsx")
    tidy = [["code", "name", "region", "year", "indicator", "value"]]
    tidy += [[*row[:4], rows[0][at], row[at]] for row in rows[1:] for at in range(4, len(row))]
    with (example / "tidy.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(tidy)
    results = []
    for name in ("data.csv", "data.xlsx", "tidy.csv"):
        assert run(example / "spec.yaml", example / name, "-o", example / "out.csv", "--no-uncertainty").exit_code == 0
        results.append((example / "out.csv").read_bytes())
    assert results[0] == results[1] == results[2]


def test_a_json_specification(example: Path) -> None:
    import yaml

    document = yaml.safe_load((example / "spec.yaml").read_text(encoding="utf-8"))
    (example / "spec.json").write_text(json.dumps(document), encoding="utf-8")
    outputs = []
    for name in ("spec.yaml", "spec.json"):
        assert run(example / name, example / "data.csv", "-o", example / "out.xlsx", "--quiet").exit_code == 0
        outputs.append((example / "out.xlsx").read_bytes())
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    ("old", "new", "chinese", "english"),
    [
        ("method: min_max", "method: minmax", "不能是 minmax", "cannot be minmax"),
        ("parent: growth", "parent: growht", "上级 growht 不存在", "parent growht does not exist"),
        ("weight: 30", "weight: many", "应是数字", "must be a number"),
        ("steps:", "stepps:", "缺少设置 steps", "setting steps is missing"),
        ("lower: 1", "lower: 0", "几何平均要求大于零", "geometric mean needs positive"),
    ],
)
def test_a_wrong_specification_is_said_in_both_languages(
    example: Path, old: str, new: str, chinese: str, english: str
) -> None:
    text = (example / "spec.yaml").read_text(encoding="utf-8").replace(old, new)
    (example / "wrong.yaml").write_text(text, encoding="utf-8")
    for lang, sentence in (("zh", chinese), ("en", english)):
        result = run(example / "wrong.yaml", example / "data.csv", "--lang", lang)
        assert result.exit_code == 1
        assert sentence in result.output
        assert "Traceback" not in result.output


def test_missing_files_and_kinds_of_output(example: Path) -> None:
    assert "没有文件" in run(example / "no.yaml", example / "data.csv").output
    assert "没有文件" in run(example / "spec.yaml", example / "no.csv").output
    assert "没有文件" in run("--replay", example / "no.json").output
    result = run(example / "spec.yaml", example / "data.csv", "-o", example / "out.pdf")
    assert result.exit_code == 1 and ".xlsx, .csv, .json" in result.output
    assert run().exit_code == 2


def test_it_loads_neither_django_nor_a_database(example: Path) -> None:
    code = (
        "import sys; from duijie.cli.main import main\n"
        f"try: main(['index', {str(example / 'spec.yaml')!r}, {str(example / 'data.csv')!r}, '--no-uncertainty', '--quiet'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('django', 'sqlite3', 'esda', 'pandas')]\n"
    )
    environment = os.environ | {"PYTHONPATH": "src"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=120)


@pytest.mark.reference
def test_the_connectivity_index_through_the_command(reference: Path, tmp_path: Path) -> None:
    folder = reference / "composite" / "coinr_asem"
    steps = [
        {"denominate": {}},
        {"impute": {"method": "group_mean", "group": "EurAsia_group"}},
        {"screen": {"availability": 0.9}},
        {"treat": {}},
        {"normalise": {}},
        {"aggregate": {}},
    ]
    (tmp_path / "spec.json").write_text(json.dumps(asem_document(folder, steps)), encoding="utf-8")
    result = run(tmp_path / "spec.json", folder / "input" / "ASEM_iData.csv", "-o", tmp_path / "out.csv", "--quiet")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    units, codes, expected = matrix(folder / "expected" / "example_coin_results_aggs_full.csv")
    assert [row["unit"] for row in rows] == units
    for row, values in zip(rows, expected, strict=True):
        assert [float(row[code]) for code in codes] == pytest.approx(values.tolist(), rel=1e-9)


@pytest.mark.parametrize(
    ("meta", "row", "sentence"),
    [
        ("1,1,Indicator,I", "C,30,9,,5", "data.csv [4]：这一行有 5 格，表头只有 3 列；若某格里有分隔符，请加引号"),
        ("-1,1,Indicator,I", "C,30,9", "indicators[1] two：设置 weight 是 -1.0，不能小于 0.0"),
        ("1,1,Indicator,J", "C,30,9", "framework two：上级 J 不存在"),
        ("1,1,Indicator,I", "B,30,9", "data：单位 B 出现两次"),
        (
            "1,1,Indicator,I",
            'C,"1,5",9',
            "one [4]：1,5 像是用逗号作小数点；请改用句点，或设 data.decimal（命令行：--data decimal=,）",
        ),
    ],
)
def test_a_table_of_indicators_with_one_mistake_is_refused_in_one_sentence(
    tmp_path: Path, meta: str, row: str, sentence: str
) -> None:
    lines = ["iCode,Direction,Weight,Level,Type,Parent", "one,1,1,1,Indicator,I", f"two,1,{meta}", "I,1,1,2,Aggregate,"]
    (tmp_path / "meta.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "data.csv").write_text(f"uCode,one,two\nA,1,2\nB,3,1\n{row}\n", encoding="utf-8")
    result = run(tmp_path / "meta.csv", tmp_path / "data.csv")
    assert (result.exit_code, result.output.strip()) == (1, f"Error: {sentence}")
