"""The records of the map as people give them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from duijie.core.schema import (
    Amount,
    Choices,
    Decimal2,
    IndustryCodes,
    Record,
    RegionCode,
    Whole,
    choice,
    said,
)
from duijie.core.schema.types import line


class PointKind(Choices):
    FIRM = "firm", "企业", "Firm"
    TOILET = "toilet", "公共厕所", "Public toilet", ("公厕",)
    GREEN = "green", "公园绿地", "Park or green", ("公园", "绿地")
    HOSPITAL = "hospital", "医疗机构", "Hospital or clinic", ("医院",)
    SCHOOL = "school", "学校", "School"
    INSTRUMENT = "instrument", "共享仪器", "Shared instrument", ("仪器",)
    TRANSIT = "transit", "公交轨道站", "Transit stop", ("站点",)
    CULTURE = "culture", "文体设施", "Culture and sport"


class CoordinateSystem(Choices):
    WGS84 = "WGS-84", "WGS-84", "WGS-84", ("gps",)
    GCJ02 = "GCJ-02", "GCJ-02", "GCJ-02", ("火星坐标", "高德")
    BD09 = "BD-09", "BD-09", "BD-09", ("百度",)


Longitude = Annotated[Decimal2, Field(ge=-180, le=180)]
Latitude = Annotated[Decimal2, Field(ge=-90, le=90)]
Year = Annotated[Whole, Field(ge=1900, le=2199)]
Count = Annotated[Whole, Field(ge=0, le=2_000_000_000)]
_SYSTEM = {
    "help_zh": "坐标系：WGS-84、GCJ-02 或 BD-09；留空为 GCJ-02",
    "help_en": "WGS-84, GCJ-02 or BD-09; empty: GCJ-02",
}


class MapPointRecord(Record):
    """A facility or firm at a place."""

    external_id: Annotated[line(80), said("编号", "External id", example="GC-0001", aliases=("设施编号",))]
    kind: Annotated[choice(PointKind), said("类型", "Kind", example="公共厕所", aliases=("设施类型",))]
    name: Annotated[line(120), said("名称", "Name", example="人民路公厕", aliases=("设施名称",))]
    longitude: Annotated[Longitude, said("经度", "Longitude", example="120.7612")]
    latitude: Annotated[Latitude, said("纬度", "Latitude", example="30.7461")]
    region: Annotated[RegionCode, said("行政区", "Region", example="浙江省嘉兴市南湖区", widget="region")]
    coordinate_system: Annotated[choice(CoordinateSystem) | None, said("坐标系", "Coordinate system", example="WGS-84", **_SYSTEM)] = None  # fmt: skip
    industry: Annotated[
        IndustryCodes | None, said("行业", "Industry", help_zh="企业填写所属行业", help_en="Of a firm")
    ] = None
    size: Annotated[Count | None, said("规模", "Size", example="120", help_zh="企业填从业人数，医院填床位数", help_en="Employees of a firm, beds of a hospital")] = None  # fmt: skip
    opened_year: Annotated[Year | None, said("启用年份", "Opened in", example="2019")] = None
    closed_year: Annotated[Year | None, said("停用年份", "Closed in", help_zh="最后使用的一年", help_en="The last year of use")] = None  # fmt: skip


class PeopleCellRecord(Record):
    """A small piece of ground with its people."""

    external_id: Annotated[line(80), said("编号", "External id", example="G-120761-30746", aliases=("网格编号",))]
    longitude: Annotated[Longitude, said("经度", "Longitude", example="120.7612")]
    latitude: Annotated[Latitude, said("纬度", "Latitude", example="30.7461")]
    region: Annotated[RegionCode, said("行政区", "Region", example="浙江省嘉兴市南湖区", widget="region")]
    people: Annotated[Count, said("人口", "People", example="320", unit=("人", "people"))]
    area_m2: Annotated[
        Annotated[Whole, Field(ge=1, le=10**12)], said("面积", "Area", example="40000", unit=("平方米", "m²"))
    ]
    coordinate_system: Annotated[choice(CoordinateSystem) | None, said("坐标系", "Coordinate system", example="WGS-84", **_SYSTEM)] = None  # fmt: skip


class ChainLinkRecord(Record):
    """An industry that supplies another in a chain."""

    chain: Annotated[line(40), said("产业链", "Chain", example="新能源汽车", aliases=("链条",))]
    supplier: Annotated[IndustryCodes, said("上游行业", "Supplier", example="电气机械和器材制造业", help_zh="一个行业", help_en="One industry")]  # fmt: skip
    user: Annotated[IndustryCodes, said("下游行业", "User", example="汽车制造业", help_zh="一个行业", help_en="One industry")]  # fmt: skip
    need: Annotated[Annotated[Decimal2, Field(gt=0, le=1000)] | None, said("单位需要量", "Need", example="0.25", help_zh="下游每一元产值要用上游多少元；留空为 1", help_en="Supplier's output for one yuan of the user's; empty: 1")] = None  # fmt: skip


class IndustryFigureRecord(Record):
    """An industry in a region in a year."""

    region: Annotated[RegionCode, said("行政区", "Region", example="浙江省嘉兴市", widget="region")]
    industry: Annotated[
        IndustryCodes,
        said("行业", "Industry", example="电气机械和器材制造业", help_zh="一个行业", help_en="One industry"),
    ]
    year: Annotated[Year, said("年份", "Year", example="2025")]
    firms: Annotated[Count | None, said("企业数", "Firms", example="214", unit=("家", "firms"))] = None
    employees: Annotated[Count | None, said("从业人数", "Employees", example="18600", unit=("人", "people"))] = None
    output: Annotated[Amount | None, said("产值", "Output", example="86.4亿")] = None
