"""What the page that fills in a form needs: what the answer is about, and what is written in before it is begun."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.about import Named
from sala.collection.models import Expected, ExpectedState, Form, FormVersion, ReadingState, Submission
from sala.collection.queries.waiting import expected_of
from sala.core import clock
from sala.places.models import Area, Facility

TO_FILL = (ExpectedState.WAITING, ExpectedState.RETURNED)


def forms_for_filling(actor: Actor) -> QuerySet[Form]:
    """Forms of which the actor may know that they can be filled in: those seen, and those a round asks of their posts."""
    asked = expected_of(actor.position_ids).values("form_id")
    return Form.objects.filter(Q(pk__in=asked) | Q(pk__in=visible(actor, Form).values("pk")))


def waiting_rows(actor: Actor, form: Form) -> QuerySet[Expected]:
    """Rows of open rounds that wait for an answer of the actor's posts to this form; the earliest due first."""
    rows = expected_of(actor.position_ids).filter(form=form, state__in=TO_FILL)
    rows = rows.select_related("area", "facility__area", "assignment__call")
    return rows.order_by("assignment__due_on", "facility__code", "area__code", "pk")


def answers_to_correct(actor: Actor) -> QuerySet[Submission]:
    """Answers that the actor's posts sent, and those that others typed in for them, that were returned or are not
    checked yet."""
    posts = actor.position_ids
    rows = visible(actor, Submission).filter(Q(position__in=posts) | Q(reading__expected__respondent__in=posts))
    return rows.filter(reading__state__in=(ReadingState.RETURNED, ReadingState.RECEIVED))


def codes_of(subject: Area | Facility | Named) -> list[str]:
    """Codes under which a form may name its subject: its own, then those of other systems in force today."""
    if isinstance(subject, Named):
        return [subject.code]
    others = subject.codes.filter(valid__contains=clock.today()).values_list("value", flat=True)
    return [subject.code, *others]


def written_in(form: Form, version: FormVersion, subject: Area | Facility | Named | None,
               place: Area | None = None) -> dict[str, str]:  # fmt: skip
    """Path of a question → what stands there when the page opens: the subject, the place of it that answers, and the
    choices that lead to them.

    A choice of a cascade names the choice above it in a column that is called as the question above: with the village
    its district and province are chosen too.
    """
    return _written(version, form.subject_question, subject) | _written(version, form.place_question, place)


def _written(version: FormVersion, question: str, subject: Area | Facility | Named | None) -> dict[str, str]:
    fields = {field["name"]: field for field in version.questions() if not field["repeat"]}
    field = fields.get(question)
    if subject is None or field is None:
        return {}
    codes = codes_of(subject)
    if not field["list"] or field["list"] in version.media:
        return {field["path"]: codes[0]}
    choice = _choice(version, field, codes)
    found: dict[str, str] = {}
    while choice is not None:
        found[field["path"]] = choice["value"]
        field, choice = _above(version, fields, choice, found)
    return found


def _choice(version: FormVersion, field: Mapping[str, Any], values: Iterable[str]) -> dict[str, Any] | None:
    rows = {row["value"]: row for row in version.choices.get(field["list"], [])}
    return next((rows[value] for value in values if value in rows), None)


def _above(version: FormVersion, fields: Mapping[str, Any], choice: Mapping[str, Any], found: Mapping[str, str]) -> Any:
    """The question above in the cascade and its choice, as columns of a choice say; the choice is None at the top."""
    for name, value in choice.items():
        field = fields.get(name)
        if field is None or not field["list"] or field["path"] in found or not isinstance(value, str):
            continue
        if above := _choice(version, field, [value]):
            return field, above
    return None, None
