"""Reasons for asking what is held already."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sala.collection.queries.held import Held


class HeldForm(forms.Form):
    """A reason for each thing that is held. `lines` are the fields with what they are about."""

    def __init__(self, *args: Any, held: Sequence[Held], **options: Any):
        super().__init__(*args, **options)
        self.held = held
        for number, one in enumerate(held):
            label = _("Why “%(question)s” is asked all the same") % {"question": one.question.label or one.question.field["name"]}  # fmt: skip
            self.fields[f"reason-{number}"] = forms.CharField(
                label=label, required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
            )

    def lines(self) -> list[tuple[Held, Any]]:
        return [(one, self[f"reason-{number}"]) for number, one in enumerate(self.held)]

    def reasons(self) -> dict[tuple[str, str, str], str]:
        """(path, kind, key) of what is held → why."""
        return {
            (one.path, one.kind, one.key): self.cleaned_data.get(f"reason-{number}", "")
            for number, one in enumerate(self.held)
        }
