"""What a place may be called besides its full name, and the dictionary from every such name to codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from duijie.core.regions.table import Level, Region, ancestry, load, rows
from duijie.core.text import match_key

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔"
    "|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_AUTONOMOUS = re.compile(rf"^(.+?)(?:(?:{_PEOPLES})族|各族)+自治(?:县|州|旗)$")
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|新区|林区|特区|地区|省|市|县|区|盟|旗)$")
_ZONE_SUFFIXES = (
    (re.compile(r"(?:高新技术产业|高技术产业|新技术)(?:开发区|园区)$"), ("高新区", "高新技术开发区", "高新技术产业开发区", "国家高新区", "国家高新技术产业开发区", "高新技术产业园区")),
    (re.compile(r"经济(?:技术)?开发区$"), ("经开区", "开发区", "经济开发区", "经济技术开发区", "国家级经济技术开发区", "国家经济技术开发区", "国家级经开区")),
)  # fmt: skip
GENERIC = re.compile(
    r"^(?:国家级?)?(?:高新|高技术|经济|经开|开发|工业|产业|技术|新技术)*(?:开发区|园区|高新区|经开区|示范区|新区|区)$"
)
_ENGLISH_SUFFIXES = {Level.PROVINCE: ("province", "municipality", "city"), Level.CITY: ("city",), Level.COUNTY: ("district", "county")}  # fmt: skip


def short_name(name: str) -> str:
    """``上海市`` is 上海, ``恩施土家族苗族自治州`` is 恩施, ``沛县`` stays 沛县: one character alone names no place."""
    autonomous = _AUTONOMOUS.match(name)
    stem = autonomous[1] if autonomous else _SUFFIX.sub("", name, count=1)
    return stem if len(stem) >= 2 else name


@lru_cache(maxsize=1)
def tiers() -> tuple[dict[str, tuple[str, ...]], ...]:
    """Dictionaries from key to codes, strongest first: full names, given aliases, names shortened by rule."""
    full: dict[str, list[str]] = {}
    given: dict[str, list[str]] = {}
    ruled: dict[str, list[str]] = {}
    for region in load().values():
        _put(full, region.name, region.code)
        _put(full, region.code, region.code)
        for alias in _by_rule(region):
            _put(ruled, alias, region.code)
        if region.english:
            for suffix in ("", *_ENGLISH_SUFFIXES.get(region.level, ())):
                _put(given, region.english + suffix, region.code)
    for row in rows("aliases.csv"):
        _put(given, row["alias"], row["code"])
    for table_name in ("zones.csv", "groups.csv"):
        for row in rows(table_name):
            for alias in filter(None, row["aliases"].split("|")):
                _put(given, alias, row["code"])
    return tuple({key: tuple(codes) for key, codes in tier.items()} for tier in (full, given, ruled))


def _put(tier: dict[str, list[str]], name: str, code: str) -> None:
    codes = tier.setdefault(match_key(name), [])
    if code not in codes:
        codes.append(code)


def _by_rule(region: Region) -> Iterator[str]:
    if region.level is Level.ZONE:
        yield from _zone_names(region)
    elif region.level is not Level.GROUP:
        yield short_name(region.name)
    if region.level is Level.PROVINCE:
        yield region.code[:2]
        if region.code[:2] in ("11", "12", "31", "50"):
            yield from (
                region.code[:2] + "01",
                region.code[:2] + "0100",
            )  # the 市辖区 that stands between a municipality and its districts
    elif region.level is Level.CITY:
        yield region.code[:4]
        if _AUTONOMOUS.match(region.name):
            yield short_name(region.name) + "州"


def _zone_names(region: Region) -> Iterator[str]:
    """A zone with the usual suffixes, with and without the names of the province and city around it."""
    stems = [region.name]
    for code in ancestry(region.code)[1:-1]:
        around = short_name(load()[code].name)
        for stem in tuple(stems):
            if stem.startswith(around):
                rest = stem[len(around) :].removeprefix("市")
                if len(rest) >= 4 and not GENERIC.match(rest):
                    stems.append(rest)
    for stem in stems:
        yield stem
        for pattern, suffixes in _ZONE_SUFFIXES:
            head = pattern.sub("", stem)
            if head != stem and head:
                yield from (head + suffix for suffix in suffixes)
