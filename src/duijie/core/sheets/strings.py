"""The shared strings of a workbook, kept in a temporary file: a table of texts costs disk, not memory."""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from collections.abc import Iterable
from typing import Any

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def text_of(item: Any) -> str:
    """The text of an `si` or `is` element: plain or in runs, without the phonetic guide."""
    if len(item) == 1 and item[0].tag.endswith("}t"):
        return unescaped(item[0].text or "")
    pieces = []
    for child in item:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces.extend(inner.text or "" for inner in child if inner.tag.rpartition("}")[2] == "t")
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    """`_x000D_` and the like as the characters they stand for."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class SharedStrings:
    """Strings by index. Memory: eight bytes for each, whatever their length."""

    def __init__(self, strings: Iterable[str]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._ends = array("Q")
        end, pending, waiting = 0, [], 0
        for string in strings:
            data = string.encode("utf-8", "replace")
            end += len(data)
            self._ends.append(end)
            pending.append(data)
            waiting += len(data)
            if waiting > 1 << 20:
                self._file.write(b"".join(pending))
                pending, waiting = [], 0
        self._file.write(b"".join(pending))
        self._file.flush()
        self._bytes: mmap.mmap | bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if end else b""

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends):
            raise IndexError(index)
        start = self._ends[index - 1] if index else 0
        return str(self._bytes[start : self._ends[index]], "utf-8")

    def close(self) -> None:
        if isinstance(self._bytes, mmap.mmap):
            self._bytes.close()
        self._file.close()
