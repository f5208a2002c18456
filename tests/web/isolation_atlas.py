"""The atlas in the matrix: everything on it is public; its addresses are walked by every role."""

from __future__ import annotations

from typing import Any

from duijie.atlas.models import ChainLink, MapPoint


def extend(world: Any, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    point = MapPoint.objects.create(
        member=own, external_id="P-1", kind="toilet", name="公厕", longitude=120.7, latitude=30.7, region="330402"
    )
    link = ChainLink.objects.create(member=own, chain="新能源汽车", supplier="38", user="36", need=0.5)
    world.values["chain_link"] = [link.uid]
    world.values["point"] = [point.uid]
    world.values["layer"] = [
        "members",
        "organisations",
        "agreements",
        "points-toilet",
        "projects",
        "capital",
        "relocations",
    ]
    world.values["region"] = ["330400"]
    world.values["industrie"] = ["17"]
