"""Putting an office on the list of honour of a year, with a certificate that anyone can verify."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import in_each_language, languages
from sala.core.operation import lock, operation
from sala.documents.models import IssuedKind
from sala.documents.operations import issue_document
from sala.duties import policy
from sala.duties.models import Honour
from sala.duties.queries.honours import least_asked, records
from sala.journal.operations import record
from sala.people.models import Organisation, Position

TEMPLATE = "duties/pdf/certificate.html"


@operation
def give_honour(actor: Actor, organisation: Organisation, year: int, *, least: int = 1,
                position: Position | None = None) -> Honour:  # fmt: skip
    """Honour an office whose answers of a past year were all in time and all accepted. The counts are taken here, anew.

    least     answers it must have been asked, where the giver asks for more than the rule
    position  in whose name, where a command gives it; else the post that allows it
    """
    organisation = lock(organisation)
    require(actor, policy.HONOUR, organisation, acting=position.pk if position else None)
    giver = position or _acting(actor)
    if giver.organisation_id == organisation.pk:
        raise NotPermitted(_("An office is honoured by the office above it, not by itself."))
    if year >= clock.today().year:
        raise Conflict(_("This year is not over. Wait until its last answers have fallen due."))
    if Honour.objects.filter(organisation=organisation, year=year).exists():
        raise Conflict(_("This office stands on the list of that year already."))
    least = max(least, least_asked(year, organisation.area))
    counts = records(year, [organisation.pk]).get(organisation.pk)
    if counts is None or not counts.is_honourable(least):
        raise Invalid(
            _("On the list stand offices that were asked at least %(count)d times and answered everything in time and accepted.")
            % {"count": least}
        )  # fmt: skip
    paper = issue_document(
        actor, giver.organisation, kind=IssuedKind.CERTIFICATE, title=in_each_language(lambda: _("Certificate of honour")), template=TEMPLATE,
        context={"organisation": organisation, "year": year, "record": counts, "giver": giver},
        languages=languages(), subject=organisation, tier=Tier.PUBLIC.value, is_invented=organisation.is_invented or bool(counts.invented),
    )  # fmt: skip
    honour = Honour.objects.create(
        organisation=organisation, year=year, asked=counts.asked, in_time=counts.in_time, complete=counts.complete,
        first_pass=counts.first_pass, paper=paper, position=giver, at=clock.now(),
    )  # fmt: skip
    record(actor, policy.HONOUR, organisation, change="honoured", year=year, least=least, number=paper.number,
           asked=counts.asked)  # fmt: skip
    return honour


def _acting(actor: Actor) -> Position:
    if actor.position_id is None:
        raise Invalid(_("Say in the name of which post the office is honoured."))
    return Position.objects.select_related("organisation__area").get(pk=actor.position_id)
