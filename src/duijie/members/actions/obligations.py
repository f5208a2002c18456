"""What parties promised in an agreement, kept until it is done; and the documents of an agreement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.core.files import store
from duijie.members.models import Agreement, AgreementDocument, Obligation
from duijie.members.places import place_of_agreement
from duijie.members.rules import demand
from duijie.members.schemas import ObligationRecord

LARGEST_DOCUMENT = 20 * 1024 * 1024


def add_obligation(*, actor: Viewer, agreement: Agreement, record: ObligationRecord) -> Obligation:
    """Note what a party promised. Raises NotAllowed, Fault "obligation.party", "obligation.early"."""
    with acting(actor, "agreement.obligation") as act:
        where = place_of_agreement(agreement)
        demand(actor, "agreement.sign", where)
        if record.due_on is None:
            raise Fault("missing", "期限：必须填写。", "Due: is required.", place="due_on", status=422)
        if record.due_on < agreement.valid_from:
            raise Fault(
                "obligation.early",
                "期限早于协议生效日。",
                "It is due before the agreement begins.",
                place="due_on",
                status=422,
            )
        made = Obligation(agreement=agreement, text=record.text, due_on=record.due_on)
        if record.party:
            _owed_by(made, agreement, record.party)
        made.save()
        act.done(
            made, member_id=made.member_id, event="agreement.obliged", ids=[agreement.pk], members=sorted(where.members)
        )
    return made


def fulfil_obligation(*, actor: Viewer, obligation: Obligation, report: str, done_on: date | None = None) -> Obligation:
    """Say how a promise was kept. Raises NotAllowed, Fault "obligation.report"; Conflict "obligation.done", "obligation.future"."""
    if not report.strip():
        raise Fault("obligation.report", "请写明履行情况。", "Say how it was kept.", place="report", status=422)
    day = done_on or timezone.localdate()
    if day > timezone.localdate():
        raise Conflict("obligation.future", "履行日期还没到。", "That day is yet to come.", place="done_on")
    with acting(actor, "agreement.fulfil") as act:
        rows = Obligation.objects.select_for_update(of=("self",)).select_related("agreement")
        current = rows.filter(pk=obligation.pk).first()
        if current is None:
            raise NotFound
        demand(actor, "agreement.sign", place_of_agreement(current.agreement))
        if current.done_on is not None:
            raise Conflict("obligation.done", f"已于 {current.done_on} 履行。", f"It was kept on {current.done_on}.")
        current.done_on, current.report = day, report.strip()[:500]
        current.save(update_fields=["done_on", "report"])
        act.done(current, member_id=current.member_id, event="agreement.fulfilled", ids=[current.agreement_id])
    return current


def add_document(
    *, actor: Viewer, agreement: Agreement, chunks: Iterable[bytes], name: str, media_type: str, title: str = ""
) -> AgreementDocument:
    """Keep the signed text or an annex: for the parties' staff and the people of organisations that are parties."""
    with acting(actor, "agreement.document") as act:
        where = place_of_agreement(agreement)
        demand(actor, "agreement.sign", where)
        firms = agreement.parties.filter(organisation__isnull=False).values_list("organisation_id", flat=True)
        file = store(
            chunks, name=name, media_type=media_type, audience=[*(f"staff:{pk}" for pk in sorted(where.members)), *(f"org:{pk}" for pk in firms)],
            created_by_id=actor.user_id, largest_bytes=LARGEST_DOCUMENT,
        )  # fmt: skip
        document = AgreementDocument.objects.create(
            agreement=agreement, file=file, title=title.strip()[:120] or file.name[:120]
        )
        act.done(
            agreement, member_id=min(where.members, default=None), event="agreement.documented", ids=[agreement.pk], detail={"file": file.sha256}
        )  # fmt: skip
    return document


def _owed_by(made: Obligation, agreement: Agreement, name: str) -> None:
    """The party of that name: a member, an organisation or a body outside."""
    for party in agreement.parties.select_related("member", "organisation"):
        if party.member and name in (party.member.name, party.member.short_name, party.member.slug, party.member.uid):
            made.member = party.member
            return
        if party.organisation and name in (party.organisation.name, party.organisation.uid):
            made.party = party.organisation.name
            return
        if party.name and party.name == name:
            made.party = party.name
            return
    raise Fault(
        "obligation.party", f"“{name[:40]}”不是签约方。", f"“{name[:40]}” is no party.", place="party", status=422
    )
