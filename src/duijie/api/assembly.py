"""The REST API: one NinjaAPI, OpenAPI 3.1, every refusal as application/problem+json in the caller's language."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from duijie.api.authentication import key_or_session
from duijie.core.errors import Fault, Faults
from duijie.core.rest.problems import problem

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


class ExchangeAPI(NinjaAPI):
    """Documents every refusal as what it is: application/problem+json."""

    _made: Any = None

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The document, made once for a process (it takes seconds): the operations do not change while it runs."""
        if self._made is None:
            self._made = self._as_problems(super().get_openapi_schema(*args, **kwargs))
        return self._made

    def _as_problems(self, found: Any) -> Any:
        for operations in found["paths"].values():
            for operation in operations.values():
                for status, response in operation.get("responses", {}).items():
                    content = response.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        response["content"] = {PROBLEM_JSON: content["application/json"]}
        return found


api = ExchangeAPI(
    title="Duijie 对接",
    version="1",
    description="成员用自己的编号上传和更新信息，读取匹配。Members put in and read listings by their own ids.",
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
    auth=[key_or_session],
)


api.add_router("", "duijie.members.api.router")
api.add_router("", "duijie.publish.api.router")
api.add_router("", "duijie.match.api.router")
api.add_router("", "duijie.meet.api.router")
api.add_router("", "duijie.land.api.router")
api.add_router("", "duijie.plan.api.router")
api.add_router("", "duijie.measure.api.router")
api.add_router("", "duijie.atlas.api.router")
api.add_router("", "duijie.govern.api.router")
api.add_router("", "duijie.federate.api.router")


@api.exception_handler(Fault)
def on_fault(request: HttpRequest, fault: Fault) -> HttpResponse:
    return problem(request, fault)


@api.exception_handler(ValidationError)
def on_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [
        Fault(
            "invalid",
            f"{'.'.join(str(x) for x in e['loc'][1:])}：填写的内容不对。",
            f"{'.'.join(str(x) for x in e['loc'][1:])}: {e['msg']}",
            place=".".join(str(x) for x in e["loc"][1:]) or None,
            status=422,
        )
        for e in error.errors
    ]
    return problem(
        request, Faults(faults) if faults else Fault("invalid", "请求不对。", "The request is not valid.", status=422)
    )


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, Fault("http", "请求无法处理。", str(error), status=error.status_code))


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, Fault("not_found", "没有这个地址。", "There is no such address.", status=404))


def document() -> dict[str, Any]:
    """The OpenAPI document, as served and as committed in docs/openapi.json."""
    return dict(api.get_openapi_schema())
