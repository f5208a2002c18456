"""`duijie generate`: synthetic listings for load tests, into the exchange or into files for `duijie match`."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from duijie.engines.generation import Generator

BATCH = 500
LARGEST = 1_000_000


def _generator(seed: int) -> Generator:
    from duijie.core import regions
    from duijie.core.industries import table

    classes = [code for code, industry in table.load().items() if industry.level == 4]
    cities = [city.code for city in regions.delta_cities()]
    return Generator(seed, regions=cities, industries=classes)


@click.command()
@click.argument("count", type=click.IntRange(1, LARGEST), default=LARGEST)
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same listings everywhere")
@click.option(
    "--output", "-o", type=click.Path(file_okay=False, path_type=Path), help="write needs.csv and offers.csv here"
)
@click.option(
    "--index",
    "with_index",
    is_flag=True,
    help="for load tests: no event for each row; both indexes are built at the end",
)
def generate(count: int, seed: int, output: Path | None, with_index: bool) -> None:
    """Make COUNT synthetic listings (Zipf-distributed words, topics, realistic facets)."""
    generator = _generator(seed)
    if output is not None:
        _to_files(generator, count, output)
        return
    _to_exchange(generator, count, seed, quietly=with_index)
    if with_index:
        _build_indexes()


def _to_files(generator: Generator, count: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "needs.csv").open("w", encoding="utf-8", newline="") as needs,
        (folder / "offers.csv").open("w", encoding="utf-8", newline="") as offers,
    ):
        writers = {"need": csv.writer(needs), "offer": csv.writer(offers)}
        writers["need"].writerow(["need_id", "title", "content"])
        writers["offer"].writerow(["offer_id", "title", "content"])
        for number in range(count):
            # Half needs, half technologies: the two sides of a whole exchange.
            made = generator.listing(number, kind="need" if number % 2 == 0 else "technology")
            writers["need" if made.kind == "need" else "offer"].writerow([made.external_id, made.title, made.body])
    click.echo(f"{count} → {folder}", err=True)


def _to_exchange(generator: Generator, count: int, seed: int, *, quietly: bool) -> None:
    from duijie.cli.platform import django_ready

    django_ready()
    from duijie.publish.loading import LoadTarget

    target = LoadTarget.prepare(seed)
    started = time.monotonic()
    with click.progressbar(length=count, file=sys.stderr, label="generate") as bar:
        for start in range(0, count, BATCH):
            rows = list(generator(start, min(start + BATCH, count)))
            target.write([row.as_data() for row in rows], quietly=quietly)
            bar.update(len(rows))
    seconds = time.monotonic() - started
    click.echo(f"{count} listings in {seconds:.1f} s ({count / seconds:,.0f}/s)", err=True)


def _build_indexes() -> None:
    """The search index and the match index from the records, told with their seconds."""
    from duijie.match.upkeep import compare_match_index, learn, repair_match_index
    from duijie.publish.search.syncing import rebuild

    def timed(name: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        work()
        click.echo(f"{name}: {time.monotonic() - started:.1f} s", err=True)

    timed("search index", rebuild)
    timed("match index", lambda: repair_match_index(compare_match_index()))
    timed("corpus model", learn)
