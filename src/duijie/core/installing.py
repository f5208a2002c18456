"""Bringing the database to the current tables: an empty one at once from the models, one in use by its migrations.

Replaying the whole history on an empty database takes most of a minute, since Django renders its models anew at every step. An
empty one has no data that a migration could have to carry over, so its tables are made from the models as they are and the
migrations are recorded as applied. `makemigrations --check` holds that both ways lead to the same tables; the tests run on
PostgreSQL after the migrations and on SQLite after the short way.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


class _None(dict[str, Any]):
    """Says of every app that it has no migrations."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def is_new() -> bool:
    """Whether no migration has been recorded: an empty database, or one whose making was cut off."""
    recorder = MigrationRecorder(connection)
    return not recorder.has_table() or not recorder.migration_qs.exists()


def bring_up_to_date() -> None:
    """Make or migrate the tables. Cut off at any moment and called again it finishes."""
    if not is_new():
        call_command("migrate", interactive=False, verbosity=0)
        return
    kept = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = _None()
    try:
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    finally:
        settings.MIGRATION_MODULES = kept
    call_command("migrate", fake=True, interactive=False, verbosity=0)
