"""Long work of matching: many listings at once, everything anew, training."""

from __future__ import annotations

from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.jobs import MATCHING, Progress, enqueue, job
from duijie.core.models import Job
from duijie.match.actions.learning import JOB as TRAIN
from duijie.match.actions.learning import note_training
from duijie.match.balancing import balance_suggestions
from duijie.match.finding import published_among, suggest_for
from duijie.match.index import match_index, writing_lock
from duijie.match.learning import fit
from duijie.match.upkeep import all_published_ids, learn

BATCH = 25


def _find(progress: Progress, ids: list[int]) -> dict[str, Any]:
    done = int(progress.state.get("done", 0))
    written = int(progress.state.get("written", 0))
    while done < len(ids):
        progress.give_way()
        part = ids[done : done + BATCH]
        written += suggest_for(published_among(pk__in=part))
        done += len(part)
        progress.state.update(done=done, written=written)
        progress.to(done, len(ids), f"已匹配 {done} 条", f"{done} matched")
    ask_for_balance()
    return {"listings": len(ids), "suggestions": written}


def ask_for_balance() -> None:
    """Ask for balancing, unless it is asked for already."""
    if not Job.objects.filter(kind="match.balance", status=Job.Status.WAITING).exists():
        enqueue("match.balance", actor=SYSTEM)


@job("match.balance", lane=MATCHING)
def balance_exposure(progress: Progress) -> dict[str, Any]:
    """Fuse both directions of all open suggestions and balance exposure."""
    return {"changed": balance_suggestions()}


@job("match.find", lane=MATCHING)
def find(progress: Progress) -> dict[str, Any]:
    """Find partners for the listings named."""
    return _find(progress, list(progress.params["ids"]))


@job("match.learn", lane=MATCHING)
def train(progress: Progress) -> dict[str, Any]:
    """Train the corpus model; with `rematch` find everybody's partners anew afterwards."""
    if not progress.state.get("learnt"):
        count = learn(lambda step, done, total: progress.to(done, total, f"训练：{step}", f"training: {step}"))
        progress.state["learnt"] = count
    result: dict[str, Any] = {"documents": progress.state["learnt"]}
    if progress.params.get("rematch"):
        result |= _find(progress, all_published_ids())
    return result


@job(TRAIN, lane=MATCHING)
def learn_from_answers(progress: Progress) -> dict[str, Any]:
    """Fit the weights to what people said of their matches; adopted only where held-out needs are ranked better."""
    with writing_lock():
        index = match_index(writable=True)
    found = fit(index, lambda done, total: progress.to(done, total, f"比较 {done} 条需求", f"{done} needs compared"))
    note_training(actor=SYSTEM, found=found)
    return {
        "adopted": found.better,
        "difference": round(found.difference, 4),
        "needs": found.needs,
        "pairs": found.pairs,
    }
