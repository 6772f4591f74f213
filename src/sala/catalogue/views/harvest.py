"""Other catalogues: those that are read, what each run did, and the page of what one of them describes."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.edit import save_changes
from sala.access.request import Request
from sala.access.scope import can, once_visible, require, visible
from sala.catalogue import policy
from sala.catalogue.forms.harvest import MissingForm, SourceForm
from sala.catalogue.jobs import harvest_source
from sala.catalogue.models import HarvestRun, HarvestSource, RemoteDataset, RunState
from sala.catalogue.operations import harvest as operations
from sala.core.errors import Conflict, Gone, NotPermitted, SignInNeeded

RUNS, PER_PAGE = 20, 50


def _source(request: Request, slug: str) -> HarvestSource:
    found = get_object_or_404(visible(request.actor, HarvestSource).select_related("owner__area"), slug=slug)
    require(request.actor, policy.HARVEST, found)
    return found


def sources(request: Request) -> HttpResponse:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("This page is for officials. Sign in first."))
    if not request.actor.has_anywhere(policy.HARVEST):
        raise NotPermitted(_("Other catalogues are kept by records officers. Ask the one of your office."))
    listed = [
        (source, source.runs.first(), source.datasets.filter(is_current=True).count())
        for source in visible(request.actor, HarvestSource).select_related("owner")
    ]
    return render(request, "catalogue/harvest_sources.html", {"sources": listed})


def new_source(request: Request) -> HttpResponse:
    if not request.actor.has_anywhere(policy.HARVEST):
        raise NotPermitted(_("Other catalogues are kept by records officers. Ask the one of your office."))
    form = SourceForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        operations.add_source(request.actor, form.instance)
        return redirect(form.instance)
    return render(request, "catalogue/harvest_form.html", {"form": form, "heading": _("Another catalogue")})


def source(request: Request, slug: str) -> HttpResponse:
    found = _source(request, slug)
    page = Paginator(found.datasets.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"source": found, "runs": found.runs.all()[:RUNS], "page": page}
    return render(request, "catalogue/harvest_source.html", context)


def edit_source(request: Request, slug: str) -> HttpResponse:
    found = _source(request, slug)
    form = SourceForm(instance=found, reader=request.actor)
    if request.method == "POST":
        done = save_changes(request.actor, found, SourceForm, request.POST, verb=policy.HARVEST, reader=request.actor)
        if done.is_valid():
            return redirect(done.instance)
        form = done  # type: ignore[assignment]
    return render(request, "catalogue/harvest_form.html", {"form": form, "heading": found.name})


@require_POST
def run_now(request: Request, slug: str) -> HttpResponse:
    """The worker reads it; a large catalogue takes minutes."""
    found = _source(request, slug)
    if found.runs.filter(state=RunState.RUNNING, began_at__gt=operations.long_ago()).exists():
        raise Conflict(_("This catalogue is being read just now. Look again in a few minutes."))
    harvest_source.defer(source_id=found.pk, asker=request.actor.as_asker())
    messages.success(request, _("The worker reads the catalogue now. Look here again in a minute."))
    return redirect(found)


def decide(request: Request, slug: str, pk: int) -> HttpResponse:
    found = _source(request, slug)
    run = get_object_or_404(visible(request.actor, HarvestRun), pk=pk, source=found)
    form = MissingForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        operations.decide_missing(request.actor, run, take_off=data["take_off"] == "yes", reason=data["reason"])
        return redirect(found)
    missing = RemoteDataset.objects.filter(pk__in=run.missing)[:PER_PAGE]
    return render(
        request, "catalogue/harvest_decide.html", {"form": form, "source": found, "run": run, "missing": missing}
    )


def remote_dataset(request: Request, token: UUID) -> HttpResponse:
    """What another catalogue describes. It is read here and changed there."""
    row = visible(request.actor, RemoteDataset).select_related("source__owner").filter(token=token).first()
    if row is None:
        gone = get_object_or_404(once_visible(request.actor, RemoteDataset).select_related("source"), token=token)
        raise Gone(
            _("%(source)s does not describe this dataset any more.") % {"source": gone.source.name},
            {gone.page: gone.page} if gone.page else None,
        )
    may = can(request.actor, policy.HARVEST, row.source)
    return render(request, "catalogue/remote_dataset.html", {"row": row, "may": may})
