from __future__ import annotations

from django.db import models

from duijie.core.ids import new_id


class JointZone(models.Model):
    """A corridor, a demonstration zone, a shared zone of an industry or a co-built park: partners with their areas and shares."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=14)
    summary = models.TextField(blank=True)
    industry = models.CharField(max_length=8, blank=True)
    area_square_metres = models.BigIntegerField(null=True)
    founded_on = models.DateField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f'"{self.uid}.{self.version}"'


class ZonePartner(models.Model):
    """A partner of a joint zone with the area it brings and its share of the benefits, in hundredths of a percent."""

    zone = models.ForeignKey(JointZone, on_delete=models.CASCADE, related_name="partners")
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    area_square_metres = models.BigIntegerField(null=True)
    share_basis_points = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]
