"""What an entry may lack: asked for in the list, counted on the board, told on the page and on the desk."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from sala.concessions.models import ConcessionArea, ConcessionDocument, Confirmation, FieldClass, Grant
from sala.concessions.states import GRANTED

CONTRACTS = ("agreement", "decision")  # roles of papers of which one shows what was granted


@dataclass(frozen=True)
class Lack:
    """name in a list; advice what to do next; classes: those that have to be open to learn that it is lacking."""

    name: Any
    advice: Any
    classes: tuple[str, ...]


LACKS = {
    "agreement": Lack(
        _("Granted without agreement or decision"), _("Find the agreement or the decision and add it under “Papers”."),
        (FieldClass.TERMS, FieldClass.PAPERS),
    ),
    "holder": Lack(_("Granted without holder"), _("Find out who holds it and enter the grant."), (FieldClass.HOLDER,)),
    "shape": Lack(
        _("Without shape or point"), _("Draw the area, or give a point that stands for it."),
        (FieldClass.HECTARES, FieldClass.SHAPE),
    ),
    # who confirmed what is for offices only, not for the holder and not for everybody
    "confirmation": Lack(
        _("Not confirmed"), _("The province or the ministry compares it with the papers and confirms it."), (FieldClass.JUDGEMENT,)
    ),
}  # fmt: skip


def lacking(what: str) -> Any:
    """Condition on concessions that lack it."""
    own = {"concession": OuterRef("pk")}
    if what == "agreement":
        return Q(state__in=GRANTED) & ~Exists(ConcessionDocument.objects.filter(**own, role__code__in=CONTRACTS))
    if what == "holder":
        return Q(state__in=GRANTED) & ~Exists(Grant.objects.filter(**own))
    if what == "shape":
        return ~Exists(ConcessionArea.objects.filter(**own, is_current=True, shape__isnull=False))
    standing = Confirmation.objects.filter(**own, field_class=FieldClass.BASICS, withdrawn_at__isnull=True)
    return ~Exists(standing)
