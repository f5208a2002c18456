"""The table of allowed moves of a deal: from where to where, who may, and what must be shown. Data, from which docs are made.

Everything asks this table: the action, the board (which lanes take a card), the sheet, the docs page (`docs/land-moves.md`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.language import Label
from duijie.land.choices import LANDING, OVER, PATH, PLACE, EvidenceKind, Stage

# Who may: officers of the owner's member; officers who answer for it; people of a firm that is a party.
WRITERS, REVIEWERS, PARTY = "writers", "reviewers", "party"
WHO: dict[str, Label] = {
    WRITERS: Label(
        "主办成员的编辑、联络员、管理员", "editors, liaison officers and administrators of the owner's member"
    ),
    REVIEWERS: Label("主办成员的联络员、管理员", "liaison officers and administrators of the owner's member"),
    PARTY: Label("参与单位的人员", "people of an organisation that is a party"),
}

_E = EvidenceKind
# What a deal has to show when it comes to a stage, and who may say that it did.
ARRIVAL: dict[str, tuple[tuple[EvidenceKind, ...], tuple[str, ...]]] = {
    "lead": ((), (WRITERS,)),
    "contact": ((), (WRITERS, PARTY)),
    "negotiation": ((), (WRITERS, PARTY)),
    "intent": ((_E.NOTE,), (WRITERS,)),
    "signed": ((_E.CONTRACT,), (REVIEWERS,)),
    "registered": ((_E.REGISTRATION,), (REVIEWERS,)),
    "construction": ((_E.PERMIT,), (REVIEWERS,)),
    "completed": ((_E.ACCEPTANCE,), (REVIEWERS,)),
    "production": ((_E.PRODUCTION,), (REVIEWERS,)),
    "full_output": ((_E.REPORT,), (REVIEWERS,)),
    "lost": ((_E.REASON,), (WRITERS,)),
    "withdrawn": ((_E.REASON,), (WRITERS,)),
}
# Working days in a stage after which a deal is overdue; none for where it may rest.
SERVICE_LEVEL: dict[str, int | None] = {
    "lead": 1, "contact": 3, "negotiation": 10, "intent": 60, "signed": 30, "registered": 90, "construction": 250,
    "completed": 60, "production": 250, "full_output": None, "lost": None, "withdrawn": None,
}  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One allowed move."""

    origin: str
    target: str
    evidence: tuple[EvidenceKind, ...]
    who: tuple[str, ...]

    @property
    def back(self) -> bool:
        """Whether it goes back to an earlier stage, or opens again what was over."""
        return self.origin in OVER or (self.target in PLACE and PLACE[self.target] < PLACE[self.origin])


def _pairs() -> list[tuple[str, str]]:
    pairs = []
    before_signing = PATH[: PLACE["signed"]]
    for origin in PATH[:-1]:
        place = PLACE[origin]
        # Talks may skip stages on their way to a signature; what is built passes through each stage (or needs no building).
        onward = PATH[place + 1 : PLACE["signed"] + 1] if origin in before_signing else PATH[place + 1 : place + 2]
        pairs += [(origin, target) for target in onward]
    pairs.append(("registered", "production"))  # a project without building: rented rooms, software, services
    pairs += [(origin, target) for origin in before_signing for target in PATH[: PLACE[origin]]]
    pairs += [(origin, "lost") for origin in before_signing]
    pairs += [(origin, "withdrawn") for origin in PATH[: PLACE["production"]]]
    pairs += [(over, "contact") for over in ("lost", "withdrawn")]
    return pairs


@lru_cache(maxsize=1)
def table() -> dict[tuple[str, str], Move]:
    """Every allowed move by (from, to)."""
    found = {}
    for origin, target in _pairs():
        evidence, who = ARRIVAL[target]
        goes_back = target in PLACE and origin in PLACE and PLACE[target] < PLACE[origin]
        if goes_back or origin in OVER:
            evidence, who = (_E.REASON,), (WRITERS,)
        found[origin, target] = Move(origin, target, evidence, who)
    return found


def targets(origin: str) -> list[Move]:
    """Where a deal may go from a stage, in the order of the stages."""
    return [table()[origin, stage.value] for stage in Stage if (origin, stage.value) in table()]


def find_move(origin: str, target: str) -> Move:
    """The move from one stage to another. Raises Conflict "deal.move" that says what is possible instead."""
    found = table().get((origin, target))
    if found is None:
        options = [Stage(m.target) for m in targets(origin)]
        zh = "、".join(s.zh for s in options) or "无"
        en = ", ".join(s.en for s in options) or "nothing"
        raise Conflict(
            "deal.move",
            f"不能从“{Stage(origin).zh}”改为“{Stage(target).zh}”；可以改为：{zh}。",
            f"A deal cannot go from “{Stage(origin).en}” to “{Stage(target).en}”; possible: {en}.",
            place="stage",
        )
    return found


def demand_evidence(move: Move, evidence: dict[str, str]) -> None:
    """Raise Fault "deal.evidence" (422) for the first evidence that the move needs and that is not given."""
    for kind in move.evidence:
        if not str(evidence.get(kind.value, "")).strip():
            raise Fault(
                "deal.evidence",
                f"改为“{Stage(move.target).zh}”需要“{kind.zh}”。",
                f"To come to “{Stage(move.target).en}” a deal needs: {kind.en.lower()}.",
                place=f"evidence.{kind.value}",
                status=422,
            )


def demand_who(move: Move, held: frozenset[str]) -> None:
    """Raise NotAllowed where none of the ways in which the actor stands to the deal may make this move."""
    if not held & set(move.who):
        zh, en = "或".join(WHO[w].zh for w in move.who), " or ".join(WHO[w].en for w in move.who)
        raise NotAllowed(
            f"改为“{Stage(move.target).zh}”要由{zh}来做。",
            f"Only {en} may move a deal to “{Stage(move.target).en}”.",
        )


def as_page() -> str:
    """The docs page of the table, in Markdown."""
    lines = [
        "# Moves of a deal 项目推进规则",
        "",
        "Made from `duijie.land.moves` (a test compares). Who: W 编辑、联络员、管理员 of the owner's member, "
        "R 联络员、管理员 of the owner's member, P people of an organisation that is a party.",
        "",
        "| from 从 | to 到 | evidence 依据 | who 谁 |",
        "|---|---|---|---|",
    ]
    letters = {WRITERS: "W", REVIEWERS: "R", PARTY: "P"}
    for (origin, target), move in table().items():
        evidence = "、".join(f"{k.zh} {k.en.lower()}" for k in move.evidence) or "-"
        who = " ".join(letters[w] for w in move.who)
        a, b = Stage(origin), Stage(target)
        lines.append(f"| {a.zh} {a.en} | {b.zh} {b.en} | {evidence} | {who} |")
    lines += [
        "",
        "## Service level 时限",
        "",
        "Working days in a stage after which a deal is overdue.",
        "",
        "| stage 阶段 | days 工作日 |",
        "|---|---|",
    ]
    lines += [f"| {Stage(s).zh} {Stage(s).en} | {days or '-'} |" for s, days in SERVICE_LEVEL.items()]
    return "\n".join(lines) + "\n"


__all__ = [
    "ARRIVAL", "LANDING", "PARTY", "REVIEWERS", "SERVICE_LEVEL", "WHO", "WRITERS", "Move", "as_page", "demand_evidence",
    "demand_who", "find_move", "table", "targets",
]  # fmt: skip
