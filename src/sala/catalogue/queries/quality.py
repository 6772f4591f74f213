"""How complete and how good a dataset's description is: criteria with names, never a number alone."""

from sala.catalogue.calculations import Criterion, missing_periods
from sala.catalogue.models import Dataset, Edition, QualityResult
from sala.core import clock, language
from sala.core.language import Translated


def texts_of(dataset: Dataset) -> list[Translated]:
    """Every text of the record that a reader sees."""
    found = [dataset.title, dataset.description]
    for distribution in dataset.distributions.all():
        found.append(distribution.name)
        found += [column.label for column in distribution.dictionary.all()]
    return found


def completeness_of(dataset: Dataset) -> list[dict]:
    """Per language: share of filled texts in percent, and whether a second person has read them."""
    texts = texts_of(dataset)
    return [
        {
            "language": code,
            "share": round(100 * language.completeness(texts, code)),
            "reviewed": code in dataset.reviewed_languages,
        }
        for code in language.languages()
    ]


def criteria_of(dataset: Dataset) -> list[Criterion]:
    """The questions behind the score, in the order a data officer would mend them."""
    editions = list(Edition.objects.filter(distribution__dataset=dataset, is_published=True))
    dictionary = [column for part in dataset.distributions.all() for column in part.dictionary.all()]
    machine = any(edition.is_table for edition in editions)
    return [
        Criterion("described", bool(dataset.description)),
        Criterion("in_every_language", not dataset.title.missing() and not dataset.description.missing()),
        Criterion("has_topic", dataset.topics.exists()),
        Criterion("has_contact", dataset.contact_id is not None),
        Criterion("has_licence", dataset.licence_id is not None),
        Criterion("has_promise", dataset.frequency_id is not None),
        Criterion("has_period", any(edition.period or edition.period_column for edition in editions)),
        Criterion("machine_readable", machine),
        Criterion("columns_explained", bool(dictionary) and all(column.meaning for column in dictionary)),
        Criterion("places_joined", any(edition.area_map for edition in editions) or not machine),
        Criterion("rules_kept", not _broken(editions)),
        Criterion("source_named", bool(dataset.source_note) or dataset.origins.exists()),
    ]


def _broken(editions: list[Edition]) -> bool:
    """Whether the newest edition of a period has rows that break a rule; what it corrected counts no more."""
    newest: dict[tuple[int, str], Edition] = {}
    for edition in sorted(editions, key=lambda each: each.number):
        newest[(edition.distribution_id, edition.period)] = edition
    return QualityResult.objects.filter(edition__in=newest.values(), failing__gt=0).exists()


def missing_editions(dataset: Dataset) -> list[str]:
    """Periods between the first and the last edition for which none was delivered."""
    delivered = Edition.objects.filter(distribution__dataset=dataset, is_published=True).values_list(
        "period", flat=True
    )
    return missing_periods(list(delivered), clock.today())
