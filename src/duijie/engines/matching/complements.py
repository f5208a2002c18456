"""Which kinds of document complete each other, which facets must hold and which weigh, and whom a match serves.

One row per pair of kinds, written from the asking side. The same row read backwards serves the giving side: a technology
asks the index for needs by the row need -> technology.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from duijie.engines.matching import facets
from duijie.engines.matching.document import Document, from_record, to_statement
from duijie.engines.matching.facets import VALUES, FacetFit, FacetTest, Fit


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet test with its weight in the score (in units of the score's logit, times the fit's value) and whether it is a must."""

    name: str
    test: FacetTest
    weight: float
    must: bool = False


@dataclass(frozen=True, slots=True)
class Complement:
    """A pair of kinds: `asking` is served with `giving`; the two sentences say for whom and why it is good."""

    asking: str
    giving: str
    facets: tuple[Facet, ...]
    serves_asking_zh: str
    serves_asking_en: str
    serves_giving_zh: str
    serves_giving_en: str


_REGION = Facet("region", facets.region, 0.20)
_REGION_MUST = Facet("region", facets.region, 0.40, must=True)
_INDUSTRY = Facet("industry", facets.industry, 0.40)
_INDUSTRY_MUST = Facet("industry", facets.industry, 0.40, must=True)
_BUDGET = Facet("amount", facets.budget, 0.30)
_TICKET = Facet("amount", facets.ticket, 0.40, must=True)
_STAGE = Facet("stage", facets.stage, 0.25)
_TIMING = Facet("timing", facets.timing, 0.25)
_COOPERATION = Facet("cooperation", facets.shared_list("cooperation"), 0.20)

COMPLEMENTS: tuple[Complement, ...] = (
    Complement(
        "need", "technology", (_INDUSTRY, _REGION, _BUDGET, _STAGE, _TIMING, _COOPERATION),
        "需求方可获得解决技术难题的成果", "the firm finds a result that may solve its problem",
        "成果方可获得应用企业与转化收入", "the holder finds a firm that would use the result",
    ),
    Complement(
        "need", "expert", (_INDUSTRY, _REGION, _TIMING, _COOPERATION),
        "需求方可请到懂行的专家", "the firm finds somebody who knows the field",
        "专家可获得企业课题", "the expert finds a problem from industry",
    ),
    Complement(
        "need", "instrument", (_REGION, _BUDGET, _TIMING, Facet("service", facets.shared_list("service"), 0.3)),
        "需求方可使用共享仪器，免于自购", "the firm uses an instrument without buying one",
        "仪器单位可提高使用率", "the instrument is used more",
    ),
    Complement(
        "need", "capacity", (_INDUSTRY, _REGION, _BUDGET, _TIMING, Facet("monthly_units", facets.at_least("monthly_units"), 0.4)),
        "需求方可直接下单生产", "the firm has its order made",
        "产能方可填补空闲产线", "idle lines are filled",
    ),
    Complement(
        "need", "talent", (_INDUSTRY, _REGION, _TIMING, Facet("skills", facets.shared_list("skills"), 0.4)),
        "需求方可引进所需人才", "the firm finds the person it lacks",
        "人才可获得对口岗位或项目", "the person finds a fitting post or project",
    ),
    Complement(
        "need", "topic", (_INDUSTRY, _REGION, _TIMING, _COOPERATION),
        "需求方可参与已立项的课题", "the firm joins research already under way",
        "课题方可获得企业应用场景", "the topic gains a place of use",
    ),
    Complement(
        "need", "site",
        (_INDUSTRY, _REGION, _BUDGET, _TIMING, Facet("area_m2", facets.at_least("area_m2"), 0.5),
         Facet("tenure", facets.shared_list("tenure"), 0.3)),
        "需求方可找到合适的场地", "the firm finds premises",
        "园区可获得入驻企业", "the park finds a tenant",
    ),
    Complement(
        "need", "fund", (_INDUSTRY, _REGION, Facet("amount", facets.ticket, 0.30)),
        "需求方可获得资金", "the firm finds money",
        "资金方可获得客户", "the fund or bank finds a client",
    ),
    Complement(
        "need", "policy", (_REGION_MUST, _INDUSTRY, Facet("applicant", facets.shared_list("applicant"), 0.3, must=True)),
        "需求方可享受政策支持", "the firm can draw on the policy",
        "政策可精准送达", "the policy reaches those it is for",
    ),
    Complement(
        "topic", "expert", (_INDUSTRY, _REGION, _TIMING, _COOPERATION),
        "课题方可请到合适的专家", "the topic finds somebody who knows the field",
        "专家可参与课题", "the expert joins a topic",
    ),
    Complement(
        "topic", "technology", (_INDUSTRY, _REGION, _STAGE, _TIMING),
        "课题方可用上已有成果", "the topic builds on what is there",
        "成果方可继续研发", "the holder's work goes on",
    ),
    Complement(
        "post", "talent", (_INDUSTRY, _REGION, _TIMING, Facet("skills", facets.shared_list("skills"), 0.4)),
        "用人方可找到合适的人", "the employer finds the person",
        "人才可获得对口岗位", "the person finds a fitting post",
    ),
    Complement(
        "post", "expert", (_INDUSTRY, _REGION, Facet("skills", facets.shared_list("skills"), 0.4)),
        "用人方可请专家兼职", "the employer finds an expert for part of the time",
        "专家可获得兼职岗位", "the expert finds a part-time post",
    ),
    Complement(
        "project_offer", "technology", (_INDUSTRY, _REGION, _STAGE, _TIMING, _COOPERATION),
        "项目方可获得所需技术", "the project finds its technology",
        "成果方可随项目落地", "the holder's result is built",
    ),
    Complement(
        "project_offer", "capacity", (_INDUSTRY, _REGION, _TIMING),
        "项目方可借现成产线起步", "the project starts on lines that are there",
        "产能方可填补空闲产线", "idle lines are filled",
    ),
    Complement(
        "project_offer", "fund", (_INDUSTRY_MUST, _REGION, _TICKET, Facet("rounds", facets.shared_list("rounds"), 0.4, must=True)),
        "项目方可获得投资", "the project finds money",
        "基金可获得符合投向的项目", "the fund finds a project within its mandate",
    ),
    Complement(
        "project_offer", "site",
        (_INDUSTRY, _REGION, _BUDGET, _TIMING, Facet("area_m2", facets.at_least("area_m2"), 0.5, must=True),
         Facet("tenure", facets.shared_list("tenure"), 0.3)),
        "项目方可获得落地空间", "the project finds a place to build",
        "园区可获得招商项目", "the park finds a tenant",
    ),
    Complement(
        "project_offer", "policy", (_REGION_MUST, _INDUSTRY_MUST, Facet("applicant", facets.shared_list("applicant"), 0.3, must=True)),
        "项目方可享受政策支持", "the project can draw on the policy",
        "政策可精准送达", "the policy reaches those it is for",
    ),
    Complement(
        "organisation", "policy", (_REGION_MUST, _INDUSTRY_MUST, Facet("applicant", facets.shared_list("applicant"), 0.3, must=True)),
        "企业可享受政策支持", "the firm can draw on the policy",
        "政策可精准送达", "the policy reaches those it is for",
    ),
)  # fmt: skip

FACETS = {
    "deadline": "asker: ISO date by which it is wanted",
    "available_from": "giver: ISO date from which it can be had",
    "cooperation": "words for the mode of cooperation (transfer, licence, joint development, service, equity, ...)",
    "service": "words for the service asked for or given with an instrument",
    "monthly_units": "number: output wanted, or free, per month",
    "skills": "words for skills",
    "rounds": "words for rounds of investment",
    "area_m2": "number: area wanted, or offered, in square metres",
    "tenure": "words: lease, purchase, joint",
    "applicant": "words for who may apply, or what the organisation is",
}
"""The facets that the engine reads from `Document.facets`; all others are ignored."""

_BY_PAIR = {(row.asking, row.giving): row for row in COMPLEMENTS}


def complement_of(one: str, other: str) -> tuple[Complement, bool] | None:
    """The row of two kinds, and whether the first of them is the asking side; None where they do not complete each other."""
    if (row := _BY_PAIR.get((one, other))) is not None:
        return row, True
    if (row := _BY_PAIR.get((other, one))) is not None:
        return row, False
    return None


def complementary_kinds(kind: str) -> tuple[str, ...]:
    """The kinds that a document of this kind is matched with, in the order of the table."""
    return tuple(
        row.giving if row.asking == kind else row.asking for row in COMPLEMENTS if kind in (row.asking, row.giving)
    )


def facet_fits(query: Document, document: Document) -> list[tuple[Facet, FacetFit]]:
    """Every facet of the pair's row with its outcome, whichever side asks; empty where the kinds do not complete each other."""
    found = complement_of(query.kind, document.kind)
    if found is None:
        return []
    row, query_asks = found
    asking, giving = (query, document) if query_asks else (document, query)
    return [(facet, facet.test(asking, giving)) for facet in row.facets]


def is_silent(document: Document) -> bool:
    """Whether a document states nothing that any facet looks at: every facet with it is then unknown."""
    stated = (
        document.regions,
        document.industries,
        document.amount_min_fen is not None,
        document.amount_max_fen is not None,
    )
    return not any(stated) and document.stage is None and not any(name in document.facets for name in FACETS)


def excluded_by(fits: list[tuple[Facet, FacetFit]]) -> list[FacetFit]:
    """The facets that must hold and do not: a pair with any of these is no match."""
    return [outcome for facet, outcome in fits if facet.must and outcome.fit is Fit.DIFFERS]


_READS: dict[str, Callable[[dict[str, Any]], Hashable]] = {
    "region": lambda stated: tuple(stated.get("regions", ())),
    "industry": lambda stated: tuple(stated.get("industries", ())),
    "amount": lambda stated: (stated.get("amount_min_fen"), stated.get("amount_max_fen")),
    "stage": lambda stated: stated.get("stage"),
    "timing": lambda stated: (_facet(stated, "deadline"), _facet(stated, "available_from")),
}
"""What a facet looks at in a statement (document.to_statement)."""


def _facet(stated: dict[str, Any], name: str) -> Hashable:
    value: Hashable | list[str] = stated["facets"].get(name) if "facets" in stated else None
    return tuple(value) if isinstance(value, list) else value


class Weigher:
    """What the facets add to the scores of many documents for one question: what they state is tested once for each distinct value."""

    def __init__(self, query: Document) -> None:
        self._query = query
        self._stated = to_statement(query)
        self.speaks = not is_silent(query)
        self._rows: dict[str, list[_Spoken]] = {}

    def most(self, kinds: Iterable[str]) -> float:
        """What documents of these kinds can be given at most: by the facets on which the question says something."""
        if not self.speaks:
            return 0.0
        rows = [found[0] for kind in kinds if (found := complement_of(self._query.kind, kind)) is not None]
        return max((sum(facet.weight for facet in row.facets if self._speaks(facet.name)) for row in rows), default=0.0)

    def _speaks(self, name: str) -> bool:
        return _reader(name)(self._stated) not in (None, (), "", (None, None))

    def of(self, stated: dict[str, Any]) -> float | None:
        """The bonus of a document with this statement, as `bonus(facet_fits(...))` gives it; None where a facet that must hold does not."""
        kind = stated["kind"]
        rows = self._rows.get(kind)
        if rows is None:
            rows = self._rows[kind] = self._spoken(kind)
        total = 0.0
        for spoken in rows:
            value = spoken.read(stated)
            known = spoken.known.get(value)
            if known is None:
                fit = spoken.fit(self._query, stated, value)
                known = spoken.known[value] = (
                    spoken.facet.weight * VALUES[fit],
                    spoken.facet.must and fit is Fit.DIFFERS,
                )
            if known[1]:
                return None
            total += known[0]
        return total

    def _spoken(self, kind: str) -> list[_Spoken]:
        """The facets of a pair of kinds on which the question says something: on the others nothing is known, which adds nothing."""
        found = complement_of(self._query.kind, kind) if self.speaks else None
        if found is None:
            return []
        row, query_asks = found
        readers = [(facet, _reader(facet.name)) for facet in row.facets if self._speaks(facet.name)]
        return [_Spoken(facet, read, query_asks, read(self._stated)) for facet, read in readers]


@dataclass(slots=True)
class _Spoken:
    """A facet on which the question says something, with what each distinct value of the other side comes to: (what it adds, whether it excludes)."""

    facet: Facet
    read: Callable[[dict[str, Any]], Hashable]
    query_asks: bool
    said: Hashable
    known: dict[Hashable, tuple[float, bool]] = field(default_factory=dict)

    def fit(self, query: Document, stated: dict[str, Any], value: Hashable) -> Fit:
        """How a statement stands, `value` being what the facet reads of it."""
        by_value = facets.BY_VALUE.get(self.facet.test)
        if by_value is not None:
            return by_value(*((self.said, value) if self.query_asks else (value, self.said)))
        document = from_record({"id": "-", **stated})
        return self.facet.test(*((query, document) if self.query_asks else (document, query))).fit


def _reader(name: str) -> Callable[[dict[str, Any]], Hashable]:
    return _READS.get(name) or (lambda stated: _facet(stated, name))


def bonus(fits: list[tuple[Facet, FacetFit]]) -> float:
    """What the facets add to a score."""
    return sum(facet.weight * fit.value for facet, fit in fits)
