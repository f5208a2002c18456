from __future__ import annotations

from django.apps import AppConfig


class MeetConfig(AppConfig):
    name = "duijie.meet"
    label = "meet"
    verbose_name = "会议"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
        from duijie.meet import dates, measures  # noqa: F401 (register dates and figures)
