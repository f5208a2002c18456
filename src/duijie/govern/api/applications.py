"""REST: applications: handed in by anybody, then on their way: read, papers asked for, an opinion, put to the council, refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.api.shapes import MotionOut, motion_out
from duijie.govern.models import Application
from duijie.govern.schemas import ApplicationRecord
from duijie.members.api.shapes import viewer_of_request
from duijie.members.api.values import refuse_unknown, text_of
from duijie.members.queries import get_alliance

router = Router(tags=["council"])


class ApplicationOut(Schema):
    """missing: required papers that are not there yet. motion: its id, once it was put to the council."""

    id: str
    alliance: str
    name: str
    kind: str
    standing: str
    reasons: str
    status: str
    remark: str
    opinion: str
    opinion_favours: bool | None
    missing: list[str]
    motion: str | None
    submitted_at: str
    version: int


class AppliedOut(Schema):
    """follow: the secret part of the applicant's own page (/apply/follow/…), told this once."""

    id: str
    status: str
    follow: str


def application_out(found: Application) -> dict[str, Any]:
    same = ("name", "kind", "standing", "reasons", "status", "remark", "opinion", "opinion_favours", "version")
    return {name: getattr(found, name) for name in same} | {
        "id": found.uid, "alliance": found.alliance.slug, "missing": actions.missing_papers(found),
        "motion": found.motion.uid if found.motion else None, "submitted_at": found.submitted_at.isoformat(),
    }  # fmt: skip


@router.get(
    "/alliances/{slug}/applications", response={200: list[ApplicationOut], **REFUSALS}, summary="加入申请 Applications"
)
def list_applications(request: HttpRequest, slug: str, status: str = "", q: str = "") -> Any:
    """Of a council that the caller sits in, and what the caller handed in; newest first."""
    viewer = viewer_of_request(request)
    rows = queries.applications(viewer, alliance=get_alliance(viewer, slug), status=status, text=q)
    return [application_out(a) for a in rows[:200]]


@router.post(
    "/alliances/{slug}/applications", response={201: AppliedOut, **REFUSALS}, summary="申请加入 Apply to join",
    openapi_extra=body_of(ApplicationRecord),
)  # fmt: skip
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Open to anybody; papers are handed in on the page that `follow` opens. Not kept under an Idempotency-Key: it is a secret."""
    viewer = viewer_of_request(request)
    record = parse(ApplicationRecord, json_object(request))
    made, secret = actions.apply_to_join(actor=viewer, alliance=get_alliance(viewer, slug), record=record)
    response = answer({"id": made.uid, "status": made.status, "follow": secret}, status=201)
    response["Cache-Control"] = "no-store"
    return response


@router.get("/applications/{uid}", response={200: ApplicationOut, **REFUSALS}, summary="一份申请 One application")
def read_application(request: HttpRequest, uid: str) -> Any:
    return application_out(queries.get_application(viewer_of_request(request), uid))


def _answered(request: HttpRequest, uid: str) -> HttpResponse:
    return answer(application_out(queries.get_application(viewer_of_request(request), uid)))


@router.post(
    "/applications/{uid}/ask", response={200: ApplicationOut, **REFUSALS}, summary="请补材料 Ask for papers",
    openapi_extra=body_of(remark="缺什么 what is missing"),
)  # fmt: skip
@idempotent
def ask(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "remark")
    actions.ask_for_papers(
        actor=viewer, application=queries.get_application(viewer, uid), remark=text_of(content, "remark")
    )
    return _answered(request, uid)


@router.post(
    "/applications/{uid}/opinion", response={200: ApplicationOut, **REFUSALS}, summary="初审意见 Give an opinion",
    openapi_extra=body_of(text="意见 the opinion", favours="true 建议吸收、false 不建议 true or false"),
)  # fmt: skip
@idempotent
def opinion(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "text", "favours")
    favours = content.get("favours")
    if not isinstance(favours, bool):
        raise Fault("json.not_boolean", "favours：请写 true 或 false。", "favours: write true or false.", place="favours", status=422)  # fmt: skip
    text_of(content, "text")
    actions.give_opinion(
        actor=viewer, application=queries.get_application(viewer, uid), text=str(content.get("text") or ""), favours=favours,
        version=expected_version(request),
    )  # fmt: skip
    return _answered(request, uid)


@router.post(
    "/applications/{uid}/council", response={201: MotionOut, **REFUSALS}, summary="提交理事会 Put to the council",
    openapi_extra=body_of(ballot="open 或 secret", way="circulation 或 meeting"),
)  # fmt: skip
@idempotent
def put_to_council(request: HttpRequest, uid: str) -> HttpResponse:
    """The motion that was made of it."""
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "ballot", "way")
    made = actions.put_to_council(
        actor=viewer, application=queries.get_application(viewer, uid), ballot=text_of(content, "ballot") or "open",
        way=text_of(content, "way") or "circulation",
    )  # fmt: skip
    return answer(motion_out(made), status=201, etag=made.etag)


@router.post(
    "/applications/{uid}/reject", response={200: ApplicationOut, **REFUSALS}, summary="不予受理 Refuse",
    openapi_extra=body_of(remark="原因，申请单位会看到 why; the applicant reads it"),
)  # fmt: skip
@idempotent
def reject(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "remark")
    actions.reject_application(
        actor=viewer, application=queries.get_application(viewer, uid), remark=text_of(content, "remark")
    )
    return _answered(request, uid)
