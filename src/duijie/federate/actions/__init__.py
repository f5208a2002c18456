"""Every write of this app."""

from duijie.federate.actions.interface import change_interface
from duijie.federate.actions.peers import register_peer, send_letter_again, switch_peer, take_new_key
from duijie.federate.actions.sources import (
    Preview,
    archive_held,
    change_source,
    create_source,
    delete_source,
    preview_source,
    run_due,
    start_run,
    stop_run,
    switch_source,
    take_over_item,
)

__all__ = [
    "Preview",
    "archive_held",
    "change_interface",
    "change_source",
    "create_source",
    "delete_source",
    "preview_source",
    "register_peer",
    "run_due",
    "send_letter_again",
    "start_run",
    "stop_run",
    "switch_peer",
    "switch_source",
    "take_new_key",
    "take_over_item",
]
