"""Starting Django for a command, speaking the caller's language, and telling refusals in one sentence."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import click


def django_ready() -> None:
    """Start Django with the installation's settings; cheap when it is started already."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def speak_from_environment() -> None:
    """Chinese unless LANG (or DUIJIE_LANG) asks for English."""
    from duijie.core.language import set_language

    asked = os.environ.get("DUIJIE_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    set_language("en" if asked.lower().startswith("en") else "zh")


def trouble_with_database() -> str:
    """Why no command can work on the database, in the caller's language; empty where the fault is the command's own."""
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    from duijie.core.language import t

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return t(
            "连不上数据库。请检查 DUIJIE_DATABASE_URL 和数据库服务。",
            "The database cannot be reached. Please check DUIJIE_DATABASE_URL and the server.",
        )
    if behind:
        return t(
            "数据库还没有建立，或者属于较早的版本。请先运行 duijie upgrade。",
            "The database is new, or of an earlier version. Please run duijie upgrade first.",
        )
    return ""


def platform_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a command body: Django is started, a Fault ends it with its sentence and exit status 1.

    So does a database that cannot be reached, or whose tables are not those of this version.
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        django_ready()
        speak_from_environment()
        from django.db import OperationalError, ProgrammingError

        from duijie.core.errors import Fault, Faults

        try:
            return function(*args, **kwargs)
        except (OperationalError, ProgrammingError) as error:
            trouble = trouble_with_database()
            if not trouble:
                raise
            click.echo(f"{trouble}\n{error}", err=True)
            sys.exit(1)
        except Fault as fault:
            for each in fault.faults if isinstance(fault, Faults) else [fault]:
                click.echo(str(each), err=True)
            sys.exit(1)

    return wrapped
