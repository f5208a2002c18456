"""The atlas of the demonstration region: public facilities and population cells of one district, figures of industries by city.

Made by rule from a seed, at believable sizes: they show what the map does and are no statistics of these places.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator

from duijie.atlas.models import ChainLink, IndustryFigure, MapPoint, PeopleCell
from duijie.core import regions
from duijie.core.access import SYSTEM
from duijie.core.actions import acting
from duijie.members.models import Member

SEED = 20161025
# Divisions of GB/T 4754 with how many thousand employ them in a city of ordinary size.
INDUSTRIES = {
    "26": 14, "27": 9, "17": 22, "18": 18, "21": 8, "30": 10, "32": 6, "33": 16, "34": 21, "35": 17,
    "36": 24, "38": 28, "39": 30, "40": 7, "65": 26, "73": 12,
}  # fmt: skip
# Where an industry is much stronger than elsewhere (city code -> industry -> times).
STRENGTHS = {
    "310000": {"65": 7.0, "73": 6.0, "36": 4.5, "39": 4.0, "27": 3.5}, "340600": {"32": 5.5, "26": 3.0}, "340700": {"32": 7.0, "26": 2.0},
    "330400": {"17": 3.5, "18": 3.0, "38": 2.4, "26": 2.2}, "331000": {"27": 4.0, "34": 2.2, "33": 2.0}, "330900": {"26": 4.0, "35": 1.4},
    "320600": {"17": 3.2, "38": 1.8, "35": 2.0}, "320700": {"27": 5.0, "26": 2.6}, "320900": {"36": 2.4, "38": 2.0}, "320100": {"39": 2.6, "65": 3.0},
    "340100": {"38": 2.4, "39": 2.8, "65": 1.8}, "420100": {"39": 2.6, "36": 2.8, "73": 2.0}, "500000": {"36": 3.6, "39": 3.0, "37": 2.0},
}  # fmt: skip
# (supplier, user, need): what one yuan of the user's output takes of the supplier's. Made up, as everything here.
CHAINS = {
    "新能源汽车": (
        ("32", "38", 0.30),
        ("26", "38", 0.15),
        ("33", "36", 0.12),
        ("38", "36", 0.35),
        ("39", "36", 0.10),
        ("65", "39", 0.08),
    ),
    "纺织服装": (("26", "17", 0.25), ("17", "18", 0.40), ("35", "17", 0.05)),
}
YEARS = range(2019, 2026)
HOME = "nanhu"


def load(*, tell: Callable[[str], object], today: dt.date) -> None:
    """Load it all as the platform's own act: one audit line for each kind, since thousands of points are one delivery."""
    dice = random.Random(SEED)
    home = Member.objects.filter(slug=HOME).first() or Member.objects.order_by("pk").first()
    if home is None:
        return
    with acting(SYSTEM, "atlas.load") as act:
        points = MapPoint.objects.bulk_create(_points(home, dice), batch_size=1000)
        cells = PeopleCell.objects.bulk_create(_cells(home, dice), batch_size=1000)
        links = [
            ChainLink(member=home, chain=name, supplier=supplier, user=user, need=need)
            for name, rows in CHAINS.items()
            for supplier, user, need in rows
        ]
        ChainLink.objects.bulk_create(links)
        figures = IndustryFigure.objects.bulk_create(_figures(home, dice), batch_size=1000)
        act.done(("atlas", "demonstration"), member_id=home.pk, detail={"points": len(points), "cells": len(cells)})
    tell(f"地图 atlas: {len(points)} points, {len(cells)} cells, {len(figures)} figures")


def _around(centre: tuple[float, float], dice: random.Random, spread: float) -> tuple[float, float]:
    return round(dice.gauss(centre[0], spread), 6), round(dice.gauss(centre[1], spread * 0.8), 6)


_STREETS = (
    "中山路",
    "勤俭路",
    "禾兴路",
    "纺工路",
    "甪里街",
    "凌公塘路",
    "由拳路",
    "亚太路",
    "广益路",
    "东升路",
    "吉水路",
    "长水路",
)
_PARKS = ("范蠡湖", "月河", "梅湾", "凌公塘", "南湖", "石臼漾", "槜李", "长桥", "穆湖", "真如")


def _points(home: Member, dice: random.Random) -> Iterator[MapPoint]:
    region = home.region
    centre = regions.get(region).centre or (120.76, 30.75)  # type: ignore[union-attr]
    plan = (
        ("toilet", 129, "公厕", 0.022),
        ("green", 70, "公园", 0.026),
        ("hospital", 18, "社区卫生服务站", 0.024),
        ("transit", 160, "公交站", 0.03),
    )
    for kind, count, word, spread in plan:
        for number in range(1, count + 1):
            lon, lat = _around(centre, dice, spread)
            stem = dice.choice(_PARKS if kind == "green" else _STREETS)
            yield MapPoint(
                member=home, external_id=f"{kind.upper()}-{number:04d}", kind=kind, name=f"{stem}{number}号{word}", longitude=lon,
                latitude=lat, region=region, opened_year=dice.randint(2012, 2025),
            )  # fmt: skip
    number = 0
    for code, strengths in sorted(STRENGTHS.items()):
        place = regions.get(code)
        if place is None or place.centre is None:
            continue
        for industry, times in sorted(strengths.items()):
            for _ in range(round(times * 8)):
                number += 1
                lon, lat = _around(place.centre, dice, 0.12)
                yield MapPoint(
                    member=home, external_id=f"QY-{number:05d}", kind="firm", name=f"{place.name.removesuffix('市')}示范企业{number}号",
                    longitude=lon, latitude=lat, region=code, industry=industry, size=round(dice.lognormvariate(4.4, 1.0)),
                    opened_year=dice.randint(2001, 2024),
                )  # fmt: skip


def _cells(home: Member, dice: random.Random) -> Iterator[PeopleCell]:
    """A grid of 200 m around the centre of the district; people thin out with the distance."""
    centre = regions.get(home.region).centre or (120.76, 30.75)  # type: ignore[union-attr]
    step_lon, step_lat = 0.00209, 0.0018
    for column in range(-20, 21):
        for row in range(-20, 21):
            far = (column * column + row * row) ** 0.5 / 20
            people = round(max(0.0, dice.gauss(420, 120)) * max(0.05, 1 - far) ** 1.3)
            yield PeopleCell(
                member=home, external_id=f"G-{column + 20:02d}-{row + 20:02d}", longitude=round(centre[0] + column * step_lon, 6),
                latitude=round(centre[1] + row * step_lat, 6), region=home.region, people=people, area_m2=40_000,
            )  # fmt: skip


def _figures(home: Member, dice: random.Random) -> Iterator[IndustryFigure]:
    from duijie.core import industries

    for code, strengths in sorted(STRENGTHS.items()):
        scale = 2.6 if code in {"310000", "500000"} else 1.0 if code not in {"340600", "340700", "330900"} else 0.35
        for industry, thousands in sorted(INDUSTRIES.items()):
            if industries.get(industry) is None:
                continue
            base = thousands * 1000 * scale * strengths.get(industry, dice.uniform(0.35, 1.1))
            growth = dice.uniform(-0.03, 0.09)
            for year in YEARS:
                employees = round(base * (1 + growth) ** (year - YEARS[0]) * dice.uniform(0.98, 1.02))
                yield IndustryFigure(
                    member=home, region=code, industry=industry, year=year, employees=employees, firms=max(1, employees // 85),
                    output_minor=employees * dice.randint(90, 160) * 1_000_000,
                )  # fmt: skip
