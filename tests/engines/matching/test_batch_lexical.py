"""From texts to weights: the same words as the ranking's, products that are BM25 scores."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching.batch import Plan, Problem, solve_block
from duijie.engines.matching.batch.lexical import CHUNK_TEXTS, bags_of, bm25_weights
from duijie.engines.matching.text import normalise, words

WORDS = ["水肥一体化", "轴承", "激光焊接", "污水处理", "机器人", "光伏组件", "pvc", "新能源汽车"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map("，".join), min_size=1, max_size=6)


def cut(text: str) -> Counter[str]:
    return Counter(words(normalise(text)))


def bm25(need: str, offer: str, offers: list[str]) -> float:
    mean = max(sum(cut(o).total() for o in offers) / len(offers), 1.0)
    score = 0.0
    for word in cut(need).keys() & cut(offer).keys():
        standing = sum(word in cut(o) for o in offers)
        rare = math.log(1 + (len(offers) - standing + 0.5) / (standing + 0.5))
        times = cut(offer)[word]
        score += cut(need)[word] * rare * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * cut(offer).total() / mean))
    return score


@given(texts, texts)
def test_products_are_bm25_scores(needs: list[str], offers: list[str]) -> None:
    wanted, given_weights = bm25_weights(bags_of(needs), bags_of(offers))
    expected = [[bm25(n, o, offers) for o in offers] for n in needs]
    np.testing.assert_allclose((wanted @ given_weights.T).toarray(), expected, rtol=1e-5, atol=1e-6)


def test_chunks_and_processes_change_nothing_and_progress_counts_texts() -> None:
    many = [f"{WORDS[i % 8]}与{WORDS[i * 7 % 5]}第{i}号 abc{i}x" for i in range(CHUNK_TEXTS + 5)]
    seen: list[int] = []
    one = bags_of(many, progress=seen.append)
    assert seen == [CHUNK_TEXTS, CHUNK_TEXTS + 5]
    two = bags_of(iter(many), processes=2)
    for name in ("offsets", "words", "counts"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert len(one) == len(many)


def test_odd_texts_have_words_or_none_and_match_nothing() -> None:
    odd = ["", "😀😀", "的了在", "Σx²", "水" * 100_000, "\x00\ud800"]
    bags = bags_of(odd)
    assert len(bags) == len(odd)
    assert np.diff(bags.offsets)[:2].tolist() == [0, 0]
    best = solve_block(Problem.of(*bm25_weights(bags, bags_of(["轴承"])), Plan(top=3)), 0)
    assert (best["offer"] == -1).all()
    assert len(bags_of([])) == 0


def test_the_right_offer_comes_first() -> None:
    offers = ["激光焊接机器人工作站", "光伏组件回收", "水肥一体化灌溉设备"]
    best = solve_block(Problem.of(*bm25_weights(bags_of(["寻求水肥一体化技术"]), bags_of(offers)), Plan(top=1)), 0)
    assert best["offer"].tolist() == [[2]]
