"""Charts and maps: a specification that the script draws, a plain table behind it, and both to download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from duijie.core.language import Label
from duijie.core.language import t as choose
from duijie.web.kit.figures import exact
from duijie.web.kit.library import register, render
from duijie.web.kit.tables import Cell, Column, Table

KINDS = {"line", "bar", "hbar", "donut", "scatter", "radar", "heatmap", "sankey", "graph"}
_ITEM, _VALUE = Label("项目", "Item"), Label("数值", "Value")


@dataclass(frozen=True)
class Series:
    """values: one for each category, None where unknown; for a scatter (x, y) pairs with `names`. urls: records of each."""

    name: str
    values: Sequence[Any]
    urls: Sequence[str] = ()
    names: Sequence[str] = ()
    dashed: bool = False


@dataclass(frozen=True)
class Node:
    """A party of a graph. kind: what sort of party it is (another colour); url: its records."""

    name: str
    kind: str = ""
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """kind: line, bar, hbar, donut, scatter, radar, heatmap, sankey, graph.

    unit: of the values. target: a dashed line with `target_name`. links: (from, to, value) of a sankey or a graph.
    nodes: of a graph, in the order in which they stand on its circle. maximum: of a radar's axes.
    as_of, source, records_url: said under the chart. height: in rem.
    """

    kind: str
    title: str
    categories: Sequence[str] = ()
    series: Sequence[Series] = ()
    unit: str = ""
    x_name: str = ""
    stacked: bool = False
    target: float | None = None
    target_name: str = ""
    links: Sequence[tuple[str, str, float]] = ()
    nodes: Sequence[Node] = ()
    maximum: float | None = None
    as_of: date | None = None
    source: str = ""
    records_url: str = ""
    height: float = 20

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no chart kind {self.kind!r}; one of {sorted(KINDS)}")

    def specification(self) -> dict[str, Any]:
        """What the script reads."""
        names = dict.fromkeys(name for link in self.links for name in link[:2])
        return {
            "kind": self.kind,
            "title": self.title,
            "unit": self.unit,
            "x_name": self.x_name,
            "categories": [str(c) for c in self.categories],
            "series": [asdict(one) for one in self.series],
            "stacked": self.stacked,
            "target": self.target,
            "target_name": self.target_name,
            "max": self.maximum,
            "nodes": [asdict(node) for node in self.nodes] or [{"name": name} for name in names],
            "links": [{"source": a, "target": b, "value": v} for a, b, v in self.links],
        }

    def table(self) -> Table:
        """The same figures as a plain table."""
        columns, rows = {"sankey": self._flows, "graph": self._bonds, "scatter": self._pairs}.get(
            self.kind, self._by_category
        )()
        return Table(columns, rows, tight=True, as_cards=False, caption=self.title)

    def _flows(self) -> tuple[list[Column], list[Any]]:
        columns = [Column("from", Label("从", "From")), Column("to", Label("到", "To"))]
        columns.append(Column("value", self.unit or _VALUE, "number"))
        return columns, [(a, b, _number(v)) for a, b, v in self.links]

    def _bonds(self) -> tuple[list[Column], list[Any]]:
        urls = {node.name: node.url for node in self.nodes}
        columns = [Column("one", Label("一方", "One side")), Column("other", Label("另一方", "The other"))]
        columns.append(Column("value", self.unit or _VALUE, "number"))
        return columns, [(Cell(a, urls.get(a, "")), Cell(b, urls.get(b, "")), _number(v)) for a, b, v in self.links]

    def _pairs(self) -> tuple[list[Column], list[Any]]:
        x, y = Column("x", self.x_name or "x", "number"), Column("y", self.unit or "y", "number")
        rows = [
            (one.names[i] if i < len(one.names) else one.name, _number(pair[0]), _number(pair[1]))
            for one in self.series
            for i, pair in enumerate(one.values)
        ]
        return [Column("name", _ITEM), x, y], rows

    def _by_category(self) -> tuple[list[Column], list[Any]]:
        unit = f"（{self.unit}）" if self.unit else ""
        columns = [Column(f"s{i}", f"{one.name}{unit}", "number") for i, one in enumerate(self.series)]
        rows = [(c, *(_linked(one, i) for one in self.series)) for i, c in enumerate(self.categories)]
        return [Column("category", _ITEM), *columns], rows


def _number(value: Any) -> Cell:
    return Cell("—" if value is None else exact(value), exact="" if value is None else value)


def _linked(series: Series, place: int) -> Cell:
    cell = _number(series.values[place])
    return Cell(cell.value, series.urls[place] if place < len(series.urls) else "", exact=cell.exact)


@dataclass(frozen=True)
class Point:
    """A dot, or a bubble where it has a value. kind: what sort of place (another colour and shape)."""

    name: str
    lon: float
    lat: float
    value: float | None = None
    kind: str = ""
    url: str = ""


@dataclass(frozen=True)
class Flow:
    """From one place to another, each (lon, lat)."""

    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    value: float | None = None
    url: str = ""


@dataclass(frozen=True)
class MapView:
    """Dots, bubbles and flows on longitude and latitude. boundary_url: GeoJSON of approved shapes that the operator has loaded."""

    title: str
    points: Sequence[Point] = ()
    flows: Sequence[Flow] = ()
    unit: str = ""
    boundary_url: str = ""
    as_of: date | None = None
    source: str = ""
    records_url: str = ""
    height: float = 30

    def specification(self) -> dict[str, Any]:
        """What the script reads."""
        flows = [
            {"name": f.name, "from": list(f.start), "to": list(f.end), "value": f.value, "url": f.url}
            for f in self.flows
        ]
        return {
            "kind": "map",
            "title": self.title,
            "unit": self.unit,
            "boundary": self.boundary_url,
            "points": [asdict(point) for point in self.points],
            "flows": flows,
        }

    def table(self) -> Table:
        """Every place and every flow as rows."""
        columns = [
            Column("name", Label("名称", "Name")),
            Column("kind", Label("类别", "Kind")),
            Column("value", self.unit or _VALUE, "number"),
        ]
        rows: list[Any] = [(Cell(p.name, p.url), p.kind, _number(p.value)) for p in self.points]
        rows += [(Cell(f.name, f.url), choose("流向", "Flow"), _number(f.value)) for f in self.flows]
        return Table(columns, rows, tight=True, as_cards=False, caption=self.title)


def _drawn(spec: Chart | MapView, id: str, css: str) -> str:
    summary = choose(
        "图表：{title}。数字见下方表格。", "Chart: {title}. Its figures are in the table below.", title=spec.title
    )
    return render(
        "chart",
        chart=spec,
        id=id,
        data=spec.specification(),
        table=spec.table(),
        css=css,
        height=f"{spec.height:g}rem",
        summary=summary,
    )


@register.simple_tag(name="chart")
def chart_tag(spec: Chart, id: str) -> str:
    """A `Chart`; `id` is unique on the page."""
    return _drawn(spec, id, "k-chart")


@register.simple_tag(name="map")
def map_tag(spec: MapView, id: str) -> str:
    """A `MapView`; `id` is unique on the page."""
    return _drawn(spec, id, "k-chart k-map")
