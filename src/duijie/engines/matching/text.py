"""Chinese and English text made comparable: normalisation, headings, words, figures.

Every function is bounded: no more than MAX_CHARACTERS of a text are read, and each works in linear time. Nothing here
raises on odd input (emoji, empty, control characters, formulas, mixed scripts).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import rjieba
from numpy.typing import NDArray

MAX_CHARACTERS = 20_000
"""How much of one text is read. A listing's body is a few hundred characters; the rest of a pasted book adds nothing."""

_LONG = 48
"""From how many characters on it is quicker to look all of them up at once."""

_KEPT_SYMBOLS = frozenset("°%‰+-*/=<>~^&≥≤±×")


def _simplified_characters() -> dict[int, str]:
    """Traditional to simplified, one character to one, from OpenCC's own table."""
    table: dict[int, str] = {}
    text = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        traditional, _, simplified = line.partition("\t")
        if len(traditional) == 1 and simplified:
            table[ord(traditional)] = simplified.split(" ")[0]
    return table


class _CharacterTable(dict[int, str]):
    """For `str.translate`: NFKC, lower case, simplified; what is no text becomes a blank. Filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self._simplified = _simplified_characters()
        self.uneven: set[str] = set()  # characters that become none or several
        self.even = np.zeros(0x110000, dtype=np.uint32)  # what the others have become, 0 for those not met yet

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        value = "".join(self._one(character) for character in folded)
        self[code] = value
        if len(value) == 1:
            self.even[code] = ord(value)
        else:
            self.uneven.add(chr(code))
        return value

    def _one(self, character: str) -> str:
        if character in "\n\t":
            return "\n" if character == "\n" else " "
        if character in _KEPT_SYMBOLS:
            return character
        if unicodedata.category(character)[0] in "CSZM":
            return " "
        return self._simplified.get(ord(character), character)


@cache
def _characters() -> _CharacterTable:
    return _CharacterTable()


def normalise(text: str) -> str:
    """NFKC, lower case, simplified, without emoji and control characters; at most MAX_CHARACTERS are read."""
    return _translated(text[:MAX_CHARACTERS])[0]


def normalise_aligned(text: str) -> tuple[str, list[int] | None]:
    """`normalise`, with the place in `text` of each character of the result; None where both run in step."""
    cut = text[:MAX_CHARACTERS]
    result, in_step = _translated(cut)
    if in_step:
        return result, None
    table = _characters()
    places: list[int] = []
    for place, character in enumerate(cut):
        places.extend([place] * len(table[ord(character)]))
    return result, places


def _translated(text: str) -> tuple[str, bool]:
    """The text with each character replaced, and whether every one became one."""
    table = _characters()
    if len(text) >= _LONG:
        found = table.even[letters_of(text)]
        if found.all():
            return found.tobytes().decode("utf-32-le"), True
    result = text.translate(table)
    return result, len(result) == len(text) and table.uneven.isdisjoint(text)


def letters_of(text: str) -> NDArray[np.uint32]:
    """The code of each character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


_NUMBERING = r"(?:[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]?[、.．:：)）]?\s*)?"
_HEADINGS = (
    "企业基本情况|企业简介|企业概况|公司简介|公司概况|单位简介|基本情况|需求背景|项目背景|技术背景|背景介绍|背景|"
    "国内外发展现状|国内外研究现状|国内外现状|技术现状|发展现状|现状|需求内容及预期目标|需求内容|需求描述|需求概述|需求名称|需求简介|"
    "技术需求内容|技术需求描述|技术需求|主要需求|具体需求|项目名称|项目简介|项目概况|成果名称|成果简介|成果描述|技术简介|技术描述|"
    "主要技术难题|技术难题|技术难点|存在问题|存在的问题|待解决问题|拟解决的问题|关键问题|主要内容|研究内容|主要研究内容|工作内容|"
    "预期目标|预期效果|预期成果|预期指标|技术指标|技术指标要求|主要技术指标|性能指标|指标要求|考核指标|目标|"
    "现有工作基础|现有基础|工作基础|已有基础|前期基础|合作方式|拟合作方式|合作意向|合作要求|对合作方的要求|资金投入|预算|投入预算|"
    "时间要求|完成时间|截止时间|联系方式|联系人|应用领域|应用范围|应用前景|市场前景|经济效益|社会效益|创新点|技术优势|技术特点|备注|说明"
)
HEADING = re.compile(rf"(?:^|(?<=[\n。；;\s])){_NUMBERING}(?P<name>{_HEADINGS})\s*(?:[:：]|(?=\n)|$)", re.MULTILINE)
"""A heading of a form: a known name at the start of a line or sentence, with or without numbering, closed by a colon or line end."""


def without_headings(text: str) -> str:
    """The text of a form without the names of its fields: they stand in every form and say nothing of this one."""
    return HEADING.sub(" ", text)


def sentences(text: str) -> list[str]:
    """Sentences and clauses in order, split at full stops, semicolons and line ends; no empty ones."""
    return [piece for piece in (raw.strip() for raw in re.split(r"[。;!?\n]", text)) if piece]


STOP_WORDS = frozenset(
    [
        "我们",
        "我司",
        "我公司",
        "本公司",
        "公司",
        "企业",
        "单位",
        "项目",
        "技术",
        "研究",
        "开发",
        "研发",
        "应用",
        "产品",
        "相关",
        "进行",
        "通过",
        "实现",
        "具有",
        "采用",
        "利用",
        "基于",
        "以及",
        "一种",
        "用于",
        "主要",
        "目前",
        "需要",
        "需求",
        "要求",
        "希望",
        "寻求",
        "解决",
        "问题",
        "提供",
        "提高",
        "能够",
        "可以",
        "可",
        "已",
        "等",
        "与",
        "及",
        "和",
        "或",
        "的",
        "了",
        "在",
        "对",
        "为",
        "于",
        "是",
        "有",
        "将",
        "由",
        "其",
        "该",
        "此",
        "从",
        "到",
        "使",
        "并",
        "不",
        "上",
        "下",
        "中",
        "内",
        "外",
        "及其",
        "一个",
        "一定",
        "各种",
        "多种",
        "方面",
        "情况",
        "其中",
        "同时",
        "以上",
        "以下",
        "左右",
        "之间",
        "由于",
        "因此",
        "但是",
        "如果",
        "包括",
        "例如",
        "达到",
        "合作",
        "单位",
        "万元",
        "亿元",
        "国内",
        "国外",
        "国内外",
        "领域",
        "现有",
        "拟",
        "年",
        "月",
        "日",
        "个",
        "项",
        "名",
        "家",
        "次",
        "种",
        "以",
        "也",
        "又",
        "都",
        "就",
        "还",
        "而",
        "且",
        "所",
        "之",
        "这",
        "那",
        "什么",
        "如何",
        "怎么",
        "哪些",
        "哪里",
        "是否",
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "for",
        "to",
        "in",
        "on",
        "at",
        "by",
        "with",
        "from",
        "is",
        "are",
        "be",
        "as",
        "this",
        "that",
        "we",
        "our",
        "it",
        "its",
    ]
)
"""Words that stand in listings of every subject. They are not counted as reasons; the ranking weighs words by rarity instead."""

_WORD = re.compile(r"[㐀-鿿]+|[a-z][a-z0-9]*(?:[-+.][a-z0-9]+)*|[0-9]+[a-z]+[a-z0-9]*")


def words(normalised: str) -> list[str]:
    """Words of two characters or more in order of standing, cut by jieba's dictionary; numbers and marks are left out."""
    return [word for word in rjieba.cut(normalised) if len(word) > 1 and _WORD.fullmatch(word)]


@dataclass(frozen=True, slots=True)
class WordPlace:
    """A word and where it stands: `text[start:end] == word`."""

    word: str
    start: int
    end: int


def word_places(normalised: str) -> list[WordPlace]:
    """`words` with their places; neighbouring single characters that the dictionary does not join count as one word."""
    found: list[WordPlace] = []
    begin = end = 0
    for word, start, stop in rjieba.tokenize(normalised):
        single = stop - start == 1 and _WORD.fullmatch(word) is not None and word not in STOP_WORDS
        if single and start == end and end > begin:
            end = stop
            continue
        if end - begin > 1:
            found.append(WordPlace(normalised[begin:end], begin, end))
        begin, end = (start, stop) if single else (stop, stop)
        if stop - start > 1 and _WORD.fullmatch(word):
            found.append(WordPlace(word, start, stop))
    if end - begin > 1:
        found.append(WordPlace(normalised[begin:end], begin, end))
    return found


_UNITS = {
    "摄氏度": "°c", "千克": "kg", "公斤": "kg", "毫克": "mg", "克": "g", "吨": "t", "毫米": "mm", "厘米": "cm", "微米": "μm", "纳米": "nm",
    "米": "m", "公里": "km", "千米": "km", "平方米": "m2", "立方米": "m3", "千瓦": "kw", "兆瓦": "mw", "千伏": "kv", "伏": "v", "小时": "h",
    "分钟": "min", "秒": "s", "天": "d", "升": "l", "毫升": "ml", "兆帕": "mpa", "千帕": "kpa", "万吨": "万t",
}  # fmt: skip
_UNIT_NAMES = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_FIGURE = re.compile(
    r"(?P<relation>≥|≤|>=|<=|>|<|不低于|不小于|不少于|不高于|不大于|不超过|大于|小于|高于|低于|超过|达到|至少|降低|提高|约)?\s*"
    r"(?P<value>-?\d+(?:,\d{3})*(?:\.\d+)?)\s*"
    rf"(?P<unit>{_UNIT_NAMES}|%|‰|°c|℃|[μmknc]?m[23]?|k?g|mg|m?l|k?w|mw|k?v|ma|a|[mkg]?pa|[mkg]?hz|rpm|ppm|db|h|min|s|万元|亿元|元|万t|t|年|度)?"
    r"(?![a-z])"
)
_RELATIONS = {"不低于": ">=", "不小于": ">=", "不少于": ">=", "至少": ">=", "≥": ">=", "达到": ">=", "大于": ">", "高于": ">", "超过": ">",
              "不高于": "<=", "不大于": "<=", "不超过": "<=", "≤": "<=", "小于": "<", "低于": "<", "降低": "-", "提高": "+", "约": "~"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its unit: `relation` is one of "", ">=", ">", "<=", "<", "-" (lowered by), "+" (raised by), "~"."""

    value: float
    unit: str
    relation: str
    start: int
    end: int


def figures(normalised: str) -> list[Figure]:
    """Figures that carry a unit or a relation; bare numbers (years, numbering) are left out."""
    found = []
    for match in _FIGURE.finditer(normalised):
        unit, relation = match["unit"] or "", match["relation"] or ""
        if unit or relation:
            value = float(match["value"].replace(",", ""))
            found.append(Figure(value, _UNITS.get(unit, unit), _RELATIONS.get(relation, relation), *match.span()))
    return found
