"""Pages of forms: the list, one form with its questions, sending a workbook, putting it in use."""

from pathlib import Path

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.bodies.forms.fields import initial_of
from sala.collection import operations, policy
from sala.collection.channels import CHANNELS, all_kinds, reach_of
from sala.collection.forms.forms import FormForm, NewFormForm, ReasonForm, WorkbookForm
from sala.collection.models import About, Form, FormVersion, VersionState
from sala.collection.queries.authoring import changes_between, files_of, remarks_of
from sala.collection.queries.forms import forms_for, questions_of
from sala.collection.queries.held import unanswered
from sala.collection.queries.waiting import forms_to_fill
from sala.core import lao
from sala.core.files import store
from sala.core.models import Term

PER_PAGE = 50
FILTERS = ("q", "owner", "about", "topic", "state")


def find(request: Request, slug: str) -> Form:
    rows = visible(request.actor, Form).select_related("owner__area", "level", "facility_kind")
    return get_object_or_404(rows, slug=slug)


def find_version(request: Request, slug: str, number: int) -> FormVersion:
    rows = visible(request.actor, FormVersion).filter(form__in=visible(request.actor, Form))
    return get_object_or_404(rows.select_related("form__owner__area"), form__slug=slug, number=number)


def forms(request: Request) -> HttpResponse:
    chosen = {name: lao.digits(request.GET.get(name, "")).strip() for name in FILTERS}
    context = {
        "page": Paginator(forms_for(request.actor, **chosen), PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "abouts": About.choices,
        "topics": Term.objects.filter(scheme="topic", retired=False).order_by("order"),
        "may_make": request.actor.has_anywhere(policy.EDIT),
    }
    return render(request, "collection/forms.html", context)


def form(request: Request, slug: str) -> HttpResponse:
    """One form: what it is for, its questions as they stand in the version in use, its versions."""
    found = find(request, slug)
    versions = list(visible(request.actor, FormVersion).filter(form=found).defer("xform", "fields", "choices"))
    current = next((row for row in versions if row.state == VersionState.CURRENT), versions[0] if versions else None)
    context = {
        "form": found,
        "versions": versions,
        "version": current,
        "questions": questions_of(FormVersion.objects.get(pk=current.pk)) if current else [],
        "asked_anyway": found.asked_anyway.select_related("position"),
        "may_edit": can(request.actor, policy.EDIT, found),
        "may_publish": can(request.actor, policy.PUBLISH, found),
        "may_fill": forms_to_fill(request.actor, request.actor.position_ids).filter(pk=found.pk).exists(),
    }
    return render(request, "collection/form.html", context)


def version(request: Request, slug: str, number: int) -> HttpResponse:
    """One version: its questions, what the reader of the workbook noticed, the workbook itself."""
    found = find_version(request, slug, number)
    context = {
        "form": found.form,
        "version": found,
        "questions": questions_of(found),
        "files": files_of(found),
        "held": unanswered(request.actor, found) if found.state == VersionState.DRAFT else [],
        "remarks": remarks_of(found),
        "reach": reach_of(found.fields, found.form.subject_question),
        "has_others": visible(request.actor, FormVersion).filter(form=found.form).exclude(pk=found.pk).exists(),
        "may_edit": can(request.actor, policy.EDIT, found.form),
        "may_publish": can(request.actor, policy.PUBLISH, found.form),
    }
    return render(request, "collection/version.html", context)


def kinds(request: Request) -> HttpResponse:
    """Which kinds of questions can be answered where."""
    return render(request, "collection/kinds.html", {"rows": all_kinds(), "channels": CHANNELS.values()})


def changes(request: Request, slug: str, number: int) -> HttpResponse:
    """What changed from another version, the one before unless the reader names another."""
    found = find_version(request, slug, number)
    others = list(visible(request.actor, FormVersion).filter(form=found.form).exclude(pk=found.pk).defer("xform"))
    asked = request.GET.get("against", "")
    earlier = [row for row in others if row.number < found.number] or others
    before = next((row for row in others if str(row.number) == asked), earlier[0] if earlier else None)
    context = {
        "form": found.form, "version": found, "before": before, "others": others,
        "changes": changes_between(before, found) if before else [],
    }  # fmt: skip
    return render(request, "collection/changes.html", context)


def workbook(request: Request, slug: str, number: int) -> FileResponse:
    """The workbook exactly as it was uploaded."""
    found = find_version(request, slug, number)
    return FileResponse(store.path_of(found.sha256).open("rb"), as_attachment=True, filename=found.file_name)


def xform(request: Request, slug: str, number: int) -> HttpResponse:
    """The XForm of a version, as other tools read it."""
    found = find_version(request, slug, number)
    return HttpResponse(found.xform, content_type="text/xml; charset=utf-8")


def make(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT)
    asked = NewFormForm(request.POST or None, request.FILES or None, actor=request.actor)
    return form_page(
        request, asked,
        lambda data: operations.make_form(
            request.actor, data["owner"], Path(data["file"].temporary_file_path()), data["file"].name
        ),
        heading=_("New form"), button=_("Read the workbook"), template="collection/upload.html",
        done=_("The workbook was read. Say what the form is about, then put it in use."),
    )  # fmt: skip


def send(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT, found)
    asked = WorkbookForm(request.POST or None, request.FILES or None)
    return form_page(
        request, asked,
        lambda data: operations.receive_version(
            request.actor, found, Path(data["file"].temporary_file_path()), data["file"].name
        ),
        heading=_("New version"), back=found, button=_("Read the workbook"), template="collection/upload.html",
        done=_("The workbook was read. Look at it, then put it in use."),
    )  # fmt: skip


def change(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT, found)
    asked = FormForm(
        request.POST or None, initial=initial_of(found, FormForm.NAMES), form=found, version=found.versions.first()
    )
    return form_page(
        request, asked, lambda data: operations.change_form(request.actor, found, **data), heading=_("Edit"), back=found
    )


def publish(request: Request, slug: str, number: int) -> HttpResponse:
    found = find_version(request, slug, number)
    require(request.actor, policy.PUBLISH, found.form)
    return form_page(
        request, button_form(request),
        lambda data: operations.publish_version(request.actor, found).form,
        heading=_("Put in use"), back=found, button=_("Put in use"), done=_("The form is in use."),
        lead=_("From now on phones and browsers get this version. It can be replaced, not changed."),
    )  # fmt: skip


def remove(request: Request, slug: str, number: int) -> HttpResponse:
    found = find_version(request, slug, number)
    require(request.actor, policy.EDIT, found.form)
    return form_page(
        request, button_form(request), lambda data: operations.remove_draft(request.actor, found),
        heading=_("Throw this version away"), back=found.form, button=_("Throw away"), danger=True,
        done=_("The version was thrown away."),
    )  # fmt: skip


def withdraw(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.PUBLISH, found)
    return form_page(
        request, ReasonForm(request.POST or None),
        lambda data: operations.withdraw_form(request.actor, found, **data),
        heading=_("Take out of use"), back=found, button=_("Take out of use"), danger=True,
        done=_("The form is out of use."),
    )  # fmt: skip
