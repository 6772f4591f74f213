"""One search row per object (for a document: per page) and language.

`vector` holds weighted words, and `clusters` pairs of orthographic clusters, both with the audience words, so that
permission is part of the query itself. The search knows type and id only.
"""

from django.contrib.gis.db import models as gis
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchRow(models.Model):
    """What is found. `part` is 0 for the object itself, else the page of a document."""

    noun = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    part = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=10)
    title = models.TextField()
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    audiences = ArrayField(models.CharField(max_length=20))
    not_before = models.DateTimeField(null=True)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    kind = models.CharField(max_length=60, blank=True)
    owner_id = models.BigIntegerField(null=True)
    owner = models.JSONField(default=dict)
    area_ids = ArrayField(models.BigIntegerField(), default=list)
    place = models.JSONField(default=dict)
    tier = models.CharField(max_length=12, blank=True)
    year = models.SmallIntegerField(null=True)
    dated = models.DateField(null=True)
    extent = gis.PolygonField(null=True)
    analyser = models.CharField(max_length=30)
    vector = SearchVectorField(null=True)
    clusters = SearchVectorField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["noun", "subject_id", "part", "language"], name="search_row_once")
        ]
        indexes = [
            GinIndex(fields=["vector"], name="search_words"),
            GinIndex(fields=["clusters"], name="search_clusters"),
            GinIndex(fields=["area_ids"], name="search_areas"),
            GinIndex(fields=["audiences"], name="search_audiences"),
            GistIndex(fields=["extent"], name="search_extent"),
            models.Index(fields=["language", "part", "-dated", "-id"], name="search_newest"),
        ]

    def __str__(self) -> str:
        return self.title
