"""What happens by itself: sources that are due are harvested, the catalogue follows the listings, subscribers are told."""

from __future__ import annotations

from duijie.core.access import SYSTEM
from duijie.core.events import handles
from duijie.core.models import Event
from duijie.core.worker import at_start, every
from duijie.federate.actions import run_due
from duijie.federate.nodes.conversation import interest_accepted, interest_ended, interest_shown
from duijie.federate.nodes.identity import own_key
from duijie.federate.nodes.letters import forget_old_nonces, send_due
from duijie.federate.out import calendar  # noqa: F401 (registers the deadlines)
from duijie.federate.out.catalogue import heal, note
from duijie.federate.subscriptions import tell_subscribers

_LISTING_EVENTS = (
    "listing.published", "listing.changed", "listing.closed", "listing.expired", "listing.returned",
)  # fmt: skip


@every(30)
def harvest_what_is_due() -> None:
    run_due(actor=SYSTEM)


@handles(*_LISTING_EVENTS, priority=3)
def follow_in_the_catalogue(event: Event) -> None:
    note(event.payload.get("ids", []))


@handles("listing.published", "listing.changed", "listing.closed", "listing.expired", priority=7)
def tell_who_subscribed(event: Event) -> None:
    tell_subscribers(event.name, event.payload.get("ids", []), event.pk)


@at_start
def heal_catalogue() -> None:
    heal()


@handles("interest.express", priority=4)
def tell_the_home_node(event: Event) -> None:
    for number in event.payload.get("ids", []):
        interest_shown(number)


@handles("interest.accept", priority=4)
def tell_the_other_node_of_a_yes(event: Event) -> None:
    for number in event.payload.get("ids", []):
        interest_accepted(number)


@handles("interest.decline", priority=4)
def tell_the_other_node_of_a_no(event: Event) -> None:
    for number in event.payload.get("ids", []):
        interest_ended(number, "decline")


@handles("interest.withdraw", priority=4)
def tell_the_other_node_of_a_withdrawal(event: Event) -> None:
    for number in event.payload.get("ids", []):
        interest_ended(number, "withdraw")


@every(3)
def send_letters() -> None:
    send_due()


@every(600)
def forget_nonces() -> None:
    forget_old_nonces()


@at_start
def have_a_key() -> None:
    own_key()
