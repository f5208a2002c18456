from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "duijie.plan"
    label = "plan"
    verbose_name = "行动计划"

    def ready(self) -> None:
        from duijie.core.events import load_handlers
        from duijie.plan import measures, sheets  # noqa: F401 (they register themselves)

        load_handlers(self.name)
