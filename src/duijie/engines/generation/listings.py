"""A seeded stream of synthetic listings whose statistics resemble a real exchange.

Words follow Zipf's law (exponent 1.05 over 50,000 words of two to four characters); every listing has a topic, and half of its
words come from the topic's own vocabulary, so that needs and offers of a topic share terms and strangers seldom do. The same
seed gives the same listings on every machine: listing number n depends on (seed, n) alone, so any part can be made by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

VOCABULARY = 50_000
TOPICS = 2_000
TOPIC_WORDS = 80
ZIPF = 1.05
# Shares of the kinds in a grown exchange: needs and technologies are most of it.
KIND_SHARES = {
    "need": 0.44, "technology": 0.30, "expert": 0.05, "instrument": 0.04, "capacity": 0.04, "site": 0.02, "fund": 0.01,
    "project": 0.04, "policy": 0.02, "talent": 0.02, "topic": 0.01, "notice": 0.01,
}  # fmt: skip
# Frequent characters of technical Chinese, from which words are put together.
_CHARACTERS = (
    "电力机械化工材料水环保能源生物医药食品农业信息软件网络智控制系统设备装置检测传感器激光光纤半导体芯片集成路显示照明汽车船舶航空轨道"
    "交通建筑桥梁隧道钢铁有色金属铝铜镁钛合复塑料橡胶纤维纺织服装皮革木家具造纸印刷玻璃陶瓷水泥煤炭石油天然气核风太阳储池氢燃发动涡轮"
    "压缩泵阀管道轴承齿轮模具铸锻焊接热处理表面涂镀磨削切数床夹刀量仪器分析计算法模型仿真图像识别语音自然言机人无驾驶物联云大数据区块"
    "链安全加密通信基站天线射频微波雷达遥感卫星导航定位地理勘探采矿选冶炼精制蒸馏萃取膜吸附催化聚合反应釜结晶干燥粉碎混包装运输仓储冷"
    "链屠宰乳酒茶糖油脂果蔬粮种苗饲料兽疫苗抗体基因细胞蛋白酶发酵提纯中西诊断试剂影康复护理养老教育培训旅游文创设计咨询金融保险检验认"
)
_OPENINGS = ("我司", "公司", "本单位", "课题组", "项目", "该技术", "现有产线", "园区企业", "团队", "目前")
_ENDINGS = (
    "需要改进",
    "已完成中试",
    "希望合作",
    "寻求方案",
    "效果良好",
    "有待验证",
    "可现场考察",
    "具备条件",
    "指标明确",
    "长期有效",
)


@dataclass(frozen=True, slots=True)
class Generated:
    """One synthetic listing, in the shape of a listing's data (`kind`, `title`, `body`, ... amounts in fen)."""

    number: int
    kind: str
    title: str
    body: str
    keywords: tuple[str, ...]
    region: str
    industry: str
    amount_low_minor: int | None
    amount_high_minor: int | None
    topic: int

    @property
    def external_id(self) -> str:
        return f"G{self.number:08d}"

    def as_data(self) -> dict[str, Any]:
        """As `publish` takes it."""
        amount = None
        if self.amount_low_minor is not None:
            amount = {"low_minor": self.amount_low_minor, "high_minor": self.amount_high_minor, "currency": "CNY"}
        return {
            "kind": self.kind,
            "title": self.title,
            "body": self.body,
            "keywords": list(self.keywords),
            "regions": [self.region],
            "industries": [self.industry],
            "amount": amount,
            "external_id": self.external_id,
        }


class Generator:
    """Makes listings number `start` to `stop`; regions and industries are the codes to draw from (some more often)."""

    def __init__(self, seed: int, *, regions: Sequence[str], industries: Sequence[str]) -> None:
        self.seed, self.regions, self.industries = seed, list(regions), list(industries)

    @cached_property
    def words(self) -> list[str]:
        """The vocabulary, most frequent first."""
        draw = np.random.default_rng([self.seed, 1])
        characters = sorted(set(_CHARACTERS))
        order = draw.permutation(len(characters))
        weights = 1.0 / np.arange(1, len(characters) + 1) ** 0.6
        weights /= weights.sum()
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            lengths = draw.choice([2, 3, 4], size=20_000, p=[0.62, 0.2, 0.18])
            picks = order[draw.choice(len(characters), size=(20_000, 4), p=weights)]
            for length, pick in zip(lengths, picks, strict=True):
                found.setdefault("".join(characters[i] for i in pick[:length]))
                if len(found) == VOCABULARY:
                    break
        return list(found)

    @cached_property
    def _cumulative(self) -> NDArray[np.float64]:
        shares = 1.0 / np.arange(1, VOCABULARY + 1) ** ZIPF
        return np.cumsum(shares / shares.sum())

    @cached_property
    def _topic_words(self) -> NDArray[np.int64]:
        """topics x words: each topic's own vocabulary, drawn from the rarer words."""
        draw = np.random.default_rng([self.seed, 2])
        return draw.integers(500, VOCABULARY, size=(TOPICS, TOPIC_WORDS))

    @cached_property
    def _kind_table(self) -> tuple[list[str], NDArray[np.float64]]:
        return list(KIND_SHARES), np.cumsum(list(KIND_SHARES.values()))

    def _word_ids(self, draw: np.random.Generator, topic: int, count: int) -> NDArray[np.int64]:
        general = np.searchsorted(self._cumulative, draw.random(count))
        within = np.minimum(draw.geometric(0.06, count) - 1, TOPIC_WORDS - 1)
        return np.where(draw.random(count) < 0.5, self._topic_words[topic, within], general)

    def listing(self, number: int, *, kind: str | None = None) -> Generated:
        """Listing `number`; `kind` overrides the drawn kind."""
        draw = np.random.default_rng([self.seed, 3, number])
        kinds, shares = self._kind_table
        kind = kind or kinds[min(int(np.searchsorted(shares, draw.random())), len(kinds) - 1)]
        topic = min(int(draw.zipf(1.3)) - 1, TOPICS - 1) if draw.random() < 0.5 else int(draw.integers(TOPICS))
        ids = self._word_ids(draw, topic, 86)
        words = [self.words[i] for i in np.minimum(ids, VOCABULARY - 1)]
        sentences, place = [], 5
        while place < 80:
            length = int(draw.integers(8, 16))
            said = "".join(words[place : place + length])
            sentences.append(f"{_OPENINGS[draw.integers(10)]}{said}，{_ENDINGS[draw.integers(10)]}。")
            place += length
        low = int(np.exp(draw.normal(13.0, 1.2))) * 100 if draw.random() < 0.7 else None
        return Generated(
            number=number,
            kind=kind,
            title="".join(words[:5]),
            body="".join(sentences),
            keywords=tuple(words[:3]),
            region=self.regions[int(draw.integers(len(self.regions)) * draw.random())],
            industry=self.industries[topic % len(self.industries)],
            amount_low_minor=low,
            amount_high_minor=None if low is None else int(low * (1 + draw.random())),
            topic=topic,
        )

    def __call__(self, start: int, stop: int, *, kind: str | None = None) -> Iterator[Generated]:
        for number in range(start, stop):
            yield self.listing(number, kind=kind)
