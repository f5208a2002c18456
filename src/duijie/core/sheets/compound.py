"""The compound file around old Office documents: which streams it holds and their bytes ([MS-CFB] versions 3 and 4)."""

from __future__ import annotations

import struct

from duijie.core.sheets.limits import broken

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFC  # this and above mark the end, free sectors and tables


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
