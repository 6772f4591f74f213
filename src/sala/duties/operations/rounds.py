"""The daily look at recurring calls: each round that is due is drafted with the rights of its own post, in its own commit."""

from datetime import date

from sala.core.errors import SalaError
from sala.duties.models import CallTemplate
from sala.duties.operations.templates import draft_round, note_trouble
from sala.people.queries import actor_of_post


def draft_rounds(today: date) -> int:
    """Draft what is due. Returns how many rounds were made; a second run on the same day makes none."""
    due = CallTemplate.objects.filter(retired=False, next_on__lte=today).exclude(rhythm="")
    made = 0
    for template in due.select_related("owner__organisation").order_by("id"):
        actor = actor_of_post(template.owner)
        try:
            made += draft_round(actor, template, today) is not None
        except SalaError as error:
            note_trouble(actor, template, str(error))
    return made
