"""One page for every form that a schema describes: read what was posted, parse, act; refusals stand at their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.errors import Fault, Faults
from duijie.core.language import Label, t
from duijie.core.schema import Record, describe, parse
from duijie.members.models import Member, Organisation
from duijie.members.queries import name_of
from duijie.members.schemas import AllianceRecord
from duijie.web.kit import Choice, FormField, fields_of_schema

View = Callable[..., HttpResponseBase]
Crumbs = Sequence[tuple[str, str]]
_MANY = {"words", "choices", "regions", "industries"}


def viewer_of_page(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def for_people(view: View) -> View:
    """A page for who has signed in; a guest signs in first and comes back here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if viewer_of_page(request).is_guest:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def read_form(posted: QueryDict, schema: type[Record], only: Iterable[str] | None = None) -> dict[str, Any]:
    """What a form of `schema` posted, by field: lists for fields of several values, True or False for switches."""
    names = set(only) if only is not None else None
    found: dict[str, Any] = {}
    for said in describe(schema):
        if names is not None and said.name not in names:
            continue
        if said.kind in _MANY:
            found[said.name] = [value for value in posted.getlist(said.name) if value.strip()]
        elif said.kind == "yes_no":
            found[said.name] = posted.get(said.name) == "true"
        else:
            found[said.name] = posted.get(said.name, "")
    return found


def refusals(fault: Fault) -> tuple[dict[str, list[str]], list[str]]:
    """The sentences of a fault by the field they belong to, and those that belong to none."""
    at: dict[str, list[str]] = {}
    others: list[str] = []
    for one in fault.faults if isinstance(fault, Faults) else [fault]:
        if one.place:
            at.setdefault(one.place.split(".")[0], []).append(one.sentence)
        else:
            others.append(one.sentence)
    return at, others


def pickers() -> dict[str, str]:
    """The addresses of the type-ahead lists."""
    return {"regions": reverse("pick_regions"), "industries": reverse("pick_industries")}


_PICKED = {
    "home_member": ("pick_members", False),
    "parent": ("pick_members", False),
    "members": ("pick_members", True),
    "organisations": ("pick_organisations", True),
}


def picked(one: FormField, source: str, many: bool) -> FormField:
    """A field that names members or organisations, as a picker over them; it shows their names and posts their ids."""
    held = one.values
    if source == "pick_members":
        found = {m.slug: name_of(m) for m in Member.objects.filter(Q(slug__in=held))}
    else:
        found = {o.uid: name_of(o) for o in Organisation.objects.filter(Q(uid__in=held))}
    return replace(one, kind="pick", source=reverse(source), many=many, labels=found)


@dataclass
class FormPage:
    """A form over a schema.

    save: takes the parsed record and what was posted, does the action, returns the address to go on to. only: the fields shown, in
    order; the others keep their `values`. extra: fields beside the schema's, read from the post (or its files) by name. options:
    for fields that name one of few things, those to choose from. picks: for fields that name members or organisations, the page
    that finds them and whether several are named. version: what the reader saw, for optimistic locking. done: the message afterwards.
    """

    request: HttpRequest
    schema: type[Record]
    title: str
    save: Callable[[Any, QueryDict], str]
    values: Mapping[str, Any] = field(default_factory=dict)
    crumbs: Crumbs = ()
    lead: str = ""
    submit: str = ""
    done: Label | None = None
    only: Sequence[str] | None = None
    extra: Sequence[FormField] = ()
    options: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    picks: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    version: int | None = None
    draft: str = ""

    def response(self) -> HttpResponse:
        if self.request.method == "POST":
            return self._posted()
        unsaid = {name: one.default for name, one in self.schema.model_fields.items() if isinstance(one.default, str)}
        return self._shown({**unsaid, **self.values}, {}, [], 200)

    def _posted(self) -> HttpResponse:
        posted = self.request.POST
        given = read_form(posted, self.schema, self.only)
        try:
            record = parse(self.schema, {**self.values, **given})
            address = self.save(record, posted)
        except Fault as fault:
            if fault.status in {401, 403, 404}:
                raise
            at, others = refusals(fault)
            known = {*given, *(one.name for one in self.extra)}
            others += [sentence for name, told in at.items() if name not in known for sentence in told]
            return self._shown({**self.values, **given}, at, others, 409 if fault.status in {409, 412} else 422)
        if self.done is not None:
            messages.success(self.request, str(self.done))
        return HttpResponseRedirect(address)

    def _shown(self, values: dict[str, Any], at: dict[str, list[str]], others: list[str], status: int) -> HttpResponse:
        fields = fields_of_schema(self.schema, values, at, only=self.only, sources=pickers())
        picks = {**(_PICKED if self.schema is not AllianceRecord else {}), **self.picks}
        fields = [picked(one, *picks[one.name]) if one.name in picks else self._of_few(one) for one in fields]
        extra = [_again(one, self.request, at.get(one.name, [])) for one in self.extra]
        context = {
            "title": self.title,
            "lead": self.lead,
            "crumbs": [*self.crumbs, (self.title, "")],
            "fields": [*(x for x in extra if x.kind != "file"), *fields, *(x for x in extra if x.kind == "file")],
            "takes_files": any(one.kind == "file" for one in extra),
            "others": others,
            "submit": self.submit or t("保存", "Save"),
            "version": self.request.POST.get("version", self.version),
            "draft": self.draft,
            "back": self.crumbs[-1][1] if self.crumbs else "",
        }
        return render(self.request, "members/form.html", context, status=status)

    def _of_few(self, one: FormField) -> FormField:
        """A field with options as a list to choose from; what it holds already stays choosable."""
        if one.name not in self.options:
            return one
        choices = list(self.options[one.name])
        if one.text and one.text not in {choice.value for choice in choices}:
            choices.append(Choice(one.text, one.text))
        return replace(one, kind="choice", choices=choices, value=one.text)


def _again(one: FormField, request: HttpRequest, errors: list[str]) -> FormField:
    """An extra field with what was posted in it."""
    if request.method != "POST":
        return one
    held = request.POST.getlist(one.name) if one.takes_many else request.POST.get(one.name, "")
    return replace(one, value=held, errors=errors)


def posted_version(posted: QueryDict) -> int | None:
    """The version that the form carried; None where it carried none."""
    text = posted.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
