"""A member's own host name: its front page is the member's page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from duijie.federate.models import Interface

GetResponse = Callable[[HttpRequest], HttpResponse]


class OwnHostMiddleware:
    """Leads the front page of a member's host name to its page; every other address is the same under every name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/" and request.method in {"GET", "HEAD"}:
            host = request.get_host().partition(":")[0].lower()
            if host != urlsplit(settings.BASE_URL).hostname:
                found = Interface.objects.select_related("member").filter(host=host).first()
                if found is not None:
                    return HttpResponseRedirect(reverse("members:member", args=[found.member.slug]))
        return self.get_response(request)
