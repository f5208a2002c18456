"""`duijie evaluate` from the command line: reports in both languages, files, comparison, refusals."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from duijie.cli.main import main

RANKING = "need_id,offer_id,score,probability\nn1,a,2,0.8\nn1,b,1,0.2\nn2,c,1,0.5\nn2,d,0.5,0.4\n"
OTHER = "need_id,offer_id,score\nn1,b,2\nn1,a,1\nn2,c,1\n"
JUDGED = "need_id,offer_id,grade\nn1,a,4\nn1,b,1\nn2,d,3\nn2,c,1\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("ranking.csv", RANKING), ("other.csv", OTHER), ("judged.csv", JUDGED)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "offers.csv").write_text("offer_id,title\na,=1+1\nb,水泵\nc,阀门\nd,轴承\ne,电机\n", encoding="gb18030")
    return tmp_path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["evaluate", *map(str, arguments), "--resamples", "200"])
    return result.exit_code, result.output


def test_report_in_chinese_and_english(files: Path) -> None:
    status, chinese = run(files / "ranking.csv", files / "judged.csv", "--offers", files / "offers.csv", "--lang", "zh")
    assert status == 0
    assert "nDCG@10" in chinese and "期望校准误差" in chinese and "阀门" in chinese and "(4/5)" in chinese
    status, english = run(files / "ranking.csv", files / "judged.csv", "--lang", "en")
    assert status == 0
    assert "Expected calibration error" in english and "Worst needs" in english


def test_json_comparison_and_the_same_figures_from_every_format(files: Path) -> None:
    status, output = run(files / "ranking.csv", files / "judged.csv", "--against", files / "other.csv", "--json")
    assert status == 0
    values = json.loads(output)
    assert values["evaluation"]["measures"]["hit@1"]["value"] == 0.5
    assert values["comparison"]["differences"]["hit@1"]["wins"] == 1
    book = Workbook()
    for row in csv.reader(RANKING.splitlines()):
        book.active.append([float(cell) if cell[0].isdigit() else cell for cell in row])
    book.save(files / "ranking.xlsx")
    (files / "ranking.csv.gz").write_bytes(gzip.compress(RANKING.encode("utf-8-sig")))
    (files / "ranking.tsv").write_text(RANKING.replace(",", "\t"), encoding="utf-8")
    for name in ("ranking.xlsx", "ranking.csv.gz", "ranking.tsv"):
        again = json.loads(run(files / name, files / "judged.csv", "--json")[1])["evaluation"]
        assert {**again, "name": ""} == {**values["evaluation"], "name": ""}


def test_workbook_and_csv_hold_a_row_a_need_and_no_live_formula(files: Path) -> None:
    arguments = [files / "ranking.csv", files / "judged.csv", "--offers", files / "offers.csv", "--exposure-at", "1"]
    status, _ = run(*arguments, "-o", files / "report.xlsx", "-o", files / "report.csv", "-o", files / "report.json")
    assert status == 0
    book = load_workbook(files / "report.xlsx")
    assert book.sheetnames == ["指标", "需求", "漏掉的合适供给", "曝光", "校准"]
    assert [row[0].value for row in book["需求"].iter_rows(min_row=2)] == ["n2", "n1"]
    assert [cell.value for cell in book["漏掉的合适供给"][2]] == ["n2", None, "d", "轴承", 3, 2]
    assert book["曝光"]["B2"].value == "'=1+1"
    with (files / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["需求", "n2", "n1"]
    assert json.loads((files / "report.json").read_text(encoding="utf-8"))["comparison"] is None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "ranking.csv 第 2 行 score 列：“x”不是有限的数。"),
        ("en", "ranking.csv, row 2, column score: “x” is no finite"),
    ],
)
def test_bad_input_is_one_sentence_and_status_1(files: Path, language: str, sentence: str) -> None:
    (files / "ranking.csv").write_text("need_id,offer_id,score\nn1,a,x\n", encoding="utf-8")
    status, output = run(files / "ranking.csv", files / "judged.csv", "--lang", language)
    assert status == 1
    assert sentence in output
    assert "Traceback" not in output


def test_missing_file_and_unknown_suffix(files: Path) -> None:
    assert run(files / "none.csv", files / "judged.csv", "--lang", "en") == (
        1,
        f"Error: No such file: {files / 'none.csv'}.\n",
    )
    status, output = run(files / "ranking.csv", files / "judged.csv", "-o", files / "report.doc", "--lang", "en")
    assert (status, output) == (
        1,
        "Error: report.doc cannot be written: its suffix must be .json, .xlsx, .csv or .svg.\n",
    )


def test_reliability_plot_is_wellformed_and_refused_without_probabilities(files: Path) -> None:
    status, _ = run(files / "ranking.csv", files / "judged.csv", "-o", files / "plot.svg")
    assert status == 0
    root = ElementTree.parse(files / "plot.svg").getroot()
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 4
    status, output = run(files / "other.csv", files / "judged.csv", "-o", files / "plot.svg", "--lang", "zh")
    assert (status, output) == (1, "Error: other.csv 没有 probability 列，无法画校准图。\n")
