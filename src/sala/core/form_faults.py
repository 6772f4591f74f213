"""Bringing the faults that an operation found back to the fields of the form they came from."""

from django import forms

from sala.core.errors import SalaError


def show_faults(form: forms.BaseForm, error: SalaError, otherwise: str = "") -> None:
    """Put an operation's faults at their fields, so that nothing that was typed is lost.

    A fault of a field that the form does not have stands at the top; a refusal that names no field at `otherwise`,
    or at the top of the form.
    """
    for name, texts in error.fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, str(text))
    if not error.fields:
        form.add_error(otherwise if otherwise in form.fields else None, str(error))
