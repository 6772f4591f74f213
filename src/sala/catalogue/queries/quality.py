"""How complete and how good a dataset's description is: criteria with names, never a number alone."""

from sala.catalogue.calculations import Criterion, missing_periods
from sala.catalogue.models import Dataset, Edition, QualityResult
from sala.core import clock, language
from sala.core.language import Translated

ENOUGH_JOINED = 95  # percent of the rows: a line of totals among twenty is no fault of the description


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
    newest = _newest(editions)
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
        _joined(newest),
        Criterion("rules_kept", not _broken(newest)),
        Criterion("source_named", bool(dataset.source_note) or dataset.origins.exists()),
    ]


def _newest(editions: list[Edition]) -> list[Edition]:
    """The newest edition of each period of each part; what it corrected counts no more."""
    found: dict[tuple[int, str], Edition] = {}
    for edition in sorted(editions, key=lambda each: each.number):
        found[(edition.distribution_id, edition.period)] = edition
    return list(found.values())


def _broken(editions: list[Edition]) -> bool:
    """Whether one of them has rows that break a rule."""
    return QualityResult.objects.filter(edition__in=editions, failing__gt=0).exists()


def _joined(editions: list[Edition]) -> Criterion:
    """Whether nearly all rows were joined to places; of editions settled before that was counted, whether any was."""
    tables = [edition for edition in editions if edition.is_table]
    told = [edition.placed for edition in tables if edition.placed]
    rows = sum(each["rows"] for each in told)
    share = 100 * sum(each["joined"] for each in told) // rows if rows else None
    met = any(edition.area_map for edition in tables) if share is None else share >= ENOUGH_JOINED
    return Criterion("places_joined", met or not tables, share)


def missing_editions(dataset: Dataset) -> list[str]:
    """Periods between the first and the last edition for which none was delivered."""
    delivered = Edition.objects.filter(distribution__dataset=dataset, is_published=True).values_list(
        "period", flat=True
    )
    return missing_periods(list(delivered), clock.today())
