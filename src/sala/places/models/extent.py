"""The box around each area's newest boundary, kept by the database whenever a boundary comes or goes.

The search narrows to a box of the map by it. The function that reckons it, places_reckon_extents, stands in the
migration that made the table.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sala.places.models.area import Area


class Extent(models.Model):
    """box  west, south, east, north in degrees"""

    area = models.OneToOneField(Area, on_delete=models.CASCADE, primary_key=True, related_name="extent")
    box = ArrayField(models.FloatField(), size=4)

    def __str__(self) -> str:
        return f"{self.area_id}: {self.box}"


def kept_in_extents() -> list[pgtrigger.Trigger]:
    """Triggers of the table of boundaries: once for each statement, however many rows it changes."""
    changes = [
        ("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), "select area_id from new_rows"),
        ("update", pgtrigger.Update, pgtrigger.Referencing(new="new_rows", old="old_rows"),
         "select area_id from new_rows union select area_id from old_rows"),
        ("delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), "select area_id from old_rows"),
    ]  # fmt: skip
    return [
        pgtrigger.Trigger(
            name=f"extent_{verb}", level=pgtrigger.Statement, when=pgtrigger.After, operation=operation, referencing=rows,
            func=f"perform places_reckon_extents(array({changed})); return null;",
        )
        for verb, operation, rows, changed in changes
    ]  # fmt: skip
