"""The tree of GB/T 4754-2017 is whole, and industries are found by the words that offices use."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core import industries
from duijie.core.errors import Fault
from duijie.core.industries.table import rows

codes = st.sampled_from(sorted(industries.load()))


def test_the_standard_has_20_97_473_and_1381():
    assert Counter(industry.level for industry in industries.load().values()) == {1: 20, 2: 97, 3: 473, 4: 1381}
    assert "".join(section.code for section in industries.sections()) == "ABCDEFGHIJKLMNOPQRST"


def test_sections_and_divisions_have_english_names():
    assert [i.code for i in industries.load().values() if i.level <= 2 and not i.english] == []
    assert (
        industries.load()["39"].label("en") == "Manufacture of computers, communication and other electronic equipment"
    )
    assert industries.load()["3973"].label("en") == "集成电路制造"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("C", "C"), ("c39", "39"), ("39", "39"), ("C3973", "3973"), ("３９７３", "3973"), ("C3973 集成电路制造", "3973"),
        ("集成电路制造", "3973"), ("集成電路制造業", "3973"), ("计算机、通信和其他电子设备制造业", "39"), ("汽车制造业", "36"),
        ("医药制造", "27"), ("家具", "21"), ("制造业 / 汽车制造业", "36"), ("制造业>家具制造业", "21"), ("教育", "P"), ("其他农业", "019"),
        ("Finance", "J"), ("Manufacture of automobiles", "36"), ("software and information technology services", "65"),
    ],
)  # fmt: skip
def test_codes_and_names(written, code):
    assert industries.resolve(written).code == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("芯片", "3973"), ("新能源汽车", "3612"), ("机器人", "3491"), ("生物医药", "27"), ("生物醫藥", "27"), ("人工智能", "6513"),
        ("AI", "6513"), ("光伏", "3825"), ("汽车零部件", "3670"), ("工业互联网", "6431"), ("医疗器械", "358"), ("环保", "77"),
        ("科技金融", "J"), ("孵化器", "7540"), ("轨道交通装备产业", "371"), ("新材料产业", "265"), ("智能电网产业", "382"),
    ],
)  # fmt: skip
def test_words_of_practice(written, code):
    assert industries.resolve(written).code == code


def test_a_word_of_practice_may_cover_several():
    assert [industry.code for industry in industries.resolve_all("芯片")] == ["3973", "6520", "3562"]
    assert [industry.code for industry in industries.resolve_all("集成电路制造")] == ["3973"]


def test_there_are_enough_words_of_practice_and_each_leads_somewhere():
    words = list(rows("aliases.csv"))
    assert len(words) >= 150
    assert [row for row in words if not all(code in industries.load() for code in row["codes"].split())] == []
    assert [row["alias"] for row in words if industries.find(row["alias"]) is None] == []


def test_strategic_industries_lead_to_the_standard():
    strategic = industries.strategic()
    assert Counter("." in code for code in strategic) == {False: 9, True: 40}
    assert [s.code for s in strategic.values() if not s.industries or not all(c in industries.load() for c in s.industries)] == []  # fmt: skip
    assert [s.name for s in strategic.values() if industries.find(s.name) is None] == []
    assert strategic["1.5"].parent == "1"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("机气人", "没有“机气人”这个行业（GB/T 4754-2017），是不是“机器人”或“人形机器人”或“特种机器人”？"),
        ("I39", "没有“I39”这个行业（GB/T 4754-2017），是不是“C39 计算机、通信和其他电子设备制造业”？"),
        ("C3999", "没有“C3999”这个行业（GB/T 4754-2017），是不是“C399 其他电子设备制造”？"),
        ("甲乙丙丁", "没有“甲乙丙丁”这个行业（GB/T 4754-2017）。"),
    ],
)
def test_an_unknown_industry_is_refused_with_suggestions(written, sentence):
    with pytest.raises(Fault) as refused:
        industries.resolve(written)
    assert (refused.value.code, refused.value.zh) == ("industry.unknown", sentence)
    assert industries.find(written) is None


def test_a_name_that_says_too_little_is_told_with_its_candidates():
    with pytest.raises(Fault) as refused:
        industries.resolve("其他产业")
    assert refused.value.code == "industry.ambiguous"
    assert len(refused.value.detail["candidates"]) > 1


def test_path_children_and_within():
    assert industries.full_name("3612") == "制造业 / 汽车制造业 / 汽车整车制造 / 新能源车整车制造"
    assert [industry.code for industry in industries.children("361")] == ["3611", "3612"]
    assert industries.load()["3612"].label_code == "C3612"
    assert industries.within("3612", "C")
    assert not industries.within("3612", "39")
    assert not industries.within("nothing", "C")


@pytest.mark.parametrize(
    ("typed", "first"),
    [("芯", "3973"), ("集成", "3973"), ("机器", "3491"), ("397", "397"), ("C39", "39"), ("软件", "65"), ("医药", "27"), ("zzz", None), ("", None)],
)  # fmt: skip
def test_type_ahead(typed, first):
    found = industries.complete(typed, limit=5)
    assert (found[0].code if found else None) == first
    assert len(found) <= 5


def test_running_text_gives_up_its_industries():
    text = "围绕陶鋁新材料、新型煤化工、电子信息等主导产业，拟在汽车、集成电路、机器人及智能制造等领域合作"
    found = [industry.code for industry in industries.mentioned(text)]
    assert found == ["3252", "252", "39", "36", "3973", "3491", "35"]


@given(codes)
def test_parents_are_acyclic_and_end_at_a_section(code):
    chain = industries.ancestry(code)
    assert len(set(chain)) == len(chain) == industries.load()[code].level
    assert chain[-1] == industries.load()[code].section
    assert all(industries.within(code, ancestor) for ancestor in chain)


@given(codes)
def test_an_industry_is_found_by_its_code_and_its_name(code):
    industry = industries.load()[code]
    assert industries.resolve(code) == industries.resolve(industry.label_code) == industry
    by_name = industries.resolve(industry.name)
    assert by_name.name == industry.name
    assert industries.within(code, by_name.code)
    assert industries.resolve(industries.full_name(code)).name == industry.name


@given(st.text(max_size=30))
def test_any_text_is_found_or_refused(text):
    try:
        assert industries.resolve(text) == industries.find(text)
    except Fault as fault:
        assert fault.code in ("industry.unknown", "industry.ambiguous")


@pytest.mark.reference
def test_the_tree_is_that_of_the_reference_table():
    path = Path(os.environ["DUIJIE_REFERENCE_DATA"]) / "reference" / "gbt4754_2017.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        expected = [
            (row["code"], row["parent"] or None, row["name"].strip(), row["section"]) for row in csv.DictReader(file)
        ]
    assert [(i.code, i.parent, i.name, i.section) for i in industries.load().values()] == expected
