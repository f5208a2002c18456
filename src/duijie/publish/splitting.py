"""A need written "as one would say it on the phone", taken apart into the fields of a form. A proposal: each part can be mended.

Pure: text in, fields out, each with the words it was taken from.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from duijie.core import industries, regions
from duijie.core.calendar import parse_date
from duijie.core.errors import Fault
from duijie.core.money import parse_money_range
from duijie.core.schema import AmountValue, describe
from duijie.core.text import half_width, match_key, simplified, tidy_text
from duijie.publish.kinds import KINDS

LONGEST = 20_000
TITLE_LENGTH = 40
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_NUMBER = r"(?:\d[\d,，.]*|[一二两三四五六七八九十百千]+)"
_MONEY = re.compile(
    rf"{_NUMBER}\s*(?:[-~—至到]\s*{_NUMBER}\s*)?(?:万|亿|千|百)?\s*(?:美元|欧元|人民币|块钱|元|万|亿)(?:左右|以内|以下|以上)?"
)
_MONEY_CUE = re.compile(r"预算|出资|投入|经费|资金|价格|费用|报价|总投资|投资|不超过|愿意出|花")
_DATE = re.compile(
    r"(?:20\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]?\s*(?:\d{1,2}\s*[日号]?)?)|(?:\d{1,2}\s*月\s*\d{1,2}\s*[日号])|(?:\d{1,2}\s*月底)|年底|明年底|本月底|下月底"
)
_DATE_CUE = re.compile(r"前|之前|截止|底|以前|完成|交付|之内|内")
_FIGURE = re.compile(
    rf"{_NUMBER}\s*(?:%|％|℃|度|mm|毫米|微米|μm|um|nm|cm|米|m|kg|公斤|吨|克|g|秒|s|分钟|小时|h|MPa|kW|V|A|Hz|dB|次|件|台|套|倍|万次|ppm)",
    re.I,
)
_TARGET_CUE = re.compile(r"要求|希望|达到|做到|控制在|提高到|降到|降低到|不低于|不高于|不超过|小于|大于|精度|指标|目标")
_STATE_CUE = re.compile(r"目前|现在|现有|以前|原来|一直|已经|我们用|现状|试过")
_PROBLEM_CUE = re.compile(
    r"问题|难题|难|困难|不行|不好|老是|经常|容易|失效|报废|不良|缺|卡|瓶颈|解决|靠人工|想找|寻找|寻求|需要|求"
)
_GREETING = re.compile(
    r"^(?:您好|你好|大家好|各位好?|请问|急|我们?(?:公司|厂|单位)?(?:是|想)?|想问(?:一下|下)?|麻烦)[，,：:!！ ]*"
)


@dataclass
class Split:
    """What was understood: field -> value in the shape of a listing's data, and field -> the words it was taken from."""

    values: dict[str, Any] = field(default_factory=dict)
    taken_from: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Any, source: str) -> None:
        if value not in (None, "", []) and name not in self.values:
            self.values[name] = value
            self.taken_from[name] = source.strip()


def sentences(text: str) -> list[str]:
    return [found.group().strip() for found in _SENTENCE.finditer(text) if found.group().strip()]


def split_text(text: str, *, kind: str = "need", today: dt.date) -> Split:
    """Take free text apart. The whole text is kept as the body, so nothing that was said is lost."""
    text = tidy_text(text)[:LONGEST]
    plain = simplified(text)
    found = Split()
    said = sentences(plain)
    if not said:
        return found
    found.put("body", text, text)
    found.put("title", _title(said), said[0])
    places = regions.mentioned(plain)
    found.put("regions", [place.code for place in places][:5], "、".join(place.name for place in places))
    trades = industries.mentioned(plain)
    found.put("industries", [trade.code for trade in trades][:5], "、".join(trade.name for trade in trades))
    _amount(found, said)
    _deadline(found, said, today, kind)
    _parts(found, said, kind)
    _choices(found, plain, kind)
    return found


def _title(said: list[str]) -> str:
    """The sentence that names the want, without its greeting, cut at a comma where it is long."""
    wanting = [s for s in said if _PROBLEM_CUE.search(s)] or said
    best = _GREETING.sub("", wanting[0]).strip("。！？!?；; ，,")
    if len(best) > TITLE_LENGTH:
        parts = [part for part in re.split(r"[，,：:]", best) if len(part) > 3]
        marked = [part for part in parts if _PROBLEM_CUE.search(part)]
        best = (marked or parts or [best])[0]
    return best[:TITLE_LENGTH]


def _amount(found: Split, said: list[str]) -> None:
    candidates = [(bool(_MONEY_CUE.search(s)), m.group()) for s in said for m in _MONEY.finditer(s)]
    for _, words in sorted(candidates, key=lambda c: not c[0]):
        try:
            amount = parse_money_range(words)
        except Fault:
            continue
        one = None if amount is None else amount.low or amount.high
        if amount is None or one is None:
            continue
        value = AmountValue(
            low_minor=amount.low.amount_minor if amount.low else None,
            high_minor=amount.high.amount_minor if amount.high else None,
            currency=one.currency,
        )
        found.put("amount", value.model_dump(), words)
        return


def _deadline(found: Split, said: list[str], today: dt.date, kind: str) -> None:
    names = {d.name for d in describe(KINDS[kind].schema) if d.kind == "date"}
    target = "deadline" if "deadline" in names else "expires_on"
    for sentence in said:
        for match in _DATE.finditer(sentence):
            after = sentence[match.end() : match.end() + 6]
            if not _DATE_CUE.search(match.group() + after):
                continue
            day = _day(match.group(), today)
            if day is not None and day >= today:
                found.put(target, day.isoformat(), match.group())
                return


def _day(words: str, today: dt.date) -> dt.date | None:
    words = re.sub(r"\s", "", words)
    if words in {"年底", "明年底"}:
        return dt.date(today.year + (words == "明年底"), 12, 31)
    if words in {"本月底", "下月底"}:
        first = dt.date(
            today.year + (today.month + (words == "下月底") > 12), (today.month - 1 + (words == "下月底")) % 12 + 1, 1
        )
        return _month_end(first)
    if words.endswith("月底") and words[:-2].isdigit() and 1 <= int(words[:-2]) <= 12:
        month = int(words[:-2])
        return _month_end(dt.date(today.year + (month < today.month), month, 1))
    yearless = re.fullmatch(r"\d{1,2}月\d{1,2}[日号]", words) is not None
    if yearless:
        words = f"{today.year}年{words}"
    try:
        day = parse_date(half_width(words), last_of_month=True)
    except Fault:
        return None
    if day is not None and day < today and yearless:
        try:
            day = day.replace(year=day.year + 1)
        except ValueError:  # 29 February
            day = dt.date(day.year + 1, 2, 28)
    return day


def _month_end(first: dt.date) -> dt.date:
    following = dt.date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _parts(found: Split, said: list[str], kind: str) -> None:
    """Sentences that state the problem, the figures wanted, and how things stand now."""
    names = {d.name for d in describe(KINDS[kind].schema)}
    targets = [s for s in said if _FIGURE.search(s) and _TARGET_CUE.search(s)]
    states = [s for s in said if s not in targets and _STATE_CUE.search(s)]
    problems = [s for s in said if s not in targets and s not in states and _PROBLEM_CUE.search(s)]
    for name, chosen in (("target_figures", targets), ("current_state", states), ("problem", problems)):
        if name in names and chosen:
            found.put(name, "".join(chosen), "".join(chosen))


def _choices(found: Split, plain: str, kind: str) -> None:
    """Closed lists whose words stand in the text."""
    text = match_key(plain)
    for described in describe(KINDS[kind].schema):
        hits = []
        for option in described.choices:
            names = [match_key(part) for part in re.split(r"[/／（）()、]", option.zh) if len(part) > 1]
            if any(name and name in text for name in names):
                hits.append(option.value)
        if hits:
            found.put(described.name, hits if described.many else hits[0], "")
