"""The installation's match index: written by the worker, read by whoever asks."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

from django.conf import settings

from duijie.engines.matching import MatchIndex
from duijie.match.learning import ranking_in_force

logger = logging.getLogger(__name__)
_lock = threading.RLock()
_open: dict[tuple[str, bool], MatchIndex] = {}


def folder() -> Path:
    return Path(settings.INDEX_DIR) / "match"


def match_index(*, writable: bool = False) -> MatchIndex:
    """The index, newest commit, with the weights in force. The worker asks for it writable and keeps it; others read."""
    index = _opened(writable)
    index.ranking = ranking_in_force()
    return index


def _opened(writable: bool) -> MatchIndex:
    place = folder()
    with _lock:
        writer = _open.get((str(place), True))
        if writer is not None:
            return writer
        key = (str(place), writable)
        index = _open.get(key)
        if index is None:
            place.mkdir(parents=True, exist_ok=True)
            try:
                index = MatchIndex.open(place, writable=writable)
            except BlockingIOError:
                raise
            except Exception:
                if not writable:
                    raise
                logger.exception("the match index cannot be opened and is built anew")
                shutil.rmtree(place)
                place.mkdir(parents=True)
                index = MatchIndex.open(place, writable=True)
            _open[key] = index
        elif not writable:
            index.reload()
        return index


def close_match_index() -> None:
    """Let go of the index (tests, commands)."""
    with _lock:
        for index in _open.values():
            index.close()
        _open.clear()


def writing_lock() -> threading.RLock:
    """Held while the index is written or trained: the dispatcher and the job runner are two threads of one worker."""
    return _lock
