"""Files kept by the installation: written whole or not at all, found by id, read only by those in their audience."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.http import FileResponse

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotFound
from duijie.core.ids import new_id
from duijie.core.models import StoredFile

LARGEST_BYTES = 100 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def path_of(record: StoredFile) -> Path:
    return Path(settings.FILE_DIR) / record.path


def store(
    chunks: Iterable[bytes],
    *,
    name: str,
    media_type: str,
    audience: Iterable[str],
    created_by_id: int | None,
    largest_bytes: int = LARGEST_BYTES,
) -> StoredFile:
    """Write `chunks` to disk (synced before the row is made). Raises Fault 413 where it grows beyond `largest_bytes`."""
    uid = new_id()
    relative = f"{uid[:6]}/{uid}"
    target = Path(settings.FILE_DIR) / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    try:
        with partial.open("wb") as handle:
            for chunk in chunks:
                size += len(chunk)
                if size > largest_bytes:
                    raise too_large(name, largest_bytes)
                digest.update(chunk)
                handle.write(chunk)
            handle.flush()
            os.fsync(handle.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return StoredFile.objects.create(
        uid=uid,
        name=Path(name).name[:200] or "file",
        media_type=media_type[:120],
        size_bytes=size,
        sha256=digest.hexdigest(),
        path=relative,
        audience=sorted(audience),
        created_by_id=created_by_id,
    )


def too_large(name: str, largest_bytes: int) -> Fault:
    limit = largest_bytes // (1024 * 1024)
    return Fault(
        "file.too_large",
        f"文件“{name}”超过 {limit} MB，请拆分后再上传。",
        f"The file “{name}” is larger than {limit} MB; split it and try again.",
        place=name,
        status=413,
    )


def get_file(uid: str, viewer: Viewer) -> StoredFile:
    """A stored file that the viewer may read."""
    record = StoredFile.objects.filter(uid=uid).first()
    if record is None or not (viewer.is_system or set(record.audience) & viewer.tokens):
        raise NotFound
    return record


def download(record: StoredFile) -> FileResponse:
    """The answer that hands a file over: always saved under its name, never shown by the browser, kept by no cache on the way."""
    response = FileResponse(
        path_of(record).open("rb"),
        as_attachment=True,
        filename=record.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
