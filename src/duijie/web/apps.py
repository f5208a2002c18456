from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "duijie.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
