"""Settings for every test: a data folder of its own, the database named by DUIJIE_DATABASE_URL, the reference data if any."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as laws

os.environ.setdefault("DUIJIE_DATA_DIR", tempfile.mkdtemp(prefix="duijie-test-"))
os.environ.setdefault("DUIJIE_SECRET_KEY", "only-for-tests")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
# Playwright keeps an event loop in the thread of the test, which Django would otherwise take for an async context.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import django  # after the environment that its settings read

# A busy machine is slow, not wrong: laws are tested without a clock.
# The same examples each time, so that a green run stays green; a law is searched anew by --hypothesis-seed=random.
laws.register_profile("untimed", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
laws.load_profile("untimed")
django.setup()

from django.conf import settings  # noqa: E402

# Each worker of a parallel run has indexes and files of its own; the settings it inherits name one folder for all.
settings.DATA_DIR = Path(tempfile.mkdtemp(prefix="duijie-worker-"))
settings.INDEX_DIR, settings.FILE_DIR = settings.DATA_DIR / "index", settings.DATA_DIR / "files"

# Tests make many people; a hash that is slow on purpose would be most of their time.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

_reference = os.environ.get("DUIJIE_REFERENCE_DATA")
REFERENCE = Path(_reference) if _reference and Path(_reference).is_dir() else None
_left_out = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the reference data its tests are deselected, and the summary says so."""
    if REFERENCE is not None:
        return
    left_out = [item for item in items if item.get_closest_marker("reference")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item.get_closest_marker("reference") is None]
        config.stash[_left_out] = len(left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    count = config.stash.get(_left_out, 0)
    if count:
        terminalreporter.write_line(f"{count} tests left out: they need the reference data (DUIJIE_REFERENCE_DATA)")


@pytest.fixture
def reference() -> Path:
    """The folder of reference data."""
    assert REFERENCE is not None
    return REFERENCE


@pytest.fixture(autouse=True)
def chinese_first() -> None:
    """Every test begins in Chinese, whatever language the request or command of the one before spoke."""
    from django.utils import translation

    from duijie.core.language import set_language

    set_language(None)
    translation.deactivate()
