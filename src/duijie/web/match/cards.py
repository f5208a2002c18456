"""A suggestion as a card: reasons with the shared words marked, what does not fit in grey, one primary action."""

from __future__ import annotations

from django.urls import reverse

from duijie.core.language import Label
from duijie.match.actions.verdicts import REASONS
from duijie.match.queries import SeenSuggestion
from duijie.publish.kinds import KINDS
from duijie.web.kit.cards import MatchCard
from duijie.web.match.reasons import reasons_of
from duijie.web.publish.cards import facts_of

FIT = {"strong": 4, "fair": 3, "weak": 1}
DISMISS = tuple((value, Label(zh, en)) for value, (zh, en) in REASONS.items())


def card_of(suggestion: SeenSuggestion) -> MatchCard:
    """The card of a suggestion on its own side's desk."""
    other, verdict = suggestion.other, suggestion.verdict
    reasons, misfits = reasons_of(suggestion)
    state, text = "", ""
    if verdict is not None:
        state = "interested" if verdict.answer == "interested" else "dismissed"
        text = verdict.at.date().isoformat()
    return MatchCard(
        id=suggestion.uid,
        title=other.title,
        url=f"{reverse('listing', args=[other.uid])}?for={suggestion.own.uid}",
        kind=KINDS[other.kind].label,
        owner=other.owner,
        facts=facts_of(other),
        reasons=reasons,
        misfits=misfits,
        fit=FIT[suggestion.record.grade],
        interest_url=reverse("match_interested", args=[suggestion.uid]),
        dismiss_url=reverse("match_dismiss", args=[suggestion.uid]),
        forward_url=reverse("match_forward", args=[suggestion.uid]),
        dismiss_reasons=DISMISS,
        state=state,
        state_text=text,
    )
