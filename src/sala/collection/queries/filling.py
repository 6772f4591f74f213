"""What the page that fills in a form needs: what the answer is about, and what is written in before it is begun."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.about import Named
from sala.collection.models import Expected, ExpectedState, Form, FormVersion, ReadingState, Submission
from sala.collection.queries.labels import from_file, row_of
from sala.collection.queries.waiting import expected_of
from sala.core import clock
from sala.places.models import Area, Facility, Level

# column = ${question} in a filter, or the other way round
_TIE = re.compile(r"([\w.-]+)\s*=\s*\$\{\s*([\w.-]+)\s*\}|\$\{\s*([\w.-]+)\s*\}\s*=\s*([\w.-]+)")
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
               place: Area | None = None, actor: Actor | None = None) -> dict[str, str]:  # fmt: skip
    """Path of a question → what stands there when the page opens: the subject, the place of it that answers, and the
    choices that lead to them.

    A choice of a cascade names the choice above it in the column that its filter compares with the question above, or
    that is called as that question: with the village its district and province are chosen too.
    actor  who fills it in, for lists that are made for each reader; None: everybody
    """
    told = _written(version, form.subject_question, subject, actor)
    return told | _written(version, form.place_question, place, actor)


def _written(
    version: FormVersion, question: str, subject: Area | Facility | Named | None, actor: Actor | None
) -> dict[str, str]:
    fields = {field["name"]: field for field in version.questions() if not field["repeat"]}
    field = fields.get(question)
    if subject is None or field is None:
        return {}
    codes = codes_of(subject)
    row = row_of(version, field, codes, actor) if field["list"] else None
    if row is None:
        return {field["path"]: codes[0]} if not field["list"] or from_file(version, field) else {}
    found = {field["path"]: row["value"]}
    below: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [(field, row)]
    while below:
        for above, value in _above(version, fields, *below.pop()):
            if above["path"] not in found and (row := row_of(version, above, [value], actor)):
                found[above["path"]] = row["value"]
                below.append((above, row))
    return found


def _above(
    version: FormVersion, fields: Mapping[str, Any], field: Mapping[str, Any], row: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Questions above in the cascade, each with the code that stands for it in a row of the list below.

    Of a file only the columns that the filter names or that are levels of places: others, such as the state of a
    concession, say what is known of the row and are no answer.
    """
    ties = [(one or other, column or last) for column, one, other, last in _TIE.findall(field["choice_filter"])]
    alike = Level.objects.values_list("code", flat=True) if from_file(version, field) else row
    for name, column in [*ties, *((each, each) for each in alike)]:
        above, value = fields.get(name), row.get(column)
        if above is not None and above["list"] and isinstance(value, str) and value:
            yield above, value
