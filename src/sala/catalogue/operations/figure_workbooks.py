"""A workbook of figures that comes back: all of it is kept as the draft, or nothing."""

from pathlib import Path

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import workbooks
from sala.catalogue.operations.asking import keep_figures
from sala.catalogue.queries.asked import cells_of
from sala.core.errors import Invalid
from sala.duties import policy
from sala.duties.models import Assignment


def take_workbook(actor: Actor, assignment: Assignment, path: Path, name: str) -> int:
    """Read it in the child, compare it with what was sent out, keep it as the draft. Returns how many cells changed."""
    require(actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    cells = cells_of(assignment, drafts=True)
    fills = workbooks.fills_of(workbooks.look_into(path, name), assignment, cells)
    try:
        return keep_figures(actor, assignment, fills)
    except Invalid as error:
        places = workbooks.lines_of(cells)
        told = [
            f"{workbooks.FIGURES}!{places[key]}: {texts[0]}" for key, texts in error.fields.items() if key in places
        ]
        if not told:
            raise
        raise Invalid(_("Nothing was taken from the workbook. %(faults)s") % {"faults": " ".join(told)}, {"file": told}) from error  # fmt: skip
