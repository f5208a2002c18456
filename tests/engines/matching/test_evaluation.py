"""Scores against an oracle written plainly, against the reference scorer on real data, and bad input."""

from __future__ import annotations

import csv
import math
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching import evaluation as scoring
from duijie.engines.matching.evaluation import measures
from duijie.engines.matching.evaluation.calibration import calibrate, expected_calibration_error
from duijie.engines.matching.evaluation.exposure import exposure, gini
from duijie.engines.matching.evaluation.intervals import mean_interval, paired_difference, sign_flip_p

SETTINGS = scoring.Settings(resamples=200)


def write_rows(path: Path, heading: str, rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading.split(","), *rows])
    return path


def scored(tmp_path: Path, ranking: list[tuple[object, ...]], judged: list[tuple[object, ...]], heading: str = "score"):
    ranking_path = write_rows(tmp_path / "ranking.csv", f"need_id,offer_id,{heading}", ranking)
    judgements = scoring.read_judgements(write_rows(tmp_path / "judged.csv", "need_id,offer_id,grade", judged))
    collected = scoring.collect(ranking_path, judgements, relevant_grade=3, first=10)
    return scoring.evaluate(collected, judgements, SETTINGS)


def oracle(scores: dict[str, float], grades: dict[str, int]) -> tuple[float, float, float]:
    """nDCG@10, recall@10 and MRR in the plainest form: every tie is broken against the ranking."""
    relevant = {o for o, g in grades.items() if g >= 3}

    def dcg(values: list[int]) -> float:
        return sum((2 ** (g - 1) - 1) / math.log2(i + 2) for i, g in enumerate(values[:10]))

    order = sorted(grades, key=lambda o: (-scores.get(o, -math.inf), grades[o]))
    pool = sorted(scores, key=lambda o: (-scores[o], o in relevant, o))
    places = [i for i, o in enumerate(pool, start=1) if o in relevant]
    return (
        dcg([grades[o] for o in order]) / dcg(sorted(grades.values(), reverse=True)),
        len(relevant & set(pool[:10])) / len(relevant),
        1 / places[0] if places else 0.0,
    )


OFFERS = [f"o{i}" for i in range(30)]


@given(
    scores=st.dictionaries(st.sampled_from(OFFERS), st.integers(0, 5).map(float), max_size=30),
    grades=st.dictionaries(st.sampled_from(OFFERS), st.integers(1, 4), min_size=1).filter(
        lambda g: max(g.values()) > 2
    ),
)
def test_one_need_equals_the_plain_oracle_whatever_the_ties(scores: dict[str, float], grades: dict[str, int]) -> None:
    relevant_scores = {o: s for o, s in scores.items() if grades.get(o, 0) >= 3}
    counter = measures.RankCounter(relevant_scores)
    for offer, score in scores.items():
        counter.see(offer, score)
    ranks = counter.ranks()
    places = [ranks.get(o) for o, g in grades.items() if g >= 3]
    expected = oracle(scores, grades)
    assert measures.ndcg(grades, {o: s for o, s in scores.items() if o in grades}, 10) == expected[0]
    assert measures.recall(places, 10) == expected[1]
    assert measures.reciprocal_rank(places) == expected[2]


def test_pool_ndcg_by_hand() -> None:
    assert measures.pool_ndcg([1, 2], 10) == 1
    assert measures.pool_ndcg([2, None], 10) == (1 / math.log2(3)) / (1 + 1 / math.log2(3))
    assert measures.pool_ndcg([3, 11, 12], 2) == 0
    # More relevant offers than places: a full page of them is perfect.
    assert measures.pool_ndcg([1, 2, 3], 2) == 1


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12).filter(lambda g: max(g) > 1), st.randoms())
def test_leaving_rows_out_never_helps(grades: list[int], generator: random.Random) -> None:
    judged = {f"o{i}": g for i, g in enumerate(grades)}
    scores = {o: float(generator.randrange(4)) for o in judged}
    lower = min(scores.values()) - 1
    for offer in judged:
        # An offer that is left out counts as one placed behind everything else.
        without = {o: s for o, s in scores.items() if o != offer}
        assert measures.ndcg(judged, without, 10) == measures.ndcg(judged, {**without, offer: lower}, 10)


def test_two_needs_by_hand(tmp_path: Path) -> None:
    result = scored(
        tmp_path,
        [("n1", "a", 3), ("n1", "b", 2), ("n1", "x", 9), ("n2", "c", 1), ("n3", "a", 1)],
        [("n1", "a", 4), ("n1", "b", 1), ("n2", "d", 3), ("n2", "c", 1), ("n4", "a", 1)],
    )
    assert result.scored_needs == 2
    assert result.judged_needs == 3
    assert result.unjudged_needs == 1
    assert result.unranked_needs == ("n4",)
    first, second = result.needs
    assert first.figures == {
        "nDCG@10": 1.0, "recall@10": 1.0, "recall@50": 1.0, "MRR": 0.5, "pool nDCG@10": 1 / math.log2(3), "hit@1": 0.0,
        "hit@10": 1.0,
    }  # fmt: skip
    assert second.figures["nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert second.first_rank is None
    assert [(m.offer, m.grade, m.rank) for m in second.missed] == [("d", 3, None)]
    assert second.misplaced == ("c",)
    assert result.measures["MRR"].value == 0.25
    assert [n.need for n in result.worst(1)] == ["n2"]


def test_predicted_grades_and_probabilities(tmp_path: Path) -> None:
    result = scored(
        tmp_path,
        [("n1", "a", 3, 0.9, 4), ("n1", "b", 2, 0.1, 2), ("n2", "c", 1, 0.6, 3)],
        [("n1", "a", 4), ("n1", "b", 1), ("n2", "c", 3), ("n2", "d", 3)],
        heading="score,probability,grade",
    )
    assert result.grades is not None and result.calibration is not None
    # Errors 0, 1, 0 and, for the pair not listed (read as grade 1), 2.
    assert result.grades.mean_error == 0.75
    assert result.grades.score.value == 1 / 1.75
    assert (result.grades.pairs, result.grades.judged_pairs) == (3, 4)
    assert [n.figures["grade error"] for n in result.needs] == [0.5, 1.0]
    assert result.calibration.pairs == 3
    assert result.calibration.expected_error.value == pytest.approx((0.1 + 0.1 + 0.4) / 3)
    assert sum(b.pairs for b in result.calibration.bins) == 3


def test_rows_in_any_order_give_the_same_figures(tmp_path: Path) -> None:
    generator = random.Random(7)
    judged = [(f"n{n}", f"o{o:02}", generator.randint(1, 4)) for n in range(9) for o in generator.sample(range(60), 20)]
    ranking = [(f"n{n}", f"o{o:02}", generator.randint(0, 9)) for n in range(9) for o in range(60)]
    straight = scored(tmp_path, ranking, judged)
    generator.shuffle(ranking)
    assert scored(tmp_path, ranking, judged) == straight


def test_perfectly_calibrated_bins_have_no_error_and_a_constant_guess_has_all() -> None:
    probabilities = np.array([0.25] * 4 + [0.75] * 4)
    suitable = np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=float)
    edges = np.linspace(0, 1, 11)
    assert expected_calibration_error(probabilities, suitable, edges) == 0
    assert expected_calibration_error(np.ones(8), suitable, edges) == 0.5
    whole = calibrate([(probabilities, suitable)], 8, bins=10, resamples=100, seed=1)
    assert whole.base_rate == 0.5
    assert whole.brier.value == 0.1875


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_gini_lies_between_equality_and_a_single_winner(counts: list[int]) -> None:
    value = gini(counts)
    assert -1e-12 <= value <= 1 - 1 / len(counts) + 1e-12
    assert gini([7] * len(counts)) == 0
    assert gini([0] * (len(counts) - 1) + [5]) == pytest.approx(1 - 1 / len(counts))
    # Only the shares matter, not whose they are nor their unit.
    assert gini([3 * c for c in reversed(counts)]) == pytest.approx(value)


def test_exposure_counts_the_pool_that_was_never_shown() -> None:
    shown = exposure(Counter({"a": 3, "b": 1}), offers=4, k=2)
    assert (shown.offers, shown.shown, shown.share_shown, shown.places) == (4, 2, 0.5, 4)
    assert shown.gini == gini([0, 0, 1, 3])
    assert shown.most_shown == (("a", 3), ("b", 1))


def test_an_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    covered = 0
    for trial in range(200):
        values = generator.beta(2, 1, size=60)
        interval = mean_interval(values, resamples=400, seed=trial)
        covered += interval.low <= 2 / 3 <= interval.high
    assert 180 <= covered <= 199


def test_constant_figures_have_an_interval_without_width() -> None:
    interval = mean_interval(np.full(5, 0.1), resamples=100, seed=1)
    assert (interval.value, interval.low, interval.high, interval.standard_error) == (0.1, 0.1, 0.1, pytest.approx(0))


def test_sign_flips_are_exact_for_few_needs_and_agree_with_sampling() -> None:
    assert sign_flip_p(np.array([1.0, 2.0, 3.0])) == 0.25
    assert sign_flip_p(np.zeros(4)) == 1.0
    differences = np.random.default_rng(5).normal(0.3, 1, size=40)
    result = paired_difference(differences, np.zeros(40), resamples=200, seed=1)
    assert abs(result.flip_p - result.t_p) < 0.02
    assert result.wins + result.losses + result.ties == 40


def test_a_system_compared_with_itself_differs_in_nothing(tmp_path: Path) -> None:
    result = scored(tmp_path, [("n1", "a", 3)], [("n1", "a", 4), ("n2", "b", 3)])
    comparison = scoring.compare(result, result)
    assert comparison.moved == ()
    assert all(d.difference.value == 0 and d.flip_p == 1 and d.ties == 2 for d in comparison.differences.values())


BAD = [
    ("need_id,offer_id\n", "no_column", "第 1 行缺少 score 列"),
    ("", "empty", "是空文件"),
    ("need_id,offer_id,score\nn1,a,高\n", "not_number", "第 2 行 score 列：“高”不是有限的数"),
    ("need_id,offer_id,score\nn1,a,nan\n", "not_number", "第 2 行 score 列"),
    ("need_id,offer_id,score\nn1,a,1\nn1, ,1\n", "blank", "第 3 行 offer_id 列：编号为空"),
    ("need_id,offer_id,score\nn1,a\n", "ragged", "第 2 行只有 2 列"),
    ("need_id,offer_id,score\nn1,a,1\nn1,b,2\nn1,a,3\n", "repeated", "第 4 行 offer_id 列：需求 n1 与供给 a 在第 2 行"),
    (
        "need_id,offer_id,score,probability\nn1,a,1,1.5\n",
        "out_of_range",
        "第 2 行 probability 列：1.5 不在 0 到 1 之间",
    ),
    ("need_id,offer_id,score,grade\nn1,a,1,5\n", "out_of_range", "第 2 行 grade 列"),
]


@pytest.mark.parametrize(("text", "code", "sentence"), BAD)
def test_bad_rankings_are_refused_with_the_place_of_the_fault(
    tmp_path: Path, text: str, code: str, sentence: str
) -> None:
    path = tmp_path / "ranking.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(scoring.InputFault) as caught:
        scoring.collect(path, {"n1": {"a": 4}}, relevant_grade=3, first=10)
    assert caught.value.code == code
    assert sentence in str(caught.value)
    assert path.name in caught.value.sentence("en")


@pytest.mark.parametrize(
    ("row", "code"),
    [("n1,a,0", "out_of_range"), ("n1,a,2.5", "out_of_range"), ("n1,b,3", "repeated"), (",b,3", "blank")],
)
def test_bad_judgements_are_refused(tmp_path: Path, row: str, code: str) -> None:
    path = tmp_path / "judged.csv"
    path.write_text(f"need_id,offer_id,grade\nn1,b,4\n{row}\n", encoding="utf-8")
    with pytest.raises(scoring.InputFault) as caught:
        scoring.read_judgements(path)
    assert caught.value.code == code


def test_judgements_without_anything_suitable_cannot_be_scored(tmp_path: Path) -> None:
    with pytest.raises(scoring.InputFault) as caught:
        scored(tmp_path, [("n1", "a", 1)], [("n1", "a", 2)])
    assert caught.value.code == "nothing_relevant"


def character_bigrams(text: str) -> list[str]:
    joined = "".join(text.lower().split())
    return [joined[i : i + 2] for i in range(len(joined) - 1)]


def bm25_ranking(needs: list[dict[str, str]], offers: list[dict[str, str]]) -> list[tuple[str, str, float]]:
    documents = [Counter(character_bigrams(o["title"])) for o in offers]
    frequency = Counter(term for d in documents for term in d)
    mean_length = sum(sum(d.values()) for d in documents) / len(documents)
    postings: dict[str, list[tuple[int, float]]] = {}
    for index, document in enumerate(documents):
        norm = 1.2 * (0.25 + 0.75 * sum(document.values()) / mean_length)
        for term, count in document.items():
            idf = math.log(1 + (len(documents) - frequency[term] + 0.5) / (frequency[term] + 0.5))
            postings.setdefault(term, []).append((index, idf * count * 2.2 / (count + norm)))
    rows = []
    for need in needs:
        scores: Counter[int] = Counter()
        for term, times in Counter(character_bigrams(need["title"] + need["content"])).items():
            for index, weight in postings.get(term, []):
                scores[index] += times * weight
        rows += [(need["need_id"], offers[i]["offer_id"], s) for i, s in scores.items()]
    return rows


@pytest.mark.reference
def test_equals_the_reference_scorer_on_real_judgements(tmp_path: Path) -> None:
    data = Path(os.environ["DUIJIE_REFERENCE_DATA"])
    matching = data / "matching"
    tables = {}
    for name in ("needs", "offers"):
        with (matching / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    rows = bm25_ranking(tables["needs"], tables["offers"])
    path = write_rows(tmp_path / "bm25.csv", "need_id,offer_id,score", rows)
    scorer = data.parent / "accept" / "match_score.py"
    judgements = matching / "judgements.csv"
    printed = subprocess.run(
        [sys.executable, str(scorer), str(path), str(judgements)], capture_output=True, text=True, check=True
    ).stdout
    judged = scoring.read_judgements(judgements)
    settings = scoring.Settings(recall_at=(50,), resamples=200)
    result = scoring.evaluate(scoring.collect(path, judged, relevant_grade=3, first=10), judged, settings)
    lines = [
        f"{name:10s} {e.value:.4f}  (standard error {e.standard_error:.4f}, {e.count} needs)"
        for name, e in result.measures.items()
        if not name.startswith(("hit", "pool"))
    ]
    assert lines == printed.splitlines()
