"""The tables of a form, and the rows of answers as their readings have them now."""

import pyarrow as pa

from sala.collection.layout import Table, layout
from sala.collection.models import Form, Reading
from sala.collection.tables import arrays_of


def read_live(table: Table, ids: list[int]) -> pa.Table:
    """The rows of these answers in a table, as their readings have them now."""
    return arrays_of(table, Reading.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "values"))


def tables_of(form: Form) -> dict[str, Table]:
    """The tables of a form over the versions that were in use."""
    versions = form.versions.filter(published_at__isnull=False).only("number", "version", "fields", "choices", "media", "form", "language_map")  # fmt: skip
    return layout(versions)
