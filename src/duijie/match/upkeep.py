"""The match index in the long run: healed from the records, its corpus model trained anew when the texts have changed much."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.jobs import enqueue
from duijie.core.models import Job
from duijie.engines.matching.index import Discrepancies
from duijie.match.actions.learning import JOB as TRAIN
from duijie.match.actions.learning import start_training
from duijie.match.documents import documents_of
from duijie.match.finding import published, published_among
from duijie.match.index import folder, match_index, writing_lock
from duijie.match.judgements import count_of_answers
from duijie.match.learning import LEAST_PAIRS
from duijie.match.models import LearntRanking, Suggestion

logger = logging.getLogger(__name__)
BATCH = 2000
GROWN = 1.2
FEW = 1000  # an exchange of so few is matched anew in seconds
TRAINED_ON = "trained_on"
TRAINED_EVERY = dt.timedelta(days=7)


def expected() -> dict[str, str]:
    """uid -> version that the match index should hold."""
    return {uid: str(version) for uid, version in published().values_list("uid", "version").iterator(chunk_size=5000)}


def compare_match_index() -> Discrepancies:
    return match_index().verify(expected())


def repair_match_index(found: Discrepancies, progress: Callable[[int, int], None] | None = None) -> None:
    """Mend what `compare_match_index` found."""
    index = match_index(writable=True)
    todo = [*found.missing, *found.stale]
    with writing_lock():
        index.delete(found.extra)
        for start in range(0, len(todo), BATCH):
            rows = published_among(uid__in=todo[start : start + BATCH])
            index.upsert(documents_of(rows).values())
            if progress:
                progress(start + len(rows), len(todo))
        index.commit()


def heal_match_index() -> None:
    found = match_index(writable=True).verify(expected())
    if found:
        repair_match_index(found)
    learn_anew_if_due()


def _trained_on() -> int:
    mark = Path(folder()) / TRAINED_ON
    return int(mark.read_text()) if mark.exists() else 0


def learn_anew_if_due() -> None:
    """Ask for training when the exchange has grown by a fifth (or shrunk as much) since the last one.

    In a young exchange everybody's partners are then found anew: what was ranked when next to nothing was learnt would stay on
    the desks as less likely than it is, however well it suits.
    """
    count, before = len(match_index(writable=True)), _trained_on()
    due = count > 1 and (count > before * GROWN or count * GROWN < before)
    if due and not Job.objects.filter(kind="match.learn", status__in=["waiting", "running"]).exists():
        enqueue("match.learn", actor=SYSTEM, rematch=count <= FEW)


def learn(progress: Callable[[str, int, int], None] | None = None) -> int:
    """Train the corpus model on the texts as they are. Returns how many documents it saw."""
    index = match_index(writable=True)
    with writing_lock():
        index.refresh(progress)
        count = len(index)
        (Path(folder()) / TRAINED_ON).write_text(str(count))
    return count


def train_if_due(now: dt.datetime | None = None) -> None:
    """Ask for a training when the answers have grown by a fifth since the last one; at most once a week."""
    now = now or timezone.now()
    last = Job.objects.filter(kind=TRAIN).order_by("-created_at").first()
    if last is not None and last.created_at > now - TRAINED_EVERY:
        return
    learnt = LearntRanking.objects.order_by("-pk").values_list("pairs", flat=True).first() or 0
    if count_of_answers() >= max(LEAST_PAIRS, learnt * GROWN):
        start_training(actor=SYSTEM)


def rematch_all() -> Job:
    """Train on the texts as they are, then find everybody's partners anew, in a job."""
    return enqueue("match.learn", actor=SYSTEM, rematch=True)


def balance_if_due() -> None:
    """Ask for balancing when suggestions have come or gone since the last one."""
    last = Job.objects.filter(kind="match.balance").order_by("-created_at").first()
    changed = Suggestion.objects.all()
    if last is not None:
        changed = changed.filter(changed_at__gt=last.created_at)
    if changed.exists() and (last is None or last.status not in {Job.Status.WAITING, Job.Status.RUNNING}):
        enqueue("match.balance", actor=SYSTEM)


def all_published_ids() -> list[int]:
    return list(published().order_by("pk").values_list("pk", flat=True))


__all__ = [
    "balance_if_due",
    "compare_match_index",
    "heal_match_index",
    "learn",
    "learn_anew_if_due",
    "rematch_all",
    "repair_match_index",
    "train_if_due",
]
