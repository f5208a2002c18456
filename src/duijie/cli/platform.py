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


def platform_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a command body: Django is started, a Fault ends it with its sentence and exit status 1."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        django_ready()
        speak_from_environment()
        from duijie.core.errors import Fault, Faults

        try:
            return function(*args, **kwargs)
        except Fault as fault:
            for each in fault.faults if isinstance(fault, Faults) else [fault]:
                click.echo(str(each), err=True)
            sys.exit(1)

    return wrapped
