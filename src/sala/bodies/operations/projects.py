"""Entering and changing projects, their partners, and what belongs to them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.bodies import policy
from sala.bodies.models import Project, ProjectLink, ProjectPartner
from sala.core import subjects
from sala.core.checking import check, free_address
from sala.core.errors import Invalid, Missing
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation
from sala.places.models import Area


@operation
def register_project(actor: Actor, owner: Organisation, *, kind: str, title: Mapping[str, str], starts_on: date,
                     areas: Iterable[Area], topics: Iterable[Term] = (), slug: str = "", **described: Any) -> Project:  # fmt: skip
    """Enter a project, programme, pilot or agreement. `described` are further fields of Project."""
    project = Project(owner=owner, kind=kind, title=title, starts_on=starts_on, **described)
    require(actor, policy.EDIT_PROJECT, project)
    project.slug = slug or free_address(Project, project.title, kind)
    check(project)
    project.save()
    _set_places(project, areas)
    project.topics.set(topics)
    record(actor, policy.EDIT_PROJECT, project, change="registered")
    return project


@operation
def change_project(actor: Actor, project: Project, *, areas: Iterable[Area] | None = None,
                   topics: Iterable[Term] | None = None, **described: Any) -> Project:  # fmt: skip
    """Change what is said of a project."""
    project = lock(project)
    require(actor, policy.EDIT_PROJECT, project)
    before = Project.objects.get(pk=project.pk)
    for name, value in described.items():
        setattr(project, name, value)
    check(project)
    project.save()
    if areas is not None:
        _set_places(project, areas)
    if topics is not None:
        project.topics.set(topics)
    record(actor, policy.EDIT_PROJECT, project, change="changed", fields=changed_fields(before, project))
    return project


def _set_places(project: Project, areas: Iterable[Area]) -> None:
    places = list(areas)
    if not places:
        raise Invalid(_("Name at least one place."), {"areas": [_("Name at least one place.")]})
    project.areas.set(places)


@operation
def add_partner(actor: Actor, project: Project, organisation: Organisation, *, role: str) -> ProjectPartner:
    """Name an organisation that leads, takes part or pays. It sees the project from now on."""
    project = lock(project)
    require(actor, policy.EDIT_PROJECT, project)
    partner, made = ProjectPartner.objects.get_or_create(project=project, organisation=organisation, role=role)
    if made:
        record(actor, policy.EDIT_PROJECT, project, change="partner added", organisation=organisation.pk, role=role)
    return partner


@operation
def remove_partner(actor: Actor, partner: ProjectPartner) -> None:
    """Take out a partner that was entered by mistake or has left."""
    partner = lock(partner)
    project = partner.project
    require(actor, policy.EDIT_PROJECT, project)
    organisation = partner.organisation_id
    partner.delete()
    record(actor, policy.EDIT_PROJECT, project, change="partner removed", organisation=organisation)


@operation
def link_subject(actor: Actor, project: Project, subject: models.Model) -> ProjectLink:
    """Say that a dataset, document, decision or any other row belongs to a project."""
    project = lock(project)
    require(actor, policy.EDIT_PROJECT, project)
    if not sees(actor, subject):
        raise Missing(_("Nothing was found. Check its number."))
    noun = subjects.of(subject).noun
    link, made = ProjectLink.objects.get_or_create(project=project, subject_type=noun, subject_id=subject.pk)
    if made:
        record(actor, policy.EDIT_PROJECT, project, change="linked", to=[noun, subject.pk])
    return link
