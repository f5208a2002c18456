"""`make bench`: every benchmark that ends within minutes, one after the other. The large ones say in their docstring how to run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENDS_IN_MINUTES = (
    "bench_market.py", "bench_query.py", "bench_composite.py", "bench_timetable.py", "bench_atlas.py", "bench_federate.py",
)  # fmt: skip


def main() -> int:
    failed = 0
    for name in ENDS_IN_MINUTES:
        print(f"== {name}", flush=True)
        failed |= subprocess.run([sys.executable, str(HERE / name)], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
