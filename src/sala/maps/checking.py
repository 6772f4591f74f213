"""The model's own rules with each fault at its field, and addresses that are free."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from sala.core.errors import Invalid

LENGTH = 50
TAKEN = {"new", "layers", "maps", "in-view"}  # an address that means something else


def check(instance: models.Model) -> None:
    """Raises Invalid with the words of the model's rules."""
    try:
        instance.full_clean()
    except ValidationError as error:
        texts = error.message_dict if hasattr(error, "message_dict") else {"__all__": error.messages}
        raise Invalid(" ".join(text for found in texts.values() for text in found), texts) from error


def free_code(model: Any, texts: Mapping[str, str], fallback: str) -> str:
    """An address from the longest text in Latin script, else from `fallback`; with -2, -3 … when it is taken."""
    base = max((slugify(text) for text in texts.values()), key=len, default="")[:LENGTH].strip("-") or fallback
    taken = set(model.objects.filter(code__startswith=base).values_list("code", flat=True)) | TAKEN
    return next(slug for step in count(1) if (slug := base if step == 1 else f"{base}-{step}") not in taken)
