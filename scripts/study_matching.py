"""Every figure of docs/matching.md, from the judged needs and offers that DUIJIE_REFERENCE_DATA names.

usage: DUIJIE_REFERENCE_DATA=... python scripts/study_matching.py [--retrieval] [--plot docs/matching-reliability.svg]

Five folds by sha256(need title) mod 5; a need's offers are scored by weights fitted on the other folds. Intervals are 95 %, by
the normal approximation over needs. With --retrieval two public sets of questions on long texts are scored as well.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.evaluation.calibration import calibrate
from duijie.engines.matching.evaluation.reliability_plot import reliability_plot
from duijie.engines.matching.features import FEATURES
from duijie.engines.matching.training import SUITABLE, Judged, _grade_from, judged_needs, ndcg, train

Floats = NDArray[np.float64]
BASELINES = {
    "BM25 of single characters": ("bm25_one_full",), "BM25 of character pairs": ("bm25_two_full",), "BM25 of words": ("bm25_word_full",),
    "TF-IDF of one and two characters, titles": ("tfidf_onetwo_title",), "meaning vectors, titles": ("meaning_title",),
}  # fmt: skip
GROUPS = {
    "soft coverage": lambda name: name.startswith("soft"), "meaning vectors": lambda name: name.startswith("meaning"),
    "both kinds of meaning": lambda name: name.startswith(("soft", "meaning")), "TF-IDF cosines": lambda name: name.startswith("tfidf"),
    "coverage": lambda name: name.startswith("cover"), "BM25": lambda name: name.startswith("bm25"),
    "words": lambda name: "_word_" in name, "runs of three": lambda name: "_three_" in name,
    "single units": lambda name: "_one_" in name or name.endswith("_one"), "title": lambda name: name.endswith("_title"),
    "title with key phrases": lambda name: name.endswith("_key"), "whole need": lambda name: name.endswith("_full"),
    "length of the offer": lambda name: name == "head_length",
}  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def interval(values: Floats) -> str:
    """Mean with its 95 % interval."""
    half = 1.96 * values.std(ddof=1) / np.sqrt(values.size)
    return f"{values.mean():+.4f} [{values.mean() - half:+.4f}, {values.mean() + half:+.4f}]"


def standard_error(values: Floats) -> float:
    """Of the mean."""
    return float(values.std(ddof=1) / np.sqrt(values.size))


def column(judged: Sequence[Judged], names: Sequence[str]) -> list[Floats]:
    """The summed raw features of each need's judged offers."""
    places = [FEATURES.index(name) for name in names]
    return [each.values[:, places].sum(axis=1) for each in judged]


def grade_agreement(judged: Sequence[Judged], scores: Sequence[Floats]) -> float:
    """1 / (1 + mean absolute error) of grades read off a score, thresholds fitted on the other folds."""
    errors = []
    for fold in sorted({each.fold for each in judged}):
        others = [place for place, each in enumerate(judged) if each.fold != fold]
        limits = np.array(
            _grade_from(
                np.concatenate([scores[place] for place in others]),
                np.concatenate([judged[place].grades for place in others]),
            )
        )
        for place, each in enumerate(judged):
            if each.fold == fold:
                errors.append(np.abs(1 + (scores[place][:, None] >= limits).sum(axis=1) - each.grades))
    return float(1 / (1 + np.concatenate(errors).mean()))


def without(judged: Sequence[Judged], dropped: Sequence[int]) -> list[Judged]:
    """The same needs with some features put to nothing."""
    found = []
    for each in judged:
        values = each.values.copy()
        values[:, dropped] = each.reference_mean[list(dropped)]
        found.append(
            Judged(
                each.need,
                each.offers,
                values,
                each.reference_mean,
                each.reference_deviation,
                each.reference_size,
                each.grades,
                each.fold,
            )
        )
    return found


def whole_pool(
    index: MatchIndex, judged: Sequence[Judged], needs: Mapping[str, Document], offers: list[str]
) -> dict[str, Floats]:
    """recall@50 and reciprocal rank of each need over all offers, for our ranking (held out) and the baselines."""
    fitted = {
        fold: train([each for each in judged if each.fold != fold]).ranking for fold in {each.fold for each in judged}
    }
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in judged:
        relevant = {offer for offer, grade in zip(each.offers, each.grades, strict=True) if grade >= SUITABLE}
        if not relevant:
            continue
        values, reference = index.compare(needs[each.need], offers)
        good = np.array([offer in relevant for offer in offers])
        scores = {"Duijie": np.round(fitted[each.fold].logits(values, reference), 6)}
        scores |= {
            name: values[:, [FEATURES.index(one) for one in names]].sum(axis=1) for name, names in BASELINES.items()
        }
        for name, score in scores.items():
            order = np.lexsort((good, -score))
            places = np.flatnonzero(good[order])
            found[name].append((float((places < 50).mean()), float(1 / (places[0] + 1))))
    return {name: np.array(values) for name, values in found.items()}


def retrieval(folder: Path) -> None:
    """Questions on long texts: nDCG@10, first hit, recall@10, beside BM25 in the same run."""
    for name in ("stard", "ncp"):
        questions, texts = (_stard if name == "stard" else _ncp)(folder)
        with MatchIndex.in_memory() as index:
            index.upsert(
                Document(id=key, kind="technology", title=title, body=body) for key, (title, body) in texts.items()
            )
            index.refresh()
            keys = sorted(texts)
            found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
            for number, (question, relevant) in enumerate(questions):
                values, reference = index.compare(Document(id=f"q{number}", kind="need", title=question), keys)
                scores = {"Duijie": index.ranking.logits(values, reference)}
                scores |= {
                    each: values[:, FEATURES.index(one)]
                    for each, one in (("BM25 pairs", "bm25_two_full"), ("BM25 words", "bm25_word_full"))
                }
                for each, score in scores.items():
                    first = [keys[place] in relevant for place in np.argsort(-score, kind="stable")[:10]]
                    gain = sum(1 / np.log2(place + 2) for place, hit in enumerate(first) if hit)
                    most = sum(1 / np.log2(place + 2) for place in range(min(10, len(relevant))))
                    found[each].append((gain / most, float(first[0]), sum(first) / len(relevant)))
        for each, values in found.items():
            print(
                f"{name:6s} {each:12s} nDCG@10 {np.mean(values, axis=0)[0]:.4f}  hit@1 {np.mean(values, axis=0)[1]:.4f}  recall@10 {np.mean(values, axis=0)[2]:.4f}"
            )


def _stard(folder: Path) -> tuple[list[tuple[str, set[str]]], dict[str, tuple[str, str]]]:
    raw = json.loads((folder / "stard/queries.json").read_text(encoding="utf-8"))
    texts = {name: (name, text) for each in raw for name, text in each["相关法规"].items()}
    return [(each["问题"], set(each["相关法规"])) for each in raw], texts


def _ncp(folder: Path) -> tuple[list[tuple[str, set[str]]], dict[str, tuple[str, str]]]:
    texts = {}
    for part in ("train", "dev"):
        for line in (folder / f"ncp_policy/data_local_{part}.json").read_text(encoding="utf-8").splitlines():
            each = json.loads(line)
            texts[each["docid"]] = (each["context"].split(" ")[0][:80], each["context"])
    questions = [
        (row["question"], {row["docid"]})
        for row in rows_of(folder / "ncp_policy/data_fold_train.csv")
        if row["docid"] in texts
    ]
    return questions, texts


def main() -> None:
    """Print all tables; write the plot where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--retrieval", action="store_true")
    arguments.add_argument("--plot", type=Path)
    chosen = arguments.parse_args()
    folder = Path(os.environ.get("DUIJIE_REFERENCE_DATA") or sys.exit("DUIJIE_REFERENCE_DATA is not set"))
    needs = [
        Document(id=f"need:{row['need_id']}", kind="need", title=row["title"], body=row["content"])
        for row in rows_of(folder / "matching/needs.csv")
    ]
    offers = [
        Document(id=f"technology:{row['offer_id']}", kind="technology", title=row["title"])
        for row in rows_of(folder / "matching/offers.csv")
    ]
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows_of(folder / "matching/judgements.csv"):
        grades[f"need:{row['need_id']}"][f"technology:{row['offer_id']}"] = int(row["grade"])
    with MatchIndex.in_memory() as index:
        index.upsert([*offers, *needs])
        index.refresh()
        judged = judged_needs(index, needs, grades)
        outcome = train(judged)
        ours = ndcg(judged, outcome.logits)
        pool = whole_pool(index, judged, {need.id: need for need in needs}, [offer.id for offer in offers])
    table(judged, ours, outcome.grades, pool)
    ablation(judged, ours)
    per_need = [
        (stated, (each.grades >= SUITABLE).astype(float))
        for stated, each in zip(outcome.probabilities, judged, strict=True)
    ]
    calibration = calibrate(per_need, sum(each.grades.size for each in judged), bins=10, resamples=500, seed=1)
    error = calibration.expected_error
    print(
        f"\nexpected calibration error {error.value:.4f} [{error.low:.4f}, {error.high:.4f}], {calibration.pairs} pairs, base rate {calibration.base_rate:.3f}"
    )
    if chosen.plot:
        chosen.plot.write_text(reliability_plot(calibration, "en"), encoding="utf-8")
    if chosen.retrieval:
        retrieval(folder / "retrieval")


def table(
    judged: Sequence[Judged], ours: Floats, expected: Sequence[NDArray[np.int64]], pool: Mapping[str, Floats]
) -> None:
    """Our ranking beside the baselines, in the same run."""
    error = np.abs(np.concatenate(expected) - np.concatenate([each.grades for each in judged])).mean()
    lines = [("Duijie", ours, float(1 / (1 + error)))]
    for name, names in BASELINES.items():
        scores = column(judged, names)
        lines.append((name, ndcg(judged, scores), grade_agreement(judged, scores)))
    print(f"{'system':44s} nDCG@10         1/(1+MAE) recall@50 MRR    ours less this, paired")
    for name, values, agreement in lines:
        print(
            f"{name:44s} {values.mean():.4f} ± {standard_error(values):.4f} {agreement:.3f}     {pool[name][:, 0].mean():.3f}     {pool[name][:, 1].mean():.3f}  {interval(ours - values)}"
        )


def ablation(judged: Sequence[Judged], ours: Floats) -> None:
    """What each group of features brings: the loss where it is left out."""
    print("\nleft out                       features  nDCG@10  brings")
    for name, chosen in GROUPS.items():
        dropped = [place for place, feature in enumerate(FEATURES) if chosen(feature)]
        values = ndcg(judged, train(without(judged, dropped)).logits)
        print(f"{name:30s} {len(dropped):8d}  {values.mean():.4f}   {interval(ours - values)}")


if __name__ == "__main__":
    main()
