"""What the worker does for the page of suitability."""

from typing import Any

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core.errands import Finish
from sala.core.models import Errand
from sala.maps import suiting
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.operations.analyses import keep_analysis
from sala.maps.queries.here import readable_rows
from sala.people.models import Organisation
from sala.places.models import Area


def suitability(actor: Actor, errand: Errand) -> Finish:
    """asked: recipe, owner, repeats. Reads only editions that the asker may see now."""
    asked: dict[str, Any] = errand.asked
    recipe = asked["recipe"]
    ids = sorted({each["edition"] for each in [*recipe["criteria"], *recipe["constraints"]]})
    editions = {row.pk: row for row in readable_rows(actor, ids)}
    if len(editions) < len(ids):
        raise Edition.DoesNotExist
    place = visible(actor, Area).get(code=recipe["place"])
    result, raster, picture = suiting.reckon(recipe, editions, place)

    def finish() -> str:
        kept = keep_analysis(
            actor, Organisation.objects.get(pk=asked["owner"]), kind=AnalysisKind.SUITABILITY, title=errand.title,
            recipe=recipe, editions=[editions[pk] for pk in ids], result=result, raster=raster, picture=picture,
            repeats=Analysis.objects.filter(pk=asked.get("repeats") or 0).first(),
        )  # fmt: skip
        return kept.get_absolute_url()

    return finish
