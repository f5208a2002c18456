"""PDF by typst with the system's Chinese face.

Texts go into typst as data, never as markup, so that nothing that people wrote is read as a command.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FACE = '("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")'
_HEAD = f"""#let data = json("data.json")
#set text(font: {_FACE}, size: 11pt, lang: "zh")
#let ink = rgb("#14202a")
#let river = rgb("#0e4d78")
#let grey = rgb("#5a6771")
"""


def pdf(body: str, data: Mapping[str, Any], codes: Mapping[str, str] | None = None) -> bytes:
    """A document of typst markup over `data`, which the markup finds under that name, as it does the colours ink, river and grey.

    codes: file name ("qr.svg") -> the text of a QR code that the markup places as an image.
    """
    import segno
    import typst

    with tempfile.TemporaryDirectory(prefix="duijie-print-") as name:
        folder = Path(name)
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for file, text in (codes or {}).items():
            out = io.BytesIO()
            segno.make(text, error="m").save(out, kind="svg", border=1, scale=4, dark="#14202a")
            (folder / file).write_bytes(out.getvalue())
        source = folder / "main.typ"
        source.write_text(_HEAD + body, encoding="utf-8")
        return bytes(typst.compile(str(source)))
