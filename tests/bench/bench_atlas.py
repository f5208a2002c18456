"""How smoothly the map moves with 50,000 points: frames a second while it is dragged, in headless Chromium on this machine.

usage: python tests/bench/bench_atlas.py [--points 50000] [--seconds 10]
The page is the real one, served by Django's own server from a database of its own; the mouse drags, the page counts its frames.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import threading
import time
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DUIJIE_DATA_DIR"] = tempfile.mkdtemp(prefix="duijie-bench-atlas-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import django

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from duijie.atlas.models import MapPoint  # noqa: E402
from duijie.config.wsgi import application  # noqa: E402
from tests.e2e.conftest import ARGUMENTS, chromium_path  # noqa: E402
from tests.factories import make_alliance, make_member  # noqa: E402

COUNT_FRAMES = """() => { window.frames_ = []; const tick = (t) => { window.frames_.push(t); requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        return


def load(count: int) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    park = make_member("示范园", alliances=[make_alliance()])
    dice = np.random.default_rng(1)
    lon, lat = dice.normal(119.5, 1.6, count).round(5), dice.normal(31.2, 1.2, count).round(5)
    MapPoint.objects.bulk_create(
        [
            MapPoint(
                member=park,
                external_id=f"P{n}",
                kind="firm",
                name=f"企业{n}",
                longitude=lon[n],
                latitude=lat[n],
                region="330400",
            )
            for n in range(count)
        ],
        batch_size=5000,
    )


def drag(page: Page, seconds: float) -> list[float]:
    """Frame times in milliseconds while the map is dragged to and fro."""
    box = page.locator("[data-atlas-canvas]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(COUNT_FRAMES)
    page.mouse.move(x, y)
    page.mouse.down()
    end, step = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        step += 1
        page.mouse.move(x + 80 * np.sin(step / 8), y + 50 * np.cos(step / 8))
    page.mouse.up()
    times = page.evaluate("window.frames_")
    return [b - a for a, b in itertools.pairwise(times)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--points", type=int, default=50_000)
    arguments.add_argument("--seconds", type=float, default=10)
    chosen = arguments.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    load(chosen.points)
    server = make_server("127.0.0.1", 0, application, server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{server.server_port}/atlas/")
        page.wait_for_selector("[data-atlas-ready]")
        started = time.monotonic()
        with page.expect_response(lambda answer: "points-firm" in answer.url):
            page.locator('[data-atlas-layer][value="points-firm"]').check()
        expect(page.locator("[data-atlas-said]")).to_have_text("")
        page.wait_for_timeout(500)
        drawn = time.monotonic() - started - 0.5
        frames = drag(page, chosen.seconds)
        browser.close()
    server.shutdown()
    median, slow = statistics.median(frames), float(np.percentile(frames, 95))
    load_average = os.getloadavg()[0]
    print(
        "| points | drawn after | frames | median | p95 | frames a second (median) | load |\n|---|---|---|---|---|---|---|"
    )
    print(
        f"| {chosen.points:,} | {drawn:.1f} s | {len(frames)} | {median:.1f} ms | {slow:.1f} ms | {1000 / median:.0f} | {load_average:.1f} |"
    )


if __name__ == "__main__":
    main()
