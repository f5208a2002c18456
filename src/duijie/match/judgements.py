"""What people said of matches, as graded pairs from which the ranking learns.

A grade runs from 1 (none) to 4 (strong), as in the files of `duijie train`. Only what speaks of the two texts is taken: "too dear" or
"we know each other" says nothing on whether offer and need belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from duijie.match.documents import MATCHED
from duijie.match.models import Introduction, Suggestion, Verdict
from duijie.publish.models import Listing

STRONG, FAIR, WEAK, NONE = 4, 3, 2, 1
# Reasons for "not suitable" that speak of the texts; a refusal for other reasons teaches nothing.
GRADE_OF_REASON = {"field": NONE, "maturity": WEAK}
GRADE_OF_INTRODUCTION = {
    Introduction.Status.OPEN: FAIR,
    Introduction.Status.PROMISING: STRONG,
    Introduction.Status.HANDED_ON: STRONG,
    Introduction.Status.ENDED: FAIR,
}


@dataclass
class Answers:
    """One asking listing with the graded listings of the other side."""

    asking: Listing
    grades: dict[int, int] = field(default_factory=dict)
    giving: dict[int, Listing] = field(default_factory=dict)

    def note(self, giving: Listing, grade: int) -> None:
        """The lower of two grades counts: a partner that one side refuses is not suitable."""
        self.giving[giving.pk] = giving
        self.grades[giving.pk] = min(grade, self.grades.get(giving.pk, STRONG))


def grade_of(verdict: Verdict) -> int | None:
    """The grade that a verdict stands for; None where it says nothing on the texts."""
    if verdict.answer == Verdict.Answer.INTERESTED:
        return FAIR
    if verdict.answer != Verdict.Answer.NOT_SUITABLE:
        return None
    if not verdict.reasons:
        return WEAK
    spoken = [GRADE_OF_REASON[reason] for reason in verdict.reasons if reason in GRADE_OF_REASON]
    return min(spoken) if spoken else None


def collected() -> list[Answers]:
    """All graded pairs of the exchange by asking listing, in the order of their uids."""
    found: dict[int, Answers] = {}
    for suggestion, grade in _graded():
        answers = found.setdefault(suggestion.asking_id, Answers(suggestion.asking))
        answers.note(suggestion.giving, grade)
    for answers in found.values():
        _raise_to_outcome(answers)
    return sorted(found.values(), key=lambda one: one.asking.uid)


def _graded() -> Iterator[tuple[Suggestion, int]]:
    verdicts = Verdict.objects.select_related("suggestion__asking", "suggestion__giving")
    rows = verdicts.filter(suggestion__asking__kind__in=MATCHED, suggestion__giving__kind__in=MATCHED)
    for verdict in rows.order_by("pk").iterator(chunk_size=1000):
        grade = grade_of(verdict)
        if grade is not None:
            yield verdict.suggestion, grade


def _raise_to_outcome(answers: Answers) -> None:
    """What came of a conversation weighs more than what was said before it."""
    talks = Introduction.objects.filter(first_listing=answers.asking) | Introduction.objects.filter(
        second_listing=answers.asking
    )
    for first, second, status in talks.values_list("first_listing_id", "second_listing_id", "status"):
        other = second if first == answers.asking.pk else first
        if other in answers.grades:
            answers.grades[other] = GRADE_OF_INTRODUCTION[Introduction.Status(status)]


def count_of_answers() -> int:
    """How many verdicts there are from which something can be learnt."""
    return sum(1 for _ in _graded())
