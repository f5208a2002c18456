"""The map's records by sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duijie.atlas import actions
from duijie.atlas.rules import demand_write
from duijie.atlas.schemas import ChainLinkRecord, IndustryFigureRecord, MapPointRecord, PeopleCellRecord
from duijie.core.language import Label
from duijie.members.models import Member
from duijie.members.sheets import SheetKind, register


def _write(put: Callable[..., tuple[Any, str]]) -> Callable[..., str]:
    def write(**values: Any) -> str:
        return put(**values)[1]

    return write


def _at(address: str) -> Callable[[Member], str]:
    return lambda member: address


register(
    SheetKind(
        "map-points", Label("地图点位", "Map points"), MapPointRecord, demand_write, _write(actions.put_point),
        unique=("external_id",), shown_at=_at("/atlas/points/"),
    )
)  # fmt: skip
register(
    SheetKind(
        "people-cells", Label("人口网格", "Population cells"), PeopleCellRecord, demand_write, _write(actions.put_cell),
        unique=("external_id",), shown_at=_at("/atlas/coverage/"),
    )
)  # fmt: skip
register(
    SheetKind(
        "industry-figures", Label("分行业数据", "Figures of industries"), IndustryFigureRecord, demand_write,
        _write(actions.put_figure), shown_at=_at("/atlas/clusters/"),
    )
)  # fmt: skip
register(
    SheetKind(
        "chain-links", Label("产业链关系", "Links of industry chains"), ChainLinkRecord, demand_write,
        _write(actions.put_link), shown_at=_at("/atlas/chains/"),
    )
)  # fmt: skip
