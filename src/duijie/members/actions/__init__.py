"""Every write of this app: one function each, the same for page, API, command line and sheet."""

from duijie.members.actions.agreements import agreement_record_of, change_agreement, end_agreement, sign_agreement
from duijie.members.actions.alliances import (
    admit_member,
    change_alliance,
    change_member,
    create_member,
    end_membership,
    found_alliance,
    member_record_of,
)
from duijie.members.actions.imports import start_sheet
from duijie.members.actions.keys import authenticate_key, create_api_key, revoke_api_key, rotate_api_key
from duijie.members.actions.organisations import (
    change_organisation,
    merged,
    record_of,
    register_organisation,
    upsert_organisation,
    verify_organisation,
    withdraw_verification,
)
from duijie.members.actions.people import (
    change_profile,
    close_account,
    create_person,
    erase_person,
    invite_person,
    stop_mails,
)
from duijie.members.actions.roles import grant_role, revoke_role

__all__ = [
    "admit_member",
    "agreement_record_of",
    "authenticate_key",
    "change_agreement",
    "change_alliance",
    "change_member",
    "change_organisation",
    "change_profile",
    "close_account",
    "create_api_key",
    "create_member",
    "create_person",
    "end_agreement",
    "end_membership",
    "erase_person",
    "found_alliance",
    "grant_role",
    "invite_person",
    "member_record_of",
    "merged",
    "record_of",
    "register_organisation",
    "revoke_api_key",
    "revoke_role",
    "rotate_api_key",
    "sign_agreement",
    "start_sheet",
    "stop_mails",
    "upsert_organisation",
    "verify_organisation",
    "withdraw_verification",
]
