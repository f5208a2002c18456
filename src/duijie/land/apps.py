from __future__ import annotations

from django.apps import AppConfig


class LandConfig(AppConfig):
    name = "duijie.land"
    label = "land"
    verbose_name = "项目落地"

    def ready(self) -> None:
        from duijie.core.events import load_handlers
        from duijie.land import measures, sheets  # noqa: F401 (they register figures and sheets)

        load_handlers(self.name)
