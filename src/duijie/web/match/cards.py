"""A suggestion as a card: reasons with the shared words marked, what does not fit in grey, one primary action."""

from __future__ import annotations

from django.urls import reverse

from duijie.core.language import Label, t
from duijie.engines.matching.reasons import FACET_NAMES
from duijie.match.actions.verdicts import REASONS
from duijie.match.queries import SeenSuggestion
from duijie.publish.kinds import KINDS
from duijie.web.kit.cards import MatchCard, marked
from duijie.web.publish.cards import facts_of

FIT = {"strong": 4, "fair": 3, "weak": 1}
DISMISS = tuple((value, Label(zh, en)) for value, (zh, en) in REASONS.items())


def card_of(suggestion: SeenSuggestion) -> MatchCard:
    """The card of a suggestion on its own side's desk."""
    other, verdict = suggestion.other, suggestion.verdict
    reasons = suggestion.reasons
    zh = t("zh", "en") == "zh"
    misfits = []
    for item in reasons.get("differs", [])[:2]:
        name = FACET_NAMES.get(item["facet"], (item["facet"], item["facet"]))[0 if zh else 1]
        misfits.append(
            t("{f}：要求{a}，对方{g}", "{f}: {a} asked, {g} given", f=name, a=item["asked"], g=item["given"])
        )
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
        reasons=[marked(sentence, suggestion.terms) for sentence in suggestion.sentences[:3]],
        misfits=misfits,
        fit=FIT[suggestion.record.grade],
        interest_url=reverse("match_interested", args=[suggestion.uid]),
        dismiss_url=reverse("match_dismiss", args=[suggestion.uid]),
        forward_url=reverse("match_forward", args=[suggestion.uid]),
        dismiss_reasons=DISMISS,
        state=state,
        state_text=text,
    )
