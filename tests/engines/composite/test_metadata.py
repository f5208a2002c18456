"""A table of indicators in COINr's manner stands for a specification."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from duijie.cli.index import index
from duijie.engines.composite import CompositeError, build, read_panel, read_specification
from duijie.engines.composite.metadata import document_from_table, with_data_headings

META = """Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type
1,output,Output,1,1,bn,NA,people,growth,Indicator
1,energy,Energy,-1,0.5,t,,NA,growth,Indicator
1,patents,Patents,1,1,,,,ideas,Indicator
2,growth,Growth,1,2,,,,index,Aggregate
2,ideas,Ideas,1,1,,,,index,Aggregate
3,index,Index,1,1,,,,NA,Aggregate
NA,people,People,NA,NA,,,,NA,Denominator
NA,coast,Coast,NA,NA,,,,NA,Group
"""
DATA = "uCode,uName,Time,coast,people,output,energy,patents\nA,Alpha,2024,yes,10,100,5,7\nB,Beta,2024,no,20,100,9,3\nC,Gamma,2024,yes,5,80,7,NA\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "iMeta.csv").write_text(META, encoding="utf-8")
    (tmp_path / "iData.csv").write_text(DATA, encoding="utf-8")
    return tmp_path


def test_the_table_says_what_the_document_would(tables: Path) -> None:
    document = document_from_table(tables / "iMeta.csv")
    spec = read_specification(with_data_headings(document, DATA.splitlines()[0].split(",")))
    panel = read_panel(tables / "iData.csv", spec)
    assert panel.names == {"A": "Alpha", "B": "Beta", "C": "Gamma"}
    assert panel.groups["coast"] == ("yes", "no", "yes")
    made = build(spec, panel)
    row = {unit: at for at, unit in enumerate(made.final.units)}
    output = made.panels["normalised"].column("output")
    assert output[[row["A"], row["B"], row["C"]]].tolist() == pytest.approx([100 * 5 / 11, 0, 100])
    growth = made.final.column("growth")[row["A"]]
    assert growth == pytest.approx((100 * 5 / 11 * 1 + 100 * 0.5) / 1.5)


def test_the_command_takes_two_tables(tables: Path) -> None:
    out = tables / "out.csv"
    done = CliRunner().invoke(index, [str(tables / "iMeta.csv"), str(tables / "iData.csv"), "-o", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    assert out.read_text("utf-8-sig").splitlines()[0] == "unit,name,period,rank,index,growth,ideas"


def test_the_command_says_how_the_data_are_written(tables: Path) -> None:
    run = CliRunner().invoke
    (tables / "iMeta.csv").write_text(META.replace("-1,0.5,t", '-1,"0,5",t'), encoding="utf-8")
    (tables / "iData.csv").write_text(DATA.replace(",100,5,7", ',100,"5,5",7'), encoding="utf-8")
    plain = [str(tables / "iMeta.csv"), str(tables / "iData.csv"), "-o", str(tables / "out.csv"), "--quiet"]
    refused = run(index, plain)
    assert refused.exit_code == 1 and "Weight" in refused.output
    done = run(index, [*plain, "--data", "decimal=,"])
    assert done.exit_code == 0, done.output
    rows = {row["unit"]: row for row in csv.DictReader((tables / "out.csv").read_text("utf-8-sig").splitlines())}
    energy = 100 * (9 - 5.5) / (9 - 5.5)
    assert float(rows["A"]["growth"]) == pytest.approx((100 * 5 / 11 + 0.5 * energy) / 1.5)
    assert run(index, [*plain, "--data", "decimal"]).exit_code == 2
    wrong = run(index, [*plain, "--data", "decimal=,", "--data", "colour=red"])
    assert wrong.exit_code == 1 and "colour" in wrong.output


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(("iCode", "id"), "column_missing"), (("Aggregate", "Pillar"), "setting_not_known"), (("0.5", "half"), "setting_not_number"), (("growth,Indicator", "nowhere,Indicator"), None)],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused(tables: Path, wrong: tuple[str, str], code: str | None) -> None:
    (tables / "iMeta.csv").write_text(META.replace(*wrong), encoding="utf-8")
    with pytest.raises(CompositeError) as refused:
        read_specification(document_from_table(tables / "iMeta.csv"))
    assert code is None or refused.value.code == code


@pytest.mark.reference
def test_the_published_table_of_indicators_is_read_as_it_is(reference: Path) -> None:
    folder = reference / "composite" / "coinr_asem"
    document = document_from_table(folder / "input" / "ASEM_iMeta.csv")
    with (folder / "input" / "ASEM_iData.csv").open(encoding="utf-8") as handle:
        header = next(csv.reader(handle))
    chain: list[Any] = [
        {"denominate": {}},
        {"treat": {}},
        {"normalise": {"method": "min_max"}},
        {"aggregate": {"method": "arithmetic"}},
    ]
    spec = read_specification(with_data_headings(document, header) | {"steps": chain})
    made = build(spec, read_panel(folder / "input" / "ASEM_iData.csv", spec))
    assert len(spec.framework.indicators) == 49
    assert made.final.size == 51
    assert not np.isnan(made.scores()).any()
