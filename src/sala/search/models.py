"""One search row per object, with the words of all its languages; one search page per page of a document's text.

`vector` holds weighted words and the audiences, so that permission is part of the query itself; `pairs` holds adjacent
Lao words, for phrases, and pairs of orthographic clusters, for words that the dictionary cut differently. One index
answers for both and for the place, so that no long column is read for counting. The search knows noun and id only.
"""

from django.contrib.gis.db import models as gis
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F


class SearchRow(models.Model):
    """What is found. `before` names the audiences that see it before `not_before`."""

    noun = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    code = models.CharField(max_length=100, blank=True)
    title = models.JSONField()
    body = models.JSONField()
    url = models.CharField(max_length=300)
    audiences = ArrayField(models.CharField(max_length=24))
    before = ArrayField(models.CharField(max_length=24), default=list)
    not_before = models.DateTimeField(null=True)
    kind = models.CharField(max_length=60, blank=True)
    kind_name = models.JSONField(default=dict)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    owner_id = models.BigIntegerField(null=True)
    owner = models.JSONField(default=dict)
    area_ids = ArrayField(models.BigIntegerField(), default=list)
    place = models.JSONField(default=dict)
    tier = models.CharField(max_length=12, blank=True)
    year = models.SmallIntegerField(null=True)
    dated = models.DateField(null=True)
    extent = gis.PolygonField(null=True)
    analyser = models.CharField(max_length=30)
    digest = models.CharField(max_length=32)
    vector = SearchVectorField()
    pairs = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "subject_id"], name="search_row_once")]
        indexes = [
            GinIndex(fields=["vector", "pairs", "area_ids"], name="search_words_and_areas", fastupdate=False),
            models.Index(fields=["noun", "code"], name="search_code"),
            models.Index(F("area_ids__len"), condition=models.Q(noun="area"), name="search_places_by_depth"),
            GistIndex(fields=["extent"], name="search_extent"),
            models.Index(F("dated").desc(nulls_last=True), F("id").desc(), name="search_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.subject_id}"


class SearchPage(models.Model):
    """Text of one page of a document. Readable by whoever may read its row. is_guess: read from a picture by machine."""

    row = models.ForeignKey(SearchRow, on_delete=models.CASCADE, related_name="pages", db_index=False)
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    text = models.TextField()
    is_guess = models.BooleanField(default=False)
    vector = SearchVectorField()
    pairs = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "number", "language"], name="search_page_once")]
        indexes = [
            GinIndex(fields=["vector", "pairs"], name="search_page_words_and_pairs", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.row_id} page {self.number}"
