from __future__ import annotations

import importlib

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "duijie.members"
    label = "members"
    verbose_name = "成员"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
        importlib.import_module("duijie.members.measures")
