"""Quality on judged needs that the weights had not seen: the figures that docs/matching.md promises."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.features import FEATURES
from duijie.engines.matching.training import SUITABLE, judged_needs, ndcg, train


def rows(name: str) -> list[dict[str, str]]:
    path = Path(os.environ["DUIJIE_REFERENCE_DATA"]) / "matching" / name
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.reference
def test_held_out_needs_are_ranked_and_calibrated_as_promised() -> None:
    needs = [
        Document(id=f"n:{row['need_id']}", kind="need", title=row["title"], body=row["content"])
        for row in rows("needs.csv")
    ]
    offers = [Document(id=f"t:{row['offer_id']}", kind="technology", title=row["title"]) for row in rows("offers.csv")]
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows("judgements.csv"):
        grades[f"n:{row['need_id']}"][f"t:{row['offer_id']}"] = int(row["grade"])
    with MatchIndex.in_memory() as index:
        index.upsert([*offers, *needs])
        index.refresh()
        judged = judged_needs(index, needs, grades)
    outcome = train(judged)
    ours = ndcg(judged, outcome.logits)
    pairs = ndcg(judged, [each.values[:, FEATURES.index("bm25_two_full")] for each in judged])
    difference = ours - pairs
    assert ours.mean() >= 0.645
    assert difference.mean() >= 0.05
    assert difference.mean() - 1.96 * difference.std(ddof=1) / np.sqrt(difference.size) > 0.02
    stated = np.concatenate(outcome.probabilities)
    suitable = np.concatenate([each.grades >= SUITABLE for each in judged])
    tenth = np.minimum((stated * 10).astype(int), 9)
    error = sum(abs(stated[tenth == one].sum() - suitable[tenth == one].sum()) for one in range(10)) / stated.size
    assert error <= 0.05
