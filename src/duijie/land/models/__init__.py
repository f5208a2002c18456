"""Tables of this app."""

from duijie.land.models.deals import Blocker, Deal, DealComment, DealMove, DealParty, DealVersion
from duijie.land.models.ledger import Posting, Shape, Slice, Tally
from duijie.land.models.projects import Closing, Figure, MilestoneDay, Project, ProjectVersion, Rate, Relocation
from duijie.land.models.zones import JointZone, ZonePartner

__all__ = [
    "Blocker",
    "Closing",
    "Deal",
    "DealComment",
    "DealMove",
    "DealParty",
    "DealVersion",
    "Figure",
    "JointZone",
    "MilestoneDay",
    "Posting",
    "Project",
    "ProjectVersion",
    "Rate",
    "Relocation",
    "Shape",
    "Slice",
    "Tally",
    "ZonePartner",
]
