"""The index folder: one writer (the worker), many readers (the web processes), healed from the records.

A commit is durable; deliveries of events are marked done after it, so a kill at any moment repeats work and loses none. A folder
that cannot be opened (half deleted, another schema) is set aside and built anew.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

logger = logging.getLogger(__name__)
LAYOUT = 4
WRITER_MB = 64
RAW = ("uid", "record", "face", "kind", "member", "organisation", "regions", "industries", "stage")
WORDS = ("title", "keywords", "body")
NUMBERS = ("published", "ends", "amount", "version")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in RAW:
        builder.add_text_field(
            name,
            stored=name in {"uid", "record", "face", "kind"},
            fast=True,
            tokenizer_name="raw",
            index_option="basic",
        )
    for name in ("audience", "hidden_from"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in WORDS:
        builder.add_text_field(name, tokenizer_name="duijie", index_option="freq")
    for name in NUMBERS:
        builder.add_integer_field(name, stored=name == "version", indexed=True, fast=True)
    return builder.build()


class SearchIndex:
    """A tantivy index at `folder`. Safe for threads; the writer is opened at the first write and held by this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schema = _schema()
        self._lock = threading.RLock()
        self._writer: tantivy.IndexWriter | None = None
        self._stamp: tuple[int, int] = (0, 0)
        self.was_empty = not (folder / "meta.json").exists()
        self._index = self._open()

    def _open(self) -> tantivy.Index:
        mark = self.folder / "layout"
        if self.folder.exists() and (not mark.exists() or mark.read_text() != str(LAYOUT)):
            self._set_aside()
        self.folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(str(LAYOUT))
        try:
            index = tantivy.Index(self.schema, path=str(self.folder))
        except ValueError:
            logger.exception("the search index cannot be opened and is built anew")
            self._set_aside()
            self.folder.mkdir(parents=True, exist_ok=True)
            mark.write_text(str(LAYOUT))
            index = tantivy.Index(self.schema, path=str(self.folder))
        analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.remove_long(80))
        index.register_tokenizer("duijie", analyser.build())
        index.config_reader("manual", 1)
        return index

    def _set_aside(self) -> None:
        aside = self.folder.with_name(f"{self.folder.name}.old-{os.getpid()}")
        shutil.rmtree(aside, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
        self.was_empty = True

    # --- reading ---------------------------------------------------------------------------------------------------
    def searcher(self) -> tantivy.Searcher:
        """A searcher on the newest commit, of whichever process."""
        try:
            state = (self.folder / "meta.json").stat()
            stamp = (state.st_mtime_ns, state.st_ino)
        except FileNotFoundError:
            stamp = (0, 0)
        with self._lock:
            if stamp != self._stamp:
                self._index.reload()
                self._stamp = stamp
            return self._index.searcher()

    def terms(self, field: str, values: Iterable[str]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self.schema, field, list(values))

    def versions(self) -> Iterator[tuple[str, int]]:
        """(record, version) of every full document in the index."""
        searcher = self.searcher()
        query = tantivy.Query.term_query(self.schema, "face", "full")
        total = searcher.search(query, limit=1, count=True).count or 0  # type: ignore[attr-defined]
        if not total:
            return
        for _, address in searcher.search(query, limit=total, count=False).hits:
            document = searcher.doc(address)
            yield document["record"][0], document["version"][0]

    # --- writing ---------------------------------------------------------------------------------------------------
    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=WRITER_MB * 1024 * 1024, num_threads=1)
        return self._writer

    def replace(self, documents: dict[str, list[dict[str, Any]]], *, commit: bool = True) -> None:
        """Put the documents of each record ("listing:UID") in place of those it had; an empty list removes the record."""
        with self._lock:
            writer = self._open_writer()
            for record, faces in documents.items():
                writer.delete_documents_by_term("record", record)
                for face in faces:
                    writer.add_json(json.dumps(face, ensure_ascii=False))
            if commit:
                writer.commit()

    def commit(self) -> None:
        with self._lock:
            if self._writer is not None:
                self._writer.commit()

    def clear(self) -> None:
        with self._lock:
            self._open_writer().delete_all_documents()
            self._open_writer().commit()

    def close(self) -> None:
        """Let go of the writer, so that another process may write."""
        with self._lock:
            if self._writer is not None:
                self._writer.commit()
                self._writer.wait_merging_threads()
                self._writer = None


@lru_cache(maxsize=4)
def _index_at(folder: str) -> SearchIndex:
    return SearchIndex(Path(folder))


def search_index() -> SearchIndex:
    """The installation's search index."""
    return _index_at(str(Path(settings.INDEX_DIR) / "search"))


def forget_search_index() -> SearchIndex:
    """Throw the folder away, whatever is in it, and begin with an empty index (to be rebuilt from the records)."""
    _index_at.cache_clear()
    shutil.rmtree(Path(settings.INDEX_DIR) / "search", ignore_errors=True)
    return search_index()


def is_damage(error: BaseException) -> bool:
    """Whether `error` is the index library's way of meeting damaged files: it panics, which is no ordinary exception."""
    return isinstance(error, OSError | ValueError) or type(error).__name__ == "PanicException"
