from __future__ import annotations

from django.apps import AppConfig


class FederateConfig(AppConfig):
    name = "duijie.federate"
    label = "federate"
    verbose_name = "互联"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
