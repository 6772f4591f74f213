"""Making an edition of answers, and saying which questions may leave."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.scope import visible
from sala.catalogue.models import Dataset
from sala.collection.layout import NAMES_SENDER, Table
from sala.collection.models import Form
from sala.collection.queries.forms import texts_of
from sala.collection.queries.releasing import rounds_of


class EditionForm(ChoosingForm, forms.Form):
    """call: a round, or all approved answers; table: the form itself or one of its repeats."""

    dataset = Chooser(
        Dataset, label=_("Dataset"),
        help_text=_("Write a part of its name. A new dataset is entered in the catalogue first."),
    )  # fmt: skip
    call = forms.ChoiceField(label=_("Answers of"), required=False)
    table = forms.ChoiceField(label=_("Table"), required=False)

    def __init__(self, *args: Any, actor: Actor, form: Form, tables: dict[str, Table], **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
        self.fields["dataset"].rows = visible(actor, Dataset).filter(owner__path__startswith=form.owner.path)  # type: ignore[attr-defined]
        self.standing = {row.call.reference: row for row in rounds_of(actor, form)}
        rounds = [(name, f"{name} {row.call.title}") for name, row in self.standing.items()]
        self.fields["call"].choices = [("", _("All approved answers")), *rounds]  # type: ignore[attr-defined]
        self.fields["table"].choices = [(path, one.name or _("The form itself")) for path, one in tables.items()]  # type: ignore[attr-defined]
        if len(tables) == 1:
            del self.fields["table"]

    def clean_call(self) -> Any:
        row = self.standing.get(self.cleaned_data["call"])
        return row.call if row else None


class MarkForm(forms.Form):
    """The questions of a form that could leave; ticked are those that say nothing of single people."""

    paths = forms.MultipleChoiceField(
        label=_("These say nothing of single people"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, form: Form, tables: dict[str, Table], **options: Any):
        super().__init__(*args, **options)
        questions = {}
        for table in tables.values():
            for column in table.columns:
                if not any(each in NAMES_SENDER for each in column.question.types):
                    words = str(texts_of(column.question.newest, column.question.labels))
                    name = column.question.path.rpartition("/")[2]
                    questions[column.question.path] = f"{words} ({name})" if words else name
        self.fields["paths"].choices = list(questions.items())  # type: ignore[attr-defined]
        self.initial.setdefault("paths", form.impersonal)
