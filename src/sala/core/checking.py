"""The model's own rules with each fault at its field, and addresses that are free."""

from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import models, router
from django.utils.text import slugify

from sala.core.errors import Invalid

LENGTH = 70


def check(instance: models.Model) -> None:
    """Raises Invalid with the words of the model's rules."""
    try:
        if not _is_plainly_right(instance):
            instance.full_clean()
    except ValidationError as error:
        texts = error.message_dict if hasattr(error, "message_dict") else {"__all__": error.messages}
        raise Invalid(" ".join(text for found in texts.values() for text in found), texts) from error


def need(text: str, advice: Any, field: str = "note") -> None:
    """Raises Invalid at the field for a text that says nothing."""
    if not text.strip():
        raise Invalid(advice, {field: [advice]})


def _is_plainly_right(instance: Any) -> bool:
    """Whether nothing is wrong, found with one statement for all check constraints, where full_clean() has three for each."""
    using = router.db_for_write(type(instance), instance=instance)
    try:
        instance.full_clean(validate_constraints=False)
        for model, constraints in instance.get_constraints():
            checks = [one.condition for one in constraints if isinstance(one, models.CheckConstraint)]
            values = instance._get_field_expression_map(meta=model._meta)  # as each constraint asks for them
            if checks and not models.Q(*checks).check(values, using=using):
                return False
            for one in constraints:
                if not isinstance(one, models.CheckConstraint):
                    one.validate(model, instance, using=using)
    except (ValidationError, FieldError):
        return False
    return True


def free_address(model: Any, texts: Mapping[str, str], fallback: str, *, field: str = "slug",
                 reserved: Collection[str] = ("new",)) -> str:  # fmt: skip
    """An address from the longest text in Latin script, else from `fallback`; with -2, -3 … when it is taken.

    field     of the model, which holds addresses
    reserved  what means something else at that place
    """
    length = min(LENGTH, model._meta.get_field(field).max_length - 5)  # with room for the count
    base = max((slugify(text) for text in texts.values()), key=len, default="")[:length].strip("-") or fallback
    taken = set(model.objects.filter(**{f"{field}__startswith": base}).values_list(field, flat=True)) | set(reserved)
    return next(address for step in count(1) if (address := base if step == 1 else f"{base}-{step}") not in taken)
