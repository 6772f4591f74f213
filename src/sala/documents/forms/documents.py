"""Forms of documents, their files and legal references."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.access.scope import Tier
from sala.documents import policy
from sala.documents.forms.offices import OfficeField, language_choices
from sala.documents.models import Document, LegalReference
from sala.documents.models.document import TIER_CHOICES
from sala.people.models import Organisation
from sala.places.models import Area


class DocumentForm(ChoosingForm, forms.ModelForm):
    """What is said of a document. Who may read it is asked when it is published."""

    issuer = Chooser(Organisation, label=_("Issued by"), required=False)
    areas = SeveralChooser(Area, label=_("Places it is about"), required=False)
    supersedes = Chooser(
        Document, label=_("Replaces"), required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Original language"), required=False)
    reviewed = forms.MultipleChoiceField(
        label=_("Title and summary were read and approved in"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Document
        fields = [
            "kind", "title", "summary", "number", "issuer", "issued_on", "language", "in_force_from", "in_force_until",
            "topics", "areas", "supersedes", "source_url", "licence", "reviewed",
        ]  # fmt: skip
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("issued_on", "in_force_from", "in_force_until")
        }

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        fields: Any = self.fields
        codes = language_choices()
        fields["title"].label, fields["summary"].label = _("Title"), _("Summary")
        fields["language"].choices = [("", _("Not stated")), *codes]
        fields["reviewed"].choices = codes
        self.read_as(reader)
        for name in ("kind", "licence"):
            fields[name].queryset = fields[name].queryset.filter(retired=False)
        topics = fields["topics"]
        topics.queryset = topics.queryset.filter(retired=False)
        topics.widget = forms.CheckboxSelectMultiple(choices=topics.choices)
        if self.instance.pk:
            self.initial["areas"] = list(self.instance.areas.all())

    def _get_validation_exclusions(self):
        """The state takes part in the rule that a number stands once, although no form changes it."""
        return super()._get_validation_exclusions() - {"state"}  # type: ignore[misc]


class AddForm(DocumentForm):
    """The same with owner and file, for a new document."""

    owner = OfficeField(label=_("Kept by"))
    file = forms.FileField(label=_("File"), required=False, help_text=_("PDF, HTML or plain text."))

    field_order = ["owner", *DocumentForm.Meta.fields, "file"]  # last: a browser forgets a file when "Find" is pressed

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, reader=reader, **options)
        self.fields["owner"].among_those_of(reader, policy.EDIT)  # type: ignore[attr-defined]

    def described(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ClassifyForm(ChoosingForm, forms.ModelForm):
    """Who may read it; where it is not open, why."""

    restriction_law = Chooser(
        Document, label=_("Law behind it"), required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )  # fmt: skip

    class Meta:
        model = Document
        fields = ["tier", "restriction", "restriction_law", "restriction_clause"]
        widgets = {"tier": forms.RadioSelect(choices=TIER_CHOICES)}

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.read_as(reader)
        if self.instance.state == "draft":
            self.initial["tier"] = Tier.PUBLIC.value

    def clean(self):
        data = super().clean() or {}
        tier = data.get("tier")
        if tier and tier != Tier.PUBLIC and not data.get("restriction"):
            self.add_error("restriction", _("Say why the document is not open to everyone."))
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class FileForm(forms.Form):
    """A further file of a document."""

    file = forms.FileField(label=_("File"), help_text=_("PDF, HTML or plain text."))
    language = forms.ChoiceField(label=_("Language of the file"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        codes = language_choices()
        self.fields["language"].choices = [("", _("Tell it from the text")), *codes]  # type: ignore[attr-defined]


class ReplaceForm(ReasonForm):
    file = forms.FileField(label=_("New file"), help_text=_("PDF, HTML or plain text."))

    field_order = ["file", "reason"]


class ReferenceForm(ChoosingForm, forms.ModelForm):
    """On which clause of which law the document stands."""

    law = Chooser(
        Document, label=_("Law or document"), required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )  # fmt: skip

    class Meta:
        model = LegalReference
        fields = ["relation", "law", "work", "clause"]

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.read_as(reader)

    def clean(self):
        data = super().clean() or {}
        if bool(data.get("law")) == bool(data.get("work")):
            self.add_error("work", _("Choose the law, or write its number and name: one of the two."))
        return data
