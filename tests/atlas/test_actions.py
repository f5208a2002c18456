from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from duijie.atlas import actions, queries
from duijie.atlas.models import Boundary, IndustryFigure, MapPoint, PeopleCell
from duijie.atlas.schemas import IndustryFigureRecord, MapPointRecord, PeopleCellRecord
from duijie.core.access import SYSTEM
from duijie.core.errors import Fault, NotAllowed, Stale
from duijie.core.jobs import run_all
from duijie.core.models import AuditLine
from duijie.core.schema import parse
from duijie.engines.clusters import to_gcj02
from duijie.members import actions as members
from duijie.members.schemas import ApiKeyRecord
from tests.factories import make_member, viewer

pytestmark = pytest.mark.django_db
TOILET = {
    "external_id": "GC-1",
    "kind": "公厕",
    "name": "人民路公厕",
    "longitude": "１２０．７６１２",
    "latitude": 30.7461,
    "region": "嘉兴南湖",
}


def point(**changes: Any) -> MapPointRecord:
    return parse(MapPointRecord, TOILET | changes)


def test_a_point_is_kept_in_gcj02_and_again_changes_nothing() -> None:
    park = make_member()
    liaison = viewer("liaison", park)
    saved, what = actions.put_point(actor=liaison, member=park, record=point(coordinate_system="WGS-84"))
    lon, lat = to_gcj02(120.7612, 30.7461, "WGS-84")
    assert (what, saved.longitude, saved.latitude) == ("created", round(float(lon), 6), round(float(lat), 6))
    assert actions.put_point(actor=liaison, member=park, record=point(coordinate_system="WGS-84"))[1] == "unchanged"
    changed, what = actions.put_point(actor=liaison, member=park, record=point(name="改名"))
    assert (what, changed.version, changed.longitude) == ("changed", 2, 120.7612)
    assert list(AuditLine.objects.filter(verb="map_point.put").values_list("object_ref", flat=True)) == [saved.uid] * 2


def test_a_dry_run_leaves_nothing() -> None:
    park = make_member()
    assert actions.put_point(actor=viewer("editor", park), member=park, record=point(), dry_run=True)[1] == "created"
    assert (MapPoint.objects.count(), AuditLine.objects.filter(verb="map_point.put").count()) == (0, 0)


def test_only_the_members_own_officers_write() -> None:
    park, other = make_member(), make_member()
    for who in (viewer("liaison", other), viewer("leader", park), viewer()):
        with pytest.raises(NotAllowed):
            actions.put_point(actor=who, member=park, record=point())
    saved, _ = actions.put_point(actor=viewer("member_admin", park), member=park, record=point())
    with pytest.raises(NotAllowed):
        actions.remove_point(actor=viewer("liaison", other), point=saved)
    actions.remove_point(actor=viewer("liaison", park), point=saved)
    assert MapPoint.objects.count() == 0


def test_two_writers_at_once_the_second_is_told() -> None:
    park = make_member()
    liaison = viewer("liaison", park)
    saved, _ = actions.put_point(actor=liaison, member=park, record=point())
    actions.put_point(actor=liaison, member=park, record=point(name="甲"), version=saved.version)
    with pytest.raises(Stale):
        actions.put_point(actor=liaison, member=park, record=point(name="乙"), version=saved.version)


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"opened_year": 2020, "closed_year": 2019}, "years.order", "closed_year"),
        ({"industry": "纺织业、医药制造业"}, "industry.one", "industry"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(changes: dict[str, Any], code: str, place: str) -> None:
    park = make_member()
    with pytest.raises(Fault) as refused:
        actions.put_point(actor=viewer("liaison", park), member=park, record=point(**changes))
    assert (refused.value.code, refused.value.place) == (code, place)


def figure(**changes: Any) -> IndustryFigureRecord:
    return parse(
        IndustryFigureRecord, {"region": "嘉兴", "industry": "纺织业", "year": 2025, "employees": "1.2万"} | changes
    )


def test_one_figure_for_a_place_industry_and_year() -> None:
    park, other = make_member("甲园"), make_member()
    saved, what = actions.put_figure(actor=viewer("liaison", park), member=park, record=figure(output="3亿"))
    assert (what, saved.employees, saved.output_minor) == ("created", 12000, 30_000_000_000)
    with pytest.raises(Fault) as refused:
        actions.put_figure(actor=viewer("liaison", other), member=other, record=figure())
    assert (refused.value.code, refused.value.zh) == ("figure.elsewhere", "这个数已由“甲园”提交。")
    for changes, code in (
        ({"employees": None}, "figure.empty"),
        ({"output": "1-2亿"}, "output.one"),
        ({"output": "3亿美元"}, "output.one"),
    ):
        with pytest.raises(Fault) as refused:
            actions.put_figure(actor=viewer("liaison", park), member=park, record=figure(**changes))
        assert refused.value.code == code
    assert IndustryFigure.objects.count() == 1


def test_the_same_sentence_through_rest_and_sheet() -> None:
    park = make_member(slug="park")
    admin = viewer("member_admin", park)
    record = parse(ApiKeyRecord, {"name": "地图", "scopes": ["atlas:write"]})
    _, secret = members.create_api_key(actor=admin, record=record, member=park)
    headers = {"Authorization": f"Bearer {secret}"}
    bad = TOILET | {"longitude": "东经很多"}
    answer = Client().put(
        "/api/v1/members/park/map-points/GC-1", json.dumps(bad), content_type="application/json", headers=headers
    )
    sentence = answer.json()["errors"][0]["detail"] if "errors" in answer.json() else answer.json()["detail"]
    assert answer.status_code == 422
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "类型", "名称", "经度", "纬度", "行政区"])
    sheet.append(["GC-1", "公厕", "人民路公厕", "东经很多", 30.7, "嘉兴南湖"])
    out = io.BytesIO()
    book.save(out)
    job = members.start_sheet(actor=admin, member=park, kind="map-points", chunks=[out.getvalue()], name="a.xlsx")
    run_all()
    job.refresh_from_db()
    assert [f["place"] for f in job.result["faults"]] == ["Sheet!D2"]
    assert "“东经很多”不是数字" in job.result["faults"][0]["zh"] and "“东经很多”不是数字" in sentence
    good = Client().put(
        "/api/v1/members/park/map-points/GC-1", json.dumps(TOILET), content_type="application/json", headers=headers
    )
    assert (good.status_code, good.json()["what"]) == (201, "created")
    page = Client().get("/api/v1/atlas/points", {"kind": "toilet", "region": "330400"}).json()
    assert (page["total"], page["items"][0]["name"]) == (1, "人民路公厕")


def test_clusters_get_stars_only_where_they_are_large_and_special() -> None:
    park = make_member()
    who = viewer("liaison", park)
    table = {
        ("嘉兴", "纺织业"): 9000,
        ("嘉兴", "医药制造业"): 1000,
        ("台州市", "纺织业"): 500,
        ("台州市", "医药制造业"): 9000,
        ("舟山", "纺织业"): 40,
        ("舟山", "医药制造业"): 10,
    }
    for (region, industry), employees in table.items():
        actions.put_figure(actor=who, member=park, record=figure(region=region, industry=industry, employees=employees))
    rows = {(row.region, row.industry): row for row in queries.clusters(year=2025)}
    assert rows["330400", "17"].for_size and not rows["331000", "17"].for_size
    assert rows["330900", "17"].stars == 0  # too small for any star, whatever its quotient
    share, whole = 9000 / 10000, 9540 / 19550
    assert rows["330400", "17"].quotient == round(share / whole, 4)
    assert queries.clusters(year=2024) == []


def test_coverage_counts_who_lives_near_also_across_the_border() -> None:
    park = make_member()
    who = viewer("liaison", park)
    for number, (lon, people) in enumerate([(120.7612, 300), (120.80, 100)]):
        record = parse(
            PeopleCellRecord,
            {
                "external_id": f"G{number}",
                "longitude": lon,
                "latitude": 30.7461,
                "region": "嘉兴南湖",
                "people": people,
                "area_m2": 500_000,
            },
        )
        actions.put_cell(actor=who, member=park, record=record)
    actions.put_point(actor=who, member=park, record=point(region="嘉兴秀洲"))
    (row,) = queries.coverage_of(kind="toilet")
    assert (row.region, row.coverage.share_of_people, row.coverage.share_of_area, row.coverage.facilities) == (
        "330402",
        0.75,
        0.5,
        0,
    )
    assert PeopleCell.objects.count() == 2


SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "方"},
            "geometry": {"type": "Polygon", "coordinates": [[[120, 30], [121, 30], [121, 31], [120, 30]]]},
        }
    ],
}


def load(content: Any, **changes: Any) -> Boundary:
    values = {"name": "示例", "coordinate_system": "WGS-84", "approval_number": "浙S(2026)1号"} | changes
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return actions.load_boundary(actor=SYSTEM, chunks=[raw], file_name="a.geojson", **values)


def test_the_operators_boundary_is_served_in_gcj02_and_replaced_by_the_next() -> None:
    load(SQUARE)
    second = load(SQUARE, name="第二版")
    assert queries.boundary_in_force() == second
    assert Boundary.objects.filter(in_force=True).count() == 1
    shapes = Client().get(f"/atlas/boundary/{second.uid}.json").json()
    lon, lat = to_gcj02(120, 30, "WGS-84")
    assert shapes["features"][0]["geometry"]["coordinates"][0][0] == [round(float(lon), 6), round(float(lat), 6)]
    actions.withdraw_boundary(actor=SYSTEM, boundary=second)
    assert queries.boundary_in_force() is None
    assert Client().get(f"/atlas/boundary/{second.uid}.json").status_code == 404


@pytest.mark.parametrize(
    ("content", "changes", "code"),
    [
        (b"{", {}, "boundary.unreadable"),
        ({"type": "FeatureCollection", "features": []}, {}, "boundary.empty"),
        ({"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}, {}, "boundary.not_an_area"),
        ({"features": [{"geometry": {"type": "Polygon", "coordinates": [[[500000, 3], [1, 2], [2, 3], [1, 2]]]}}]}, {}, "boundary.coordinates"),
        (SQUARE, {"approval_number": " "}, "boundary.approval"),
        (SQUARE, {"coordinate_system": "CGCS"}, "boundary.system"),
    ],
)  # fmt: skip
def test_a_bad_boundary_is_refused_and_the_old_one_stays(content: Any, changes: dict[str, str], code: str) -> None:
    before = load(SQUARE)
    with pytest.raises(Fault) as refused:
        load(content, **changes)
    assert refused.value.code == code
    assert queries.boundary_in_force() == before


def test_only_the_platform_changes_the_boundary() -> None:
    park = make_member()
    with pytest.raises(NotAllowed):
        actions.load_boundary(
            actor=viewer("member_admin", park),
            name="x",
            coordinate_system="WGS-84",
            approval_number="1",
            chunks=[b"{}"],
            file_name="x",
        )
