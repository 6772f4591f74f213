"""The register of projects, programmes, pilots and agreements."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.bodies import operations, policy
from sala.bodies.forms.fields import initial_of
from sala.bodies.forms.projects import LinkForm, NewProjectForm, PartnerForm, ProjectForm, project_initial
from sala.bodies.models import Course, Project, ProjectKind, ProjectPartner, ProjectState
from sala.bodies.queries.projects import Similar, projects_for, similar_projects
from sala.core import lao
from sala.core.models import Term
from sala.duties.queries import found_subjects

PER_PAGE = 50
PRINTED = 2000
FILTERS = ("place", "topic", "state", "kind", "partner", "q")


def find(request: Request, slug: str) -> Project:
    return get_object_or_404(visible(request.actor, Project).select_related("owner__area"), slug=slug)


def projects(request: Request) -> HttpResponse:
    """The register as a table; ?print=1 puts all that was found on one page."""
    chosen = {name: lao.digits(request.GET.get(name, "")).strip() for name in FILTERS}
    rows = projects_for(request.actor, **chosen)
    per_page = PRINTED if request.GET.get("print") else PER_PAGE
    context = {
        "page": Paginator(rows, per_page).get_page(request.GET.get("page")),
        "chosen": chosen,
        "kinds": ProjectKind.choices,
        "states": ProjectState.choices,
        "topics": Term.objects.filter(scheme="topic", retired=False).order_by("order"),
        "may_register": request.actor.has_anywhere(policy.EDIT_PROJECT),
    }
    return render(request, "bodies/projects.html", context)


def project(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    actor = request.actor
    linked = found_subjects(actor, [(row.subject_type, row.subject_id) for row in found.links.all()])
    context = {
        "project": found,
        "partners": found.partners.select_related("organisation"),
        "areas": found.areas.select_related("level"),
        "links": list(linked.values()),
        "courses": visible(actor, Course).filter(project=found),
        "similar": _similar(request, found),
        "may_edit": can(actor, policy.EDIT_PROJECT, found),
    }
    return render(request, "bodies/project.html", context)


def _similar(request: Request, found: Project) -> list[Similar]:
    return similar_projects(
        request.actor, areas=found.areas.all(), topics=found.topics.all(), start=found.starts_on, end=found.ends_on,
        leaving_out=found.pk,
    )  # fmt: skip


def _likes(request: Request, form: ProjectForm, leaving_out: int | None = None) -> list[Similar]:
    """Like projects that the writer has not yet said to have looked at."""
    data: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if not data or data["seen"]:
        return []
    return similar_projects(
        request.actor, areas=data["areas"], topics=data["topics"], start=data["starts_on"], end=data["ends_on"],
        leaving_out=leaving_out,
    )  # fmt: skip


def register(request: Request) -> HttpResponse:
    """A new one. A like project in the same places is shown first, and must be looked at."""
    need_anywhere(request.actor, policy.EDIT_PROJECT)
    form = NewProjectForm(request.POST or None, actor=request.actor)
    if likes := _likes(request, form):
        return render(request, "bodies/project_form.html", {"form": form, "likes": likes, "heading": _("New project")})
    return form_page(
        request, form, lambda data: operations.register_project(request.actor, data["owner"], **form.described()),
        heading=_("New project"), template="bodies/project_form.html",
    )  # fmt: skip


def change(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT_PROJECT, found)
    initial = initial_of(found, ProjectForm.NAMES) | project_initial(found)
    form = ProjectForm(request.POST or None, initial=initial)
    if likes := _likes(request, form, found.pk):
        return render(
            request, "bodies/project_form.html", {"form": form, "likes": likes, "heading": _("Edit"), "back": found}
        )
    return form_page(
        request, form, lambda data: operations.change_project(request.actor, found, **form.described()),
        heading=_("Edit"), back=found, template="bodies/project_form.html",
    )  # fmt: skip


def add_partner(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT_PROJECT, found)
    form = PartnerForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.add_partner(request.actor, found, **data) and None,
        heading=_("Add a partner"), back=found,
    )  # fmt: skip


def remove_partner(request: Request, pk: int) -> HttpResponse:
    rows = ProjectPartner.objects.filter(project__in=visible(request.actor, Project)).select_related("project")
    partner = get_object_or_404(rows, pk=pk)
    require(request.actor, policy.EDIT_PROJECT, partner.project)
    return form_page(
        request, button_form(request), lambda data: operations.remove_partner(request.actor, partner),
        heading=_("Take out this partner"), back=partner.project, button=_("Take out"), danger=True, lead=partner,
    )  # fmt: skip


def link(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT_PROJECT, found)
    form = LinkForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: operations.link_subject(request.actor, found, data["subject"]) and None,
        heading=_("Add what belongs to it"), back=found,
    )  # fmt: skip
