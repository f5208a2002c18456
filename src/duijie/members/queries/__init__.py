"""Every read of this app: each takes the viewer and returns what the viewer may see."""

from duijie.members.queries.agreements import (
    Coverage,
    Edge,
    Graph,
    Node,
    agreements,
    coverage,
    coverage_of_parts,
    get_agreement,
    graph,
    may_change_agreement,
    partners_of,
)
from duijie.members.queries.directory import (
    MemberPage,
    alliances,
    alliances_served_by,
    get_alliance,
    get_member,
    member_page,
    members,
    members_served_by,
    memberships,
    name_of,
)
from duijie.members.queries.keys import KeyLine, api_keys, get_key, owners_of_keys
from duijie.members.queries.organisations import (
    get_organisation,
    organisations,
    own_organisations,
    rights_on,
    waiting_for_verification,
)
from duijie.members.queries.people import (
    Contact,
    PersonLine,
    contact_of,
    get_person,
    liaisons_of,
    may_revoke,
    people_of_member,
    people_of_organisation,
    role_grants,
    scope_names,
    staff_of_member,
    staff_of_organisation,
)
from duijie.members.queries.privacy import export_person, keeps_personal_data
from duijie.members.queries.trail import audit_lines, audit_rows, jobs, may_read_audit

__all__ = [
    "Contact", "Coverage", "Edge", "Graph", "KeyLine", "MemberPage", "Node", "PersonLine", "agreements", "alliances",
    "alliances_served_by", "api_keys", "audit_lines", "audit_rows", "contact_of", "coverage", "coverage_of_parts",
    "export_person", "get_agreement", "get_alliance", "get_key", "get_member", "get_organisation", "get_person", "graph",
    "jobs", "keeps_personal_data", "liaisons_of", "may_change_agreement", "may_read_audit", "may_revoke", "member_page",
    "members", "members_served_by", "memberships", "name_of", "organisations", "own_organisations", "owners_of_keys",
    "partners_of", "people_of_member", "people_of_organisation", "rights_on", "role_grants", "scope_names",
    "staff_of_member", "staff_of_organisation", "waiting_for_verification",
]  # fmt: skip
