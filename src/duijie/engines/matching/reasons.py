"""Why two documents match: terms that stand in both, in their context; facets that fit, differ or are open; whom it serves.

A term is named only where it stands in both texts, and the terms are ordered by the weight that the score gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duijie.engines.matching.complements import Complement, complement_of, excluded_by, facet_fits
from duijie.engines.matching.corpus import CorpusModel
from duijie.engines.matching.document import Document
from duijie.engines.matching.facets import FacetFit, Fit
from duijie.engines.matching.signature import word_ids
from duijie.engines.matching.text import STOP_WORDS, normalise_aligned, word_places

SHARED_TERMS = 6
SNIPPET_MARGIN = 14
FEW_TERMS = 2
MOST_TERMS = 400
_READ_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a document's text with the places in it to mark: `field` is title, keywords, summary or body."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SharedTerm:
    """A term standing in both texts, how much it weighs (rarity), and where it stands in either."""

    term: str
    weight: float
    in_query: Snippet
    in_document: Snippet


@dataclass(frozen=True, slots=True)
class Reasons:
    """Everything that is said for and against a match."""

    terms: tuple[SharedTerm, ...]
    facets: tuple[FacetFit, ...]
    complement: Complement | None
    query_asks: bool

    def _with(self, *fits: Fit) -> tuple[FacetFit, ...]:
        return tuple(each for each in self.facets if each.fit in fits)

    @property
    def fitting(self) -> tuple[FacetFit, ...]:
        """Facets that fit, wholly or partly."""
        return self._with(Fit.FITS, Fit.PARTLY)

    @property
    def differing(self) -> tuple[FacetFit, ...]:
        """Facets that do not fit."""
        return self._with(Fit.DIFFERS)

    @property
    def missing(self) -> tuple[FacetFit, ...]:
        """Facets that one side has stated and the other has not: what is missing to be sure."""
        return tuple(each for each in self._with(Fit.UNKNOWN) if bool(each.asked) != bool(each.given))

    def sentences(self, language: str = "zh") -> list[str]:
        """The reasons in plain sentences, in "zh" or "en"."""
        return _chinese(self) if language.startswith("zh") else _english(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why (not) this one?": the score, the reasons, and what speaks against it."""

    document: Document
    score: float
    probability: float
    grade: str
    reasons: Reasons
    excluded: tuple[FacetFit, ...]
    complementary: bool

    def sentences(self, language: str = "zh") -> list[str]:
        """In plain sentences, in "zh" or "en"."""
        chinese = language.startswith("zh")
        found: list[str] = []
        if not self.complementary:
            found.append(
                "两类信息不互补，不参与对接。"
                if chinese
                else "The two kinds do not complete each other and are never matched."
            )
        for fit in self.excluded:
            name = FACET_NAMES.get(fit.facet, (fit.facet, fit.facet))
            found.append(
                f"{name[0]}不符合必备条件：要求{fit.asked}，实际{fit.given}。" if chinese
                else f"{name[1].capitalize()} is a condition and does not hold: {fit.asked} asked, {fit.given} given."
            )  # fmt: skip
        if not self.reasons.terms:
            found.append("两者没有共同的专门用语。" if chinese else "They share no specific term.")
        found.extend(self.reasons.sentences(language))
        share = f"{self.probability:.0%}"
        found.append(
            f"估计合适的可能性为 {share}。" if chinese else f"The estimated chance that it is suitable is {share}."
        )
        return found


FACET_NAMES = {
    "region": ("地区", "region"), "industry": ("行业", "industry"), "amount": ("金额", "amount"), "stage": ("成熟度", "maturity"),
    "timing": ("时间", "timing"), "cooperation": ("合作方式", "mode of cooperation"), "service": ("服务内容", "service"),
    "monthly_units": ("月产能", "monthly output"), "skills": ("技能", "skills"), "rounds": ("轮次", "round"),
    "area_m2": ("面积", "area"), "tenure": ("取得方式", "tenure"), "applicant": ("申报主体", "applicant"),
}  # fmt: skip
"""Names of facets in Chinese and English."""


def _chinese(reasons: Reasons) -> list[str]:
    said = []
    if reasons.terms:
        said.append("双方都提到" + "、".join(f"“{term.term}”" for term in reasons.terms) + "。")
    if reasons.fitting:
        said.append("；".join(f"{FACET_NAMES[fit.facet][0]}{'相符' if fit.fit is Fit.FITS else '相近'}（{fit.asked} / {fit.given}）"
                             for fit in reasons.fitting) + "。")  # fmt: skip
    if reasons.differing:
        said.append(
            "；".join(f"{FACET_NAMES[fit.facet][0]}不符（{fit.asked} / {fit.given}）" for fit in reasons.differing)
            + "。"
        )
    if reasons.missing:
        said.append("尚需确认：" + "、".join(FACET_NAMES[fit.facet][0] for fit in reasons.missing) + "。")
    if reasons.complement is not None and reasons.terms:
        said.append(f"{reasons.complement.serves_asking_zh}；{reasons.complement.serves_giving_zh}。")
    return said


def _english(reasons: Reasons) -> list[str]:
    said = []
    if reasons.terms:
        said.append("Both speak of " + ", ".join(f"“{term.term}”" for term in reasons.terms) + ".")
    if reasons.fitting:
        parts = [
            f"{FACET_NAMES[fit.facet][1]} {'fits' if fit.fit is Fit.FITS else 'nearly fits'} ({fit.asked} / {fit.given})"
            for fit in reasons.fitting
        ]
        said.append("; ".join(parts).capitalize() + ".")
    if reasons.differing:
        parts = [f"{FACET_NAMES[fit.facet][1]} differs ({fit.asked} / {fit.given})" for fit in reasons.differing]
        said.append("; ".join(parts).capitalize() + ".")
    if reasons.missing:
        said.append("Still to be asked: " + ", ".join(FACET_NAMES[fit.facet][1] for fit in reasons.missing) + ".")
    if reasons.complement is not None and reasons.terms:
        said.append(f"{reasons.complement.serves_asking_en.capitalize()}; {reasons.complement.serves_giving_en}.")
    return said


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    text: str
    normalised: str
    places: list[int] | None

    def snippet(self, start: int, end: int) -> Snippet:
        """The piece around `normalised[start:end]`, cut from the text as it was written."""
        first, last = (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)
        left, right = max(0, first - SNIPPET_MARGIN), min(len(self.text), last + SNIPPET_MARGIN)
        return Snippet(self.name, self.text[left:right], ((first - left, last - left),))


def _fields(document: Document) -> list[_Field]:
    texts = {
        "title": document.title, "keywords": "、".join(document.keywords), "summary": document.summary, "body": document.body,
    }  # fmt: skip
    found = []
    for name, text in texts.items():
        if text:
            cut = text[:_READ_CHARACTERS]
            found.append(_Field(name, cut, *normalise_aligned(cut)))
    return found


class _Text:
    """A document's fields as one text in which terms are looked for."""

    def __init__(self, document: Document) -> None:
        self.fields = _fields(document)
        self.whole = "\n".join(field.normalised for field in self.fields)

    def snippet(self, place: int, length: int) -> Snippet:
        """The piece around `whole[place : place + length]`, which lies within one field."""
        for field in self.fields:
            if place < len(field.normalised):
                break
            place -= len(field.normalised) + 1
        return field.snippet(place, place + length)


class _Terms:
    """Terms of a question, the weightiest first, each with its weight and where it stands in the question."""

    def __init__(self, weighed: list[tuple[float, str]], asking: _Text) -> None:
        from duijie.engines.matching.spotting import Spotter

        self.weighed = weighed
        self._spotter = Spotter([term for _, term in weighed])
        self._places = self._spotter.first(asking.whole)
        self._asking = asking
        self._snippets: dict[int, Snippet] = {}

    def shared(self, text: _Text, chosen: list[SharedTerm], most: int) -> list[SharedTerm]:
        """`chosen` with what else stands in the text, up to `most`, none a part of another."""
        if not self.weighed:
            return chosen
        places = self._spotter.first(text.whole)
        for number in np.flatnonzero((places >= 0) & (self._places >= 0)).tolist():
            if len(chosen) >= most:
                break
            weight, term = self.weighed[number]
            if any(term in other.term or other.term in term for other in chosen):
                continue
            chosen.append(
                SharedTerm(term, weight, self._own(number, term), text.snippet(int(places[number]), len(term)))
            )
        return chosen

    def _own(self, number: int, term: str) -> Snippet:
        if number not in self._snippets:
            self._snippets[number] = self._asking.snippet(int(self._places[number]), len(term))
        return self._snippets[number]


class Reasoner:
    """Finds the reasons of one question's matches; what depends on the question alone is made ready once."""

    def __init__(self, asking: Document, model: CorpusModel) -> None:
        self.asking = asking
        self._model = model
        self._text = _Text(asking)
        self._phrases = self._weighed(_phrases(self._text.fields))
        self._pairs: _Terms | None = None

    def _weighed(self, terms: dict[str, list[str]]) -> _Terms:
        """Terms with the summed rarity of their words; the weightiest first, at most MOST_TERMS."""
        parts = [word for words in terms.values() for word in words]
        rare = dict(zip(parts, self._model.full.smooth_weight(word_ids(parts)).tolist(), strict=True))
        weighed = [(sum(rare[word] for word in words), term) for term, words in terms.items()]
        weighed.sort(key=lambda each: (-each[0], -len(each[1]), each[1]))
        return _Terms([(round(weight, 4), term) for weight, term in weighed[:MOST_TERMS]], self._text)

    def shared_terms(self, document: Document, *, most: int = SHARED_TERMS) -> tuple[SharedTerm, ...]:
        """The weightiest terms that stand in both texts, none a part of another; pairs of characters where words are few."""
        text = _Text(document)
        chosen = self._phrases.shared(text, [], most)
        if len(chosen) < FEW_TERMS:
            if self._pairs is None:
                self._pairs = self._weighed(_pairs(self._text.fields))
            chosen = self._pairs.shared(text, chosen, FEW_TERMS)
        return tuple(chosen)

    def reasons(self, document: Document) -> Reasons:
        """The reasons of one match."""
        found = complement_of(self.asking.kind, document.kind)
        fits = tuple(fit for _, fit in facet_fits(self.asking, document))
        return Reasons(self.shared_terms(document), fits, found[0] if found else None, found[1] if found else True)

    def explain(self, document: Document, score: float, probability: float, grade: str) -> Explanation:
        """The answer to "why (not) this one?"."""
        excluded = tuple(excluded_by(facet_fits(self.asking, document)))
        complementary = complement_of(self.asking.kind, document.kind) is not None
        return Explanation(document, score, probability, grade, self.reasons(document), excluded, complementary)


def _phrases(fields: list[_Field]) -> dict[str, list[str]]:
    """Words, and runs of two and three words that touch, each with its words; stop words neither alone nor at an end."""
    found: dict[str, list[str]] = {}
    for field in fields:
        places = word_places(field.normalised)
        for first, place in enumerate(places):
            if place.word in STOP_WORDS:
                continue
            found[place.word] = [place.word]
            for last in range(first + 1, min(first + 3, len(places))):
                if places[last].start != places[last - 1].end:
                    break
                if places[last].word not in STOP_WORDS:
                    run = [each.word for each in places[first : last + 1]]
                    found.setdefault("".join(run), run)
    return found


def _pairs(fields: list[_Field]) -> dict[str, list[str]]:
    """Pairs of characters inside the longer words of a text, no stop words."""
    found: dict[str, list[str]] = {}
    for field in fields:
        for place in word_places(field.normalised):
            for start in range(len(place.word) - 1):
                pair = place.word[start : start + 2]
                if pair not in STOP_WORDS and not pair.isascii():
                    found[pair] = [pair]
    return found
