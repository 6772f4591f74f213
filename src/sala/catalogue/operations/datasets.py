"""Describing a dataset: its record, its distributions, who else may see it."""

from typing import Any

from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.catalogue import policy
from sala.catalogue.models import Column, Dataset, Distribution
from sala.catalogue.operations.layers import reload_features
from sala.core import language
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation


def check_openness(dataset: Any) -> None:
    """What is open needs a licence, what is closed needs a reason. Of a dataset, or of a data service."""
    if dataset.tier == Tier.PUBLIC and dataset.licence is None:
        words = _("A public dataset needs a licence. Choose one.")
        raise Invalid(words, {"licence": [words]})
    if dataset.tier != Tier.PUBLIC and dataset.restriction is None:
        words = _("Say why the dataset is not public, and by which law if there is one.")
        raise Invalid(words, {"restriction": [words]})


@operation
def create_dataset(actor: Actor, *, owner: Organisation, slug: str, topics: Any = (), **fields: Any) -> Dataset:
    """Enter a new dataset, as a draft that only the owner's house sees."""
    dataset = Dataset(owner=owner, slug=slug, **fields)
    require(actor, policy.EDIT, dataset)
    if Dataset.objects.filter(slug=slug).exists():
        words = _("A dataset with this address exists already. Choose another address.")
        raise Conflict(words, {"slug": [words]})
    dataset.full_clean(exclude=["state"])
    check_openness(dataset)
    dataset.save()
    dataset.topics.set(topics)
    record(actor, policy.EDIT, dataset, change="created", slug=slug)
    return dataset


@operation
def add_distribution(actor: Actor, dataset: Dataset, *, code: str, name: Translated) -> Distribution:
    """Add a form in which the data is delivered."""
    dataset = lock(dataset)
    require(actor, policy.EDIT, dataset)
    if dataset.distributions.filter(code=code).exists():
        raise Conflict(_("The dataset has a part with this code already. Choose another code."))
    distribution = Distribution(dataset=dataset, code=code, name=name)
    check(distribution)
    distribution.save()
    record(actor, policy.EDIT, dataset, change="distribution added", code=code)
    return distribution


@operation
def review_language(actor: Actor, dataset: Dataset, *, code: str) -> None:
    """A second person has read the texts in this language."""
    dataset = lock(dataset)
    require(actor, policy.REVIEW, dataset)
    if code not in language.languages():
        raise Invalid(_("Unknown language."))
    if code not in dataset.reviewed_languages:
        dataset.reviewed_languages = [*dataset.reviewed_languages, code]
        dataset.save(update_fields=["reviewed_languages"])
    record(actor, policy.REVIEW, dataset, change="language read", language=code)


@operation
def save_dictionary(actor: Actor, distribution: Distribution, forms: list[Any]) -> None:
    """Save the checked forms of the columns together."""
    dataset = lock(distribution.dataset)
    require(actor, policy.EDIT, dataset)
    changed = [form.instance.name for form in forms if form.has_changed()]
    for form in forms:
        form.save()
    if any("tier" in form.changed_data for form in forms):
        reload_features(distribution)
    record(actor, policy.EDIT, dataset, change="columns explained", columns=changed)


@operation
def explain_columns(actor: Actor, distribution: Distribution, told: dict[str, dict[str, Any]]) -> None:
    """Say what columns mean, of files still to come as well: column → label, meaning, unit, tier, as far as given."""
    dataset = lock(distribution.dataset)
    require(actor, policy.EDIT, dataset)
    known = {column.name: column for column in distribution.dictionary.all()}
    for order, (name, said) in enumerate(told.items()):
        column = known.get(name) or Column(distribution=distribution, name=name, order=order)
        for field, value in said.items():
            setattr(column, field, value)
        column.full_clean(exclude=["distribution"])
        column.save()
    if any("tier" in said for said in told.values()):
        reload_features(distribution)
    record(actor, policy.EDIT, dataset, change="columns explained", columns=list(told))


@operation
def change_dataset(actor: Actor, dataset: Dataset, form_class: Any, sent: dict[str, Any]) -> Dataset:
    """Apply a partial change through the same form as the page, so that both doors keep the same rules.

    sent  field → value; texts per language, vocabulary terms by code
    """
    dataset = lock(dataset)
    require(actor, policy.EDIT, dataset)
    data = model_to_dict(dataset)
    for name, value in {**data, **sent}.items():
        if name in ("title", "description", "source_note"):
            for position, code in enumerate(language.languages()):
                data[f"{name}_{position}"] = data[f"{name}_{code}"] = (value or {}).get(code, "")
        elif name in ("licence", "restriction", "frequency") and isinstance(value, str):
            data[name] = Term.objects.filter(scheme=name, code=value).values_list("pk", flat=True).first() or -1
        else:
            data[name] = value
    data["topics"] = [term.pk for term in dataset.topics.all()]
    form = form_class(
        {name: value for name, value in data.items() if value is not None}, instance=dataset, reader=actor
    )
    if not form.is_valid():
        faults = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        raise Invalid(next(iter(faults.values()))[0], faults)
    before = Dataset.objects.get(pk=dataset.pk)
    saved = form.save()
    record(actor, policy.EDIT, saved, change="edited", fields=changed_fields(before, saved))
    return saved
