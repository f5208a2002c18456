"""What matching does when listings change: the index follows, suggestions are found, desks are told."""

from __future__ import annotations

from duijie.core.access import SYSTEM
from duijie.core.events import handles
from duijie.core.jobs import enqueue
from duijie.core.models import Event
from duijie.core.worker import at_start, every
from duijie.match.actions import run_service_level
from duijie.match.finding import close_suggestions, refresh_reasons, suggest_for, sync_index
from duijie.match.telling.news import tell_of_found, tell_of_interest, tell_of_introduction
from duijie.match.telling.outbox import send_due
from duijie.match.upkeep import balance_if_due, heal_match_index, learn_anew_if_due, train_if_due

AT_ONCE = 20
MOST_ROUNDS = 20  # of messages in one sweep


@handles("listing.published", "listing.changed", priority=2, outside=True)
def find_partners(events: list[Event]) -> None:
    """Index what changed and find its partners; a long list (an import) is left to a job, so that single ones come first."""
    ids = sorted({number for event in events for number in event.payload.get("ids", [])})
    rows = sync_index(ids)
    close_suggestions(ids)
    if len(rows) <= AT_ONCE:
        suggest_for(rows)
        return
    enqueue("match.find", actor=SYSTEM, total=len(rows), ids=[x.pk for x in rows])


@handles("listing.closed", "listing.expired", "listing.returned", priority=2, outside=True)
def forget(events: list[Event]) -> None:
    ids = {number for event in events for number in event.payload.get("ids", [])}
    sync_index(ids)
    close_suggestions(ids)


@handles("listing.disclosed", priority=3, outside=True)
def tell_reasons_anew(events: list[Event]) -> None:
    refresh_reasons({number for event in events for number in event.payload.get("ids", [])})


@handles("match.found", priority=6)
def tell_both_sides(event: Event) -> None:
    tell_of_found(event.payload["ids"])


@handles("interest.express", "interest.remind", priority=6)
def tell_channels_of_interest(event: Event) -> None:
    tell_of_interest(
        event.payload["ids"], "interest.received" if event.name == "interest.express" else "interest.overdue"
    )


@handles("interest.accept", priority=6)
def tell_channels_of_introductions(event: Event) -> None:
    tell_of_introduction([event.payload["introduction"]])


@every(5)
def send_what_is_due() -> None:
    for _ in range(MOST_ROUNDS):  # a piece of news for a thousand receivers is not told over half a minute
        if not send_due():
            break


@at_start
def heal() -> None:
    heal_match_index()


@every(60)
def keep_service_level() -> None:
    run_service_level(actor=SYSTEM)


@every(300)
def learn() -> None:
    learn_anew_if_due()


@every(900)
def balance() -> None:
    balance_if_due()


@every(3600)
def train() -> None:
    train_if_due()
