from __future__ import annotations

from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "duijie.atlas"
    label = "atlas"
    verbose_name = "地图"

    def ready(self) -> None:
        from duijie.atlas import sheets  # noqa: F401
        from duijie.core.events import load_handlers

        load_handlers(self.name)
