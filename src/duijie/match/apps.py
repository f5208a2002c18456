from __future__ import annotations

from django.apps import AppConfig


class MatchConfig(AppConfig):
    name = "duijie.match"
    label = "match"
    verbose_name = "匹配"

    def ready(self) -> None:
        from duijie.core.events import load_handlers

        load_handlers(self.name)
        import duijie.match.measures  # noqa: F401 - makes the figures known
