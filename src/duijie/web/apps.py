from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class WebConfig(AppConfig):
    name = "duijie.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        from duijie.core.events import load_handlers
        from duijie.web.middleware import remember_language

        load_handlers(self.name)
        user_logged_in.connect(remember_language, dispatch_uid="remember_language")
