"""From what people write to a place: exact names, short names, paths (江苏南京鼓楼), and suggestions for slips."""

from __future__ import annotations

import re
from functools import lru_cache

from duijie.core.errors import Fault
from duijie.core.likeness import NameIndex
from duijie.core.regions.names import GENERIC, tiers
from duijie.core.regions.table import DELTA_CODE, Level, Region, ancestry, children, full_name, load, within
from duijie.core.text import half_width, match_key, shorten, simplified

LONGEST_KEY = 60
_RANK = {Level.COUNTRY: 0, Level.GROUP: 1, Level.PROVINCE: 2, Level.CITY: 3, Level.COUNTY: 4, Level.ZONE: 5}
_SUGGESTED = 3


def candidates(text: str, *, inside: str | None = None) -> tuple[Region, ...]:
    """Every place that `text` may mean, one where it is clear, none where it is unknown.

    `inside` is the code of a place that must contain it.
    """
    return tuple(load()[code] for code in _candidate_codes(text, inside))


def find(text: str, *, inside: str | None = None) -> Region | None:
    """The place that `text` means, or None where it is unknown or may mean several."""
    codes = _candidate_codes(text, inside)
    return load()[codes[0]] if len(codes) == 1 else None


def resolve(text: str, *, inside: str | None = None) -> Region:
    """The place that `text` means.

    Raises `Fault` "region.unknown" with suggestions, "region.ambiguous" with the candidates, or "region.outside" where
    the place exists but not inside `inside`.
    """
    codes = _candidate_codes(text, inside)
    if len(codes) == 1:
        return load()[codes[0]]
    if codes:
        raise _ambiguous(text, codes)
    if inside is not None and _candidate_codes(text, None):
        container = load()[inside]
        raise Fault(
            "region.outside",
            f"“{shorten(text, 40)}”不在{container.name}内。",
            f"“{shorten(text, 40)}” is not in {container.label('en')}.",
            status=422,
        )
    raise _unknown(text)


@lru_cache(maxsize=16384)
def _candidate_codes(text: str, inside: str | None) -> tuple[str, ...]:
    raw = half_width(text)
    key = match_key(raw)
    if not key or len(key) > LONGEST_KEY:
        return ()
    if "," in raw and raw.isascii():  # Suzhou, Anhui
        turned = _path_matches(match_key(" ".join(reversed(raw.split(",")))), inside)
        if turned:
            return _narrowed(turned)
    return _narrowed(_path_matches(key, inside))


def _matches(key: str, inside: str | None) -> tuple[str, ...]:
    for tier in tiers():
        codes = tier.get(key, ())
        if inside is not None:
            codes = tuple(code for code in codes if within(code, inside))
        if codes:
            return codes
    return ()


def _path_matches(key: str, inside: str | None) -> tuple[str, ...]:
    """The whole key as one name, or as a place followed by a name inside it."""
    whole = _matches(key, inside)
    if whole:
        return whole
    rest = key.removeprefix("市辖区")
    if rest != key:
        return _path_matches(rest, inside) if rest else ()
    for length in range(len(key) - 1, 1, -1):
        heads = [code for code in _matches(key[:length], inside) if load()[code].level is not Level.GROUP]
        found = {code: None for head in heads for code in _path_matches(key[length:], head)}
        if found:
            return tuple(found)
    return ()


def _narrowed(codes: tuple[str, ...]) -> tuple[str, ...]:
    """One code where one of several is plainly meant: 长沙 is the city and not its county, 吉林 the province."""
    if len(codes) < 2:
        return codes
    for code in codes:
        if all(code in ancestry(other) for other in codes):
            return (code,)
    top = [code for code in codes if _RANK[load()[code].level] <= _RANK[Level.PROVINCE]]
    return tuple(top) if len(top) == 1 else codes


def _ambiguous(text: str, codes: tuple[str, ...]) -> Fault:
    quoted = shorten(text, 40)
    names = [full_name(code) for code in codes]
    shown = "、".join(names[:6]) + ("等" if len(names) > 6 else "")
    return Fault(
        "region.ambiguous",
        f"“{quoted}”有{len(codes)}个：{shown}，请写明省市。",
        f"“{quoted}” may mean {len(codes)} places: {shown}; name the province or city too.",
        status=422,
        candidates=list(codes),
    )


def _unknown(text: str) -> Fault:
    quoted = shorten(text, 40)
    if GENERIC.match(match_key(text)):
        return Fault(
            "region.unknown", f"“{quoted}”没有说是哪里的，请写明城市。", f"“{quoted}” does not say where; name the city.",
            status=422, suggestions=[],
        )  # fmt: skip
    suggestions = suggest(text)
    zh_hint = "，是不是" + "或".join(f"“{region.name}”" for region in suggestions) + "？" if suggestions else "。"
    en_hint = "; did you mean " + " or ".join(f"“{region.label('en')}”" for region in suggestions) + "?"
    return Fault(
        "region.unknown",
        f"没有“{quoted}”这个地区{zh_hint}",
        f"There is no place called “{quoted}”{en_hint if suggestions else '.'}",
        status=422,
        suggestions=[region.code for region in suggestions],
    )


@lru_cache(maxsize=1)
def _index() -> NameIndex:
    return NameIndex({key for tier in tiers() for key in tier if not key.isdigit() and len(key) > 1})


@lru_cache(maxsize=4096)
def suggest(text: str) -> tuple[Region, ...]:
    """At most three places whose names look like `text`, the likeliest first."""
    key = match_key(text)[:LONGEST_KEY]
    if key.isdigit():
        return ()
    best: dict[str, tuple[float, int, str]] = {}
    for likeness, name in _index().closest(key):
        for code in next((tier[name] for tier in tiers() if name in tier), ()):
            order = (-likeness, _RANK[load()[code].level], code)
            best[code] = min(best.get(code, order), order)
    ordered = sorted(best, key=lambda code: best[code])
    closest = [code for code in ordered if best[code][0] <= best[ordered[0]][0] + 0.05]
    return tuple(load()[code] for code in closest[:_SUGGESTED])


def complete(text: str, *, limit: int = 10) -> tuple[Region, ...]:
    """What a person who has typed `text` so far may be looking for: names that are it, begin with it, hold it, look like it.

    Within each, the wider place comes first, and those of the delta before others; what is it is followed by its parts.
    """
    key = match_key(text)[:LONGEST_KEY]
    if not key:
        return ()
    best: dict[str, int] = dict.fromkeys(_candidate_codes(text, None), 0)
    for tier in tiers():
        for name, codes in tier.items():
            at = name.find(key)
            if at >= 0:
                for code in codes:
                    best[code] = min(best.get(code, 2), 1 if at == 0 else 2)
    ordered = sorted(best, key=lambda code: (best[code], _RANK[load()[code].level], not within(code, DELTA_CODE), code))
    exact = [code for code, rank in best.items() if rank == 0]
    below = [child.code for code in exact for child in children(code) if child.code not in best]
    ordered[len(exact) : len(exact)] = below if len(exact) == 1 and len(key) > 1 else []
    if len(ordered) < limit:
        ordered += [region.code for region in suggest(text) if region.code not in ordered]
    return tuple(load()[code] for code in ordered[:limit])


@lru_cache(maxsize=1)
def _scan_names() -> tuple[dict[str, tuple[str, ...]], int]:
    """Names that are safe to look for in running text: those of two characters only for provinces and cities."""
    safe: dict[str, tuple[str, ...]] = {}
    for tier in reversed(tiers()):
        for key, codes in tier.items():
            high = any(_RANK[load()[code].level] <= _RANK[Level.CITY] for code in codes)
            if not key.isascii() and (len(key) >= 3 or (high and len(key) == 2)):
                safe[key] = codes
    return safe, max(map(len, safe))


def mentioned(text: str) -> tuple[Region, ...]:
    """The places that running text names, in order, each once; a namesake counts where its province or city is named.

    Only Chinese names are looked for; codes, English names and one-character abbreviations are not.
    """
    names, longest = _scan_names()
    found: dict[str, None] = {}
    unclear: list[tuple[str, ...]] = []
    for run in re.findall(r"[^\W_]+", simplified(half_width(text))):
        position = 0
        while position < len(run):
            for length in range(min(longest, len(run) - position), 1, -1):
                codes = names.get(run[position : position + length])
                if codes:
                    clear = _narrowed(codes)
                    if len(clear) == 1:
                        found.setdefault(clear[0])
                    else:
                        unclear.append(clear)
                    position += length - 1
                    break
            position += 1
    for codes in unclear:
        fitting = [code for code in codes if any(step in found for step in ancestry(code)[1:])]
        if len(fitting) == 1:
            found.setdefault(fitting[0])
    return tuple(load()[code] for code in found)
