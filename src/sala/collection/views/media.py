"""Files of a version: sending one, making one of our lists, looking at it; and the workbook to begin from."""

from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import require
from sala.collection import operations, policy
from sala.collection.forms.media import FileForm, ListForm
from sala.collection.operations.media import first_rows
from sala.collection.views.forms import find_version
from sala.collection.workbooks import beginning
from sala.core.files import store

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def begin(request: Request) -> HttpResponse:
    """A workbook to begin a form from."""
    need_anywhere(request.actor, policy.EDIT)
    answer = HttpResponse(beginning(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="form.xlsx"'
    return answer


def send_file(request: Request, slug: str, number: int) -> HttpResponse:
    found = find_version(request, slug, number)
    require(request.actor, policy.EDIT, found.form)
    name = request.GET.get("name", "")
    asked = FileForm(request.POST or None, request.FILES or None, version=found, initial={"name": name})
    return form_page(
        request, asked,
        lambda data: operations.add_file(
            request.actor, found, Path(data["file"].temporary_file_path()), data["name"]
        ),
        heading=_("Send a file of the form"), back=found, button=_("Keep the file"), done=_("The file was kept."),
    )  # fmt: skip


def use_list(request: Request, slug: str, number: int) -> HttpResponse:
    found = find_version(request, slug, number)
    require(request.actor, policy.EDIT, found.form)
    name = request.GET.get("name", "")
    asked = ListForm(request.POST or None, version=found, actor=request.actor, initial={"name": name})
    return form_page(
        request, asked,
        lambda data: operations.use_list(request.actor, found, data["name"], asked.source()),
        heading=_("Take one of our lists"), back=found, button=_("Make the list"),
        lead=_("The list is made of what is registered here, with its names in every language, and made anew when that changes."),
        done=_("The list was made."),
    )  # fmt: skip


def rows(request: Request, slug: str, number: int, name: str) -> HttpResponse:
    """The first rows of a list."""
    found = find_version(request, slug, number)
    kept = get_object_or_404(found.files, name=name)
    context = {"form": found.form, "version": found, "file": kept, "shown": first_rows(kept)}
    return render(request, "collection/file_rows.html", context)


def file(request: Request, slug: str, number: int, name: str) -> FileResponse:
    """A file of the form as devices get it."""
    kept = get_object_or_404(find_version(request, slug, number).files, name=name)
    return FileResponse(store.path_of(kept.sha256).open("rb"), as_attachment=True, filename=kept.name)
