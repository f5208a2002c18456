"""Industry chains: links at every door, and the gaps of regions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duijie.atlas import actions, queries
from duijie.atlas.models import ChainLink, IndustryFigure
from duijie.atlas.schemas import ChainLinkRecord
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound
from duijie.core.schema import parse
from tests.factories import PASSWORD, make_member, make_user, viewer

pytestmark = pytest.mark.django_db
CITIES = {
    "330400": (900, 100),
    "340100": (50, 800),
    "310000": (0, 400),
}  # output of batteries (38) and cars (36), 100 m yuan


def link(supplier: str = "38", user: str = "36", **more: Any) -> ChainLinkRecord:
    return parse(ChainLinkRecord, {"chain": "新能源汽车", "supplier": supplier, "user": user} | more)


def figures(member: Any) -> None:
    for region, values in CITIES.items():
        for industry, value in zip(("38", "36"), values, strict=True):
            if value:
                IndustryFigure.objects.create(
                    member=member, region=region, industry=industry, year=2025, output_minor=value * 10_000_000_000
                )


def test_gaps_up_and_down_a_chain_with_who_could_supply() -> None:
    park = make_member()
    figures(park)
    actions.put_link(actor=viewer("liaison", park), member=park, record=link(need="0.5"))
    view = queries.chain_view(chain="新能源汽车", year=2025)
    found = {(gap.region, gap.direction, gap.segment): gap for gap in view.gaps}
    hefei = found["340100", "upstream", "38"]
    assert (hefei.wanted, hefei.there, hefei.because_of) == (400e8, 50e8, ("36",))
    assert hefei.sources == ("330400",)
    jiaxing = found["330400", "downstream", "36"]
    assert jiaxing.wanted == pytest.approx(1300 / 950 * 900 * 1e8) and jiaxing.there == 100e8
    assert [row.share for row in view.completeness if row.region == "310000"] == [0.5]
    assert queries.chain_view(chain="新能源汽车", year=2019).gaps == []
    with pytest.raises(NotFound):
        queries.chain_view(chain="没有", year=2025)


def test_a_link_is_refused_where_it_cannot_be() -> None:
    park, other = make_member(), make_member()
    liaison = viewer("liaison", park)
    saved, what = actions.put_link(actor=liaison, member=park, record=link())
    assert (what, saved.need) == ("created", 1.0)
    assert actions.put_link(actor=liaison, member=park, record=link(need="0.4"))[1] == "changed"
    actions.put_link(actor=liaison, member=park, record=link("39", "38"))
    for record, code in ((link("38", "38"), "link.self"), (link("36", "39"), "link.loop")):
        with pytest.raises(Fault) as refused:
            actions.put_link(actor=liaison, member=park, record=record)
        assert refused.value.code == code
    with pytest.raises(Conflict):
        actions.put_link(actor=viewer("liaison", other), member=other, record=link())
    with pytest.raises(NotAllowed):
        actions.put_link(actor=viewer("leader", park), member=park, record=link("26", "38"))
    with pytest.raises(NotAllowed):
        actions.remove_link(actor=viewer("liaison", other), link=saved)
    assert actions.put_link(actor=liaison, member=park, record=link("26", "38"), dry_run=True)[1] == "created"
    actions.remove_link(actor=liaison, link=saved)
    assert ChainLink.objects.count() == 1


def test_by_rest_and_on_the_page() -> None:
    park = make_member()
    figures(park)
    client, guest = Client(), Client()
    user = make_user("liaison", park)
    assert client.login(username=user.username, password=PASSWORD)
    assert "还没有产业链" in guest.get("/atlas/chains/").content.decode()

    def put(data: dict[str, Any]) -> Any:
        return client.put(f"/api/v1/members/{park.slug}/chain-links", json.dumps(data), content_type="application/json")

    made = put({"chain": "新能源汽车", "supplier": "38", "user": "36", "need": "0.5"})
    assert made.status_code == 201 and made.json()["what"] == "created"
    assert put({"chain": "新能源汽车", "supplier": "36", "user": "38"}).json()["code"] == "link.loop"
    assert put({"chain": "新能源汽车", "supplier": "38", "user": "36", "need": "0"}).status_code == 422
    assert guest.get("/api/v1/atlas/chains").json() == ["新能源汽车"]
    gaps = guest.get("/api/v1/atlas/chain-gaps?chain=新能源汽车&year=2025").json()
    assert [g["short"] for g in gaps] == sorted((g["short"] for g in gaps), reverse=True) and len(gaps) >= 3
    page = guest.get("/atlas/chains/?direction=upstream").content.decode()
    assert "350.0" in page and "缺上游" in page and "导入产业链关系" not in page
    assert "导入产业链关系" in client.get("/atlas/chains/").content.decode()
    assert (
        guest.get("/atlas/chains/?form=csv")
        .content.decode("utf-8-sig")
        .splitlines()[0]
        .startswith("地区,方向,所缺环节")
    )
    assert guest.get("/atlas/chains/?form=xlsx").status_code == 200
    uid = made.json()["id"]
    assert guest.delete(f"/api/v1/atlas/chain-links/{uid}").status_code in {401, 403}
    assert client.delete(f"/api/v1/atlas/chain-links/{uid}").status_code == 204
    assert client.delete(f"/api/v1/atlas/chain-links/{uid}").status_code == 404


def test_the_page_costs_the_same_for_one_link_and_for_three() -> None:
    park = make_member()
    figures(park)
    liaison = viewer("liaison", park)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert Client().get("/atlas/chains/").status_code == 200
        return len(found)

    actions.put_link(actor=liaison, member=park, record=link())
    count()
    one = count()
    for supplier in ("39", "26", "33"):
        actions.put_link(actor=liaison, member=park, record=link(supplier, "38"))
    assert count() == one
