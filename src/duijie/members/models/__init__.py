"""Who: alliances, members, organisations, people, roles, keys, agreements."""

from duijie.members.models.agreements import Agreement, AgreementParty
from duijie.members.models.alliances import Alliance, Member, Membership
from duijie.members.models.keys import ApiKey
from duijie.members.models.organisations import Organisation
from duijie.members.models.people import Mails, RoleGrant, User

__all__ = [
    "Agreement",
    "AgreementParty",
    "Alliance",
    "ApiKey",
    "Mails",
    "Member",
    "Membership",
    "Organisation",
    "RoleGrant",
    "User",
]
