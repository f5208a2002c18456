"""Every write of this app."""

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
    "change_source",
    "create_source",
    "delete_source",
    "preview_source",
    "run_due",
    "start_run",
    "stop_run",
    "switch_source",
    "take_over_item",
]
