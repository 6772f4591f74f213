"""Drafting the rounds of forms by which an assessment asks: one for each respondent, one assignment a concession."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.collection import policy as collection
from sala.collection.models import Form
from sala.collection.operations import choose_forms
from sala.concessions import policy
from sala.concessions.models import Assessment, AssessmentRound, AssessmentState, Respondent
from sala.concessions.operations.assessment_rounds import need_open
from sala.concessions.queries.addressees import first_posts, houses_of
from sala.core.errors import Invalid
from sala.core.language import Translated, in_each_language
from sala.core.operation import lock, operation
from sala.duties.models import Call, CallKind
from sala.duties.operations import Asked, draft_call
from sala.journal.operations import record
from sala.people.models import Position


@operation
def ask_by_form(actor: Actor, row: AssessmentRound, *, issuer: Position, respondents: Sequence[str]) -> list[Call]:
    """Draft a round of forms for each of these respondents. The issuer looks at the drafts and issues them.

    The company is asked through the post that represents the holder; the office and the village through the post that
    enters answers in the office which keeps the entry. Raises Invalid where a form is not in use yet or nobody can be asked.
    """
    row = lock(row)
    require(actor, policy.ASSESS, row)
    need_open(row)
    chosen = [(who, _form(row, who)) for who in dict.fromkeys(respondents)]
    rows = list(row.assessments.exclude(state=AssessmentState.SUPERSEDED).select_related("concession__lead"))
    calls = []
    for who, form in chosen:
        posts = _posts(rows, who)
        asked = [Asked(posts[each.pk], subject=each.concession) for each in rows if each.pk in posts]
        if not asked:
            words = _(
                "No post can be asked there: the holder has no representative here, or the office no post that enters answers."
            )
            raise Invalid(words, {"respondents": [words]})
        call = draft_call(
            actor, issuer=issuer, asked=asked, subject=row, kind=CallKind.FORM_ROUND, is_invented=row.is_invented,
            title=_title(row, who), purpose=Translated(form.purpose) or in_each_language(_purpose), instruction=in_each_language(_instruction),
            due_on=row.due_on, minutes=form.minutes,
        )  # fmt: skip
        choose_forms(actor, call, [form])
        calls.append(call)
    record(actor, policy.ASSESS, row, change="forms drafted", calls=[call.pk for call in calls])
    return calls


def _form(row: AssessmentRound, who: str) -> Form:
    form_id = row.version.forms.get(who, "")
    form = Form.objects.filter(form_id=form_id, is_published=True).first() if form_id else None
    if form is None:
        words = _("The form “%(form)s” is not in use yet. Put it in use first.") % {
            "form": form_id or Respondent(who).label
        }
        raise Invalid(words, {"respondents": [words]})
    return form


def _title(row: AssessmentRound, who: str) -> Translated:
    return in_each_language(lambda: f"{row.name}: {Respondent(who).label}")


def _purpose() -> str:
    return _("To grade each concession by what all sides say of it.")


def _instruction() -> str:
    return _(
        "Fill in one form for each concession by what is so today, and send it. What you do not know you leave open."
    )


def _posts(rows: Sequence[Assessment], who: str) -> dict[int, Position]:
    """Assessment → the post that is asked about its concession; those without one are left out."""
    if who != Respondent.COMPANY:
        posts = first_posts({row.concession.lead_id for row in rows}, policy.ASSESS)
        return {row.pk: posts[row.concession.lead_id] for row in rows if row.concession.lead_id in posts}
    holders = houses_of([row.concession_id for row in rows], always=True)
    posts = first_posts(set(holders.values()), collection.SEND)
    return {row.pk: posts[holders[row.concession_id]] for row in rows if holders.get(row.concession_id) in posts}
