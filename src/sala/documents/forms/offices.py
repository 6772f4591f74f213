"""Fields that forms of this part share: the office that keeps or issues, a day, a language."""

from django.conf import settings

from sala.access.actor import Actor
from sala.access.choosing import Chooser
from sala.core import language
from sala.core.fields import day_field as day_field
from sala.documents.queries import organisations_with
from sala.people.models import Organisation


class OfficeField(Chooser):
    """The organisation in whose name something is done, among those for which the reader may."""

    model = Organisation

    def among_those_of(self, reader: Actor, verb: str) -> None:
        self.rows = organisations_with(reader, verb)
        own = [holding.organisation_id for holding in reader.holdings]
        self.initial = self.rows.filter(pk__in=own).order_by("area__level__rank", "code").first()


def language_choices() -> list[tuple[str, str]]:
    names = dict(settings.LANGUAGES)
    return [(code, names[code]) for code in language.languages()]
