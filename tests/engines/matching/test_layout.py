"""Laying out on disk, batch by batch, gives the arrays that laying out in memory gives, and `refresh` the same ranking."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.arrays import Ragged
from duijie.engines.matching.layout import Living, lay_out
from duijie.engines.matching.segment import Segment

WORDS = "铝合金压铸件气孔检测茶叶烘干污水膜处理锂电池回收肿瘤早筛试剂激光焊接轴承"


def document(number: int, kind: str = "technology") -> Document:
    start = number * 7 % len(WORDS)
    text = (WORDS + WORDS)[start : start + 6 + number % 5]
    return Document(
        id=f"{kind}:{number}", kind=kind, title=text, body=f"{text}，{(WORDS + WORDS)[start : start + 12]}。"
    )


def arrays(segment: Segment) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for each in fields(Segment):
        value = getattr(segment, each.name)
        if isinstance(value, Ragged):
            found |= {f"{each.name}.offsets": value.offsets, f"{each.name}.values": value.values}
        elif isinstance(value, np.ndarray):
            found[each.name] = value
        elif value is not None:
            found |= {f"{each.name}.{one.name}": getattr(value, one.name) for one in fields(value)}
    return found


def test_batches_on_disk_are_what_memory_would_hold(tmp_path: Path) -> None:
    with MatchIndex.in_memory() as index:
        index.upsert(document(n) for n in range(30))
        index.commit()
        index.upsert(document(n, "need") for n in range(12))
        index.delete(["technology:3", "need:4"])
        index.commit()
        living = Living.of(index._state.segments, index._state.alive)
        index.refresh()
        whole, model = index._state.segments[0], index._state.model
    assert len(living) == 40
    laid = lay_out(living, model, tmp_path / "segment", batch=7)
    assert arrays(laid).keys() == arrays(whole).keys()
    for name, values in arrays(whole).items():
        assert np.array_equal(values, arrays(laid)[name]), name


def test_an_index_on_disk_ranks_as_one_in_memory_and_keeps_it(tmp_path: Path) -> None:
    query = Document(id="q", kind="need", title="铝合金压铸气孔检测")
    answers = []
    for index in (MatchIndex.in_memory(), MatchIndex.open(tmp_path / "index")):
        index.upsert(document(n) for n in range(20))
        index.commit()
        index.upsert(document(n) for n in range(20, 40))
        index.delete(["technology:7"])
        index.refresh()
        assert index.fresh
        answers.append([(each.id, each.score) for each in index.match(query, top=10)])
        index.close()
    with MatchIndex.open(tmp_path / "index", writable=False) as index:
        answers.append([(each.id, each.score) for each in index.match(query, top=10)])
        assert len(index) == 39
    assert answers[0] == answers[1] == answers[2]
    assert len(list((tmp_path / "index").glob("segment-*"))) == 1
