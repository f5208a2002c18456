"""REST: the rota of hosts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.api.shapes import viewer_of_request
from duijie.members.api.values import day_of, refuse_unknown, text_of
from duijie.members.models import Rota, RotaRound, RotaSwap
from duijie.members.places import find_member
from duijie.members.schemas import RotaRecord, RotaWishRecord

router = Router(tags=["rota"])


class RoundOut(Schema):
    number: int
    host: str
    host_name: str
    first_day: str
    last_day: str
    reason: str
    settled: bool
    handed_over_at: str | None


class RotaOut(Schema):
    id: str
    alliance: str
    title: str
    purpose: str
    starts_on: str
    round_months: int
    standings: list[str]
    version: int
    rounds: list[RoundOut]


class HostOut(Schema):
    on: str
    host: str | None
    host_name: str | None


class SwapOut(Schema):
    id: str
    one: int
    other: int
    asked_by: str
    reason: str
    status: str


def rota_out(rota: Rota, rounds: list[RotaRound]) -> dict[str, Any]:
    return {
        "id": rota.uid, "alliance": rota.alliance.slug, "title": rota.title, "purpose": rota.purpose,
        "starts_on": rota.starts_on.isoformat(), "round_months": rota.round_months, "standings": rota.standings,
        "version": rota.version, "rounds": [_round_out(r) for r in rounds],
    }  # fmt: skip


def _round_out(found: RotaRound) -> dict[str, Any]:
    return {
        "number": found.number, "host": found.host.slug, "host_name": found.host.name,
        "first_day": found.first_day.isoformat(), "last_day": found.last_day.isoformat(), "reason": found.reason,
        "settled": found.settled,
        "handed_over_at": found.handed_over_at.isoformat(timespec="seconds") if found.handed_over_at else None,
    }  # fmt: skip


def _swap_out(swap: RotaSwap) -> dict[str, Any]:
    return {
        "id": swap.uid, "one": swap.one.number, "other": swap.other.number, "asked_by": swap.asked_by.slug,
        "reason": swap.reason, "status": swap.status,
    }  # fmt: skip


def _answered(request: HttpRequest, uid: str, status: int = 200) -> HttpResponse:
    viewer = viewer_of_request(request)
    found = queries.get_rota(viewer, uid)
    return answer(rota_out(found, queries.rounds_of(viewer, found)), status=status, etag=found.etag)


def _number(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000:
        raise Fault("int_parsing", f"{name}：这里要写整数。", f"{name}: a whole number is wanted here.", place=name, status=422)  # fmt: skip
    return value


@router.get("/alliances/{slug}/rotas", response={200: list[RotaOut], **REFUSALS}, summary="轮值 Rotas")
def list_rotas(request: HttpRequest, slug: str) -> Any:
    viewer = viewer_of_request(request)
    every = queries.rotas(viewer, queries.get_alliance(viewer, slug))
    return [rota_out(r, list(r.rounds.all())) for r in every]


@router.get("/alliances/{slug}/host", response={200: HostOut, **REFUSALS}, summary="某日由谁值办 Host on a day")
def read_host(request: HttpRequest, slug: str, on: str = "", rota: str = "") -> Any:
    """`on`: the day (today). `rota`: the title of one of several."""
    day = day_of(on, "on") or timezone.localdate()
    host = queries.host_on(queries.get_alliance(viewer_of_request(request), slug), day, title=rota)
    return {"on": day.isoformat(), "host": host.slug if host else None, "host_name": host.name if host else None}


@router.get("/rotas/{uid}", response={200: RotaOut, **REFUSALS}, summary="一项轮值 One rota")
def read_rota(request: HttpRequest, uid: str) -> HttpResponse:
    return _answered(request, uid)


@router.post(
    "/alliances/{slug}/rotas", response={201: RotaOut, **REFUSALS}, summary="设立轮值 Set up",
    openapi_extra=body_of(RotaRecord),
)  # fmt: skip
@idempotent
def set_up(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    alliance = queries.get_alliance(viewer, slug)
    made = actions.set_up_rota(actor=viewer, alliance=alliance, record=parse(RotaRecord, json_object(request)))
    return _answered(request, made.uid, 201)


@router.post(
    "/rotas/{uid}/plan", response={200: RotaOut, **REFUSALS}, summary="排定轮次 Plan rounds",
    openapi_extra=body_of(rounds="共几轮 rounds in all"),
)  # fmt: skip
@idempotent
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found, content = queries.get_rota(viewer, uid), json_object(request)
    refuse_unknown(content, "rounds")
    actions.plan_rota(actor=viewer, rota=found, rounds=_number(content, "rounds"), version=expected_version(request))
    return _answered(request, uid)


@router.post(
    "/rotas/{uid}/wishes", response={200: RotaOut, **REFUSALS}, summary="登记意愿 Wish",
    openapi_extra=body_of(RotaWishRecord),
)  # fmt: skip
@idempotent
def wish(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found = queries.get_rota(viewer, uid)
    actions.wish_rota(actor=viewer, rota=found, record=parse(RotaWishRecord, json_object(request)))
    return _answered(request, uid)


@router.put(
    "/rotas/{uid}/rounds/{number}/host", response={200: RotaOut, **REFUSALS}, summary="指定值办成员 Set the host",
    openapi_extra=body_of(member="成员 the member", reason="原因 why"),
)  # fmt: skip
@idempotent
def put_host(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    viewer = viewer_of_request(request)
    found, content = queries.get_rota(viewer, uid), json_object(request)
    refuse_unknown(content, "member", "reason")
    actions.set_host(
        actor=viewer, rota=found, number=number, member=find_member(text_of(content, "member")),
        reason=text_of(content, "reason"), version=expected_version(request),
    )  # fmt: skip
    return _answered(request, uid)


@router.post(
    "/rotas/{uid}/swaps", response={201: SwapOut, **REFUSALS}, summary="申请对调 Ask to swap",
    openapi_extra=body_of(one="己方轮次 own round", other="对方轮次 the other round", reason="原因 why"),
)  # fmt: skip
@idempotent
def ask_swap(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found, content = queries.get_rota(viewer, uid), json_object(request)
    refuse_unknown(content, "one", "other", "reason")
    made = actions.ask_swap(
        actor=viewer, rota=found, one=_number(content, "one"), other=_number(content, "other"),
        reason=text_of(content, "reason"),
    )  # fmt: skip
    return answer(_swap_out(made), status=201)


@router.post(
    "/rota-swaps/{uid}/answer", response={200: SwapOut, **REFUSALS}, summary="答复对调 Answer a swap",
    openapi_extra=body_of(agree="是否同意 true or false"),
)  # fmt: skip
@idempotent
def answer_swap(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found, content = queries.get_swap(viewer, uid), json_object(request)
    refuse_unknown(content, "agree")
    if not isinstance(content.get("agree"), bool):
        raise Fault(
            "bool_type", "agree：这里要写是或否。", "agree: Yes or no is wanted here.", place="agree", status=422
        )
    return answer(_swap_out(actions.answer_swap(actor=viewer, swap=found, agree=content["agree"])))
