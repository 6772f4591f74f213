"""Forms of a request for documents: what is asked, and the answer to each paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.bodies.forms.fields import choose_terms, term_field
from sala.bodies.models import PaperAsked
from sala.core.fields import TranslatedFormField
from sala.duties.forms import ActorForm, DocumentField


class PaperAskedForm(forms.Form):
    title = TranslatedFormField(label=_("Title"))
    kind = term_field(_("Kind"), "document-kind", required=False)
    is_needed = forms.BooleanField(label=_("Must be given"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        choose_terms(self)


class PapersGivenForm(ActorForm):
    """One box for each paper asked: the address of the document. `given` maps each paper to its document."""

    def __init__(self, *args: Any, actor: Actor, papers: list[PaperAsked], **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.papers = papers
        for paper in papers:
            field = DocumentField(
                label=str(paper.title),
                required=False,
                help_text=_("Words of its title, its number, or the address of its page."),
            )
            field.reader = actor
            self.fields[f"paper_{paper.pk}"] = field

    def given(self) -> dict[PaperAsked, Any]:
        found = {paper: self.cleaned_data.get(f"paper_{paper.pk}") for paper in self.papers}
        return {paper: document for paper, document in found.items() if document is not None}
