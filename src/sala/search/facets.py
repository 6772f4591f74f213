"""The counts of a search as facets with names, in the reader's language."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from sala.access.scope import TIER_NAMES, Tier
from sala.core import subjects
from sala.core.language import Translated
from sala.core.models import Term
from sala.search import names
from sala.search.filters import Filters
from sala.search.hits import Counts
from sala.search.models import SearchRow
from sala.search.names import OWNER, Named
from sala.search.results import Facet, Value

LABELS = {
    "noun": _("Type"), "kind": _("Kind"), "topic": _("Topic"), "place": _("Place"), "owner": _("Owner"),
    "year": _("Year"), "tier": _("Open to"),
}  # fmt: skip
Groups = list[tuple[str, int, int]]


def facets_of(counts: Counts, filters: Filters, beneath: dict[int, Named], language: str) -> list[Facet]:
    """Facets with at least one value, in the order of LABELS."""
    makers: dict[str, Callable[[Groups], list[Value]]] = {
        "noun": _nouns, "kind": partial(_kinds, language=language), "topic": partial(_topics, language=language),
        "place": partial(_places, beneath=beneath, language=language), "owner": partial(_owners, language=language),
        "year": _years, "tier": _tiers,
    }  # fmt: skip
    found = []
    for name, label in LABELS.items():
        values = makers[name](counts.groups.get(name, []))
        for value in values:
            value.is_chosen = value.value == str(getattr(filters, name) or "")
        if values:
            found.append(Facet(name, label, values))
    return found


def _nouns(groups: Groups) -> list[Value]:
    return [Value(noun, noun_name(noun), number) for noun, number, _sample in groups]


def noun_name(noun: str, plural: bool = True) -> Any:
    if not subjects.knows(noun):
        return noun
    subject = subjects.by_noun(noun)
    return subject.plural if plural else subject.name


def _kinds(groups: Groups, language: str) -> list[Value]:
    samples = [sample for _kind, _number, sample in groups]
    told = dict(SearchRow.objects.filter(pk__in=samples).values_list("pk", "kind_name"))
    labels = kind_names({kind: told.get(sample) for kind, _number, sample in groups}, language)
    return [Value(kind, labels[kind], number) for kind, number, _sample in groups]


def kind_names(told: dict[str, dict[str, str] | None], language: str) -> dict[str, str]:
    """Kind → its name: what a row of that kind says (told), else a vocabulary's word, else the code."""
    missing = [kind for kind, name in told.items() if not name]
    terms = {term.code: term.name for term in Term.objects.filter(code__in=missing)} if missing else {}
    return {kind: Translated(name or terms.get(kind)).text(language).text or kind for kind, name in told.items()}


def _topics(groups: Groups, language: str) -> list[Value]:
    codes = [code for code, _number, _sample in groups]
    terms = {term.code: term.name for term in Term.objects.filter(scheme="topic", code__in=codes)} if codes else {}
    return [
        Value(code, terms[code].text(language).text if code in terms else code, number)
        for code, number, _sample in groups
    ]


def _places(groups: Groups, beneath: dict[int, Named], language: str) -> list[Value]:
    return [
        Value(beneath[int(pk)].code, beneath[int(pk)].name.text(language).text, number)
        for pk, number, _sample in groups
    ]


def _owners(groups: Groups, language: str) -> list[Value]:
    """Owners that can be filtered by, which are those with a row of their own."""
    known = names.by_id(OWNER, [int(pk) for pk, _number, _sample in groups])
    return [
        Value(known[int(pk)].code, known[int(pk)].name.text(language).text, number)
        for pk, number, _sample in groups
        if int(pk) in known
    ]


def _years(groups: Groups) -> list[Value]:
    return [Value(year, year, number) for year, number, _sample in sorted(groups, reverse=True)]


def _tiers(groups: Groups) -> list[Value]:
    return [Value(tier, TIER_NAMES[Tier(tier)] if tier in set(Tier) else tier, number) for tier, number, _s in groups]
