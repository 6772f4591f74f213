"""Bringing the faults that an operation found back to the fields of the form they came from."""

from django import forms

from sala.core.errors import SalaError


def show_faults(form: forms.BaseForm, error: SalaError, otherwise: str) -> None:
    """Put an operation's faults at their fields; those of no field at `otherwise`, or at the top of the form."""
    known = {name: texts for name, texts in error.fields.items() if name in form.fields}
    for name, texts in known.items():
        for text in texts:
            form.add_error(name, str(text))
    if not known:
        form.add_error(otherwise if otherwise in form.fields and not error.fields else None, str(error))
