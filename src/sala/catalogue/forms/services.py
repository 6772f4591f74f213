"""Forms of data services and showcases."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.access.scope import Tier
from sala.catalogue import policy
from sala.catalogue.models import DataService, Dataset, Showcase
from sala.catalogue.models.dataset import TIERS
from sala.catalogue.models.service import ServiceKind
from sala.core import clock, language
from sala.core.fields import TranslatedFormField
from sala.core.models import Term
from sala.documents.forms.offices import OfficeField
from sala.people.models import Position

NAMES = (
    "title", "description", "kind", "contact", "endpoint", "contract", "conditions", "tier", "restriction", "licence",
)  # fmt: skip


class ServiceForm(ChoosingForm, forms.Form):
    """What is said of a service; used for a new one and for changes."""

    owner = OfficeField(label=_("Owner"))
    title = TranslatedFormField(label=_("Title"))
    slug = forms.SlugField(label=_("Address (latin letters)"), max_length=80, required=False,
                           help_text=_("Left empty, it is made from the English title."))  # fmt: skip
    description = TranslatedFormField(label=_("Description"), long=True, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ServiceKind.choices)
    endpoint = forms.URLField(label=_("Address of the service"), max_length=500, assume_scheme="https")
    contract = forms.URLField(
        label=_("Address of its description"), max_length=500, required=False, assume_scheme="https",
        help_text=_("Where programs read how it is used, such as an OpenAPI file."),
    )  # fmt: skip
    conditions = TranslatedFormField(
        label=_("Conditions of use"), long=True, required=False, help_text=_("How to get in, how often one may ask.")
    )
    datasets = SeveralChooser(Dataset, label=_("Serves these datasets"), required=False)
    contact = Chooser(Position, label=_("Whom to ask"), required=False)
    tier = forms.ChoiceField(label=_("Open to"), choices=[pair for pair in TIERS if pair[0] != Tier.NAMED])
    restriction = forms.ModelChoiceField(label=_("Why it is not public"), queryset=Term.objects.none(), required=False)
    licence = forms.ModelChoiceField(label=_("Licence"), queryset=Term.objects.none(), required=False)

    def __init__(self, *args: Any, reader: Actor, service: DataService | None = None, **options: Any):
        if service is not None:
            datasets = list(service.datasets.select_related("owner", "place"))
            options["initial"] = {name: getattr(service, name) for name in NAMES} | {"datasets": datasets}
        super().__init__(*args, **options)
        self.read_as(reader)
        for name in ("restriction", "licence"):
            field: Any = self.fields[name]
            field.queryset = Term.objects.filter(scheme=name, retired=False).order_by("order")
        if service is not None:
            del self.fields["owner"], self.fields["slug"]
        else:
            owner: Any = self.fields["owner"]
            owner.among_those_of(reader, policy.EDIT)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "slug" in self.fields and not data.get("slug") and "title" in data:
            others = [data["title"].get(code, "") for code in reversed(language.languages())]
            data["slug"] = next((slug for text in others if (slug := slugify(text)[:80])), "")
            if not data["slug"]:
                self.add_error("slug", _("Write an address in latin letters."))
        return data


class ShowcaseForm(forms.ModelForm):
    class Meta:
        model = Showcase
        fields = ["title", "kind", "url", "description", "made_by", "year"]
        help_texts = {"made_by": _("As everybody shall read it: an office, a university, a newspaper …")}

    url = forms.URLField(label=_("Web address"), max_length=500, assume_scheme="https")
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["year"].initial = clock.today().year
