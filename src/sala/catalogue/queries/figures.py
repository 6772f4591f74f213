"""Key figures of places, each with the edition and row it comes from."""

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Edition, Figure
from sala.places.models import Area


def figures_of(actor: Actor, area: Area) -> QuerySet[Figure]:
    """All figures of an area that the actor may see."""
    return (
        Figure.objects.filter(area=area, edition__in=visible(actor, Edition))
        .select_related("key_figure__distribution__dataset__owner", "edition__distribution__dataset__owner", "area")
        .order_by("key_figure__order", "key_figure_id", "-period_end", "-edition__number")
    )


def latest_figures(actor: Actor, area: Area) -> list[Figure]:
    """The newest value of each key figure of an area, from the newest edition that has it."""
    return list(
        figures_of(actor, area).order_by("key_figure_id", "-period_end", "-edition__number").distinct("key_figure_id")
    )
