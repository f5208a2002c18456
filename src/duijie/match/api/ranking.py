"""REST: which weights rank, learning from answers, going back. For the platform's administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.access import Viewer
from duijie.core.rest.bodies import answer
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.match import actions
from duijie.match.learning import in_force
from duijie.match.models import LearntRanking

router = Router(tags=["matches"])


class LearntOut(Schema):
    """What one training came to: nDCG@10 on held-out needs, new and in force until then; `half_width` of the 95 % interval."""

    id: str
    in_force: bool
    better: bool
    needs: int
    pairs: int
    ndcg_new: float
    ndcg_before: float
    difference: float
    half_width: float
    created_at: str
    adopted_at: str | None
    taken_back_at: str | None


class RankingOut(Schema):
    """`in_force` is null where the weights that ship with the product rank; `history` newest first."""

    in_force: str | None
    history: list[LearntOut]


def _learnt(row: LearntRanking) -> dict[str, Any]:
    names = ("in_force", "better", "needs", "pairs", "ndcg_new", "ndcg_before", "difference", "half_width")
    moments = {name: getattr(row, name) for name in ("created_at", "adopted_at", "taken_back_at")}
    return (
        {"id": row.uid}
        | {name: getattr(row, name) for name in names}
        | {name: value.isoformat() if value else None for name, value in moments.items()}
    )


def _ranking() -> dict[str, Any]:
    current = in_force()
    rows = LearntRanking.objects.order_by("-pk")[:50]
    return {"in_force": current.uid if current else None, "history": [_learnt(row) for row in rows]}


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    actions.demand_ranking(viewer)
    return viewer


@router.get("/match/ranking", response={200: RankingOut, **REFUSALS}, summary="排序权重 The weights in force")
def read_ranking(request: HttpRequest) -> Any:
    _viewer(request)
    return _ranking()


@router.post("/match/ranking/train", response={202: RankingOut, **REFUSALS}, summary="从答复学习 Learn from answers")
@idempotent
def train_ranking(request: HttpRequest) -> HttpResponse:
    """Begins a job; its outcome is the newest of `history` when it is done."""
    actions.start_training(actor=_viewer(request))
    return answer(_ranking(), status=202)


@router.post("/match/ranking/revert", response={200: RankingOut, **REFUSALS}, summary="退回上一版权重 Go back one step")
@idempotent
def revert_ranking(request: HttpRequest) -> HttpResponse:
    actions.take_back(actor=_viewer(request))
    return answer(_ranking())
