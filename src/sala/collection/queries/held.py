"""What is held already of what a form would ask: questions of other forms, figures and columns of the catalogue, registers.

Only forms about something registered are looked at, and only what is held of the same level, kind or register, since a question on
anything else is about another thing. Two texts are like when, in one language, at least three quarters of their words are
the same; a single word ("Name", "Total") tells nothing by itself, unless the questions also have the same name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Column, ColumnRole, Dataset, Figure, KeyFigure
from sala.catalogue.queries.columns import hidden_columns
from sala.catalogue.queries.figures import closed_figures, parts_named_for
from sala.collection.models import About, AskedAnyway, Form, FormVersion, HeldKind
from sala.collection.queries.bank import Question, asked_by, questions_in, words_in
from sala.core import lao
from sala.core.language import Translated, languages

ALIKE = 0.75  # share of the words of both texts that is the same
TELLING = 2  # words that a text must have to tell what it asks
OPEN_TELLING = 4  # words that an open question must have: "Other remarks" stands in every form
ARTICLES = 2  # further words of a question on a name: "name of the village"
NUMBERS, SELECTS = ("integer", "decimal", "range"), ("select_one", "select_multiple", "rank")


@dataclass(frozen=True)
class Held:
    """What is held of one question. key: with the kind, it names what is held; where: of whom; url: where it stands."""

    question: Question
    kind: str
    key: str
    text: Translated
    where: Translated
    url: str

    @property
    def path(self) -> str:
        return str(self.question.field["path"])

    @property
    def kind_name(self) -> str:
        return str(HeldKind(self.kind).label)


def alike(one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]], telling: int = TELLING) -> bool:
    """Whether two texts, as words by language, say the same in some language."""
    for code in one.keys() & other.keys():
        mine, theirs = one[code], other[code]
        if min(len(mine), len(theirs)) >= telling and len(mine & theirs) >= ALIKE * len(mine | theirs):
            return True
    return False


def same_question(one: Question, other: Question) -> bool:
    mine, theirs = one.field, other.field
    if bool(mine["repeat"]) != bool(theirs["repeat"]) or _sort(mine["type"]) != _sort(theirs["type"]):
        return False
    is_open = _sort(mine["type"]) == "text"
    telling = OPEN_TELLING if is_open else TELLING
    if mine["name"] == theirs["name"] and not is_open:
        telling = 1
    return alike(one.words, other.words, telling)


def _sort(kind: str) -> str:
    return "number" if kind in NUMBERS else "choice" if kind in SELECTS else kind


def held_of(actor: Actor, version: FormVersion) -> list[Held]:
    """What the actor can see to be held of what the version would ask, by question."""
    form = version.form
    if form.about == About.NOTHING:
        return []
    asked = [question for question in questions_in(version) if question.field["name"] != form.subject_question]
    found = [*_in_forms(actor, form, asked), *_in_catalogue(actor, form, asked), *_in_registers(form, asked)]
    order = {question.field["path"]: number for number, question in enumerate(asked)}
    return sorted(found, key=lambda one: (order[one.path], one.kind, one.key))


def unanswered(actor: Actor, version: FormVersion) -> list[Held]:
    """What is held and was not answered by the author yet."""
    said = set(AskedAnyway.objects.filter(form=version.form_id).values_list("path", "held_kind", "held_key"))
    return [one for one in held_of(actor, version) if (one.path, one.kind, one.key) not in said]


def _in_forms(actor: Actor, form: Form, asked: list[Question]) -> Iterator[Held]:
    others = asked_by(actor, about=form.about, kind=form.kind_code)
    for other in others:
        if other.form.pk == form.pk or str(other.question.field["name"]) == other.form.subject_question:
            continue
        for question in asked:
            if same_question(question, other.question):
                yield Held(
                    question, HeldKind.QUESTION, other.address, other.question.label, Translated(other.form.title),
                    other.form.get_absolute_url(),
                )  # fmt: skip


def _in_catalogue(actor: Actor, form: Form, asked: list[Question]) -> Iterator[Held]:
    """Figures and columns that are held of places of the form's level."""
    numbers = [one for one in asked if one.field["type"] in NUMBERS and not one.field["repeat"]]
    if form.level is None or not numbers:
        return
    datasets = visible(actor, Dataset)
    figures = KeyFigure.objects.filter(distribution__dataset__in=datasets).exclude(pk__in=closed_figures(actor))
    reported = Figure.objects.filter(area__level=form.level).values("key_figure")
    told = set()  # columns of which no more is said
    for figure in figures.filter(pk__in=reported).select_related("distribution__dataset"):
        words, dataset = words_in(figure.name), figure.distribution.dataset
        told.add((figure.distribution_id, figure.value_column))
        for question in numbers:
            if alike(question.words, words):
                yield Held(question, HeldKind.FIGURE, str(figure.pk), Translated(figure.name), Translated(dataset.title), dataset.get_absolute_url())  # fmt: skip
    placed = Column.objects.filter(role=ColumnRole.AREA, level=form.level).values("distribution")
    columns = visible(actor, Column).filter(distribution__in=placed, distribution__dataset__in=datasets)
    columns = columns.filter(role__in=[ColumnRole.NONE, ColumnRole.VALUE])
    parts = parts_named_for(actor).prefetch_related("dictionary")  # of these an agreement may name some columns only
    told |= {(part.pk, name) for part in parts for name in hidden_columns(actor, part)}
    for column in columns.select_related("distribution__dataset"):
        if (column.distribution_id, column.name) in told:
            continue
        words, dataset = words_in(column.label), column.distribution.dataset
        for question in numbers:
            if alike(question.words, words):
                yield Held(question, HeldKind.COLUMN, str(column.pk), Translated(column.label), Translated(dataset.title), dataset.get_absolute_url())  # fmt: skip


def _in_registers(form: Form, asked: list[Question]) -> Iterator[Held]:
    """The name of the place or facility itself is in its register."""
    kind = form.level or form.facility_kind
    if kind is None:
        return
    names = _names(Translated(kind.name))
    for question in asked:
        if question.field["type"] != "text" or question.field["repeat"]:
            continue
        for code, wanted in names.items():
            words = question.words.get(code, frozenset())
            if wanted <= words and len(words) <= len(wanted) + ARTICLES:
                yield Held(question, HeldKind.REGISTER, "name", Translated(kind.name), Translated(kind.plural), "")
                break


def _names(kind: Translated) -> dict[str, frozenset[str]]:
    """Language → the words of "name" and of the kind."""
    found = {}
    for code in languages():
        if code in kind:
            with translation.override(code):
                found[code] = lao.keys(f"{gettext('name')} {kind[code]}")
    return found
