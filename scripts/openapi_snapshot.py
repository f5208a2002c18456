"""Write docs/openapi.json, or with --check say whether it is what the code serves."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")

import django

django.setup()

from duijie.api.assembly import document  # noqa: E402

TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def main() -> int:
    text = json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        print("docs/openapi.json is not what the code serves; run: python scripts/openapi_snapshot.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
