"""The question bank: every question of every form in use, across ministries, and which of them are alike.

A version never changes, so what is read of it is kept in the process.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Form, FormVersion, VersionState
from sala.collection.queries.forms import texts_of
from sala.core import clock, lao
from sala.core.language import Translated, sorted_by
from sala.people.models import Organisation

KEPT = 1000  # versions whose questions are at hand
YEAR = timedelta(days=365)
# what a device or the form itself fills in asks nobody anything
UNASKED = frozenset((
    "calculate", "hidden", "start", "end", "today", "deviceid", "phonenumber", "username", "email", "simserial",
    "subscriberid", "audit", "start-geopoint", "background-geopoint", "background-audio", "acknowledge",
))  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question as one version asks it.

    field    as core.files.xlsform describes it      choices  (value, label) of its list, in order
    key      search key of its words in every language, of its name and of its choices
    words    language → the words of its label, for telling like questions
    """

    field: Mapping[str, Any]
    label: Translated
    hint: Translated
    choices: tuple[tuple[str, Translated], ...]
    key: str
    words: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Asked:
    """A question of a form in use. rounds: how many rounds asked the form within a year."""

    form: Form
    number: int
    version_id: int
    rounds: int
    question: Question

    @property
    def address(self) -> str:
        """Names the question in a choice of several."""
        return f"{self.form.slug}:{self.question.field['path']}"


def words_in(texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Language → the words of a text in it, each spelling of a word as one."""
    return {code: lao.keys(text) for code, text in texts.items() if text}


@lru_cache(maxsize=KEPT)
def _read(pk: int, _sha256: str, _uploaded_at: datetime) -> tuple[Question, ...]:
    version = FormVersion.objects.only("fields", "choices", "language_map").get(pk=pk)
    return tuple(questions_in(version))


def questions_in(version: FormVersion) -> Iterable[Question]:
    """The questions that somebody answers."""
    for field in version.questions():
        if field["type"] in UNASKED:
            continue
        label = texts_of(version, field["labels"])
        listed = version.choices.get(field["list"], []) if field["list"] else []
        choices = tuple((row["value"], texts_of(version, row["labels"])) for row in listed)
        texts = [*label.values(), field["name"], *(text for _value, texts in choices for text in texts.values())]
        yield Question(
            field, label, texts_of(version, field["hint"]), choices, lao.normalise(" ; ".join(texts)), words_in(label)
        )


def owners_of_forms(actor: Actor) -> QuerySet[Organisation]:
    """Whose forms in use the reader sees."""
    forms = visible(actor, Form).filter(is_published=True)
    return Organisation.objects.filter(pk__in=forms.values("owner")).order_by(sorted_by("name"))


def asked_by(actor: Actor, *, owner: str = "", about: str = "", kind: str = "", q: str = "") -> list[Asked]:
    """Questions of the forms in use that the reader sees, by form and in its order.

    q      every word of it stands in the words of the question or of its choices
    owner  code of the organisation     about, kind  what one answer is about: of Form, and code of the level or kind
    """
    forms = visible(actor, Form).filter(is_published=True)
    if owner:
        forms = forms.filter(owner__code=owner)
    if about:
        forms = forms.filter(about=about)
    if kind:
        forms = forms.filter(Q(level__code=kind) | Q(facility_kind__code=kind) | Q(about_noun=kind))
    recent = Q(rounds__call__issued_at__gte=clock.now() - YEAR)
    forms = forms.select_related("owner", "level", "facility_kind").annotate(round_count=Count("rounds", filter=recent))
    by_pk = {form.pk: form for form in forms}
    versions = visible(actor, FormVersion).filter(form__in=by_pk, state=VersionState.CURRENT).order_by("form__slug")
    wanted = lao.normalise(q).split()
    found = []
    for pk, form_pk, number, sha256, at in versions.values_list("pk", "form_id", "number", "sha256", "uploaded_at"):
        form = by_pk[form_pk]
        for question in _read(pk, sha256, at):
            if all(word in question.key for word in wanted):
                found.append(Asked(form, number, pk, form.round_count, question))
    return found
