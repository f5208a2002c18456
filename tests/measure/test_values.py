"""Values in and out: what is exported comes back the same; what is wrong is named by its cell; the platform's own figures."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from duijie.core import measures
from duijie.core.access import GUEST, SYSTEM
from duijie.core.calendar import parse_period
from duijie.core.errors import Faults, NotAllowed
from duijie.core.indicators import Value, member_unit, observations, record_vintage, region_unit, values_at
from duijie.core.language import Label
from duijie.measure import actions
from duijie.measure.interchange import read_values, to_sdmx_csv, write_tidy
from tests.factories import make_alliance, make_member, viewer
from tests.measure.factories import make_indicator, make_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def park() -> Any:
    make_indicator("revenue", unit="亿元")
    make_indicator("green", unit="%", upper="100")
    return make_member("南湖高新区", slug="nanhu", alliances=[make_alliance(slug="parks")])


def put(park: Any) -> None:
    rows = [
        Value("revenue", member_unit(park.pk), "2024", Decimal("1234567890123456789.0123")),
        Value("revenue", member_unit(park.pk), "2025Q3", Decimal("-0.5"), "P", "快报"),
        Value("revenue", member_unit(park.pk), "2025H1", Decimal("7")),
        Value("green", region_unit("330402"), "2025-10", None, "M", "没有统计，下月补"),
        Value("green", "area:delta", "2025", Decimal("35"), "E"),
        Value("green", "whole", "2025", Decimal("36")),
    ]
    record_vintage(actor=SYSTEM, title="试", source_kind="import", values=rows)


def state() -> set[tuple[Any, ...]]:
    return {(o.indicator.code, o.unit, o.period, o.value, o.status, o.reason) for o in observations(GUEST)}


@pytest.mark.parametrize("form", ["csv", "xlsx", "sdmx"])
def test_what_goes_out_comes_back_the_same(park: Any, form: str) -> None:
    put(park)
    before = state()
    rows = list(observations(GUEST))
    out = io.BytesIO()
    if form == "sdmx":
        out.write(to_sdmx_csv(rows))
    else:
        write_tidy(rows, out, form=form)
    again = read_values(out.getvalue())
    assert {
        (r.value.code, r.value.unit, parse_period(r.value.period).code, r.value.value, r.value.status, r.value.reason)
        for r in again
    } == before
    done = actions.import_values(actor=SYSTEM, rows=again, title="再来")
    assert (done.written, done.unchanged, done.vintage) == (0, 6, None)


def test_a_reader_of_sdmx_reads_it(park: Any) -> None:
    import sdmx
    from sdmx.model import v30

    make_values({(park, "2024"): {"revenue": "12.5"}, (park, "2025"): {"revenue": "13", "green": "35.2"}})
    structure = v30.DataStructureDefinition(
        id="INDICATORS", maintainer=sdmx.model.common.Agency(id="DUIJIE"), version="1.0"
    )
    for name in ("FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD"):
        structure.dimensions.getdefault(id=name)
    structure.measures.getdefault(id="OBS_VALUE")
    for name in ("UNIT_MEASURE", "OBS_STATUS", "COMMENT_OBS", "VINTAGE"):
        structure.attributes.getdefault(id=name)
    message = sdmx.reader.csv.Reader().convert(io.BytesIO(to_sdmx_csv(observations(GUEST))), structure=structure)
    found = {
        (
            str(o.dimension.values["REF_AREA"].value),
            str(o.dimension.values["INDICATOR"].value),
            str(o.dimension.values["TIME_PERIOD"].value),
        ): str(o.value)
        for data in message.data
        for o in data.obs
    }
    assert found[("nanhu", "revenue", "2024")] == "12.5"
    assert found[("nanhu", "green", "2025")] == "35.2"
    assert len(found) == 3


def test_every_bad_cell_is_named_and_nothing_is_written(park: Any) -> None:
    text = (
        "indicator,unit,period,value,status\n"
        'revenue,nanhu,2024,"12,5",A\nrevenue,nanhu,2025,1,A\nrevenue,nanhu,2025年,2,A\nnothing,nanhu,2025,1,A\n'
        "green,nobody,2025,1,A\ngreen,nanhu,soon,1,A\ngreen,nanhu,2025,135%,A\ngreen,nanhu,2023,1,X\ngreen,nanhu,2022,5,M\n"
    )
    with pytest.raises(Faults) as refused:
        read_values(text.encode())
    assert [f.code for f in refused.value.faults] == [
        "value.decimal_comma", "observation.twice", "indicator.unknown", "member.unknown", "period.unreadable", "value.out_of_range",
        "value.status", "value.missing_with_value",
    ]  # fmt: skip
    assert all(f.place for f in refused.value.faults)
    assert not observations(GUEST).exists()


def test_only_those_who_keep_the_figures_import_them(park: Any) -> None:
    rows = read_values(b"indicator,unit,period,value\nrevenue,nanhu,2024,1\n")
    with pytest.raises(NotAllowed):
        actions.import_values(actor=viewer("liaison", park), rows=rows, title="x")
    dry = actions.import_values(actor=SYSTEM, rows=rows, title="x", dry_run=True)
    assert dry.written == 1
    assert not observations(GUEST).exists()


def test_the_platforms_own_figures_become_vintages_as_they_change(park: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {park.pk: 300}
    measure = measures.Measure(
        code="test.counted", label=Label("数", "count"), definition=Label("", ""), unit="count",
        totals=lambda question: dict(counted) if question.start.year == 2025 else {}, records=lambda question, viewer: [],
    )  # fmt: skip
    monkeypatch.setitem(measures._measures, "test.counted", measure)
    make_indicator("counted", measure_code="test.counted", measure_scale="100")
    make_indicator("double", formula="counted * 2")
    periods = [parse_period("2024"), parse_period("2025")]
    assert actions.record_measures(actor=SYSTEM, periods=periods).written == 1
    assert actions.record_measures(actor=SYSTEM, periods=periods).written == 0
    counted[park.pk] = 500
    assert actions.record_measures(actor=SYSTEM, periods=periods).written == 1
    assert actions.record_computed(actor=SYSTEM, periods=["2025"]).written == 1
    found = values_at(GUEST, ["counted", "double"])
    assert found["counted", member_unit(park.pk), "2025"].value == 5
    assert found["double", member_unit(park.pk), "2025"].value == 10


def test_the_command_line_does_the_same(park: Any, tmp_path: Any) -> None:
    from duijie.cli.main import main

    source = tmp_path / "values.csv"
    source.write_text("indicator,unit,period,value\nrevenue,nanhu,2024,12.5\n", encoding="utf-8")
    run = CliRunner()
    done = run.invoke(main, ["indicator", "import", str(source)])
    assert done.exit_code == 0, done.output
    assert '"written": 1' in done.output
    for name in ("out.csv", "out.xlsx", "out.sdmx.csv"):
        assert run.invoke(main, ["indicator", "export", "-o", str(tmp_path / name)]).exit_code == 0
        assert read_values(tmp_path / name)[0].value.value == Decimal("12.5")
    assert "revenue" in run.invoke(main, ["indicator", "list"]).output
    source.write_text("indicator,unit,period,value\nrevenue,nanhu,2024,abc\n", encoding="utf-8")
    bad = run.invoke(main, ["indicator", "import", str(source)])
    assert bad.exit_code == 1
    assert "abc" in bad.output


def test_the_rest_api_gives_values_as_known_on_a_day(park: Any, client: Any) -> None:
    first = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
    row = Value("revenue", member_unit(park.pk), "2024", Decimal("129.5"))
    record_vintage(actor=SYSTEM, title="初", source_kind="import", values=[row], at=first)
    later = Value("revenue", member_unit(park.pk), "2024", Decimal("129.3"))
    record_vintage(actor=SYSTEM, title="更正", source_kind="import", values=[later], at=first + dt.timedelta(days=30))
    user = viewer("liaison", park)
    from duijie.members.models import User

    client.force_login(User.objects.get(pk=user.user_id), backend="django.contrib.auth.backends.ModelBackend")
    now = client.get("/api/v1/observations", {"indicator": "revenue", "member": "nanhu"}).json()
    assert [(i["value"], i["unit"], i["vintage"]) for i in now["items"]] == [("129.3", "nanhu", "更正")]
    then = client.get("/api/v1/observations", {"indicator": "revenue", "known_on": "2025-03-05"}).json()
    assert [i["value"] for i in then["items"]] == ["129.5"]
    assert client.get("/api/v1/observations", {"every_vintage": "true"}).json()["total"] == 2
    assert client.get("/api/v1/observations", {"known_on": "never"}).status_code in {400, 422}
