"""Fitting the ranking: it learns what decides, states probabilities that hold, and refuses what cannot teach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from duijie.engines.matching import Ranking, default_ranking
from duijie.engines.matching.features import FEATURES
from duijie.engines.matching.training import Judged, NotEnoughJudgements, fold_of, held_out_by, ndcg, train


def judged(many: int = 40, offers: int = 30) -> list[Judged]:
    """Needs whose grade is decided by one feature alone, with noise."""
    random = np.random.default_rng(3)
    place = FEATURES.index("tfidf_one_title")
    found = []
    for number in range(many):
        values = random.normal(size=(offers, len(FEATURES)))
        grades = np.clip(np.rint(2 + values[:, place] + random.normal(scale=0.3, size=offers)), 1, 4).astype(np.int64)
        found.append(
            Judged(
                f"n{number}",
                tuple(f"o{one}" for one in range(offers)),
                values,
                np.zeros(len(FEATURES)),
                np.ones(len(FEATURES)),
                100,
                grades,
                number % 5,
            )
        )
    return found


def test_what_decides_is_learnt_and_probabilities_hold_on_held_out_needs() -> None:
    needs = judged()
    outcome = train(needs, penalty=10.0)
    weights = np.abs(np.array(outcome.ranking.weights))
    assert int(np.argmax(weights)) == FEATURES.index("tfidf_one_title")
    assert ndcg(needs, outcome.logits).mean() > 0.9
    stated = np.concatenate(outcome.probabilities)
    suitable = np.concatenate([each.grades >= 3 for each in needs])
    assert abs(stated.mean() - suitable.mean()) < 0.02
    assert np.abs(np.concatenate(outcome.grades) - np.concatenate([each.grades for each in needs])).mean() < 0.5


def test_a_ranking_is_kept_exactly_and_scores_alike_after_reading(tmp_path: Path) -> None:
    needs = judged(10)
    ranking = train(needs).ranking
    ranking.save(tmp_path / "weights.json")
    again = Ranking.load(tmp_path / "weights.json")
    assert again == ranking
    for one, other in zip(held_out_by(needs, ranking), held_out_by(needs, again), strict=True):
        assert np.array_equal(one, other)


def test_one_sided_or_single_judgements_are_refused() -> None:
    with pytest.raises(NotEnoughJudgements):
        train([])
    with pytest.raises(NotEnoughJudgements):
        train(judged(1))


def test_equal_titles_fall_into_one_fold_and_equal_scores_take_the_worst_order() -> None:
    assert fold_of("压铸") == fold_of("压铸")
    need = judged(1)[0]
    assert ndcg([need], [np.zeros(need.grades.size)])[0] <= ndcg([need], [need.grades.astype(float)])[0] == 1.0


def test_grades_rise_with_the_logit() -> None:
    ranking = default_ranking()
    grades = [ranking.expected_grade(logit) for logit in (-8.0, -1.0, 0.5, 3.0)]
    assert grades == sorted(grades)
    assert [ranking.grade(each) for each in (0.1, 0.3, 0.5)] == ["weak", "fair", "strong"]
