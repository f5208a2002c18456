from __future__ import annotations

from django.apps import AppConfig


class MeasureConfig(AppConfig):
    name = "duijie.measure"
    label = "measure"
    verbose_name = "指数"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
