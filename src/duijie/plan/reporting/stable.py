"""Files of the Office formats with the same bytes each time: their packages hold no clock but the one given."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
FIRST_DOS_DAY = (1980, 1, 1, 0, 0, 0)


def stable(content: bytes, when: dt.datetime) -> bytes:
    """The same package with every part dated 1980-01-01 and its properties dated `when`."""
    stamp = when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _STAMPS.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            new.writestr(_entry(name), data)
    return target.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP of these files in their order, without a clock."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(_entry(name), data)
    return target.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DOS_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    return entry
