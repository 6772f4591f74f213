"""Rounds of assessment: opened over the granted concessions of a place, filled up, closed."""

from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.models import Assessment, AssessmentRound, Concession, CriteriaVersion
from sala.concessions.operations.regrading import regrade
from sala.concessions.states import GRANTED
from sala.core import clock
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Organisation
from sala.places.models import Area

BATCH = 2000


@operation
def open_round(
    actor: Actor, owner: Organisation, *, name: Translated, version: CriteriaVersion, area: Area, opens_on: date,
    due_on: date, sector: Term | None = None, is_invented: bool = False,
) -> AssessmentRound:  # fmt: skip
    """Begin a round over every granted concession of a place, or of one sector there; each is reckoned at once from
    what the register knows. Raises Invalid where the criteria do not hold yet on its first day."""
    row = AssessmentRound(
        owner=owner, name=name, version=version, area=area, sector=sector, opens_on=opens_on, due_on=due_on,
        is_invented=is_invented,
    )  # fmt: skip
    require(actor, policy.ASSESS, row)
    if version.valid_from > opens_on:
        words = _("These criteria hold since %(day)s only. Begin later, or choose others.") % {"day": version.valid_from.isoformat()}  # fmt: skip
        raise Invalid(words, {"version": [words]})
    row.slug = free_address(AssessmentRound, name, f"round-{opens_on.year}", reserved=("new",))
    row.made_by_id = actor.position_id
    check(row)
    row.save()
    number = _take_in(actor, row)
    if not number:
        words = _("No granted lease or concession lies there. Choose a wider place or another sector.")
        raise Invalid(words, {"area": [words]})
    record(actor, policy.ASSESS, row, change="round opened", concessions=number)
    return row


@operation
def fill_round(actor: Actor, row: AssessmentRound) -> int:
    """Take in what was granted since the round began. Returns how many."""
    row = lock(row)
    require(actor, policy.ASSESS, row)
    need_open(row)
    number = _take_in(actor, row)
    if number:
        record(actor, policy.ASSESS, row, change="round filled up", concessions=number)
    return number


@operation
def close_round(actor: Actor, row: AssessmentRound) -> None:
    """Take no more answers. What is validated stands; a new fact still opens it again."""
    row = lock(row)
    require(actor, policy.ASSESS, row)
    need_open(row)
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    record(actor, policy.ASSESS, row, change="round closed")


def need_open(row: AssessmentRound) -> None:
    if row.closed_at is not None:
        raise Conflict(_("This round is closed, so it takes no more answers. A new round asks again."))


def _take_in(actor: Actor, row: AssessmentRound) -> int:
    wanted = Concession.objects.filter(same_as__isnull=True, state__in=GRANTED, area__path__startswith=row.area.path)
    if row.sector_id:
        wanted = wanted.filter(sector=row.sector_id)
    fresh = list(wanted.exclude(assessments__round=row).order_by("pk").values_list("pk", flat=True))
    Assessment.objects.bulk_create((Assessment(concession_id=pk, round=row) for pk in fresh), batch_size=BATCH)
    regrade(actor, fresh)
    return len(fresh)
