"""REST of a round's steps: opening, closing and publishing it; returning, reopening and asking about a submission."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from duijie.core.access import Viewer
from duijie.core.errors import NotAllowed, NotFound
from duijie.core.indicators import Observation
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.measure import actions, queries
from duijie.measure.models import Remark, Submission
from duijie.measure.rules import READ, WRITE
from duijie.measure.schemas import AnswerRecord, QuestionRecord, ReasonRecord
from duijie.measure.shapes import (
    PublishedOut,
    QuestionOut,
    RoundOut,
    SubmissionOut,
    question_out,
    round_out,
    submission_out,
)

router = Router(tags=["measure"])


def asking(request: HttpRequest) -> Viewer:
    """Who asks. A key needs the scope for reading."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.key_scopes is not None and not {READ, WRITE} & viewer.key_scopes:
        raise NotAllowed(
            "这把密钥没有“measures:read”权限，请让成员管理员重新签发。", "This key lacks the scope “measures:read”; ask your member's administrator."
        )  # fmt: skip
    return viewer


@router.get("/rounds/{round}", response={200: RoundOut, **REFUSALS}, summary="一轮采集 One round")
def read_round(request: HttpRequest, round: str) -> HttpResponse:
    return _round_answer(asking(request), round)


@router.post("/rounds/{round}/open", response={200: RoundOut, **REFUSALS}, summary="开始采集 Open a round")
@idempotent
def open_round(request: HttpRequest, round: str) -> HttpResponse:
    viewer = asking(request)
    actions.open_round(actor=viewer, round=queries.round_by_uid(viewer, round))
    return _round_answer(viewer, round)


@router.post("/rounds/{round}/close", response={200: RoundOut, **REFUSALS}, summary="结束填报 Close a round")
@idempotent
def close_round(request: HttpRequest, round: str) -> HttpResponse:
    viewer = asking(request)
    actions.close_round(actor=viewer, round=queries.round_by_uid(viewer, round))
    return _round_answer(viewer, round)


@router.post("/rounds/{round}/publish", response={200: PublishedOut, **REFUSALS}, summary="发布已核验的 Publish")
@idempotent
def publish_round(request: HttpRequest, round: str) -> HttpResponse:
    """Every verified submission goes on record as one vintage; `values` counts what it holds, formulas included."""
    viewer = asking(request)
    vintage = actions.publish_round(actor=viewer, round=queries.round_by_uid(viewer, round))
    count = Observation.objects.visible_to(viewer).filter(vintage=vintage).count()
    return answer({"vintage": vintage.uid, "title": vintage.title, "values": count})


def _round_answer(viewer: Viewer, uid: str) -> HttpResponse:
    found = queries.round_by_uid(viewer, uid)
    return answer(round_out(found), etag=found.etag)


@router.post(
    "/submissions/{submission}/return",
    response={200: SubmissionOut, **REFUSALS},
    summary="退回 Return",
    openapi_extra=body_of(ReasonRecord),
)
@idempotent
def return_submission(request: HttpRequest, submission: str) -> HttpResponse:
    """Back to its member, with the reason. If-Match: the ETag that was read."""
    viewer, record = asking(request), parse(ReasonRecord, json_object(request))
    found, version = queries.submission(viewer, submission), expected_version(request)
    actions.return_submission(actor=viewer, submission=found, reason=record.reason, version=version)
    return _sheet_answer(viewer, submission)


@router.post(
    "/submissions/{submission}/reopen",
    response={200: SubmissionOut, **REFUSALS},
    summary="重新打开 Reopen",
    openapi_extra=body_of(ReasonRecord),
)
@idempotent
def reopen(request: HttpRequest, submission: str) -> HttpResponse:
    """What was verified or published may be mended again; what was published stays on record. If-Match as before."""
    viewer, record = asking(request), parse(ReasonRecord, json_object(request))
    found, version = queries.submission(viewer, submission), expected_version(request)
    actions.reopen(actor=viewer, submission=found, reason=record.reason, version=version)
    return _sheet_answer(viewer, submission)


def _sheet_answer(viewer: Viewer, uid: str) -> HttpResponse:
    found = queries.submission(viewer, uid)
    return answer(submission_out(queries.sheet_of(viewer, found)), etag=found.etag)


@router.get(
    "/submissions/{submission}/questions", response={200: list[QuestionOut], **REFUSALS}, summary="疑问 Questions"
)
def questions(request: HttpRequest, submission: str) -> HttpResponse:
    """Questions about a submission with their answers: between its member's staff and the secretariat."""
    viewer = asking(request)
    return _questions_answer(viewer, queries.submission(viewer, submission))


@router.post(
    "/submissions/{submission}/questions",
    response={201: list[QuestionOut], **REFUSALS},
    summary="提出疑问 Ask",
    openapi_extra=body_of(QuestionRecord),
)
@idempotent
def ask(request: HttpRequest, submission: str) -> HttpResponse:
    viewer, record = asking(request), parse(QuestionRecord, json_object(request))
    found = queries.submission(viewer, submission)
    actions.ask(actor=viewer, submission=found, text=record.text, code=record.indicator)
    return _questions_answer(viewer, found, status=201)


@router.post(
    "/submissions/{submission}/questions/{question}/answer",
    response={201: list[QuestionOut], **REFUSALS},
    summary="回答疑问 Answer",
    openapi_extra=body_of(AnswerRecord),
)
@idempotent
def answer_question(request: HttpRequest, submission: str, question: str) -> HttpResponse:
    viewer, record = asking(request), parse(AnswerRecord, json_object(request))
    found = queries.submission(viewer, submission)
    actions.answer(actor=viewer, remark=_question(viewer, found, question), text=record.text)
    return _questions_answer(viewer, found, status=201)


@router.post(
    "/submissions/{submission}/questions/{question}/settle",
    response={200: list[QuestionOut], **REFUSALS},
    summary="了结疑问 Settle",
)
@idempotent
def settle(request: HttpRequest, submission: str, question: str) -> HttpResponse:
    viewer = asking(request)
    found = queries.submission(viewer, submission)
    actions.settle(actor=viewer, remark=_question(viewer, found, question))
    return _questions_answer(viewer, found)


def _question(viewer: Viewer, row: Submission, uid: str) -> Remark:
    for remark in queries.remarks(viewer, row):
        if remark.uid == uid and remark.answers_id is None:
            return remark
    raise NotFound


def _questions_answer(viewer: Viewer, row: Submission, *, status: int = 200) -> HttpResponse:
    rows = queries.remarks(viewer, row)
    asked: list[dict[str, Any]] = [
        question_out(q, [a for a in rows if a.answers_id == q.pk]) for q in rows if q.answers_id is None
    ]
    return answer(asked, status=status)
