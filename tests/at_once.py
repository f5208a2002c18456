"""Several people in the same moment: threads with connections of their own, on a database that lets more than one in.

from tests.at_once import at_once, on_disk, refused  # on_disk acts on every test of the file
pytestmark = pytest.mark.django_db(transaction=True)
found = at_once(lambda: act(...), lambda: act(...)); [fault] = refused(found)
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from duijie.core.errors import Fault


@pytest.fixture(autouse=True)
def on_disk(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """On SQLite the tables stand in a file, as they do when it serves: one in memory refuses a second writer instead of queueing it."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    path = tmp_path / "at_once.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        in_memory.backup(file)
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do several things in the same moment; what each gave, or the fault that refused it."""
    start, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int) -> None:
        try:
            start.wait(60)
            found[number] = deeds[number]()
        except Fault as fault:
            found[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def refused(found: list[Any]) -> list[Fault]:
    return [one for one in found if isinstance(one, Fault)]
