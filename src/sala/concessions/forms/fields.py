"""What forms of this part share: version and reason of a change, terms of a scheme, papers of a concession, parties."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.concessions.models import Concession, Party
from sala.core.fields import NumberField, day_field
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties.forms import ActorForm

HECTARES = {"max_digits": 12, "decimal_places": 2}


def as_typed(number: Decimal | None) -> str:
    """A number as it is filled in, so that it is read back as the same one: three decimals could be thousands."""
    text = "" if number is None else format(number.normalize(), "f")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


class HectaresField(NumberField):
    """Hectares with two decimals at most, none below nought."""

    def __init__(self, **options: Any):
        options.setdefault("required", False)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 10}))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if number is not None and number < 0:
            raise forms.ValidationError(_("Hectares are never below nought."))
        return None if number is None else round(number, HECTARES["decimal_places"])


class ShareField(NumberField):
    """Per cent, 0 to 100, with as many decimals as are kept."""

    def __init__(self, *, decimals: int, **options: Any):
        self.decimals = decimals
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if number is None:
            return None
        if not 0 <= number <= 100:
            raise forms.ValidationError(_("Write a number from 0 to 100."))
        if number != round(number, self.decimals):
            raise forms.ValidationError(_("Write at most %(count)s decimals.") % {"count": self.decimals})
        return round(number, self.decimals)


class WholeField(NumberField):
    """A whole number from nought, or nothing where it is not known."""

    def __init__(self, **options: Any):
        options.setdefault("required", False)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "size": 10}))
        super().__init__(**options)

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        if number is None:
            return None
        if number != int(number) or not 0 <= number < 2**31:
            raise forms.ValidationError(_("Write a whole number from 0."))
        return int(number)


def terms_of(scheme: str) -> Any:
    return Term.objects.filter(scheme=scheme, retired=False).order_by("order", "code")


def term_field(label: Any, **options: Any) -> forms.ModelChoiceField:
    """One word of a vocabulary; the form that holds it fills it with terms_of."""
    return forms.ModelChoiceField(Term.objects.none(), label=label, to_field_name="code", **options)


class PaperField(forms.ModelChoiceField):
    """One of the papers of a concession, or none."""

    def __init__(self, **options: Any):
        options.setdefault("required", False)
        options.setdefault("label", _("On the strength of the paper"))
        options.setdefault("empty_label", _("No paper"))
        super().__init__(Document.objects.none(), **options)

    def of(self, concession: Concession) -> None:
        self.queryset = Document.objects.filter(pk__in=concession.documents.values("document"))


class PartyField(Chooser):
    """A party by words of any of its names. Whoever enters concessions finds those of every office, lest one be entered twice."""

    model = Party

    def __init__(self, **options: Any):
        super().__init__(Party, rows=Party.objects.filter(same_as__isnull=True), **options)


class VersionedForm(ActorForm):
    """A form about a concession as it was when the form was opened. `paper` fields offer its papers."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, concession: Concession, **options: Any):
        initial = {"version": concession.version, **(options.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **options)
        self.concession = concession
        for field in self.fields.values():
            if isinstance(field, PaperField):
                field.of(concession)


class ReasonedForm(VersionedForm):
    """A change of what stands there already: why, on what paper, since when it is so."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: the agreement was found; a slip of the pen; the holder was renamed."),
    )  # fmt: skip
    document = PaperField()
    effective_on = day_field(
        _("It is so since"),
        required=False,
        help_text=_("Leave it empty when it always was so and was entered wrongly."),
    )
