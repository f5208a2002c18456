"""An optional text encoder: any ONNX model with its tokenizer, or a sentence-transformers model, by path or name.

The default ranking needs none. Where one is given, `Encoder.similarities` is one more feature beside those of `features`; it is
mixed into the score by `blended`, with a weight that the office chooses by `duijie evaluate` on its own judgements.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

MOST_TOKENS = 256
BATCH = 32


class EncoderMissing(RuntimeError):
    """The model or the library that runs it is not there; the message names what to install or to give."""


class Encoder(Protocol):
    """Texts to unit vectors, one row each."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimensions)."""
        ...


class OnnxEncoder:
    """A folder with model.onnx and tokenizer.json: token vectors averaged over the attention mask, or the model's own pooled output."""

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EncoderMissing(
                "an ONNX model needs the packages onnxruntime and tokenizers (pip install 'duijie[encoder]')"
            ) from error
        model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
        for path in (model, tokenizer):
            if not path.is_file():
                raise EncoderMissing(f"the encoder lacks {path}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the same sums in the same order on any machine
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimensions), each row at length one (or nothing at all)."""
        parts = [self._batch(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)

    def _batch(self, texts: list[str]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode_batch(texts)
        mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
        given = {
            "input_ids": np.array([each.ids for each in encoded], dtype=np.int64), "attention_mask": mask,
            "token_type_ids": np.array([each.type_ids for each in encoded], dtype=np.int64),
        }  # fmt: skip
        output = np.asarray(
            self._session.run(None, {name: value for name, value in given.items() if name in self._inputs})[0]
        )
        if output.ndim == 3:
            output = (output * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
        return _unit(output)


class SentenceEncoder:
    """A model of the package sentence-transformers, by folder or name."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderMissing(
                f"{name} is no folder with model.onnx; by name it needs the package sentence-transformers"
            ) from error
        self._model: Any = SentenceTransformer(name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimensions), each row at length one."""
        return _unit(np.asarray(self._model.encode(list(texts), batch_size=BATCH)))


def load_encoder(name: str) -> Encoder:
    """The encoder of a folder that holds model.onnx, else the sentence-transformers model of this name."""
    folder = Path(name)
    return OnnxEncoder(folder) if (folder / "model.onnx").is_file() else SentenceEncoder(name)


def similarities(encoder: Encoder, question: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Cosine of the question with each text."""
    vectors = encoder.encode([question, *texts])
    found: NDArray[np.float64] = (vectors[1:] @ vectors[0]).astype(np.float64)
    return found


def blended(logits: NDArray[np.float64], cosines: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Logits moved by `weight` per standard deviation of the cosine within the candidates; 0 leaves them as they are."""
    spread = float(cosines.std())
    if spread == 0:
        return logits
    return logits + weight * (cosines - cosines.mean()) / spread


def _unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(
        np.float32
    )
    return found
