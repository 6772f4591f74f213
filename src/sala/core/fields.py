"""Form fields shared by all parts: a text in several languages, a number as people here write it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.core import language, numbers
from sala.core.language import Translated


class TranslatedWidget(forms.MultiWidget):
    """One box per language, each labelled and marked with its language for screen readers and spell checkers."""

    template_name = "core/widgets/translated.html"

    def __init__(self, long: bool = False, attrs: dict | None = None):
        self.codes = language.languages()
        box = forms.Textarea if long else forms.TextInput
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            code: box(attrs={"lang": code, **({"rows": 4} if long else {})}) for code in self.codes
        }
        super().__init__(parts, attrs)

    def decompress(self, value):
        return [(value or {}).get(code, "") for code in self.codes]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for code, part in zip(self.codes, context["widget"]["subwidgets"], strict=True):
            part["language"] = code
            part["required_here"] = self.is_required and code == language.required_language()
            part["attrs"].pop("required", None)
        return context


class TranslatedFormField(forms.MultiValueField):
    """A text in every language of the country; only the required language must be filled."""

    def __init__(self, *, long: bool = False, required: bool = True, **options: Any):
        codes = language.languages()
        fields = [forms.CharField(required=False, strip=True) for _code in codes]
        options.setdefault("widget", TranslatedWidget(long=long))
        super().__init__(fields, require_all_fields=False, required=required, **options)

    def clean(self, value):
        cleaned = Translated(dict(zip(language.languages(), value or [], strict=False)))
        if self.required and language.required_language() not in cleaned:
            raise forms.ValidationError(_("The text in the country's language is missing. Write it first."))
        return cleaned

    def compress(self, data_list):
        return Translated(dict(zip(language.languages(), data_list or [], strict=False)))

    def has_changed(self, initial, data):
        return dict(initial or {}) != dict(self.clean_silently(data))

    def clean_silently(self, data):
        return Translated(dict(zip(language.languages(), data or [], strict=False)))


class NumberField(forms.CharField):
    """A number typed in either convention; Lao digits too. An unclear one is sent back with both readings."""

    def to_python(self, value):
        if value in (None, ""):
            return None
        try:
            return numbers.parse(value)
        except numbers.UnclearNumber as unclear:
            raise forms.ValidationError(str(unclear)) from unclear
        except ValueError as error:
            raise forms.ValidationError(_("This is not a number.")) from error


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day. What is filled in already is written as the browser's own box for dates expects it."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)
