from __future__ import annotations

from django.apps import AppConfig


class LandConfig(AppConfig):
    name = "duijie.land"
    label = "land"
    verbose_name = "项目落地"

    def ready(self) -> None:
        from duijie.core.events import load_handlers
        from duijie.land import measures  # noqa: F401 (registers the figures)

        load_handlers(self.name)
