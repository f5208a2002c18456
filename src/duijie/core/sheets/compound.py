"""A look into the old binary workbook: which streams it holds, where its formulas are, how large its sheets claim to be.

Compound files: [MS-CFB] version 3 and 4. Records of a workbook stream: [MS-XLS] 2.1.4. Only what has to be known before
another library reads the values is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from duijie.core.sheets.limits import broken

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFC  # this and above mark the end, free sectors and tables
_BOF, _EOF, _FILEPASS, _DIMENSIONS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0200, 0x0085
_FORMULA = 0x0006
_WORKSHEET = 0x0010


@dataclass(slots=True)
class BinarySheet:
    """What the records of one worksheet say: rows and columns it claims to span, cells (from 0) that are formulas."""

    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)


class CompoundFile:
    """The streams of a compound file by name. Raises `Fault` "sheet.broken"."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._size = 1 << struct.unpack_from("<H", data, 30)[0]
            self._mini_size = 1 << struct.unpack_from("<H", data, 32)[0]
            if self._size not in (512, 4096) or self._mini_size != 64:
                raise broken()
            self._table = self._sector_table()
            self._streams = self._directory()
        except (struct.error, IndexError):
            raise broken() from None

    def __contains__(self, name: str) -> bool:
        return name in self._streams

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        start, size = self._streams[name]
        small = struct.unpack_from("<I", self._data, 56)[0]
        try:
            if size >= small or name == "Root Entry":
                return self._chain(start)[:size]
            return self._mini_chain(start)[:size]
        except (struct.error, IndexError):
            raise broken() from None

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise IndexError(number)
        return self._data[start : start + self._size]

    def _numbers(self, data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _sector_table(self) -> list[int]:
        """Which sector follows which: the header lists the first 109 sectors of the table, a chain the others."""
        sectors = [number for number in struct.unpack_from("<109I", self._data, 76) if number < _END_OF_CHAIN]
        following, seen = struct.unpack_from("<I", self._data, 68)[0], set()
        while following < _END_OF_CHAIN and following not in seen:
            seen.add(following)
            numbers = self._numbers(self._sector(following))
            sectors += [number for number in numbers[:-1] if number < _END_OF_CHAIN]
            following = numbers[-1]
        return [following for number in sectors for following in self._numbers(self._sector(number))]

    def _chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        number = start
        while number < _END_OF_CHAIN:
            if len(pieces) > len(self._table):
                raise broken()  # a chain that bites its tail
            pieces.append(self._sector(number))
            number = self._table[number]
        return b"".join(pieces)

    def _mini_chain(self, start: int) -> bytes:
        container = self.stream("Root Entry")
        table = self._numbers(self._chain(struct.unpack_from("<I", self._data, 60)[0]))
        pieces: list[bytes] = []
        number = start
        while number < _END_OF_CHAIN:
            if len(pieces) > len(table):
                raise broken()
            pieces.append(container[number * self._mini_size : (number + 1) * self._mini_size])
            number = table[number]
        return b"".join(pieces)

    def _directory(self) -> dict[str, tuple[int, int]]:
        found = {}
        entries = self._chain(struct.unpack_from("<I", self._data, 48)[0])
        for offset in range(0, len(entries) - 127, 128):
            length = struct.unpack_from("<H", entries, offset + 64)[0]
            kind = entries[offset + 66]
            if kind in (2, 5) and 2 <= length <= 64:
                name = entries[offset : offset + length - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<II", entries, offset + 116)
                found["Root Entry" if kind == 5 else name] = (start, size)
        return found


def is_encrypted(workbook: bytes) -> bool:
    """Whether the workbook stream asks for a password to be read."""
    for kind, _ in _records(workbook):
        if kind == _FILEPASS:
            return True
        if kind == _EOF:
            return False
    return False


def survey(workbook: bytes) -> list[BinarySheet]:
    """The worksheets of a workbook stream in the order in which they stand."""
    sheets: list[BinarySheet] = []
    depth, current = 0, None
    for kind, body in _records(workbook):
        if kind == _BOF:
            depth += 1
            if depth == 1 and len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] == _WORKSHEET:
                current = BinarySheet()
                sheets.append(current)
        elif kind == _EOF:
            depth -= 1
            current = current if depth else None
        elif current is not None and depth == 1:
            _note(current, kind, body)
    return sheets


def _note(sheet: BinarySheet, kind: int, body: bytes) -> None:
    if kind == _DIMENSIONS and len(body) >= 12:
        sheet.rows, sheet.columns = struct.unpack_from("<I", body, 4)[0], struct.unpack_from("<H", body, 10)[0]
    elif kind == _FORMULA and len(body) >= 4:
        row, column = struct.unpack_from("<HH", body, 0)
        sheet.formulas.add((row, column))


def _records(workbook: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(workbook):
        kind, length = struct.unpack_from("<HH", workbook, position)
        if kind == 0 and length == 0:
            return
        yield kind, workbook[position + 4 : position + 4 + length]
        position += 4 + length
