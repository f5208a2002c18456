from __future__ import annotations

import importlib

from django.apps import AppConfig


class GovernConfig(AppConfig):
    name = "duijie.govern"
    label = "govern"
    verbose_name = "联盟机制"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
        importlib.import_module("duijie.govern.measures")
        importlib.import_module("duijie.govern.sheets")
        importlib.import_module("duijie.govern.dates")
