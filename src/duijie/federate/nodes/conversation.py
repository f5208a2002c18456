"""What travels between two nodes about one interest: shown, accepted or declined, withdrawn; contacts only once both have agreed.

Node A shows interest in a listing whose home is B:  A -interest-> B.  B's side accepts: B -accept, with its contact-> A.
A opens the introduction and answers with its own:    A -contact-> B.  Until then neither side has anything of the other but what
is public. Each letter is owed in the transaction of the event that it reports, so that a kill in between loses nothing.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from duijie.core.access import GUEST
from duijie.core.errors import Fault
from duijie.core.ids import new_id
from duijie.federate.gather import Gathered
from duijie.federate.models import Across, Item, Letter, Peer
from duijie.federate.nodes.letters import NODE, owe, refused
from duijie.federate.nodes.mirrors import mirrors_of
from duijie.match import actions as matching
from duijie.match.models import Interest, Introduction
from duijie.match.people import contact_person
from duijie.members.models import Member, User
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status

KINDS = frozenset({"interest", "accept", "decline", "withdraw", "contact"})


# --- what happened here, as letters ---------------------------------------------------------------------------------------
def interest_shown(interest_id: int) -> None:
    """Interest in a listing of another node is told there."""
    interest = _interest(interest_id)
    home = interest.to_listing.home_node
    if not home or Across.objects.filter(interest=interest).exists():
        return
    peer = Peer.objects.get(name=home)
    item = (
        Item.objects.unscoped("the listing's id at its home")
        .filter(source=peer.source, listing=interest.to_listing)
        .get()
    )
    thread = new_id()
    Across.objects.create(peer=peer, interest=interest, thread=thread, shown_here=True)
    own = interest.from_listing
    data = {
        "thread": thread, "to": item.remote_id, "message": interest.message, "anonymous": interest.anonymous,
        "from_listing": own.uid if own is not None and not own.confidential and not own.home_node else None,
        "member": member_data(interest.from_member),
        "organisation": interest.from_organisation.name if interest.from_organisation and not interest.anonymous else None,
    }  # fmt: skip
    owe(peer, "interest", data, uid=thread)


def interest_accepted(interest_id: int) -> None:
    """Both have agreed: whoever said yes sends the contact with it, the other answers with its own."""
    across = Across.objects.select_related("peer").filter(interest_id=interest_id).first()
    if across is None or across.contact_sent:
        return
    interest = _interest(interest_id)
    introduction = Introduction.objects.select_related("first_user", "second_user").get(interest=interest)
    person = introduction.first_user if across.shown_here else introduction.second_user
    side = (interest.from_organisation or interest.from_member) if across.shown_here else _owner(interest.to_listing)
    if person is None and across.shown_here and interest.from_listing is not None:
        person = contact_person(interest.from_listing)
    owe(
        across.peer,
        "contact" if across.shown_here else "accept",
        {"thread": across.thread, "contact": contact_data(person, str(side))},
    )
    Across.objects.filter(pk=across.pk).update(contact_sent=True)


def interest_ended(interest_id: int, kind: str) -> None:
    """A no is told where the interest came from; a withdrawal where it went."""
    across = Across.objects.select_related("peer").filter(interest_id=interest_id).first()
    if across is None or across.shown_here != (kind == "withdraw"):
        return
    owe(across.peer, kind, {"thread": across.thread, "reasons": _interest(interest_id).reasons})


def _interest(interest_id: int) -> Interest:
    return Interest.objects.select_related(
        "to_listing__owner_member", "to_listing__owner_organisation", "from_listing", "from_member", "from_organisation"
    ).get(pk=interest_id)


def _owner(listing: Listing) -> Any:
    return listing.owner_organisation or listing.owner_member


def member_data(member: Member) -> dict[str, Any]:
    """What another node needs to show a member."""
    return {
        "slug": member.slug,
        "name": member.name,
        "name_en": member.name_en,
        "kind": member.kind,
        "region": member.region,
    }


def contact_data(person: User | None, organisation: str) -> dict[str, str]:
    if person is None:
        return {"name": "", "title": "", "organisation": organisation, "phone": "", "email": ""}
    return {
        "name": person.name or person.username, "title": person.title, "organisation": organisation, "phone": person.phone,
        "email": person.email,
    }  # fmt: skip


# --- letters that came in, as actions --------------------------------------------------------------------------------------
def act_on(letter: Letter, data: dict[str, Any]) -> None:
    """Do what an accepted letter says. Raises Fault where it cannot be done; then the letter is refused and nothing happens."""
    assert letter.peer is not None
    if letter.kind == "interest":
        _receive_interest(letter.peer, letter.uid, data)
        return
    across = _across(letter.peer, data, shown_here=letter.kind in {"accept", "decline"})
    if letter.kind in {"accept", "contact"}:
        across.contact = _contact(data.get("contact"))
    if letter.kind == "accept":
        _accepted_there(across)
    elif letter.kind == "contact":
        if across.interest.status != Interest.Status.ACCEPTED:
            raise refused("not_agreed", "双方还没有同意。", "Both sides have not agreed yet.", 409)
        across.save(update_fields=["contact"])
    elif letter.kind == "decline" and across.interest.status == Interest.Status.WAITING:
        reasons = [str(r) for r in data.get("reasons") or [] if isinstance(r, str)][:10]
        _declined(across.interest, reasons)
    elif letter.kind == "withdraw":
        _withdrawn(across.interest)


def _across(peer: Peer, data: dict[str, Any], *, shown_here: bool) -> Across:
    rows = Across.objects.select_related("interest__to_listing", "interest__from_listing", "peer")
    found = rows.filter(peer=peer, thread=str(data.get("thread"))[:26], shown_here=shown_here).first()
    if found is None:
        raise refused("no_thread", "没有这次对接。", "There is no such conversation.", 404)
    return found


def _text(value: Any, length: int) -> str:
    return str(value or "").replace("\0", "").strip()[:length]


def _contact(said: Any) -> dict[str, str]:
    given = said if isinstance(said, dict) else {}
    return {name: _text(given.get(name), 120) for name in ("name", "title", "organisation", "phone", "email")}


def _receive_interest(peer: Peer, thread: str, data: dict[str, Any]) -> None:
    to_listing = Listing.objects.visible_to(GUEST).filter(uid=_text(data.get("to"), 26), home_node="").first()
    if to_listing is None or to_listing.status != Status.PUBLISHED:
        raise refused("listing_over", "这条信息已经结束。", "The listing is over.", 404)
    from_listing = None
    if data.get("from_listing"):
        items = Item.objects.unscoped("the listing as it is shown here").filter(source=peer.source)
        item = items.filter(remote_id=_text(data["from_listing"], 60)).select_related("listing").first()
        from_listing = item.listing if item else None
    said = data.get("member") if isinstance(data.get("member"), dict) else {}
    slug = _text(said.get("slug"), 80) if said else ""
    member = mirrors_of(peer, [Gathered("", raw={"member": said}, member=slug)])[slug] if slug else peer.member
    organisation = _text(data.get("organisation"), 120)
    message = _text(data.get("message"), 400)
    interest = matching.receive_interest(
        actor=NODE, to_listing=to_listing, from_listing=from_listing, from_member=member,
        message=f"【{organisation}】{message}" if organisation else message, anonymous=bool(data.get("anonymous")),
    )  # fmt: skip
    Across.objects.create(peer=peer, interest=interest, thread=thread, shown_here=False)


def _accepted_there(across: Across) -> None:
    interest = across.interest
    if interest.status == Interest.Status.WAITING:
        across.save(update_fields=["contact"])
        matching.accept_interest(actor=NODE, interest=interest)
    elif interest.status == Interest.Status.ACCEPTED:
        across.save(update_fields=["contact"])
    else:  # taken back or run out here before the yes arrived: the contact is not kept, and the other side is told
        owe(across.peer, "withdraw", {"thread": across.thread, "reasons": []})


def _declined(interest: Interest, reasons: list[str]) -> None:
    try:
        matching.decline_interest(actor=NODE, interest=interest, reasons=reasons)
    except Fault:  # reasons that only the other node knows
        matching.decline_interest(actor=NODE, interest=interest)


def _withdrawn(interest: Interest) -> None:
    if interest.status == Interest.Status.WAITING:
        matching.withdraw_interest(actor=NODE, interest=interest)
    elif interest.status == Interest.Status.ACCEPTED:
        introduction = Introduction.objects.get(interest=interest)
        if introduction.status != Introduction.Status.ENDED:
            matching.end_introduction(actor=NODE, introduction=introduction, reason="对方平台已撤回")


def given_back(letter: Letter, code: str) -> None:
    """A letter that the other side will not have: an interest that it brought ends as declined."""
    if letter.kind != "interest":
        return
    across = (
        Across.objects.select_related("interest").filter(peer=letter.peer, thread=letter.uid, shown_here=True).first()
    )
    if across is not None and across.interest.status == Interest.Status.WAITING:
        matching.decline_interest(actor=NODE, interest=across.interest, remark=f"对方平台未接受（{code}）")


def listing_page(after: str, limit: int) -> dict[str, Any]:
    """A page of this installation's public listings for other nodes, in the order of their ids."""
    from duijie.federate.out.reading import address_of, rows
    from duijie.publish.queries import as_record, seen

    found = rows(GUEST).filter(confidential=False, uid__gt=after).order_by("uid")[: limit + 1]
    page = list(found)
    more, page = len(page) > limit, page[:limit]
    items = [
        {
            "id": one.uid, "version": one.record.version, "url": address_of(one.uid), "record": as_record(one),
            "member": member_data(one.record.owner_member),
        }
        for one in seen(page, GUEST)
    ]  # fmt: skip
    return {"node": settings.BASE_URL, "items": items, "next": page[-1].uid if more else None}
