"""The optional encoder, on a real ONNX model of four words that the test writes itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.encoder import EncoderMissing, OnnxEncoder, blended, load_encoder, similarities

WORDS = {"[UNK]": 0, "压铸": 1, "铸造": 2, "茶叶": 3}
VECTORS = np.array([[0, 0, 0.1], [1, 0.1, 0], [0.9, 0.2, 0], [0, 0, 1]], dtype=np.float32)


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def value_info(name: str, kind: int, names: tuple[str, ...]) -> bytes:
    shape = b"".join(message(1, message(2, each)) for each in names)
    return message(1, name) + message(2, message(1, number(1, kind) + message(2, shape)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """model.onnx looks each word's vector up (one Gather node); tokenizer.json splits at blanks."""
    table = (
        b"".join(number(1, size) for size in VECTORS.shape)
        + number(2, 1)
        + message(8, "table")
        + message(9, VECTORS.tobytes())
    )
    node = message(1, "table") + message(1, "input_ids") + message(2, "states") + message(4, "Gather")
    graph = message(1, node) + message(2, "g") + message(5, table)
    graph += message(11, value_info("input_ids", 7, ("batch", "length"))) + message(
        12, value_info("states", 1, ("batch", "length", "width"))
    )
    (tmp_path / "model.onnx").write_bytes(number(1, 8) + message(7, graph) + message(8, number(2, 13)))
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_vectors_are_means_of_the_words_at_length_one(folder: Path) -> None:
    found = OnnxEncoder(folder).encode(["压铸 茶叶", "铸造"])
    mean = VECTORS[[1, 3]].mean(axis=0)
    np.testing.assert_allclose(found[0], mean / np.linalg.norm(mean), rtol=1e-5)
    np.testing.assert_allclose(found[1], VECTORS[2] / np.linalg.norm(VECTORS[2]), rtol=1e-5)


def test_similar_words_are_near(folder: Path) -> None:
    near, far = similarities(load_encoder(str(folder)), "压铸", ["铸造", "茶叶"])
    assert near > 0.9 > 0.1 > far


def test_the_encoder_moves_the_ranking_and_weight_nothing_leaves_it(folder: Path) -> None:
    index = MatchIndex.in_memory()
    index.upsert([Document(id="a", kind="technology", title="铸造"), Document(id="b", kind="technology", title="茶叶")])
    index.refresh()
    need = Document(id="n", kind="need", title="压铸")
    plain = [(each.id, each.score) for each in index.match(need)]
    index.encoder = load_encoder(str(folder))
    index.encoder_weight = 0.0
    assert [(each.id, each.score) for each in index.match(need)] == plain
    index.encoder_weight = 50.0
    assert [each.id for each in index.match(need)] == ["a", "b"]


def test_equal_cosines_change_nothing() -> None:
    logits = np.array([1.0, 2.0])
    assert blended(logits, np.array([0.5, 0.5]), 3.0).tolist() == [1.0, 2.0]


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match=r"tokenizer\.json|model\.onnx"):
        OnnxEncoder(tmp_path)
