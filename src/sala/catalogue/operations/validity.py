"""What the model itself says against a row, as the error that pages and API tell."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models

from sala.core.errors import Invalid


def check_fields(row: models.Model, *, leaving_out: Collection[str] = ()) -> None:
    """Raises Invalid with the words of each field that is wrong. Constraints of the table are the database's own."""
    try:
        row.clean_fields(exclude=set(leaving_out))
    except ValidationError as error:
        faults = {name: list(dict.fromkeys(texts)) for name, texts in error.message_dict.items()}
        raise Invalid(next(iter(faults.values()))[0], faults) from error
