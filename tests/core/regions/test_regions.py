"""Places are found however an office writes them, namesakes are told apart, and the table hangs together."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core import regions
from duijie.core.errors import Fault
from duijie.core.regions import Level

codes = st.sampled_from(sorted(regions.load()))
divisions = st.sampled_from(sorted(c for c, r in regions.load().items() if r.level not in (Level.GROUP, Level.ZONE)))
DELTA = [
    "上海市",
    "南京市",
    "无锡市",
    "徐州市",
    "常州市",
    "苏州市",
    "南通市",
    "连云港市",
    "淮安市",
    "盐城市",
    "扬州市",
    "镇江市",
    "泰州市",
    "宿迁市",
    "杭州市",
    "宁波市",
    "温州市",
    "嘉兴市",
    "湖州市",
    "绍兴市",
    "金华市",
    "衢州市",
    "舟山市",
    "台州市",
    "丽水市",
    "合肥市",
    "芜湖市",
    "蚌埠市",
    "淮南市",
    "马鞍山市",
    "淮北市",
    "铜陵市",
    "安庆市",
    "黄山市",
    "滁州市",
    "阜阳市",
    "宿州市",
    "六安市",
    "亳州市",
    "池州市",
    "宣城市",
]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("上海", "310000"), ("上海市", "310000"), ("沪", "310000"), ("苏", "320000"), ("江蘇省", "320000"), ("合肥", "340100"),
        ("浦东", "310115"), ("浦東新區", "310115"), ("连云港", "320700"), ("連雲港市", "320700"), ("内蒙古", "150000"),
        ("恩施", "422800"), ("长沙", "430100"), ("吉林", "220000"), ("吉林市", "220200"), ("海南", "460000"), ("西安", "610100"),
        ("沛县", "320322"), ("神农架", "429021"), ("延边州", "222400"), ("310107", "310107"), ("３１", "310000"), ("3101", "310000"),
        ("310100", "310000"), ("3201", "320100"), ("全国", "100000"), ("长三角", "R01"), ("长江经济带", "R02"), ("台北市", "710100"),
        ("香港", "810000"), ("宁津", "371422"), ("濉溪县", "340621"),
    ],
)  # fmt: skip
def test_names_abbreviations_and_codes(written, code):
    assert regions.resolve(written).code == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("上海市普陀区", "310107"), ("上海普陀", "310107"), ("浙江舟山普陀", "330903"), ("江苏省南京市鼓楼区", "320106"),
        ("南京鼓楼", "320106"), ("江苏 / 苏州 / 昆山", "320583"), ("上海市市辖区普陀区", "310107"), ("上海市上海市浦东新区", "310115"),
        ("德州市宁津县", "371422"), ("中国上海", "310000"),
    ],
)  # fmt: skip
def test_paths_tell_namesakes_apart(written, code):
    assert regions.resolve(written).code == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Shanghai", "310000"), ("jiangsu", "320000"), ("Zhejiang Province", "330000"), ("Hefei City", "340100"),
        ("Hong Kong", "810000"), ("Suzhou, Jiangsu", "320500"), ("Suzhou, Anhui", "341300"), ("Putuo District, Shanghai", "310107"),
        ("Ma'anshan", "340500"), ("Pudong New Area", "310115"),
    ],
)  # fmt: skip
def test_english_names(written, code):
    assert regions.resolve(written).code == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("苏州工业园区", "320576"), ("合肥高新区", "340176"), ("合肥国家高新技术产业开发区", "340176"), ("连云港经开区", "320771"),
        ("襄阳高新区", "H103"),
    ],
)  # fmt: skip
def test_zones_by_code(written, code):
    assert regions.resolve(written).code == code


@pytest.mark.parametrize(
    ("written", "name", "parent"),
    [
        ("张江", "上海张江高新技术产业开发区", "310000"), ("張江高新區", "上海张江高新技术产业开发区", "310000"),
        ("武汉东湖高新区", "武汉东湖新技术开发区", "420100"), ("光谷", "武汉东湖新技术开发区", "420100"),
        ("重庆两江新区", "重庆两江新区", "500000"), ("南京高新区", "南京高新技术产业开发区", "320100"),
        ("江宁开发区", "江宁经济技术开发区", "320115"), ("南京江宁经开区", "江宁经济技术开发区", "320115"),
        ("漕河泾", "上海漕河泾新兴技术开发区", "310104"), ("临港新片区", "上海自贸试验区临港新片区", "310115"),
        ("蜀山经开区", "合肥蜀山经济技术开发区", "340104"),
    ],
)  # fmt: skip
def test_zones_by_name_with_their_parent(written, name, parent):
    zone = regions.resolve(written)
    assert (zone.name, zone.parent, zone.level) == (name, parent, Level.ZONE)


@pytest.mark.parametrize(
    ("former", "code"), [("闸北区", "310106"), ("海门市", "320614"), ("港闸区", "320613"), ("江干区", "330102")]
)
def test_former_names_lead_to_their_successors(former, code):
    assert regions.resolve(former).code == code


def test_an_unknown_name_is_refused_with_a_suggestion():
    with pytest.raises(Fault) as refused:
        regions.resolve("上梅市")
    assert refused.value.code == "region.unknown"
    assert refused.value.zh.startswith("没有“上梅市”这个地区，是不是“上海市”")
    assert refused.value.detail["suggestions"][0] == "310000"


@pytest.mark.parametrize("text", ["不存在之处", "", "　", "999999", "x" * 500, "；；"])
def test_an_unknown_name_without_a_likely_one_is_refused(text):
    assert regions.find(text) is None
    with pytest.raises(Fault) as refused:
        regions.resolve(text)
    assert (refused.value.code, refused.value.detail["suggestions"]) == ("region.unknown", [])


def test_a_zone_without_its_city_is_asked_for():
    with pytest.raises(Fault) as refused:
        regions.resolve("高新区")
    assert refused.value.zh == "“高新区”没有说是哪里的，请写明城市。"


def test_namesakes_are_told_with_their_candidates():
    with pytest.raises(Fault) as refused:
        regions.resolve("普陀区")
    assert refused.value.zh == "“普陀区”有2个：上海市普陀区、浙江省舟山市普陀区，请写明省市。"
    assert refused.value.detail["candidates"] == ["310107", "330903"]
    assert regions.find("普陀区") is None
    assert len(regions.candidates("鼓楼区")) == 4
    assert {region.code for region in regions.candidates("Suzhou")} == {"320500", "341300"}


def test_a_context_tells_namesakes_apart():
    assert regions.resolve("鼓楼区", inside="320100").code == "320106"
    assert regions.resolve("普陀", inside="310000").code == "310107"
    with pytest.raises(Fault) as refused:
        regions.resolve("鼓楼区", inside="310000")
    assert (refused.value.code, refused.value.zh) == ("region.outside", "“鼓楼区”不在上海市内。")


def test_the_delta_has_41_cities():
    assert [region.name for region in regions.delta_cities()] == DELTA
    assert all(region.english for region in regions.delta_cities())


def test_there_are_34_provinces_with_english_names():
    assert len(regions.provinces()) == 34
    assert all(region.english and region.centre for region in regions.provinces())


def test_groups_contain_what_lies_in_their_members():
    assert regions.within("320106", regions.DELTA_CODE)
    assert regions.within("H029", regions.DELTA_CODE)
    assert not regions.within("420100", regions.DELTA_CODE)
    assert regions.within("420100", regions.BASIN_CODE)
    assert regions.within(regions.DELTA_CODE, regions.BASIN_CODE)
    assert regions.within(regions.DELTA_CODE, regions.COUNTRY_CODE)
    assert not regions.within(regions.BASIN_CODE, regions.DELTA_CODE)
    assert not regions.within("nowhere", regions.COUNTRY_CODE)


def test_path_full_name_and_children():
    assert [region.name for region in regions.path("320583")] == ["江苏省", "苏州市", "昆山市"]
    assert regions.full_name("310107") == "上海市普陀区"
    assert regions.full_name("429004") == "湖北省仙桃市"
    assert [region.code for region in regions.children("320500")][:3] == ["320505", "320506", "320507"]
    assert {"普陀区", "浦东新区", "崇明区"} <= {region.name for region in regions.children("310000")}


def test_centres_fall_back_to_the_parent():
    linping = regions.load()["330113"]
    assert (linping.own_centre, linping.centre) == (False, regions.load()["330100"].centre)
    assert regions.load()["310107"].own_centre


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("苏", ["江苏省", "苏州市"]), ("江苏", ["江苏省", "南京市"]), ("苏州", ["苏州市", "虎丘区"]), ("普陀", ["普陀区", "普陀区"]), ("张", ["张家口市", "张家界市"]), ("上梅", ["上海市"]), ("工业园", ["苏州工业园区"]),
        ("Nan", ["南京市", "南通市"]), ("", []), ("zzz", []),
    ],
)  # fmt: skip
def test_type_ahead(typed, first):
    assert [region.name for region in regions.complete(typed, limit=10)][: max(len(first), 1)] == first or first == []
    assert len(regions.complete(typed, limit=3)) <= 3


def test_running_text_gives_up_its_places():
    text = "上海張江高新区联合武汉东湖高新区、南京高新区；普陀区作为倡议方，与江苏南通、浙江台州在淮北濉溪县设厂，上海市民受益。"
    assert [region.name for region in regions.mentioned(text)] == [
        "上海张江高新技术产业开发区", "武汉东湖新技术开发区", "南京高新技术产业开发区", "江苏省", "南通市", "浙江省", "台州市", "淮北市",
        "濉溪县", "上海市",
    ]  # fmt: skip
    assert regions.mentioned("没有地名的一句话") == ()


@given(codes)
def test_parents_are_acyclic_and_end_at_the_country(code):
    chain = regions.ancestry(code)
    assert len(set(chain)) == len(chain) <= 5
    assert chain[-1] == regions.COUNTRY_CODE
    assert all(regions.within(code, ancestor) for ancestor in chain)


@given(codes)
def test_a_place_is_found_by_its_code_and_by_its_name_inside_its_parent(code):
    region = regions.load()[code]
    assert regions.resolve(code) == region
    assert regions.resolve(region.name, inside=region.parent) == region


@given(divisions)
def test_a_division_is_found_by_its_full_name(code):
    assert regions.resolve(regions.full_name(code)).code == code


@given(st.text(max_size=30))
def test_any_text_is_found_or_refused(text):
    try:
        assert regions.resolve(text) == regions.find(text)
    except Fault as fault:
        assert fault.code in ("region.unknown", "region.ambiguous")
        assert regions.find(text) is None


@pytest.mark.reference
def test_every_division_and_zone_of_the_reference_tables_is_known():
    folder = Path(os.environ["DUIJIE_REFERENCE_DATA"]) / "reference"

    def read(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    table = regions.load()
    missing = [row for row in read("admin/areas.csv") if row["code"] not in table and row["code"] != "620201"]
    assert missing == []
    assert [row for row in read("admin/cities.csv") if row["code"] + "00" not in table and "辖" not in row["name"] and row["name"] != "县"] == []  # fmt: skip
    assert [row for row in read("admin/provinces.csv") if row["code"] + "0000" not in table] == []
    zones = [row["name"].split("（")[0] for row in read("national_etdz_232.csv")]
    assert [name for name in zones if regions.resolve(name).kind != "economic"] == []
