"""What the last grants and the current areas of a concession add up to, kept by the database whenever one of them changes.

Lists of twenty thousand concessions filter, sort and add up by these figures; they are never entered. The function
that reckons them, concessions_reckon_figures, stands in the migration that made the table.
"""

import pgtrigger
from django.db import models

from sala.concessions.models.concession import Concession


class Figures(models.Model):
    """One row for each concession that has a grant or an area.

    granted_ha    hectares of the last grants (those that no other one replaces), of all holders together
    developed_ha  hectares developed now: of the paper, else of the drawing
    ends_on       the latest end of the last grants
    Each is None where none of them says it.
    """

    concession = models.OneToOneField(Concession, on_delete=models.CASCADE, primary_key=True, related_name="figures")
    granted_ha = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    developed_ha = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["granted_ha"], name="figures_by_size")]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.granted_ha}, {self.developed_ha}"


def kept_in_figures(name: str) -> list[pgtrigger.Trigger]:
    """Triggers of a table of which figures are made."""
    return kept_by("concessions_reckon_figures", f"{name}_figures")


def kept_by(function: str, name: str) -> list[pgtrigger.Trigger]:
    """Triggers that call a function of the database with the concessions (ids) of the rows that a statement changed: once
    for each statement, however many rows it changes.
    """
    changes = [
        ("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), "select concession_id from new_rows"),
        ("update", pgtrigger.Update, pgtrigger.Referencing(new="new_rows", old="old_rows"),
         "select concession_id from new_rows union select concession_id from old_rows"),
        ("delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), "select concession_id from old_rows"),
    ]  # fmt: skip
    return [
        pgtrigger.Trigger(
            name=f"{name}_{verb}", level=pgtrigger.Statement, when=pgtrigger.After, operation=operation,
            referencing=rows, func=f"perform {function}(array({changed})); return null;",
        )
        for verb, operation, rows, changed in changes
    ]  # fmt: skip
