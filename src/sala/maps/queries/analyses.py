"""Kept analyses: those that a reader may see because every input may be seen as well, and the papers issued of them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import seen_whole, visible
from sala.catalogue.models import Edition
from sala.documents.models import IssuedDocument
from sala.maps.models import Analysis, AnalysisInput


def readable(actor: Actor) -> QuerySet[Analysis]:
    """Analyses open to the reader, but for those made of an edition that is not.

    Of an edition of which only some columns are shared with the reader's offices, those that the offices made themselves.
    """
    inputs = AnalysisInput.objects.filter(analysis=OuterRef("pk"))
    rows = visible(actor, Analysis).filter(~Exists(inputs.exclude(edition__in=visible(actor, Edition))))
    if actor.some:
        own = Q(*(Q(owner__path__startswith=path) for path in actor.organisation_paths()), _connector=Q.OR)
        rows = rows.filter(own | ~Exists(inputs.exclude(edition__in=seen_whole(actor, Edition))))
    return rows.select_related("owner", "author")


def newer_inputs(actor: Actor, analysis: Analysis) -> dict[int, Edition]:
    """Edition id → a newer published one of the same part, where the reader sees one."""
    found = {}
    for row in analysis.inputs.select_related("edition"):
        later = visible(actor, Edition).filter(distribution=row.edition.distribution_id, is_published=True)
        newest = later.filter(number__gt=row.edition.number).order_by("-number").first()
        if newest is not None:
            found[row.edition_id] = newest
    return found


def compared_in(analysis: Analysis) -> QuerySet[Analysis]:
    """The two suitabilities that a comparison was made of, or the kept areas that stand side by side; none of others."""
    references = [analysis.recipe.get(side) for side in ("first", "second")]
    references += [side.get("kept") for side in analysis.recipe.get("sides", [])]
    return Analysis.objects.filter(reference__in=[each for each in references if each])


def papers_of(actor: Actor, analysis: Analysis) -> QuerySet[IssuedDocument]:
    """Official papers that were issued of it, as far as the actor sees them."""
    return visible(actor, IssuedDocument).filter(subject_type="analysis", subject_id=analysis.pk)
