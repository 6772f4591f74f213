"""Keeping what a page has just reckoned: the form below the answer, and the analysis that it makes."""

from collections.abc import Iterable
from typing import Any

from sala.access.request import Request
from sala.catalogue.models import Edition
from sala.maps.forms.here import KeepForm
from sala.maps.models import Analysis
from sala.maps.operations.analyses import keep_analysis


def keep_form(request: Request) -> KeepForm:
    """Filled in once the answer is to be kept."""
    return KeepForm(request.POST if request.POST.get("keep") else None, actor=request.actor)


def kept_by(
    request: Request,
    form: KeepForm,
    kind: str,
    *,
    recipe: dict[str, Any],
    editions: Iterable[Edition],
    result: dict[str, Any],
) -> Analysis | None:
    """The analysis, or None while it is not asked for or something is missing in the form."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    return keep_analysis(
        request.actor,
        data["owner"],
        kind=kind,
        title=data["title"],
        recipe=recipe,
        editions=list(editions),
        result=result,
    )
