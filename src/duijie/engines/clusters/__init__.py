"""Clusters of industries and firms: concentration, stars, spatial association, detection, chains, relatedness.

Pure functions on arrays; docs/clusters.md shows their use. Refusals are `CompositeError` with a sentence in two languages.
"""

from __future__ import annotations

from duijie.engines.clusters.chains import Chain, Gap, Link, chain_completeness, chain_gaps, links_from_rows
from duijie.engines.clusters.concentration import (
    ellison_glaeser,
    excess_activity,
    herfindahl,
    hoover,
    industry_shares,
    krugman_between,
    krugman_specialisation,
    location_quotient,
    locational_gini,
    proximity_adjusted_location_quotient,
    region_shares,
    standardised_location_quotient,
    symmetric_location_quotient,
)
from duijie.engines.clusters.coordinates import from_gcj02, to_gcj02
from duijie.engines.clusters.coverage import Coverage, coverage, within_reach
from duijie.engines.clusters.detection import Group, Hotspot, dense_groups, scan_hotspots
from duijie.engines.clusters.relatedness import coherence, colocation, proximity, related_groups, traded_industries
from duijie.engines.clusters.spatial import (
    Association,
    LocalAssociation,
    Neighbours,
    getis_ord,
    great_circle_km,
    local_moran,
    moran,
    nearest_neighbours,
    neighbours_within,
)
from duijie.engines.clusters.stars import Stars, cluster_stars
from duijie.engines.clusters.tiles import tile_positions

__all__ = [
    "Association",
    "Chain",
    "Coverage",
    "Gap",
    "Group",
    "Hotspot",
    "Link",
    "LocalAssociation",
    "Neighbours",
    "Stars",
    "chain_completeness",
    "chain_gaps",
    "cluster_stars",
    "coherence",
    "colocation",
    "coverage",
    "dense_groups",
    "ellison_glaeser",
    "excess_activity",
    "from_gcj02",
    "getis_ord",
    "great_circle_km",
    "herfindahl",
    "hoover",
    "industry_shares",
    "krugman_between",
    "krugman_specialisation",
    "links_from_rows",
    "local_moran",
    "location_quotient",
    "locational_gini",
    "moran",
    "nearest_neighbours",
    "neighbours_within",
    "proximity",
    "proximity_adjusted_location_quotient",
    "region_shares",
    "related_groups",
    "scan_hotspots",
    "standardised_location_quotient",
    "symmetric_location_quotient",
    "tile_positions",
    "to_gcj02",
    "traded_industries",
    "within_reach",
]
