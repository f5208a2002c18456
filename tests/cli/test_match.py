"""`duijie match` and `duijie train` on files as offices have them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from duijie.cli.match import match
from duijie.cli.tables import amounts
from duijie.cli.train import train_command

NEEDS = [
    ("1", "降低铝合金压铸件气孔率", "压铸件内部气孔导致漏气，要求气孔率≤1%。"),
    ("2", "茶叶萎凋自动化", "红茶萎凋工序依赖人工。"),
]
OFFERS = [
    ("a", "铝合金压铸件气孔在线检测系统"),
    ("b", "红茶萎凋发酵智能装备"),
    ("c", "水产养殖增氧控制"),
    ("d", "红茶萎凋发酵智能装备"),
]


def write(path: Path, header: list[str], rows: list[tuple[str, ...]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(match, [str(each) for each in arguments])
    return done.exit_code, done.output


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return (
        write(tmp_path / "needs.csv", ["需求编号", "需求标题", "内容"], NEEDS, "gb18030"),
        write(tmp_path / "offers.csv", ["编号", "名称"], OFFERS, "utf-8-sig"),
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_csv_scores_fall_strictly_and_the_right_offer_is_first(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, _ = run(*files, "-o", tmp_path / "out.csv", "--top", 0)
    assert code == 0
    rows = rows_of(tmp_path / "out.csv")
    assert len(rows) == 8
    for need, right in (("1", {"a"}), ("2", {"b", "d"})):
        mine = [row for row in rows if row["need_id"] == need]
        scores = [float(row["score"]) for row in mine]
        assert scores == sorted(set(scores), reverse=True)
        assert mine[0]["offer_id"] in right
    assert "萎凋" in next(row["reasons"] for row in rows if row["need_id"] == "2")


def test_the_same_input_gives_the_same_bytes_in_any_order(files: tuple[Path, Path], tmp_path: Path) -> None:
    turned = write(tmp_path / "turned.csv", ["名称", "编号"], [row[::-1] for row in reversed(OFFERS)])
    for offers, name in ((files[1], "one"), (turned, "two")):
        assert run(files[0], offers, "-o", tmp_path / f"{name}.csv", "--lang", "en")[0] == 0
        assert run(files[0], files[1], "-o", tmp_path / f"{name}.xlsx")[0] == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_workbook_groups_matches_freezes_its_header_and_names_needs_without_any(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    book = Workbook()
    book.active.append(["某园区技术需求征集表"])
    book.active.append(["编号", "标题", "内容", "预算（万元）"])
    for row in [*NEEDS, ("3", "深海钻井隔水管", "")]:
        book.active.append([*row, "60-100万"])
    book.save(tmp_path / "needs.xlsx")
    assert run(tmp_path / "needs.xlsx", files[1], "-o", tmp_path / "out.xlsx", "--top", 2)[0] == 0
    result = load_workbook(tmp_path / "out.xlsx")
    assert result.sheetnames == ["对接结果", "暂无合适", "说明"]
    sheet = result["对接结果"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:J7"
    assert [sheet.cell(2, column).value for column in (1, 3, 6)] == ["1", 1, "铝合金压铸件气孔在线检测系统"]
    assert "3" in [row[0].value for row in result["暂无合适"].iter_rows(min_row=2)]
    # What is empty is empty, and no lone sign that keeps a formula from being one.
    assert "'" not in [value for each in result for row in each.iter_rows(values_only=True) for value in row]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("编号,说明\n1,无标题列\n", "没有“标题”或“名称”这一列"),
        ("编号,标题\n1,甲\n1,乙\n", "第 3 行 A 列：编号“1”与第 2 行重复"),
        ("编号,标题\n1,甲\n2,\n", "第 3 行 B 列：标题是空的"),
        ("编号,标题,成熟度\n1,甲,12\n", "第 2 行 C 列：成熟度应为 1 至 9"),
        ("编号,标题\n", "没有数据行"),
    ],
)
def test_bad_input_is_told_in_one_sentence_with_its_place(
    content: str, said: str, files: tuple[Path, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(content, encoding="utf-8")
    code, output = run(bad, files[1], "-o", tmp_path / "out.csv", "--lang", "zh")
    assert code == 1
    assert said in output
    assert "bad.csv" in output
    assert not (tmp_path / "out.csv").exists()


def test_a_quotation_mark_that_is_never_closed_is_told_and_nothing_of_the_process_is_changed(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    before = csv.field_size_limit()
    (tmp_path / "open.csv").write_text('编号,标题\n1,"气孔' + "检" * 10_000_001, encoding="utf-8")
    status, said = run(tmp_path / "open.csv", files[1], "-o", tmp_path / "out.csv")
    assert (status != 0, "引号没有成对" in said) == (True, True)
    assert csv.field_size_limit() == before


def test_a_file_that_is_no_table_is_told_in_english(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"nothing of a workbook")
    code, output = run(tmp_path / "bad.xlsx", files[1], "-o", tmp_path / "out.csv", "--lang", "en")
    assert code == 1
    assert "bad.xlsx is not a readable Excel workbook." in output


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("60万元", (60_000_000, 60_000_000)),
        ("５０－100万", (50_000_000, 100_000_000)),
        ("1.5亿", (15_000_000_000,) * 2),
        ("面议", (None, None)),
    ],
)
def test_amounts_are_read_in_fen(text: str, wanted: tuple[int | None, int | None]) -> None:
    assert amounts(text) == wanted


def test_training_is_refused_without_judgements_and_can_be_reverted(files: tuple[Path, Path], tmp_path: Path) -> None:
    judged = write(tmp_path / "judged.csv", ["need_id", "offer_id", "grade"], [("1", "a", "4"), ("1", "c", "1")])
    weights = tmp_path / "weights.json"
    few = CliRunner().invoke(train_command, [*map(str, (*files, judged)), "-o", str(weights), "--lang", "zh"])
    assert few.exit_code == 1
    assert "评判太少" in few.output
    nothing = CliRunner().invoke(train_command, ["-o", str(weights), "--revert", "--lang", "en"])
    assert "Nothing to go back to" in nothing.output


def test_training_says_what_it_measured_and_keeps_what_it_cannot_better(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    rows = [
        (need, offer, grade)
        for need, best in (("1", "a"), ("2", "b"))
        for offer, grade in (("a", "4" if best == "a" else "1"), ("b", "4" if best == "b" else "1"), ("c", "1"))
    ]
    judged = write(tmp_path / "judged.csv", ["需求编号", "供给编号", "等级"], rows)
    weights = tmp_path / "weights.json"
    done = CliRunner().invoke(train_command, [*map(str, (*files, judged)), "-o", str(weights), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert "nDCG@10" in done.output
    assert "保留原有权重" in done.output
    assert not weights.exists()
