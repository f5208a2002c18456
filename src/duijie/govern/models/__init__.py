"""The alliance's own business: charter and offices, motions and votes, resolutions and duties, admission, officers, exchanges."""

from duijie.govern.models.admission import Application, ApplicationPaper
from duijie.govern.models.budget import BudgetLine
from duijie.govern.models.charter import Charter, Office
from duijie.govern.models.exchanges import Exchange, ExchangePerson
from duijie.govern.models.motions import Amendment, Contribution, Meeting, Motion, MotionPaper
from duijie.govern.models.officers import CaseHandover, OfficerMessage, Training, TrainingPlace
from duijie.govern.models.resolutions import Duty, Resolution
from duijie.govern.models.votes import BallotBox, OpenBallot, Proxy, Seat

__all__ = [
    "Amendment",
    "Application",
    "ApplicationPaper",
    "BallotBox",
    "BudgetLine",
    "CaseHandover",
    "Charter",
    "Contribution",
    "Duty",
    "Exchange",
    "ExchangePerson",
    "Meeting",
    "Motion",
    "MotionPaper",
    "Office",
    "OfficerMessage",
    "OpenBallot",
    "Proxy",
    "Resolution",
    "Seat",
    "Training",
    "TrainingPlace",
]
