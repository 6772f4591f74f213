"""The database column of a text in several languages."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sala.core.fields import TranslatedFormField
from sala.core.language import Translated, languages, required_language


class TranslatedField(models.JSONField):
    """Holds a Translated. The required language must be filled unless blank=True; long=True asks in a larger box."""

    def __init__(self, *args: Any, long: bool = False, **options: Any):
        options.setdefault("default", Translated)
        self.long = long
        super().__init__(*args, **options)

    def from_db_value(self, value, expression, connection):
        loaded = super().from_db_value(value, expression, connection)
        return Translated.kept(loaded) if isinstance(loaded, dict) else loaded

    def get_prep_value(self, value):
        """What is stored is clean, whatever was assigned."""
        if isinstance(value, Mapping):
            return dict(value if isinstance(value, Translated) else Translated(value))
        return super().get_prep_value(value)

    def to_python(self, value):
        if isinstance(value, (Mapping, str)) or value is None:
            return Translated(value)
        raise ValidationError(_("Give the text per language."))

    def validate(self, value, model_instance):
        if not self.blank and required_language() not in (value or {}):
            raise ValidationError(_("The text in the country's language is missing. Write it first."))
        unknown = set(value or {}) - set(languages())
        if unknown:
            raise ValidationError(_("Unknown language: %(codes)s."), params={"codes": ", ".join(sorted(unknown))})

    def formfield(self, **options):
        label = capfirst(self.verbose_name)
        return TranslatedFormField(long=self.long, label=label, required=not self.blank, help_text=self.help_text)
