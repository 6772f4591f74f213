"""What one answer is about, found by its code, for whoever may know it."""

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.about import Named, nouns
from sala.collection.models import About, Form
from sala.core import clock, lao
from sala.places.models import Area, Facility
from sala.places.queries import stays


def other_row(actor: Actor, form: Form, code: str) -> Named | None:
    """The row of another register that a code names; None where there is none, more than one, or it may not be known."""
    noun = nouns()[form.about_noun]
    found = noun.find(code, clock.today())
    seen = noun.seen(actor, [row.pk for row in found])
    found = [row for row in found if row.pk in seen]
    return found[0] if len(found) == 1 else None


def subject_of(actor: Actor, form: Form, code: str) -> Area | Facility | Named | None:
    """A place, a facility (of two that were merged the one that stays) or a row of another register, by its code."""
    code = lao.digits(code).strip()
    if not code:
        return None
    if form.about == About.OTHER:
        return other_row(actor, form, code)
    if form.about == About.FACILITY:
        facility = visible(actor, Facility).filter(code__iexact=code).select_related("successor").first()
        return stays(facility) if facility else None
    return visible(actor, Area).filter(code__iexact=code).first()
