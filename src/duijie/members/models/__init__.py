"""Who: alliances, members, organisations, people, roles, keys, agreements, the rota of hosts."""

from duijie.members.models.absences import Absence
from duijie.members.models.agreements import (
    Agreement,
    AgreementDocument,
    AgreementParty,
    AgreementVersion,
    Obligation,
)
from duijie.members.models.alliances import Alliance, Member, Membership, OrganisationMembership
from duijie.members.models.keys import ApiKey
from duijie.members.models.organisations import Organisation
from duijie.members.models.people import Mails, RoleGrant, User
from duijie.members.models.rota import HandoverItem, Rota, RotaRound, RotaSwap, RotaWish

__all__ = [
    "Absence",
    "Agreement",
    "AgreementDocument",
    "AgreementParty",
    "AgreementVersion",
    "Alliance",
    "ApiKey",
    "HandoverItem",
    "Mails",
    "Member",
    "Membership",
    "Obligation",
    "Organisation",
    "OrganisationMembership",
    "RoleGrant",
    "Rota",
    "RotaRound",
    "RotaSwap",
    "RotaWish",
    "User",
]
