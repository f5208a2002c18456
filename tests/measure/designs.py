"""A design of an index with its data, for the tests of indices."""

from __future__ import annotations

from duijie.core.schema import parse
from duijie.measure import actions
from duijie.measure.indices import tree
from duijie.measure.models import Edition
from duijie.measure.schemas import IndexRecord
from tests.factories import make_alliance, make_member, viewer
from tests.measure.factories import make_indicator, make_values


class World:
    """Six members with two years of three indicators, and a design with two nodes."""

    def __init__(self) -> None:
        self.alliance = make_alliance(slug="parks")
        self.members = [make_member(f"园区{n}", slug=f"park-{n}", alliances=[self.alliance]) for n in range(6)]
        made = {
            "output": make_indicator("output", unit="亿元"),
            "patents": make_indicator("patents"),
            "energy": make_indicator("energy", direction="-1"),
        }
        make_values({
            (m, year): {"output": str(100 + 17 * n + 9 * y), "patents": str(30 + 7 * ((n * 5) % 6) + y), "energy": f"0.{4 + n}{y}"}
            for n, m in enumerate(self.members)
            for y, year in enumerate(("2024", "2025"))
        })  # fmt: skip
        self.secretary = viewer("secretariat", self.alliance)
        record = parse(
            IndexRecord,
            {
                "name": "园区指数",
                "name_en": "Park index",
                "slug": "park-index",
                "alliance": "parks",
                "periods": "2024、2025",
            },
        )
        self.design = actions.make_design(actor=self.secretary, record=record)
        document = tree.add_node(self.design.document, "growth", "增长", "Growth", "index")
        document = tree.add_node(document, "green", "绿色", "Green", "index")
        for code, parent in (("output", "growth"), ("patents", "growth"), ("energy", "green")):
            document = tree.add_indicator(document, made[code], parent)
        self.design = actions.change_design(actor=self.secretary, design=self.design, document=document)

    def publish(self) -> Edition:
        return actions.publish_edition(actor=self.secretary, design=self.design)
