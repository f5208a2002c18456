"""Listings for load: seeded, with a Zipf-distributed vocabulary, topics, realistic facets; as many as asked for."""

from duijie.engines.generation.listings import Generated, Generator

__all__ = ["Generated", "Generator"]
