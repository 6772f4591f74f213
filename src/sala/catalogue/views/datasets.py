"""Reading: the list of datasets, one dataset."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, visible
from sala.catalogue import policy
from sala.catalogue.calculations import score
from sala.catalogue.criteria import WORDS
from sala.catalogue.exchange import schema_org
from sala.catalogue.exchange.records import record_of
from sala.catalogue.models import ChartDrawing, Dataset, Edition, PlannedRelease
from sala.catalogue.operations import count_use
from sala.catalogue.queries import (
    completeness_of,
    criteria_of,
    duties_of,
    find_dataset,
    missing_editions,
    promise_of,
    promises,
    uses_of,
)
from sala.catalogue.queries.charts import charts_of
from sala.catalogue.queries.columns import hidden_columns
from sala.catalogue.queries.evidence import services
from sala.core.language import sorted_by
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties import policy as calls
from sala.duties.operations.threads import may_answer
from sala.duties.queries import threads_on
from sala.people.models import Organisation
from sala.people.queries import sharings_of

PER_PAGE = 30
MOST_BY_NAME = 2000  # more than that nobody looks through by name: the newest come first
OWNERS_OFFERED = 100


def index(request: Request) -> HttpResponse:
    """All datasets the reader may see, by owner, topic or state."""
    datasets = visible(request.actor, Dataset).select_related("owner", "place", "frequency")
    chosen = {name: request.GET.get(name, "") for name in ("owner", "topic", "state")}
    if chosen["owner"]:
        datasets = datasets.filter(owner__code=chosen["owner"])
    if chosen["topic"]:
        datasets = datasets.filter(topics__code=chosen["topic"])
    if chosen["state"]:
        datasets = datasets.filter(state=chosen["state"])
    paginator = Paginator(datasets.order_by("-pk"), PER_PAGE)
    if paginator.count <= MOST_BY_NAME:
        paginator.object_list = datasets.order_by(sorted_by("title"))
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "promises": promises(list(page)),
        "owners": largest_owners(request.actor, chosen["owner"]),
        "topics": Term.objects.filter(scheme="topic", retired=False),
        "topic": Term.objects.filter(scheme="topic", code=chosen["topic"]).first(),
        "may_enter": request.actor.has_anywhere(policy.EDIT),
        "may_harvest": request.actor.has_anywhere(policy.HARVEST),
        "may_ask": request.actor.has_anywhere(calls.ISSUE),
    }
    return render(request, "catalogue/index.html", context)


def largest_owners(actor: Actor, chosen: str) -> QuerySet[Organisation]:
    """Those with the most datasets, by name, and the one chosen; the search narrows to any of the others."""
    counted = visible(actor, Dataset).order_by().values("owner").annotate(number=Count("pk")).order_by("-number")
    ids = [row["owner"] for row in counted[:OWNERS_OFFERED]]
    return Organisation.objects.filter(Q(pk__in=ids) | Q(code=chosen)).order_by(sorted_by("name"))


def dataset(request: Request, slug: str) -> HttpResponse:
    found = find_dataset(
        request.actor, slug, "owner", "publisher", "contact__organisation", "place", "level", "licence", "frequency",
        "restriction",
    )  # fmt: skip
    count_use(request.actor, found, "view")
    parts = list(found.distributions.prefetch_related("dictionary", "key_figures", "rules"))
    hidden = {part.pk: hidden_columns(request.actor, part) for part in parts}
    editions: dict[int, list[Edition]] = {part.pk: [] for part in parts}
    for edition in visible(request.actor, Edition).filter(distribution__in=parts).order_by("-number"):
        edition.distribution = next(part for part in parts if part.pk == edition.distribution_id)
        edition.distribution.dataset = found
        editions[edition.distribution_id].append(edition)
    drawings: dict[int, list[ChartDrawing]] = {part.pk: [] for part in parts}
    for drawing in charts_of(request.actor, parts):
        drawings[drawing.chart.distribution_id].append(drawing)
    found_criteria = criteria_of(found)
    criteria = [(WORDS[each.code], each.met, each.share) for each in found_criteria]
    may = {verb.split(".")[1]: can(request.actor, verb, found) for verb in
           (policy.EDIT, policy.SUBMIT, policy.REVIEW, policy.PUBLISH, policy.WITHDRAW, policy.AGREE)}  # fmt: skip
    context = {
        "dataset": found,
        "structured": schema_org.block(record_of(request.actor, found)),
        "parts": parts,
        "editions": editions,
        "charts": drawings,
        "withheld": {pk for pk, names in hidden.items() if names},
        "columns": {
            part.pk: [row for row in part.dictionary.all() if row.name not in hidden[part.pk]] for part in parts
        },
        "promise": promise_of(found),
        "criteria": criteria,
        "score": score(found_criteria),
        "completeness": completeness_of(found),
        "missing": missing_editions(found),
        "duties": duties_of(found),
        "origins": found.origins.select_related("source"),
        "seen": set(visible(request.actor, Dataset).filter(derived__dataset=found).values_list("pk", flat=True)),
        "law": visible(request.actor, Document).filter(pk=found.legal_basis_id or 0).first(),
        "sharings": sharings_of(found) if may["publish"] else [],
        "derived": visible(request.actor, Dataset).filter(origins__source=found),
        "official": official_of(request, found),
        "uses": uses_of(found),
        "may": may,
        **exchanged(request.actor, found),
    }
    return render(request, "catalogue/dataset.html", context)


def exchanged(actor: Actor, found: Dataset) -> dict[str, Any]:
    """What people asked about it and made of it, which services serve it, which editions of it are announced."""
    threads = list(threads_on(found))
    return {
        "threads": threads,
        "answers_here": any(may_answer(actor, thread, found) for thread in threads),
        "services": services(actor).filter(datasets=found, is_published=True),
        "showcases": found.showcases.filter(is_accepted=True),
        "releases": visible(actor, PlannedRelease).filter(dataset=found, is_called_off=False, edition__isnull=True),
    }


def official_of(request: Request, found: Dataset) -> Dataset | None:
    """The official source of the same concept in the same place, when this one is not it."""
    if not found.concept or found.is_official:
        return None
    same = Q(concept=found.concept, place_id=found.place_id, is_official=True)
    return visible(request.actor, Dataset).filter(same).first()
