"""Who should talk to whom: suggestions, verdicts, interest, introductions, how people are told."""

from duijie.match.models.introductions import Introduction, Message
from duijie.match.models.learning import LearntRanking
from duijie.match.models.suggestions import Forward, Interest, Suggestion, Verdict
from duijie.match.models.telling import Channel, Outgoing

__all__ = [
    "Channel",
    "Forward",
    "Interest",
    "Introduction",
    "LearntRanking",
    "Message",
    "Outgoing",
    "Suggestion",
    "Verdict",
]
