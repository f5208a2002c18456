"""The compiled comparison gives what the definitions of its columns say, written out one document at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.corpus import CorpusModel
from duijie.engines.matching.features import FEATURES
from duijie.engines.matching.query import FIELDS, Query, query_of
from duijie.engines.matching.signature import ONE, ORDERS, TWO, counts_of, ids_of, in_head, orders_of, terms_of

SUBJECTS = (
    "铝合金压铸件气孔检测",
    "茶叶萎凋发酵控制",
    "水产养殖水质监测",
    "污水脱氮除磷",
    "锂电池回收利用",
    "PVC管材挤出 5G",
)
OFFERS = [
    Document(id=f"t{number}", kind="technology", title=f"{SUBJECTS[number % 6]}{'装置' if number % 4 else '方法'}",
             body=f"用于{SUBJECTS[number * 5 % 6]}，并兼顾{SUBJECTS[number * 7 % 5]}，第{number}号。" * (number % 3))
    for number in range(40)
]  # fmt: skip
QUESTION = Document(
    id="n", kind="need", title="压铸件气孔在线检测装置", body="我司压铸铝合金件，气孔多，水质监测亦可。管材挤出。"
)
SETS = {"one": (0,), "two": (1,), "three": (2,), "word": (3,), "onetwo": (0, 1)}


def expected(query: Query, offer: Document, model: CorpusModel, mean: dict[int, float]) -> dict[str, float]:
    terms = terms_of(offer)
    keys, counts, head = terms & np.uint32((1 << 24) - 1), counts_of(terms), in_head(terms)
    stands = {int(key): (int(many), bool(inside)) for key, many, inside in zip(keys, counts, head, strict=True)}
    lengths = [int(counts[orders_of(terms) == order].sum()) for order in range(4)]
    rare = {
        int(k): float(model.head.smooth_weight(np.array([k & 0x3FFFFF]))[0])
        for k in {*keys.tolist(), *query.keys.tolist()}
    }
    found: dict[str, float] = {}
    for number, field in enumerate(FIELDS):
        asked = {int(key): float(many) for key, many in zip(query.keys, query.counts[number], strict=True) if many}
        for name, orders in SETS.items():
            mine = {key: (1 + math.log(many)) * rare[key] for key, many in asked.items() if key >> 22 in orders}
            theirs = {key: rare[key] for key, (_, inside) in stands.items() if inside and key >> 22 in orders}
            both = mine.keys() & theirs.keys()
            norm = math.sqrt(sum(each**2 for each in mine.values()) * sum(each**2 for each in theirs.values()))
            found[f"tfidf_{name}_{field}"] = sum(mine[key] * theirs[key] for key in both) / max(norm, 1e-6)
            shared = sum(rare[key] for key in both)
            found[f"cover_{name}_{field}"] = shared / max(sum(theirs.values()), 1e-6)
            found[f"covered_{name}_{field}"] = shared / max(sum(rare[key] for key in mine), 1e-6)
        for order, name in enumerate(ORDERS):
            total = 0.0
            for key, many in asked.items():
                if key >> 22 == order and key in stands:
                    weight = float(model.full.bm25_weight(np.array([key & 0x3FFFFF]))[0])
                    often = stands[key][0]
                    total += many * weight * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * lengths[order] / mean[order]))
            found[f"bm25_{name}_{field}"] = total
    return found | softly(query, keys[head], rare, model)


def softly(query: Query, keys: np.ndarray, rare: dict[int, float], model: CorpusModel) -> dict[str, float]:
    """How near the nearest gram of the other side is, weighed by rarity, from either side."""

    def known(these: np.ndarray) -> dict[int, np.ndarray]:
        places = model.vectors.places(ids_of(these))
        vectors = {
            int(key): model.vectors.values[place]
            for key, place in zip(these, places, strict=True)
            if place >= 0 and key >> 22 <= TWO
        }
        return {key: each / np.linalg.norm(each) for key, each in vectors.items()}

    asked, given = known(query.soft), known(keys)
    found = {}
    for side, mine, others in (("soft_cover", given, asked), ("soft_covered", asked, given)):
        for name, orders in (("onetwo", (ONE, TWO)), ("one", (ONE,)), ("two", (TWO,))):
            near = {
                key: max((float(each @ other) for number, other in others.items() if number >> 22 in orders), default=0.0)
                for key, each in mine.items() if key >> 22 in orders
            }  # fmt: skip
            weight = sum(rare[key] for key in near)
            found[f"{side}_{name}"] = sum(rare[key] * max(value, 0.0) for key, value in near.items()) / max(
                weight, 1e-9
            )
    return found


def test_columns_are_what_their_definitions_say() -> None:
    with MatchIndex.in_memory() as index:
        index.upsert([*OFFERS, QUESTION])
        index.refresh()
        model = index._state.model
        values, _ = index.compare(QUESTION, [offer.id for offer in OFFERS])
    query = query_of(QUESTION, model)
    mean = dict(enumerate(model.mean_lengths.tolist()))
    checked: set[str] = set()
    for offer, line in zip(OFFERS, values, strict=True):
        wanted = expected(query, offer, model, mean)
        for name, value in zip(FEATURES, line, strict=True):
            if name in wanted:
                assert value == pytest.approx(wanted[name], rel=1e-4, abs=1e-5), (offer.id, name)
                checked.add(name)
    assert set(FEATURES) - checked == {f"meaning_{field}" for field in FIELDS} | {"head_length", "body_share"}
