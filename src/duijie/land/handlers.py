"""What landing does when others' events arrive: an introduction that was handed on, an intent that was signed, become deals."""

from __future__ import annotations

from duijie.core.events import handles
from duijie.core.models import Event
from duijie.core.worker import every


@handles("introduction.hand_on", priority=6)
def follow_introductions(event: Event) -> None:
    from duijie.land.attribution import deal_of_introduction

    for number in event.payload["ids"]:
        deal_of_introduction(number)


@handles("intent.signed", priority=6)
def follow_intents(event: Event) -> None:
    from duijie.land.attribution import deal_of_intent

    for number in event.payload["ids"]:
        deal_of_intent(number)


@every(900)
def remind_of_what_is_due() -> None:
    from duijie.land.reminders import remind

    remind()


@every(6 * 3600)
def keep_lateness() -> None:
    from duijie.land.reminders import refresh_lateness

    refresh_lateness()
