"""What the map is drawn from: points, population cells, figures of industries, and the operator's boundary shapes."""

from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class MapPoint(models.Model):
    """A facility or a firm at a place. Public. Coordinates are kept in GCJ-02, whatever system they were given in.

    opened_year, closed_year: the first and the last year in which it stands; None where that is open.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    longitude = models.FloatField(help_text="degrees, GCJ-02")
    latitude = models.FloatField(help_text="degrees, GCJ-02")
    region = models.CharField(max_length=12)
    industry = models.CharField(max_length=8, blank=True)
    size = models.PositiveIntegerField(null=True, help_text="employees, beds, places: what the kind counts")
    opened_year = models.PositiveSmallIntegerField(null=True)
    closed_year = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "external_id"], name="one_map_point_per_external_id")]
        indexes = [models.Index(fields=["kind", "region"])]

    def __str__(self) -> str:
        return self.name


class PeopleCell(models.Model):
    """A small piece of ground with the people who live there: what coverage is counted on. Public."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=80)
    longitude = models.FloatField(help_text="of its centre, degrees, GCJ-02")
    latitude = models.FloatField(help_text="of its centre, degrees, GCJ-02")
    region = models.CharField(max_length=12, db_index=True)
    people = models.PositiveIntegerField()
    area_m2 = models.PositiveBigIntegerField(help_text="square metres")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "external_id"], name="one_people_cell_per_external_id")
        ]


class IndustryFigure(models.Model):
    """Firms, employees and output of an industry in a region in a year. One figure for each, whoever brings it. Public."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=12)
    industry = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    firms = models.PositiveIntegerField(null=True)
    employees = models.PositiveIntegerField(null=True)
    output_minor = models.BigIntegerField(null=True, help_text="fen")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "industry", "year"], name="one_figure_per_place_industry_year")
        ]
        indexes = [models.Index(fields=["industry", "year"])]


class ChainLink(models.Model):
    """A row of a chain table: an industry that supplies another. Public. One for each pair of a chain, whoever brings it.

    need: output of the supplier that one unit of the user's output takes.
    """

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="+")
    chain = models.CharField(max_length=40, db_index=True)
    supplier = models.CharField(max_length=8)
    user = models.CharField(max_length=8)
    need = models.FloatField(default=1.0)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "supplier", "user"], name="one_link_per_chain_and_pair"),
            models.CheckConstraint(condition=models.Q(need__gt=0), name="a_link_needs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}: {self.supplier} → {self.user}"


class Boundary(models.Model):
    """Boundary shapes that the operator loaded: an approved map with its number. At most one is in force; none is shipped."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    name = models.CharField(max_length=120)
    coordinate_system = models.CharField(max_length=8)
    approval_number = models.CharField(max_length=60)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    shapes = models.PositiveIntegerField()
    in_force = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=models.Q(in_force=True), name="one_boundary_in_force"
            )
        ]
