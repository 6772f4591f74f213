"""Key figures of places, each with the edition and row it comes from."""

from django.db.models import QuerySet

from sala.access.actor import Actor, in_part
from sala.access.scope import Tier, visible
from sala.catalogue.models import Column, Distribution, Edition, Figure, KeyFigure
from sala.catalogue.queries.columns import hidden_columns
from sala.places.models import Area

LONG = ("edition__columns", "edition__profile", "edition__area_map", "edition__faults",
        "edition__distribution__dataset__description")  # fmt: skip

TOLD = (
    "area", "period", "period_end", "value", "row", "key_figure__distribution", "key_figure__code", "key_figure__name",
    "key_figure__value_column", "key_figure__unit", "key_figure__places", "key_figure__order", "edition__number",
    "edition__distribution__code", "edition__distribution__dataset__slug", "edition__distribution__dataset__title",
    "edition__distribution__dataset__owner__name",
)  # fmt: skip


def _seen(actor: Actor, area: Area) -> QuerySet[Figure]:
    found = Figure.objects.filter(area=area, edition__in=visible(actor, Edition))
    return found.exclude(key_figure__in=closed_figures(actor))


def _described(figures: QuerySet[Figure]) -> QuerySet[Figure]:
    """With what is said of a figure: its name, its edition, and who owns the data."""
    return figures.select_related("key_figure", "edition__distribution__dataset__owner", "area").defer(*LONG)


def figures_of(actor: Actor, area: Area) -> QuerySet[Figure]:
    """All figures of an area that the actor may see: the edition is open to the actor, and the columns it needs are."""
    found = _described(_seen(actor, area))
    return found.order_by("key_figure__order", "key_figure_id", "-period_end", "-edition__number")


def closed_figures(actor: Actor) -> list[int]:
    """Ids of the key figures whose value or filter stands in a column that is closed to the actor."""
    columns = Column.objects.exclude(tier=Tier.PUBLIC).filter(distribution__in=KeyFigure.objects.values("distribution"))
    found = {
        pk: (distribution, name) for pk, distribution, name in columns.values_list("pk", "distribution_id", "name")
    }
    opened = set(visible(actor, Column).filter(pk__in=found).values_list("pk", flat=True)) if found else set()
    closed = {where for pk, where in found.items() if pk not in opened}
    for part in parts_named_for(actor).prefetch_related("dictionary"):
        closed = {where for where in closed if where[0] != part.pk}
        closed |= {(part.pk, name) for name in hidden_columns(actor, part)}
    if not closed:
        return []
    declared = KeyFigure.objects.filter(distribution__in={distribution for distribution, _name in closed})
    return [
        figure.pk
        for figure in declared
        if any((figure.distribution_id, name) in closed for name in (figure.value_column, *figure.filter))
    ]


def parts_named_for(actor: Actor) -> QuerySet[Distribution]:
    """Parts of the datasets of which an agreement opens columns to the actor's offices, those without any included."""
    return Distribution.objects.filter(dataset__in=actor.shared_ids(in_part("dataset")))


def latest_figures(actor: Actor, area: Area) -> list[Figure]:
    """The newest value of each key figure of an area, from the newest edition that has it, with what a page says of it.

    The newest are chosen by number first: all years with all that belongs to them would be read for nothing.
    """
    chosen = _seen(actor, area).order_by("key_figure_id", "-period_end", "-edition__number").distinct("key_figure_id")
    ids = list(chosen.values_list("pk", flat=True))
    if not ids:
        return []
    told = (
        Figure.objects.filter(pk__in=ids)
        .select_related("key_figure", "edition__distribution__dataset__owner")
        .only(*TOLD)
    )
    return list(told.order_by("key_figure__order", "key_figure_id"))
