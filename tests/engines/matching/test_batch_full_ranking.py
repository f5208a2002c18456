"""All pairs with the full ranking give what the index gives one need at a time."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.batch import NEVER, Blocks
from duijie.engines.matching.batch.full_ranking import FullRanking, match_all_documents

SUBJECTS = [
    "铝合金压铸件气孔检测",
    "水产养殖水质监测",
    "茶叶萎凋发酵控制",
    "污水处理膜材料",
    "激光焊接机器人",
    "光伏组件回收",
]
WAYS = ["在线系统", "智能装备", "工艺优化", "数据平台"]
OFFERS = [
    Document(
        id=f"t{i:02}", kind="technology", title=f"{subject}{way}", organisation=f"单位{i % 5}", regions=("310000",)
    )
    for i, (subject, way) in enumerate((s, w) for s in SUBJECTS for w in WAYS)
]
NEEDS = [
    Document(id=f"n{i}", kind="need", title=f"寻求{subject}技术", organisation=f"单位{i}", regions=("320000",))
    for i, subject in enumerate(SUBJECTS)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("index")
    with MatchIndex.open(made) as index:
        index.upsert([*OFFERS, *NEEDS])
        index.refresh()
    return made


def test_every_need_gets_what_the_index_gives_it(folder: Path, tmp_path: Path) -> None:
    run = match_all_documents(folder, NEEDS, OFFERS, tmp_path / "run", top=3)
    assert run is not None
    index = MatchIndex.open(folder, writable=False)
    for need, offers, scores in Blocks.opened(tmp_path / "run").rows():
        expected = index.match(NEEDS[need], top=0, kinds=["technology"], reasons=False)
        best = {each.id: each.score for each in expected}
        found = [OFFERS[o].id for o in offers.tolist()]
        assert len(found) == 3
        np.testing.assert_allclose(scores, [best[identity] for identity in found], rtol=1e-5)
        assert scores.tolist() == sorted(scores.tolist(), reverse=True)
        # The three best share words with the need, so they are among the candidates; equal scores may change places.
        # Scores are rounded to six decimals, on either side of a half.
        np.testing.assert_allclose([best[identity] for identity in found], [e.score for e in expected[:3]], atol=2e-6)
        assert all(OFFERS[o].organisation != NEEDS[need].organisation for o in offers.tolist())


def test_what_must_not_be_shown_is_never_and_the_hook_travels(folder: Path) -> None:
    need = Document(id="t00", kind="need", title=OFFERS[0].title, owner="王")
    hidden = [
        OFFERS[0],
        Document(id="t01", kind="technology", title=OFFERS[1].title, owner="王"),
        Document(id="t02", kind="technology", title=OFFERS[2].title, audience=frozenset({"alliance:1"})),
        OFFERS[3],
    ]
    hook: FullRanking = pickle.loads(pickle.dumps(FullRanking(folder, [need], hidden)))
    scores = hook(0, np.arange(4, dtype=np.int32))
    assert [score == NEVER for score in scores] == [True, True, True, False]
    assert hook.name() == FullRanking(folder, [need], hidden).name()
    assert hook.name() != FullRanking(folder, [need], hidden[:3]).name()
