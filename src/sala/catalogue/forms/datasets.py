"""Forms of the data officer."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.scope import Tier
from sala.catalogue.models import Column, ColumnRole, Dataset
from sala.core import language
from sala.core.fields import TranslatedFormField
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.places.models import Area, Level


class DatasetForm(ChoosingForm, forms.ModelForm):
    """The record of a dataset; used for a new one and for changes."""

    place = Chooser(Area, label=_("Place it covers"))
    publisher = Chooser(Organisation, label=_("Publisher"), required=False)
    contact = Chooser(Position, label=_("Whom to ask"), required=False)
    legal_basis = Chooser(
        Document, label=_("Law that says so"), required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )  # fmt: skip

    class Meta:
        model = Dataset
        fields = [
            "title", "description", "place", "level", "topics", "publisher", "contact", "tier", "restriction",
            "legal_basis", "legal_clause", "licence", "source_note", "frequency", "grace_days", "concept", "is_official",
        ]  # fmt: skip

    def __init__(self, *args, reader: Actor, owner: Organisation | None = None, **options):
        super().__init__(*args, **options)
        owner = owner or self.instance.owner
        self._terms("topics", "topic")
        self._terms("restriction", "restriction")
        self._terms("licence", "licence")
        self._terms("frequency", "frequency")
        topics = self.fields["topics"]
        topics.widget = forms.CheckboxSelectMultiple(choices=topics.choices)  # type: ignore[attr-defined]
        self.read_as(reader)
        self._among("place", Area.objects.filter(path__startswith=owner.area.path))
        self._among("contact", Position.objects.filter(organisation__path__startswith=owner.path))
        self._choose("level", Level.objects.all())

    def _among(self, name: str, rows) -> None:
        self.fields[name].rows = rows  # type: ignore[attr-defined]

    def _choose(self, name: str, rows) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def _terms(self, name: str, scheme: str) -> None:
        self._choose(name, Term.objects.filter(scheme=scheme, retired=False).order_by("order"))

    def clean(self):
        data = super().clean() or {}
        if data.get("tier") == Tier.PUBLIC and not data.get("licence"):
            self.add_error("licence", _("A public dataset needs a licence. Choose one."))
        if data.get("tier") != Tier.PUBLIC and not data.get("restriction"):
            self.add_error("restriction", _("Say why the dataset is not public, and by which law if there is one."))
        if data.get("is_official") and not data.get("concept"):
            self.add_error("concept", _("Name the concept of which this is the official source."))
        return data


class NewDatasetForm(DatasetForm):
    """Also asks for the owner among the organisations in which the writer may enter data, and for the address."""

    slug = forms.SlugField(label=_("Address (latin letters)"), max_length=80, required=False,
                           help_text=_("Left empty, it is made from the English title."))  # fmt: skip

    field_order = ["title", "slug"]

    def clean_slug(self):
        return self.cleaned_data.get("slug") or ""

    def clean(self):
        data = super().clean()
        if not data.get("slug"):
            texts = data.get("title") or {}
            latin = next(
                (slugify(texts[code]) for code in reversed(language.languages()) if slugify(texts.get(code, ""))), ""
            )
            if latin:
                data["slug"] = latin[:80]
            else:
                self.add_error("slug", _("Write an address in latin letters, for instance schools-2025."))
        return data


class DistributionForm(forms.Form):
    code = forms.SlugField(label=_("Code (latin letters)"), max_length=40)
    name = TranslatedFormField(label=_("Name"))


class EditionForm(forms.Form):
    """Sending a file."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV, Excel (xlsx), GeoPackage, GeoJSON, zipped shapefile, GeoTIFF, PDF.")
    )
    period = forms.CharField(
        label=_("Period it covers"), required=False, help_text=_("2024, 2024-Q3, 2024-07 or 2015/2019.")
    )
    reason = forms.CharField(label=_("Why there is a new edition"), required=False,
                             help_text=_("Needed when the period was published before."))  # fmt: skip


# kind of question in a profile → key of the recipe that answers it
QUESTIONS = {"decimal-mark": "decimal_mark", "date-order": "date_order"}
# the same key → its answers, for a column about which it was asked before
ANSWERS = {
    "decimal_mark": (_("Mark of decimals in “%(column)s”"), [(",", _("comma: 1,5")), (".", _("point: 1.5"))]),
    "date_order": (
        _("Order of days in “%(column)s”"),
        [("dmy", _("day before month: 31/12/2025")), ("mdy", _("month before day: 12/31/2025"))],
    ),
}
OF_COLUMNS = (*ANSWERS, "types")  # keys of a recipe that may say something of single columns
OF_TABLES = (*OF_COLUMNS, "total_words", "note_words", "null_words")
# format → what of the last recipe holds for the next file as well, besides what its first look took up
KEPT_OF = {"csv": OF_TABLES, "xlsx": OF_TABLES, "geotiff": ("unit", "kind")}


def meaning(reading: dict) -> str:
    """How a reader sees one possible reading: the examples as they would be understood."""
    return ", ".join(str(value) for value in reading["values"])


class SettleForm(forms.Form):
    """The guess of the reader, to be confirmed: header row, decimal marks, the part each column plays."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(
        label=_("Row of the headings"), min_value=0, required=False, help_text=_("0 when the table has none.")
    )
    level = forms.ModelChoiceField(
        label=_("Level of the places"), queryset=Level.objects.all(), required=False, to_field_name="code"
    )

    def __init__(
        self, *args, profile: dict, remembered: dict[str, Column], recipe: dict[str, Any] | None = None, **options
    ):
        super().__init__(*args, **options)
        self.profile = profile
        fitting = KEPT_OF.get(profile.get("format", ""), ())
        self.earlier = {key: said for key, said in (recipe or {}).items() if key in fitting}
        names = [column if isinstance(column, str) else column["name"] for column in profile.get("columns", [])]
        sheets = profile.get("sheets") or []
        self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        self.fields["sheet"].initial = profile.get("sheet")
        if len(sheets) < 2:
            del self.fields["sheet"]
        self.fields["header_row"].initial = profile.get("header_row")
        if "header_row" not in profile:
            del self.fields["header_row"]
        if profile.get("format") == "geotiff":
            self._ask_of_raster(profile)
        self._show_answers(names)
        for question in profile.get("questions", []):
            examples = ", ".join(map(str, question["examples"][:2]))
            self.fields[f"{QUESTIONS[question['kind']]}:{question['column']}"] = forms.ChoiceField(
                label=_("In “%(column)s”, what does %(example)s mean?")
                % {"column": question["column"], "example": examples},
                choices=[(reading["answer"], meaning(reading)) for reading in question["readings"]],
                widget=forms.RadioSelect,
            )
        for name in names:
            known = remembered.get(name)
            self.fields[f"role_{name}"] = forms.ChoiceField(
                label=name, choices=ColumnRole.choices, required=False, initial=known.role if known else ""
            )

    def _show_answers(self, names: list[str]) -> None:
        """What was answered of the last file, to be seen and changed, for columns that are still there."""
        for key, (label, choices) in ANSWERS.items():
            said = self.earlier.get(key)
            told = said if isinstance(said, dict) else {}
            for name in names:
                if name in told:
                    self.fields[f"{key}:{name}"] = forms.ChoiceField(
                        label=label % {"column": name}, choices=choices, initial=told[name]
                    )

    def _ask_of_raster(self, profile: dict) -> None:
        del self.fields["level"]
        self.fields["unit"] = forms.CharField(
            label=_("Unit of the values"), max_length=30, required=False, initial=self.earlier.get("unit") or profile["unit"],
            help_text=_("Such as m, %, mm or degrees; empty for classes."),
        )  # fmt: skip
        kinds = [("", _("As the file says")), ("continuous", _("Measured values")), ("categorical", _("Classes"))]
        self.fields["kind"] = forms.ChoiceField(
            label=_("What the cells hold"), choices=kinds, required=False, initial=self.earlier.get("kind", "")
        )

    def recipe(self) -> dict:
        """What the reader in the child process needs: what is answered here, and of the last recipe what is not asked."""
        data = self.cleaned_data
        asked = ("sheet", "header_row", "unit", "kind")
        recipe = self._kept(asked)
        recipe |= {name: data[name] for name in asked if data.get(name) not in (None, "")}
        for key in QUESTIONS.values():
            answers = {name.partition(":")[2]: value for name, value in data.items() if name.startswith(f"{key}:")}
            if answers:
                recipe[key] = answers
        return recipe

    def _kept(self, asked: tuple[str, ...]) -> dict[str, Any]:
        names = {name.removeprefix("role_") for name in self.fields if name.startswith("role_")}
        kept: dict[str, Any] = {}
        for key, said in self.earlier.items():
            if key in OF_COLUMNS and isinstance(said, dict):
                said = {name: answer for name, answer in said.items() if name in names}
            if key not in asked and said:
                kept[key] = said
        return kept

    def roles(self) -> dict[str, str]:
        return {
            name.removeprefix("role_"): value for name, value in self.cleaned_data.items() if name.startswith("role_")
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PublishForm(forms.Form):
    not_before = forms.DateTimeField(label=_("Not before"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
                                     help_text=_("Left empty, it is released at once."))  # fmt: skip


class OriginForm(ChoosingForm, forms.Form):
    """What a dataset was made from: one kept here, or one outside."""

    source = Chooser(
        Dataset, label=_("Dataset kept here"), required=False,
        help_text=_("Words of its title, or the address of its page."),
    )  # fmt: skip
    outside = forms.CharField(
        label=_("Or a source outside this service"), max_length=300, required=False,
        help_text=_("Such as a survey, a satellite image or a report, with its year."),
    )  # fmt: skip
    note = forms.CharField(label=_("How it was made"), max_length=300, required=False)


class ColumnForm(forms.ModelForm):
    class Meta:
        model = Column
        fields = ["label", "meaning", "unit", "role", "tier"]
