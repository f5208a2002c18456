"""What every page has in its context: the viewer, and the shell around the page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from duijie.core.access import GUEST, Viewer
from duijie.core.language import ENGLISH, Label, current_language
from duijie.core.models import Notification
from duijie.members.models import Alliance
from duijie.web.navigation import ShownItem, navigation_for

THEMES = {"light", "dark"}
OWN_NAME = Label("对接", "Duijie")


class Shell:
    """The frame of a page. Everything is worked out when a template asks for it, so that a part of a page costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.viewer: Viewer = getattr(request, "viewer", GUEST)

    @cached_property
    def name(self) -> str:
        """The alliance whose house this is: the first that has no parent; ours where there is none."""
        found = Alliance.objects.filter(parent__isnull=True).order_by("id").first()
        if found is None:
            return str(OWN_NAME)
        return (found.name_en or found.name) if current_language() == ENGLISH else found.name

    @property
    def language(self) -> str:
        return "en" if current_language() == ENGLISH else "zh-Hans"

    @property
    def theme(self) -> str:
        """ "light", "dark", or "" for the system's. A page may ask for one itself: a wall is dark."""
        asked = getattr(self.request, "theme", "") or self.request.COOKIES.get("theme", "")
        return asked if asked in THEMES else ""

    @cached_property
    def navigation(self) -> list[tuple[str, Label | None, list[ShownItem]]]:
        return navigation_for(self.request, self.viewer, getattr(self.request, "nav_key", ""))

    @property
    def tabs(self) -> list[ShownItem]:
        """What fits into the phone's tab bar: the four entries with the first places there."""
        every = [item for _, _, items in self.navigation for item in items if item.phone_place]
        return sorted(every, key=lambda item: item.phone_place)[:4]

    @cached_property
    def unread(self) -> int:
        """Notices behind the bell; 100 stands for more than 99."""
        if self.viewer.user_id is None:
            return 0
        return Notification.objects.filter(user_id=self.viewer.user_id, read_at__isnull=True)[:100].count()

    @property
    def search_url(self) -> str:
        return address("search")

    @property
    def notifications_url(self) -> str:
        return address("notifications")

    @property
    def account_url(self) -> str:
        return address("account")

    @property
    def has_oidc(self) -> bool:
        """Whether people may sign in with an identity from elsewhere."""
        return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])

    @property
    def request_number(self) -> str:
        return getattr(self.request, "request_id", "")

    @property
    def debug(self) -> bool:
        return settings.DEBUG


def address(name: str) -> str:
    """The address of a page, or "" where no app has brought it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The viewer, and the shell."""
    return {"viewer": getattr(request, "viewer", None), "shell": Shell(request)}
