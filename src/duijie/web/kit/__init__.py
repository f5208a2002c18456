"""The component kit: what views put into a page, and the tags that show it. Documented in docs/kit.md.

Views build small frozen dataclasses (Table, ListingCard, Chart, ...); templates show each with the tag of the same name.
"""

from duijie.web.kit.cards import Fact, ListingCard, MatchCard, marked
from duijie.web.kit.charts import Chart, Flow, MapView, Node, Point, Series
from duijie.web.kit.facets import ActiveFilter, Facet, Option
from duijie.web.kit.fields import Choice, FormField, fields_of_schema
from duijie.web.kit.pages import Pages
from duijie.web.kit.records import Branch, Lane, Moment, Ticket
from duijie.web.kit.tables import Cell, Column, Row, Table, sort_of

__all__ = [
    "ActiveFilter",
    "Branch",
    "Cell",
    "Chart",
    "Choice",
    "Column",
    "Facet",
    "Fact",
    "Flow",
    "FormField",
    "Lane",
    "ListingCard",
    "MapView",
    "MatchCard",
    "Moment",
    "Node",
    "Option",
    "Pages",
    "Point",
    "Row",
    "Series",
    "Table",
    "Ticket",
    "fields_of_schema",
    "marked",
    "sort_of",
]
