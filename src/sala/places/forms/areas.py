"""Forms of the registrar: corrections and dated changes of the tree."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.core import lao
from sala.core.fields import TranslatedFormField
from sala.core.language import sorted_by
from sala.places.models import Area, AreaName, NameKind
from sala.places.queries import children_on, current

DAY = forms.DateInput(attrs={"type": "date"})
CODES_HELP = gettext_lazy("One a line: the code system, a space, the code. Leave empty what stays.")


def codes_of(text: str) -> dict[str, str]:
    """System → code from lines such as "stat 0103". Raises ValidationError for a line of another shape."""
    found = {}
    for line in text.splitlines():
        system, _space, value = line.strip().partition(" ")
        if not value.strip():
            if line.strip():
                raise forms.ValidationError(_("“%(line)s” is not a code system and a code.") % {"line": line.strip()})
            continue
        found[system] = lao.digits(value.strip())
    return found


class CodesField(forms.CharField):
    """Codes of an area in several systems."""

    def __init__(self, **options: Any):
        options.setdefault("label", gettext_lazy("Codes in other systems"))
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=CODES_HELP, **options)

    def clean(self, value: Any) -> Any:
        return codes_of(super().clean(value) or "")


class PointForm(forms.Form):
    """Longitude and latitude of a label point, both or none."""

    longitude = forms.DecimalField(label=gettext_lazy("Longitude of the label point"), required=False, min_value=-180,
                                   max_value=180, help_text=gettext_lazy("In degrees, such as 102.65."))  # fmt: skip
    latitude = forms.DecimalField(
        label=gettext_lazy("Latitude of the label point"), required=False, min_value=-90, max_value=90
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = [data.get(name) for name in ("longitude", "latitude")]
        if (given[0] is None) != (given[1] is None):
            self.add_error("latitude", _("Give longitude and latitude, or neither."))
        return data

    def point(self) -> Point | None:
        data = self.cleaned_data
        if data.get("longitude") is None:
            return None
        return Point(float(data["longitude"]), float(data["latitude"]), srid=4326)


class AreaForm(PointForm, forms.ModelForm):
    """Corrections of what is written; a new name by decision is a renaming, which keeps the old one."""

    aliases = forms.CharField(label=gettext_lazy("Other spellings"), required=False,
                              widget=forms.Textarea(attrs={"rows": 4}),
                              help_text=gettext_lazy("One a line; they are found by the search and when files are read."))  # fmt: skip

    class Meta:
        model = Area
        fields = ["name", "source"]

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        area = self.instance
        self.fields["name"].label = gettext_lazy("Name")
        self.fields["name"].help_text = gettext_lazy(
            "Correct the spelling only. If the area was renamed, use “Rename”."
        )
        self.initial["aliases"] = "\n".join(self._aliases().values_list("text", flat=True))
        if area.label_point:
            self.initial["longitude"] = round(area.label_point.x, 6)
            self.initial["latitude"] = round(area.label_point.y, 6)
        self.order_fields(["name", "aliases", "longitude", "latitude", "source"])

    def _aliases(self) -> Any:
        return AreaName.objects.filter(area=self.instance, kind=NameKind.ALIAS)

    def clean_aliases(self) -> list[str]:
        lines = [lao.stored(line).strip() for line in self.cleaned_data["aliases"].splitlines()]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("A name has at most 200 letters."))
        return list(dict.fromkeys(filter(None, lines)))

    def save(self, commit: bool = True) -> Area:
        self.instance.label_point = self.point()
        area = super().save(commit)
        wanted = self.cleaned_data["aliases"]
        known = set(self._aliases().values_list("text", flat=True))
        self._aliases().exclude(text__in=wanted).delete()
        for text in [text for text in wanted if text not in known]:
            AreaName.objects.create(area=area, text=text, key=lao.normalise(text), kind=NameKind.ALIAS)
        return area


class AreaChoices(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, area: Any) -> str:
        return f"{area} ({area.code})"


class DatedForm(forms.Form):
    """When, and on whose decision."""

    on = forms.DateField(label=gettext_lazy("In force from"), widget=DAY)
    decision = forms.CharField(label=gettext_lazy("On the strength of"), max_length=200, required=False,
                               help_text=gettext_lazy("Number and date of the decision."))  # fmt: skip


class RenameForm(DatedForm):
    name = TranslatedFormField(label=gettext_lazy("New name"))

    field_order = ["name", "on", "decision"]


class TransferForm(ChoosingForm, DatedForm):
    parent = Chooser(Area, label=gettext_lazy("To"))
    codes = CodesField(label=gettext_lazy("Codes it gets with the move"))

    field_order = ["parent", "on", "decision", "codes"]

    def __init__(self, *args: Any, area: Area, **options: Any):
        super().__init__(*args, **options)
        others = current(area.parent.level).exclude(pk=area.parent.pk) if area.parent else Area.objects.none()
        self.fields["parent"].rows = others  # type: ignore[attr-defined]


class MergeForm(ChoosingForm, DatedForm):
    others = AreaChoices(
        label=gettext_lazy("Together with"), queryset=Area.objects.none(), required=False, to_field_name="code",
        help_text=gettext_lazy("Tick only the areas that the decision names. Nothing is ticked for you."),
    )  # fmt: skip
    into = Chooser(
        Area, label=gettext_lazy("They go on as"), required=False,
        help_text=gettext_lazy("A part of its name, or its code. Leave it empty for a new area, named below."),
    )  # fmt: skip
    code = forms.CharField(label=gettext_lazy("Code of the new area"), max_length=30, required=False)
    name = TranslatedFormField(label=gettext_lazy("Name of the new area"), required=False)
    codes = CodesField()

    field_order = ["others", "into", "code", "name", "codes", "on", "decision"]

    def __init__(self, *args: Any, area: Area, **options: Any):
        super().__init__(*args, **options)
        self.area = area
        same = current(area.level).select_related("parent").order_by(sorted_by("name"))
        self.fields["others"].queryset = same.filter(parent=area.parent).exclude(pk=area.pk)  # type: ignore[attr-defined]
        self.fields["into"].rows = current(area.level)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("into"):
            if not data.get("code"):
                self.add_error("code", _("Give the new area a code, or choose an area that exists."))
            if not data.get("name"):
                self.add_error("name", _("Name the new area, or choose an area that exists."))
        if "others" in data and not data["others"] and data.get("into") in (None, self.area):
            self.add_error("others", _("Tick at least one area that is merged with this one."))
        return data


class EndForm(DatedForm):
    decision = forms.CharField(label=gettext_lazy("On the strength of"), max_length=200,
                               help_text=gettext_lazy("Number and date of the decision."))  # fmt: skip


class SplitForm(DatedForm):
    continues = forms.ChoiceField(
        label=gettext_lazy("What becomes of this area"), widget=forms.RadioSelect, initial="yes",
        choices=[("yes", gettext_lazy("It goes on with what it keeps")), ("no", gettext_lazy("It ends"))],
    )  # fmt: skip

    field_order = ["continues", "on", "decision"]


class PartForm(ChoosingForm, PointForm):
    """One new area of a split."""

    code = forms.CharField(label=gettext_lazy("Code of the new area"), max_length=30)
    name = TranslatedFormField(label=gettext_lazy("Name of the new area"))
    members = AreaChoices(
        label=gettext_lazy("What goes to it"), queryset=Area.objects.none(), required=False, to_field_name="code"
    )
    more = SeveralChooser(
        Area, label=gettext_lazy("Also from neighbours"), required=False,
        help_text=gettext_lazy("Areas that belong to a neighbour now: names or codes with commas between them."),
    )  # fmt: skip
    codes = CodesField()

    field_order = ["code", "name", "members", "more", "codes", "longitude", "latitude"]

    def __init__(self, *args: Any, area: Area, day: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["members"].queryset = children_on(area, day).order_by("code")  # type: ignore[attr-defined]
