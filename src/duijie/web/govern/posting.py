"""What the small forms of these pages have in common: do the action, say what came of it, go back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, Faults
from duijie.core.language import Label


def posted(request: HttpRequest, do: Callable[[], object], back: str, done: Label) -> HttpResponse:
    """Call `do`; its refusal is shown above the page as the sentence that every door gives. Then back to `back`."""
    try:
        do()
        messages.success(request, str(done))
    except Fault as fault:
        if fault.status in {401, 403, 404}:
            raise
        for one in fault.faults if isinstance(fault, Faults) else [fault]:
            messages.error(request, one.sentence)
    return HttpResponseRedirect(back)


def day_posted(request: HttpRequest, name: str) -> object:
    """A day from a form. Raises the date's Fault with its place."""
    try:
        return parse_date(request.POST.get(name, ""))
    except Fault as fault:
        raise fault.at(name) from None


def whole_posted(request: HttpRequest, name: str) -> int:
    """A whole number from a form. Raises Fault "int_parsing"."""
    text = request.POST.get(name, "").strip()
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text)
    raise Fault("int_parsing", "这里要写整数。", "A whole number is wanted here.", place=name, status=422)
