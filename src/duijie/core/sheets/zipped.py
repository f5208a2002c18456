"""A zip package read with care: sizes are those really inflated, XML without declarations of its own."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from duijie.core.sheets.limits import Limits, broken, encrypted, external_entities, inflates_too_far

_DECLARATIONS = tuple(
    declaration.encode(coding)
    for declaration in ("<!DOCTYPE", "<!ENTITY")
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
_OVERLAP = max(map(len, _DECLARATIONS))
_FORGET_EVERY = 16
_SAFE_ENCODINGS = {None, "UTF-8", "UTF8", "UTF-16", "US-ASCII", "ASCII", "ISO-8859-1"}


class Package:
    """The parts of an Office Open XML file by name."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._limits = limits
        self._inflated: dict[str, int] = {}
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
            raise broken() from None
        if len(entries) > limits.entries or sum(entry.file_size for entry in entries) > limits.inflated_bytes:
            raise inflates_too_far()
        for entry in entries:
            if entry.flag_bits & 1:
                raise encrypted()
            if self._out_of_ratio(entry, entry.file_size):
                raise inflates_too_far()
        self._entries = {_plain(entry.filename): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._entries

    def names(self) -> list[str]:
        return [entry.filename for entry in self._entries.values()]

    def total_size(self) -> int:
        """What all parts together claim to inflate to."""
        return sum(entry.file_size for entry in self._entries.values())

    def size(self, name: str) -> int:
        """The declared inflated size of a part."""
        return self._entries[_plain(name)].file_size

    def open(self, name: str) -> PartReader:
        """A part as a stream of bytes. Raises `Fault` "sheet.broken" where it is missing."""
        entry = self._entries.get(_plain(name))
        if entry is None:
            raise broken(f"（缺少 {posixpath.basename(name)}）", f" ({posixpath.basename(name)} is missing)")
        try:
            return PartReader(self, entry, self._zip.open(entry))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
            raise broken() from None

    def count(self, entry: zipfile.ZipInfo, inflated: int) -> None:
        """Note what a part has inflated to so far, and refuse to go on where that is too much."""
        self._inflated[entry.filename] = max(inflated, self._inflated.get(entry.filename, 0))
        if sum(self._inflated.values()) > self._limits.inflated_bytes or self._out_of_ratio(entry, inflated):
            raise inflates_too_far()

    def _out_of_ratio(self, entry: zipfile.ZipInfo, inflated: int) -> bool:
        return inflated > self._limits.ratio_from and inflated > self._limits.ratio * max(entry.compress_size, 1)

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """The elements of a part with one of the local names `tags`, each complete; to be used before the next is asked for."""
        with self.open(name) as part:
            try:
                events = etree.iterparse(
                    part,
                    events=("end",),
                    tag=[f"{{*}}{tag}" for tag in tags],
                    resolve_entities=False,
                    load_dtd=False,
                    no_network=True,
                    huge_tree=False,
                    remove_comments=True,
                    remove_pis=True,
                )
                for count, (_, element) in enumerate(events):
                    if count == 0:
                        _check_document(element)
                    yield element
                    if count % _FORGET_EVERY == _FORGET_EVERY - 1:
                        _forget_before(element)
            except etree.XMLSyntaxError:
                raise broken() from None

    def close(self) -> None:
        self._zip.close()


class PartReader(io.RawIOBase):
    """Bytes of one part, counted as they inflate and searched for declarations that could make them grow."""

    def __init__(self, package: Package, entry: zipfile.ZipInfo, stream: IO[bytes]) -> None:
        self._package, self._entry, self._stream = package, entry, stream
        self._position, self._tail = 0, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self._stream.read(size if size and size > 0 else 1 << 16)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            raise broken() from None
        self._position += len(chunk)
        self._package.count(self._entry, self._position)
        window = self._tail + chunk
        if b"!" in window and any(declaration in window for declaration in _DECLARATIONS):
            raise external_entities()
        self._tail = window[-_OVERLAP:]
        return chunk

    def close(self) -> None:
        self._stream.close()
        super().close()


def _check_document(element: Any) -> None:
    document = element.getroottree().docinfo
    if document.internalDTD is not None or (document.encoding or "UTF-8").upper() not in _SAFE_ENCODINGS:
        raise external_entities()


def _forget_before(element: Any) -> None:
    """Drop the elements before this one. The element itself, and those parsed ahead of it, must stay."""
    parent = element.getparent()
    if parent is not None:
        del parent[: parent.index(element)]


def _plain(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).casefold()
