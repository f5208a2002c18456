from __future__ import annotations

from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "duijie.publish"
    label = "publish"
    verbose_name = "发布"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
