"""Tables of measuring: rounds in which members report, and indices that are made of what they report."""

from duijie.measure.models.indices import Consultation, Edition, IndexDesign, Judgement, MarketDeal
from duijie.measure.models.rounds import Entry, Remark, Round, RoundItem, Step, Submission

__all__ = [
    "Consultation",
    "Edition",
    "Entry",
    "IndexDesign",
    "Judgement",
    "MarketDeal",
    "Remark",
    "Round",
    "RoundItem",
    "Step",
    "Submission",
]
