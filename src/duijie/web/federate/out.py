"""Out to other systems: OAI-PMH, DCAT-AP, CKAN, for the whole and for each member."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from duijie.core.errors import Fault, NotFound
from duijie.core.rest.problems import problem
from duijie.federate.out import ckan, dcat, oai
from duijie.federate.out.reading import host, rows
from duijie.publish import queries
from duijie.web.federate.visitors import member_named, viewer_of_machine

CATALOGUE_PAGE = 100


def refusals_as_problems(view: Any) -> Any:
    """A machine is told a refusal as problem+json, not as a page."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)  # type: ignore[no-any-return]
        except Fault as fault:
            return problem(request, fault)

    guarded.__name__, guarded.__doc__ = view.__name__, view.__doc__
    return guarded


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai_pmh(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The repository of the whole or of a member. Arguments come in the address or, by POST, in the body."""
    member = member_named(slug)
    path = reverse("member_oai", args=[slug]) if slug else reverse("oai")
    email = (member.office_email if member else "") or settings.ADMIN_EMAIL or f"admin@{_domain()}"
    name = f"{member.name}" if member else "对接 Duijie"
    repository = oai.Repository(settings.BASE_URL + path, name, email, member)
    text = request.META.get("QUERY_STRING", "")
    if request.method == "POST":
        text = request.body.decode("utf-8", "replace")
    try:
        arguments = parse_qsl(text, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        arguments = []
    answer = HttpResponse(oai.respond(repository, arguments), content_type="text/xml; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _domain() -> str:
    """This installation's domain name; one that mail never reaches where it has only a number."""
    name = host()
    return name if name[-1:].isalpha() and "." in name else "duijie.invalid"


@require_safe
def oai_schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(oai.SCHEMA, content_type="application/xml; charset=utf-8")


@require_safe
@refusals_as_problems
def catalogue(request: HttpRequest, form: str, slug: str | None = None) -> HttpResponse:
    """A page of the DCAT-AP catalogue as Turtle, JSON-LD or RDF/XML."""
    if form not in dcat.FORMATS:
        raise NotFound
    viewer, member = viewer_of_machine(request), member_named(slug)
    found = rows(viewer, member=member).order_by("uid")
    total = found.count()
    count = max(1, -(-total // CATALOGUE_PAGE))
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    if not 1 <= number <= count:
        raise NotFound
    page = dcat.CatalogPage(
        settings.BASE_URL + request.path, member.name if member else "对接目录", number, count, total, member
    )
    start = (number - 1) * CATALOGUE_PAGE
    graph = dcat.catalogue(page, queries.seen(found[start : start + CATALOGUE_PAGE], viewer))
    answer = HttpResponse(dcat.written(graph, form), content_type=f"{dcat.FORMATS[form][1]}; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
@refusals_as_problems
def dataset(request: HttpRequest, listing: str, form: str) -> HttpResponse:
    """One listing as a DCAT-AP dataset."""
    if form not in dcat.FORMATS:
        raise NotFound
    one = queries.get_listing(listing, viewer_of_machine(request))
    if one.record.status != "published":
        raise NotFound
    graph = dcat.empty_graph()
    dcat.add_dataset(graph, one)
    return HttpResponse(dcat.written(graph, form), content_type=f"{dcat.FORMATS[form][1]}; charset=utf-8")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ckan_action(request: HttpRequest, action: str, slug: str | None = None) -> HttpResponse:
    """CKAN's action API, as far as it reads."""
    member = member_named(slug)
    here = f"{settings.BASE_URL}{request.path}"
    try:
        given = _arguments(request)
        result = ckan.Portal(viewer_of_machine(request), member).do(action, given)
    except KeyError:
        return _ckan_error(here, 400, "Bad request - Action name not known", "Bad Request")
    except ckan.Missing:
        return _ckan_error(here, 404, "Not found", "Not Found Error")
    except ckan.Invalid as invalid:
        return _ckan_error(here, 409, {str(invalid): ["Invalid value"]}, "Validation Error")
    except Fault as fault:
        return _ckan_error(here, fault.status, fault.sentence, "Authorization Error")
    return _json({"help": f"{here}?help", "success": True, "result": result})


def _arguments(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        return dict(request.GET.items())
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(request.POST.items())
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise ckan.Invalid("body") from None
    if not isinstance(given, dict):
        raise ckan.Invalid("body")
    return given


def _ckan_error(here: str, status: int, message: Any, kind: str) -> HttpResponse:
    error = {"__type": kind} | (message if isinstance(message, dict) else {"message": message})
    return _json({"help": f"{here}?help", "success": False, "error": error}, status)


def _json(content: Any, status: int = 200) -> HttpResponse:
    answer = HttpResponse(
        json.dumps(content, ensure_ascii=False), status=status, content_type="application/json;charset=utf-8"
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
