"""From what people write to an industry: code, name, the words that offices use, and suggestions for slips."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from duijie.core.errors import Fault
from duijie.core.industries.table import Industry, ancestry, full_name, load, rows, strategic, within
from duijie.core.likeness import NameIndex
from duijie.core.text import half_width, match_key, shorten, simplified

LONGEST_KEY = 80
_SUGGESTED = 3
_CODE = re.compile(r"^([a-t])?(\d{2,4})$")
_LEVELS = re.compile(r"\s*(?:[/>|→]|--?|—+)\s*")
_ENDINGS = ("制造业", "制造", "加工业", "服务业", "产业", "行业", "业")
_GROWN = {"制造": "业", "加工": "业", "服务": "业"}


def candidates(text: str) -> tuple[Industry, ...]:
    """Every industry that `text` may mean, one where it is clear, none where it is unknown."""
    return tuple(load()[code] for code in _candidate_codes(text))


def find(text: str) -> Industry | None:
    """The industry that `text` means (the closest one for a word of practice), or None where that is not clear."""
    codes = _candidate_codes(text)
    return load()[codes[0]] if len(codes) == 1 else None


def resolve(text: str) -> Industry:
    """The industry that `text` means.

    Raises `Fault` "industry.unknown" with suggestions or "industry.ambiguous" with the candidates.
    """
    codes = _candidate_codes(text)
    if len(codes) == 1:
        return load()[codes[0]]
    if codes:
        raise _ambiguous(text, codes)
    raise _unknown(text)


def resolve_all(text: str) -> tuple[Industry, ...]:
    """Like `resolve`, with every industry that a word of practice covers: 芯片 is made, designed and equipped for."""
    for given in _given(match_key(half_width(text))):
        return tuple(load()[code] for code in given)
    return (resolve(text),)


def _given(key: str) -> Iterator[tuple[str, ...]]:
    if key not in _names()[0] and key in _practice():
        yield _practice()[key]


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """From key to codes: the standard's names (Chinese and English), and those shortened or lengthened by rule."""
    full: dict[str, list[str]] = {}
    ruled: dict[str, list[str]] = {}
    for industry in load().values():
        for name in filter(None, (industry.name, industry.english)):
            full.setdefault(match_key(name), []).append(industry.code)
        for name in _by_rule(industry.name):
            ruled.setdefault(match_key(name), []).append(industry.code)
    return (
        {key: tuple(dict.fromkeys(codes)) for key, codes in full.items()},
        {key: tuple(dict.fromkeys(codes)) for key, codes in ruled.items()},
    )


def _by_rule(name: str) -> Iterator[str]:
    for ending, more in _GROWN.items():
        if name.endswith(ending):
            yield name + more
    for ending in _ENDINGS:
        stem = name.removesuffix(ending)
        if stem != name and len(stem) >= 2:
            yield stem
            yield stem + "产业"
            yield stem + "行业"


@lru_cache(maxsize=1)
def _practice() -> dict[str, tuple[str, ...]]:
    """From the words that offices use, and the strategic emerging industries, to codes, the principal one first."""
    words = {match_key(row["alias"]): tuple(row["codes"].split()) for row in rows("aliases.csv")}
    for industry in strategic().values():
        for name in filter(None, (industry.name, industry.name.removesuffix("产业"), industry.english)):
            words.setdefault(match_key(name), industry.industries)
    return words


@lru_cache(maxsize=16384)
def _candidate_codes(text: str) -> tuple[str, ...]:
    raw = half_width(text)
    key = match_key(raw)
    if not key or len(key) > LONGEST_KEY:
        return ()
    codes = _codes_of(key)
    if codes:
        return codes
    levels = [match_key(part) for part in _LEVELS.split(raw) if match_key(part)]
    if len(levels) > 1:  # 制造业 / 汽车制造业: the last one, inside those before it
        above = [code for level in levels[:-1] for code in _codes_of(level)]
        below = [code for code in _all_codes(levels[-1]) if all(within(code, container) for container in above)]
        return _narrowed(tuple(below))
    led = re.match(r"^([a-t]?\d{2,4})(\D.*)$", key)  # C3973 集成电路制造
    if led:
        code = _by_code(led[1])
        if code and set(code) & set(_all_codes(led[2])):
            return code
    return ()


def _codes_of(key: str) -> tuple[str, ...]:
    return _by_code(key) or _narrowed(_all_codes(key))


def _by_code(key: str) -> tuple[str, ...]:
    if len(key) == 1 and key.upper() in load():
        return (key.upper(),)
    match = _CODE.match(key)
    if not match or match[2] not in load():
        return ()
    fits = match[1] is None or match[1].upper() == load()[match[2]].section
    return (match[2],) if fits else ()


def _all_codes(key: str) -> tuple[str, ...]:
    full, ruled = _names()
    if key in full:
        return full[key]
    if key in _practice():
        return _practice()[key][:1]
    return ruled.get(key, ())


def _narrowed(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The widest of several namesakes that stand one under the other (医药制造业 and its only group)."""
    for code in codes:
        if all(code in ancestry(other) for other in codes):
            return (code,)
    return codes


def _ambiguous(text: str, codes: tuple[str, ...]) -> Fault:
    quoted = shorten(text, 40)
    shown = "、".join(f"{load()[code].label_code} {full_name(code)}" for code in codes[:6])
    return Fault(
        "industry.ambiguous",
        f"“{quoted}”有{len(codes)}个行业：{shown}，请写代码。",
        f"“{quoted}” may mean {len(codes)} industries: {shown}; write the code.",
        status=422,
        candidates=list(codes),
    )


def _unknown(text: str) -> Fault:
    quoted, likely = shorten(text, 40), _likely(text)
    zh_hint = "，是不是" + "或".join(f"“{name}”" for name in likely.values()) + "？" if likely else "。"
    en_hint = "; did you mean " + " or ".join(f"“{load()[code].label('en')}”" for code in likely) + "?"
    return Fault(
        "industry.unknown",
        f"没有“{quoted}”这个行业（GB/T 4754-2017）{zh_hint}",
        f"There is no industry “{quoted}” in GB/T 4754-2017{en_hint if likely else '.'}",
        status=422,
        suggestions=list(likely),
    )


@lru_cache(maxsize=1)
def _index() -> NameIndex:
    full, ruled = _names()
    return NameIndex({key for key in (*full, *ruled, *_practice()) if len(key) > 1})


def suggest(text: str) -> tuple[Industry, ...]:
    """At most three industries whose names look like `text`, the likeliest first."""
    return tuple(load()[code] for code in _likely(text))


@lru_cache(maxsize=4096)
def _likely(text: str) -> dict[str, str]:
    """From code to the name that looks like `text`: the standard's, or the word of practice."""
    key = match_key(text)[:LONGEST_KEY]
    if _CODE.match(key):
        digits = key.lstrip("abcdefghijklmnopqrst")
        shorter = next((digits[:length] for length in (4, 3, 2) if digits[:length] in load()), None)
        return {shorter: f"{load()[shorter].label_code} {load()[shorter].name}"} if shorter else {}
    found: dict[str, str] = {}
    for _, name in _index().closest(key):
        for code in _narrowed(_all_codes(name))[:1]:
            found.setdefault(code, name if name in _practice() else load()[code].name)
    return dict(list(found.items())[:_SUGGESTED])


def complete(text: str, *, limit: int = 10) -> tuple[Industry, ...]:
    """What a person who has typed `text` so far may be looking for: names that are it, begin with it, hold it, look like it.

    Within each, words of practice come before the standard's long names, and short names before long ones.
    """
    key = match_key(half_width(text))[:LONGEST_KEY]
    if not key:
        return ()
    best: dict[str, tuple[int, int]] = dict.fromkeys(_candidate_codes(text), (0, 0))
    digits = key.lstrip("abcdefghijklmnopqrst") if _CODE.match(key) or key.isdigit() else ""
    for code in load() if digits else ():
        if code.startswith(digits):
            best.setdefault(code, (1, len(code)))
    principal = {name: codes[:1] for name, codes in _practice().items()}
    for rank, names in enumerate((principal, *_names())):
        for name, codes in names.items():
            at = name.find(key)
            if at >= 0:
                order = (2 + rank + (3 if at else 0), len(name))
                best.update((code, min(best.get(code, order), order)) for code in codes)
    ordered = sorted(best, key=lambda code: (best[code], load()[code].level, code))
    if len(ordered) < limit:
        ordered += [industry.code for industry in suggest(text) if industry.code not in best]
    found = [load()[code] for code in ordered]
    return tuple(one for one in found if not (one.parent in best and load()[one.parent].name == one.name))[:limit]


@lru_cache(maxsize=1)
def _scan_names() -> tuple[dict[str, str], int]:
    """Words that are safe to look for in running text: words of practice and clear names of three characters or more."""
    full, ruled = _names()
    safe: dict[str, str] = {}
    for key in (*ruled, *full):
        codes = _narrowed(_all_codes(key))
        if len(codes) == 1 and len(key) >= 3 and not key.isascii():
            safe[key] = codes[0]
    for key, practised in _practice().items():
        if len(key) >= 2 and not key.isascii():
            safe[key] = practised[0]
    return safe, max(map(len, safe))


def mentioned(text: str) -> tuple[Industry, ...]:
    """The industries that running text names, in order, each once. Only Chinese words are looked for."""
    names, longest = _scan_names()
    found: dict[str, None] = {}
    for run in re.findall(r"[^\W_]+", simplified(half_width(text)).casefold()):
        position = 0
        while position < len(run):
            for length in range(min(longest, len(run) - position), 1, -1):
                code = names.get(run[position : position + length])
                if code:
                    found.setdefault(code)
                    position += length - 1
                    break
            position += 1
    return tuple(load()[code] for code in found)
