"""The index of deals: two markets, base-period mean, constant composition, giants pulled down; made again to the byte."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.access import GUEST, SYSTEM
from duijie.core.errors import Fault, Faults
from duijie.core.schema import parse
from duijie.measure import actions, queries
from duijie.measure.actions.deals import read_deals
from duijie.measure.actions.editions import rebuild
from duijie.measure.indices.deals import FIRST_METHOD, check_method, compute
from duijie.measure.schemas import DealRecord, IndexRecord
from duijie.web.measure.downloads import content_of
from tests.factories import make_alliance, viewer

METHOD = FIRST_METHOD | {"edges": [50.0, 500.0], "winsorise": None}


def deals(seed: int = 1, months: int = 30, *, scale: float = 1.0) -> list[list[Any]]:
    rng = np.random.default_rng(seed)
    rows = []
    for month in range(months):
        for market in ("securities", "exchange"):
            for amount in (20.0, 200.0, 2000.0):  # every band has deals in every month
                for _ in range(int(rng.integers(1, 4))):
                    day = dt.date(2022 + month // 12, month % 12 + 1, int(rng.integers(1, 28)))
                    region = "330000" if rng.random() < 0.5 else "110000"
                    rows.append(
                        [
                            f"{len(rows)}",
                            market,
                            day.isoformat(),
                            float(amount * rng.uniform(0.8, 1.4) * scale),
                            "C39",
                            region,
                        ]
                    )
    return rows


def test_the_mean_of_the_base_is_the_base() -> None:
    found = compute(METHOD, deals())["whole"]["monthly"]
    base = [v for p, v in zip(found["periods"], found["index"], strict=True) if p.startswith("2022")]
    assert np.mean(base) == pytest.approx(1000)
    for market in ("securities", "exchange"):
        counts = np.array(found[market]["count_index"])
        assert counts[:12].mean() == pytest.approx(1000)
        assert counts.tolist() == pytest.approx(
            (np.array(found[market]["deals"]) / np.mean(found[market]["deals"][:12]) * 1000).tolist()
        )


def test_volume_times_mean_size_is_the_amount() -> None:
    found = compute(METHOD, deals())["whole"]["quarterly"]["securities"]
    amounts = np.array(found["amount"])
    product = np.array(found["volume_index"]) * np.array(found["size_index"]) / 1000
    assert product.tolist() == pytest.approx((amounts / amounts[0] * 1000).tolist())


@given(st.integers(0, 50), st.floats(0.1, 50))
@settings(max_examples=12, deadline=None)
def test_another_unit_of_money_changes_no_index(seed: int, scale: float) -> None:
    method = METHOD | {"edges": [50.0 * scale, 500.0 * scale]}
    one, other = compute(METHOD, deals(seed)), compute(method, deals(seed, scale=scale))
    assert one["whole"]["monthly"]["index"].tolist() == pytest.approx(other["whole"]["monthly"]["index"].tolist())


def test_a_giant_is_pulled_down_and_counted() -> None:
    rows = deals()
    rows.append(["giant", "securities", "2023-06-01", 1e9, "C39", "330000"])
    free, cut = compute(METHOD, rows)["whole"], compute(METHOD | {"winsorise": 0.99}, rows)["whole"]
    at = free["monthly"]["periods"].index("2023-06")
    assert free["monthly"]["securities"]["amount_index"][at] > 100 * cut["monthly"]["securities"]["amount_index"][at]
    assert cut["winsorised"] >= 1


def test_rolling_takes_four_quarters_and_the_delta_is_its_own() -> None:
    found = compute(METHOD, deals())
    quarterly = found["whole"]["quarterly"]
    assert [math.isnan(v) for v in quarterly["rolling"][:4]] == [True, True, True, False]
    assert quarterly["rolling"][3] == pytest.approx(np.mean(quarterly["index"][:4]))
    inside = [r for r in deals() if r[5] == "330000"]
    assert sum(found["delta"]["monthly"][m]["deals"].sum() for m in ("securities", "exchange")) == len(inside)


@pytest.mark.parametrize(
    "method",
    [METHOD | {"weights": {"securities": 0, "exchange": 0}}, METHOD | {"weights": {"securities": 1}}, METHOD | {"parts": {"count": -1, "amount": 1}},
     METHOD | {"bands": "colour"}, METHOD | {"base": "soon"}, METHOD | {"points": 0}, METHOD | {"winsorise": 2}, METHOD | {"rolling": 0}, METHOD | {"surprise": 1}],
)  # fmt: skip
def test_a_method_that_cannot_be_followed_is_refused(method: dict[str, Any]) -> None:
    with pytest.raises(Fault) as refused:
        check_method(method)
    assert refused.value.code == "deals.method"


def test_a_base_without_deals_and_no_deals_at_all_are_refused() -> None:
    with pytest.raises(Fault) as none:
        compute(METHOD, [])
    assert none.value.code == "deals.none"
    with pytest.raises(Fault) as base:
        compute(METHOD | {"base": "1999"}, deals())
    assert base.value.code == "index.period_missing"


def record(number: int, **values: Any) -> DealRecord:
    base = {
        "external_id": f"D-{number}",
        "title": "甲收购乙",
        "market": "证券",
        "announced_on": "2025-10-21",
        "amount": "3.2亿",
        "industry": "C39",
        "region": "嘉兴",
    }
    return parse(DealRecord, base | values)


@pytest.mark.django_db
def test_deals_come_in_by_sheet_and_again_as_a_change() -> None:
    text = "编号,交易,市场,公告日,金额,行业,地区\nD-1,甲收购乙,产权交易所,2025-10-21,3.2亿,C39,嘉兴\n"
    rows = read_deals(text.encode())
    assert actions.import_deals(actor=SYSTEM, records=rows) == {"created": 1, "changed": 0, "unchanged": 0}
    assert actions.import_deals(actor=SYSTEM, records=rows) == {"created": 0, "changed": 0, "unchanged": 1}
    changed = read_deals(text.replace("3.2亿", "3.3亿").encode())
    assert actions.import_deals(actor=SYSTEM, records=changed)["changed"] == 1
    found = queries.deals(market="exchange")[0]
    assert (found.amount_minor, found.region, found.industry) == (33_000_000_000, "330400", "39")
    bad = "编号,交易,市场,公告日,金额\nD-1,甲,街边,2025-10-21,面议\nD-1,乙,证券,昨天吧,1亿\n"
    with pytest.raises(Faults) as refused:
        read_deals(bad.encode())
    assert len(refused.value.faults) >= 2


@pytest.mark.django_db
def test_an_edition_of_deals_is_made_again_to_the_byte() -> None:
    alliance = make_alliance(slug="cities")
    secretary = viewer("secretariat", alliance)
    records = [
        record(
            n,
            market=row[1],
            announced_on=row[2],
            amount=f"{row[3] * 1e6:.0f}元",
            region="浙江" if row[5] == "330000" else "北京",
        )
        for n, row in enumerate(deals(months=18))
    ]
    actions.import_deals(actor=SYSTEM, records=records)
    named = parse(
        IndexRecord, {"name": "并购指数", "name_en": "M&A", "slug": "ma", "alliance": "cities", "periods": "2022"}
    )
    design = actions.make_design(actor=secretary, record=named, kind="deals", document=FIRST_METHOD)
    edition = actions.publish_edition(actor=secretary, design=design)
    assert rebuild(edition) == edition.digest
    actions.import_deals(actor=SYSTEM, records=[record(9999)])
    assert rebuild(queries.edition(GUEST, edition.uid)) == edition.digest
    assert len(json.loads(edition.content)["deals"]) == len(records)
    for form in ("xlsx", "docx", "svg", "csv", "zip"):
        assert content_of(edition, form)
