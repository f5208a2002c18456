from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duijie.atlas.models import IndustryFigure, MapPoint, PeopleCell
from duijie.members.models import Member
from tests.factories import make_alliance, make_member, make_organisation

pytestmark = pytest.mark.django_db


def fill(park: Member, count: int) -> None:
    for n in range(count):
        MapPoint.objects.create(
            member=park,
            external_id=f"P{n}",
            kind="toilet",
            name=f"{n}号公厕",
            longitude=120.7,
            latitude=30.7,
            region="330402",
            opened_year=2010 + n,
        )
        PeopleCell.objects.create(
            member=park, external_id=f"C{n}", longitude=120.7, latitude=30.7, region="330402", people=10, area_m2=100
        )
        for region in ("330400", "331000"):
            IndustryFigure.objects.create(
                member=park, region=region, industry="17", year=2020 + n, employees=1000 + n, firms=3
            )


ADDRESSES = [
    "/atlas/", "/atlas/tiles/", "/atlas/clusters/", "/atlas/coverage/?kind=toilet", "/atlas/points/", "/atlas/regions/330402/",
    "/atlas/industries/17/", "/atlas/data/points-toilet.json", "/atlas/data/members.json",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_as_many_questions_for_three_as_for_one(address: str, client: Client) -> None:
    park = make_member(alliances=[make_alliance()])
    make_organisation(member=park)
    fill(park, 1)
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    MapPoint.objects.all().delete(), PeopleCell.objects.all().delete(), IndustryFigure.objects.all().delete()
    fill(park, 3)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


@pytest.mark.parametrize("address", ADDRESSES[:7])
def test_empty_pages_teach(address: str, client: Client) -> None:
    assert client.get(address).status_code == 200


def test_the_map_offers_only_layers_that_have_something(client: Client) -> None:
    park = make_member(alliances=[make_alliance()])
    keys = lambda: [layer["key"] for layer in config(client)["layers"]]  # noqa: E731
    assert keys() == ["members", "organisations", "agreements", "projects", "capital", "relocations"]
    fill(park, 1)
    assert keys() == [
        "members",
        "organisations",
        "agreements",
        "clusters",
        "projects",
        "capital",
        "relocations",
        "points-toilet",
    ]
    assert client.get("/atlas/data/points-hospital.json").status_code == 404


def config(client: Client) -> Any:
    found = re.search(
        r'<script id="atlas-config" type="application/json">(.*?)</script>', client.get("/atlas/").content.decode()
    )
    assert found
    return json.loads(found.group(1))


def test_points_carry_their_years_and_address(client: Client) -> None:
    fill(make_member(), 1)
    (point,) = client.get("/atlas/data/points-toilet.json").json()["points"]
    assert (point["name"], point["from"], point["to"]) == ("0号公厕", 2010, None)
    assert client.get(point["url"]).status_code == 200


def test_lists_go_out_as_sheets(client: Client) -> None:
    fill(make_member(), 2)
    lines = client.get("/atlas/points/?form=csv&kind=toilet").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3 and lines[0].startswith("编号,")
    assert client.get("/atlas/clusters/?form=xlsx").content[:2] == b"PK"
    lines = client.get("/atlas/coverage/?form=csv&kind=toilet").content.decode("utf-8-sig").splitlines()
    assert lines[1] == "南湖区,2,20,100.0%,100.0%,10000.00"


def test_unknown_places_and_industries_are_not_found(client: Client) -> None:
    for address in ("/atlas/regions/999999/", "/atlas/industries/ZZ/", "/atlas/points/nowhere/"):
        assert client.get(address).status_code == 404


def test_what_landed_is_on_the_map_as_far_as_one_may_see_it(client: Client) -> None:
    from duijie.land.models import Project

    park = make_member(alliances=[make_alliance()], region="330402")
    for name, openness in (("公开项目", "public"), ("盟内项目", "alliance")):
        Project.objects.create(
            name=name,
            name_key=name,
            owner_member=park,
            openness=openness,
            region="330402",
            origin="310107",
            total_cny_minor=5_000_000_000,
        )
    (point,) = client.get("/atlas/data/projects.json").json()["points"]
    assert (point["name"], point["value"]) == ("公开项目", 5000)
    (flow,) = client.get("/atlas/data/capital.json").json()["flows"]
    assert (flow["value"], flow["name"]) == (5000, "上海市 → 嘉兴市")
    assert "公开项目" in client.get(flow["url"]).content.decode()
    page = client.get("/atlas/regions/330400/").content.decode()
    assert "公开项目" in page and "盟内项目" not in page
