"""Questions to the producer of a dataset: asked in public, answered once for all by the post that is named to be asked."""

from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.models import Dataset
from sala.catalogue.operations.access import who_answers
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import add_working_days
from sala.duties import operations as duties
from sala.duties.models import Thread
from sala.people.models import Organisation

DEADLINE_KEY = "questions.answer"  # rule of law: working days within which a question about data is answered
DAYS = 10  # where no rule says otherwise


def answer_days(owner: Organisation, day: date) -> int:
    """Working days that an office has for a question on a day."""
    rule = rule_on(RuleKind.DEADLINE, DEADLINE_KEY, day, owner.area)
    return int(rule.number) if rule and rule.number is not None else DAYS


@operation
def ask_producer(actor: Actor, dataset: Dataset, *, text: str) -> Thread:
    """Ask the post that answers for a dataset; the day of the answer is promised with the question."""
    today = clock.today()
    try:
        post = who_answers(dataset.owner, dataset)
    except Invalid as error:
        raise Conflict(_("No post of the owner answers questions yet. Write to the office itself.")) from error
    due = add_working_days(today, answer_days(dataset.owner, today))
    return duties.ask(actor, dataset, text=text, answers=post, due_on=due)
