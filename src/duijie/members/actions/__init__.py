"""Every write of this app: one function each, the same for page, API, command line and sheet."""

from duijie.members.actions.absences import end_absence, name_substitute
from duijie.members.actions.agreements import (
    agreement_record_of,
    change_agreement,
    end_agreement,
    sign_agreement,
    upsert_agreement,
)
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
from duijie.members.actions.obligations import add_document, add_obligation, fulfil_obligation
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
from duijie.members.actions.rota import (
    add_handover_item,
    answer_swap,
    ask_swap,
    drop_wish,
    hand_over,
    plan_rota,
    set_host,
    set_up_rota,
    tick_handover_item,
    wish_rota,
)
from duijie.members.actions.standing import (
    admit_organisation,
    end_organisation_membership,
    restore_member,
    set_probation,
    suspend_member,
)

__all__ = [
    "add_document",
    "add_handover_item",
    "add_obligation",
    "admit_member",
    "admit_organisation",
    "agreement_record_of",
    "answer_swap",
    "ask_swap",
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
    "drop_wish",
    "end_absence",
    "end_agreement",
    "end_membership",
    "end_organisation_membership",
    "erase_person",
    "found_alliance",
    "fulfil_obligation",
    "grant_role",
    "hand_over",
    "invite_person",
    "member_record_of",
    "merged",
    "name_substitute",
    "plan_rota",
    "record_of",
    "register_organisation",
    "restore_member",
    "revoke_api_key",
    "revoke_role",
    "rotate_api_key",
    "set_host",
    "set_probation",
    "set_up_rota",
    "sign_agreement",
    "start_sheet",
    "stop_mails",
    "suspend_member",
    "tick_handover_item",
    "upsert_agreement",
    "upsert_organisation",
    "verify_organisation",
    "wish_rota",
    "withdraw_verification",
]
