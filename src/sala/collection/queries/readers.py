"""What reads the answers to a version, kept at hand because the questions of a version never change."""

from functools import lru_cache

from sala.collection.models import FormVersion
from sala.core.files import xform

READERS = 64


@lru_cache(maxsize=READERS)
def reader_of(pk: int, _md5: str) -> xform.Reader:
    """Of one version. Its md5 is asked as well: a number alone may mean another version after a restore."""
    return xform.Reader(FormVersion.objects.values_list("fields", flat=True).get(pk=pk))
