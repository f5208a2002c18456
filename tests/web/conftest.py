"""Each page test begins and ends with empty indexes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from duijie.match.index import close_match_index, folder
from duijie.publish.search import search_index


@pytest.fixture(autouse=True)
def _empty_indexes() -> Iterator[None]:
    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    search_index().clear()
    yield
    close_match_index()
    search_index().close()
