"""The records of an .xls workbook stream ([MS-XLS], BIFF8): its sheets, strings, formats and cells.

Read here and not by a library: the fast one is native code that a damaged file can bring down, and the server with it.
Everything is bounds-checked by Python; a record that is too short is a damaged file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from duijie.core.sheets.cells import RawValue, error_value, formula
from duijie.core.sheets.limits import broken, encrypted, not_a_workbook
from duijie.core.sheets.serials import DATE_FORMATS, moment, plain_number, shows_date

_BOF, _EOF, _CONTINUE, _FILEPASS, _DATE1904 = 0x0809, 0x000A, 0x003C, 0x002F, 0x0022
_BOUNDSHEET, _FORMAT, _XF, _SST = 0x0085, 0x041E, 0x00E0, 0x00FC
_LABELSST, _NUMBER, _RK, _MULRK, _BOOLERR, _LABEL = 0x00FD, 0x0203, 0x027E, 0x00BD, 0x0205, 0x0204
_FORMULA, _STRING, _MERGED = 0x0006, 0x0207, 0x00E5
_BETWEEN = (0x04BC, 0x0221, 0x0236)  # what a formula shares or belongs to stands between it and its text
_BIFF8 = 0x0600
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
Record = tuple[int, list[bytes]]  # kind, and the body with those of the records that continue it


@dataclass(slots=True)
class BinarySheet:
    """A worksheet: its name, where in the stream it begins, whether the user sees it."""

    name: str
    position: int
    visible: bool


@dataclass(slots=True)
class BinaryCells:
    """The cells of a worksheet by row and column, and its merged ranges, all from 1."""

    rows: dict[int, dict[int, RawValue]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


class BinaryWorkbook:
    """A workbook stream. Raises `Fault` "sheet.encrypted", "sheet.broken" or "sheet.not_a_workbook"."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self.sheets: list[BinarySheet] = []
        self._strings: list[str] = []
        self._date1904 = False
        self._formats: dict[int, bool] = {}
        self._styles: list[int] = []
        try:
            for kind, bodies in self._records(0):
                self._note(kind, bodies)
        except (struct.error, IndexError, UnicodeDecodeError):
            raise broken() from None

    def _records(self, position: int) -> Iterator[Record]:
        """The records of one substream, from its BOF to its EOF."""
        stream, depth = self._stream, 0
        while True:
            kind, length = struct.unpack_from("<HH", stream, position)
            bodies = [stream[position + 4 : position + 4 + length]]
            position += 4 + length
            while stream[position : position + 2] == b"\x3c\x00":  # CONTINUE
                length = struct.unpack_from("<H", stream, position + 2)[0]
                bodies.append(stream[position + 4 : position + 4 + length])
                position += 4 + length
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            if depth == 1:
                yield kind, bodies

    def _note(self, kind: int, bodies: list[bytes]) -> None:
        body = bodies[0]
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            raise not_a_workbook("这个 .xls 的版本太旧", "This .xls is of a version too old")
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _DATE1904:
            self._date1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == _BOUNDSHEET:
            position, state, sort, length, wide = struct.unpack_from("<IBBBB", body)
            if sort == 0:
                self.sheets.append(BinarySheet(_characters(body[8:], length, wide & 1), position, state & 3 == 0))
        elif kind == _FORMAT:
            number, length, wide = struct.unpack_from("<HHB", body)
            self._formats[number] = shows_date(_characters(body[5:], length, wide & 1))
        elif kind == _XF:
            self._styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _SST:
            self._strings = _StringTable(bodies).read()

    def cells(self, sheet: BinarySheet) -> BinaryCells:
        """All cells of a sheet. An .xls holds at most 65,536 rows and its file is small, so they fit into memory."""
        found = BinaryCells()
        waiting: tuple[int, int] | None = None  # a formula whose text follows
        try:
            for kind, bodies in self._records(sheet.position):
                body = bodies[0]
                if kind == _STRING and waiting is not None:
                    length, wide = struct.unpack_from("<HB", body)
                    found.rows[waiting[0]][waiting[1]] = formula(_characters(body[3:], length, wide & 1))
                elif kind == _MERGED:
                    for (top, bottom, left, right) in struct.iter_unpack("<HHHH", body[2 : 2 + 8 * struct.unpack_from("<H", body)[0]]):  # fmt: skip
                        found.merges.append((top + 1, left + 1, bottom + 1, right + 1))
                else:
                    for row, column, value in self._values(kind, body):
                        found.rows.setdefault(row + 1, {})[column + 1] = value
                if kind not in _BETWEEN:
                    waiting = _text_follows(kind, body)
        except (struct.error, IndexError, UnicodeDecodeError):
            raise broken() from None
        return found

    def _values(self, kind: int, body: bytes) -> Iterator[tuple[int, int, RawValue]]:
        """The cells that a record holds: one, or several numbers side by side."""
        if kind == _MULRK:
            row, column = struct.unpack_from("<HH", body)
            for style, packed in struct.iter_unpack("<HI", body[4 : 4 + (len(body) - 6) // 6 * 6]):
                yield row, column, self._number(_unpacked(packed), style)
                column += 1
            return
        if kind not in (_LABELSST, _NUMBER, _RK, _BOOLERR, _LABEL, _FORMULA):
            return
        row, column, style = struct.unpack_from("<HHH", body)
        if kind == _LABELSST:
            text = self._strings[struct.unpack_from("<I", body, 6)[0]]
            if text:
                yield row, column, text
        elif kind == _NUMBER:
            yield row, column, self._number(struct.unpack_from("<d", body, 6)[0], style)
        elif kind == _RK:
            yield row, column, self._number(_unpacked(struct.unpack_from("<I", body, 6)[0]), style)
        elif kind == _BOOLERR:
            value, is_error = body[6], body[7]
            yield row, column, error_value(_ERRORS.get(value, "#N/A")) if is_error else bool(value)
        elif kind == _LABEL:
            length, wide = struct.unpack_from("<HB", body, 6)
            yield row, column, _characters(body[9:], length, wide & 1)
        else:
            yield row, column, formula(_shown(body))

    def _number(self, number: float, style: int) -> RawValue:
        form = self._styles[style] if style < len(self._styles) else 0
        if self._formats.get(form, form in DATE_FORMATS):
            return moment(number, self._date1904)
        return plain_number(number, f"{number:.15g}")


def _characters(data: bytes, length: int, wide: int) -> str:
    size = length * 2 if wide else length
    if len(data) < size:
        raise IndexError(length)
    return data[:size].decode("utf-16-le" if wide else "latin-1", "replace")


def _unpacked(packed: int) -> float:
    """An RK number: 30 bits of a whole number or of a double, perhaps of a hundredth."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number


def _shown(body: bytes) -> str:
    """What a formula last showed; its text, where it is one, comes in the next record."""
    if body[12:14] == b"\xff\xff":
        return {1: str(bool(body[8])), 2: _ERRORS.get(body[8], "")}.get(body[6], "")
    return f"{struct.unpack_from('<d', body, 6)[0]:.15g}"


def _text_follows(kind: int, body: bytes) -> tuple[int, int] | None:
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 0:
        row, column = struct.unpack_from("<HH", body)
        return row + 1, column + 1
    return None


class _StringTable:
    """Reads the shared strings, which run on across records: characters may be broken off anywhere, heads may not."""

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies, self._at, self._position = bodies, 0, 8
        self._count = struct.unpack_from("<I", bodies[0], 4)[0]

    def read(self) -> list[str]:
        strings = []
        for _ in range(self._count):
            if not self._more():
                break  # counts lie more often than strings are missing; a cell that wants one says so
            strings.append(self._string())
        return strings

    def _more(self) -> bool:
        while self._at < len(self._bodies) and self._position >= len(self._bodies[self._at]):
            self._at, self._position = self._at + 1, 0
        return self._at < len(self._bodies)

    def _string(self) -> str:
        body = self._bodies[self._at]
        length, flags = struct.unpack_from("<HB", body, self._position)
        self._position += 3
        runs = extra = 0
        if flags & 8:
            runs = struct.unpack_from("<H", body, self._position)[0]
            self._position += 2
        if flags & 4:
            extra = struct.unpack_from("<I", body, self._position)[0]
            self._position += 4
        text = self._text(length, flags & 1)
        self._skip(4 * runs + extra)
        return text

    def _text(self, length: int, wide: int) -> str:
        pieces: list[str] = []
        while length:
            body = self._bodies[self._at]
            here = min(length, (len(body) - self._position) // (2 if wide else 1))
            pieces.append(_characters(body[self._position :], here, wide))
            self._position += here * (2 if wide else 1)
            length -= here
            if length:
                self._at, self._position = self._at + 1, 1
                wide = self._bodies[self._at][0] & 1  # what goes on may be packed otherwise
        return "".join(pieces)

    def _skip(self, size: int) -> None:
        while size:
            if not self._more():
                return
            step = min(size, len(self._bodies[self._at]) - self._position)
            self._position += step
            size -= step
