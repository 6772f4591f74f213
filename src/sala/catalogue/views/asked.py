"""Figures asked: the issuer lays the table down, the post asked fills it in, the reviewer reads and returns it."""

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.catalogue import workbooks
from sala.catalogue.askers.figures import faults_of
from sala.catalogue.forms.asked import FillForm, ReturnFiguresForm, WorkbookForm, table_forms
from sala.catalogue.models import FigureTable
from sala.catalogue.operations.asking import FIGURES, keep_figures, lay_out_table
from sala.catalogue.operations.figure_workbooks import take_workbook
from sala.catalogue.queries.asked import cells_of, remarks_on, with_post
from sala.core.errors import Invalid
from sala.duties import operations as duties
from sala.duties import policy
from sala.duties.models import Assignment, Call
from sala.duties.operations.moves import open_steps, require_step
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.queries import with_everything
from sala.duties.states import State, Step

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DECIDING = (Step.APPROVE, Step.ACCEPT)


def asked_table(request: Request, reference: str) -> HttpResponse:
    """Which figures a draft asks; of an issued call, which it asked."""
    call = get_object_or_404(visible(request.actor, Call).select_related("issuer__organisation__area"), reference=reference)  # fmt: skip
    table = FigureTable.objects.filter(call=call).first()
    if not call.is_draft:
        if table is None:
            raise Http404
        return render(request, "catalogue/asked/table.html", {"call": call, "table": table})
    require_speaking_for(request.actor, call.issuer)
    form, rows, columns = table_forms(request.POST or None, table)
    if request.method == "POST" and all(one.is_valid() for one in (form, rows, columns)):
        try:
            lay_out_table(
                request.actor, call, [row for one in rows if (row := one.row())],
                [column for one in columns if (column := one.column())], **form.cleaned_data,
            )  # fmt: skip
        except Invalid as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Empty lines for more are at the end."))
            return redirect("catalogue:asked_table", call.reference) if "more" in request.POST else redirect(call)
    context = {"call": call, "form": form, "rows": rows, "columns": columns}
    return render(request, "catalogue/asked/lay_out.html", context)


def _asked(request: Request, pk: int) -> Assignment:
    return get_object_or_404(with_everything(visible(request.actor, Assignment)), pk=pk, call__asker=FIGURES)


def fill_in(request: Request, pk: int) -> HttpResponse:
    """The post asked writes its figures; what can be kept is kept, whatever else is wrong."""
    assignment = _asked(request, pk)
    require(request.actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    if not with_post(assignment):
        return redirect("catalogue:given_figures", pk)
    cells = cells_of(assignment, drafts=True)
    form = FillForm(request.POST if request.method == "POST" else None, cells=cells)
    if request.method == "POST":
        good = form.is_valid()
        keep_figures(request.actor, assignment, form.fills())
        if good and "submit" in request.POST and not _blocking(assignment):
            return _submit(request, assignment)
        if good:
            messages.success(request, _("Kept as a draft. Nothing is sent until you submit it."))
            address = assignment.get_absolute_url() if "later" in request.POST else request.path
            return redirect(f"{address}?check=1" if "submit" in request.POST else address)
        cells = cells_of(assignment, drafts=True)
    faults = [fault for fault in faults_of(cells) if request.GET.get("check") or _is_given(cells, fault.item)]
    context = {
        "assignment": assignment, "call": assignment.call, "form": form, "faults": faults,
        "rows": form.boxes(cells, remarks_on(assignment), faults), "workbook": WorkbookForm(),
        "checked": bool(request.GET.get("check")), "given": sum(cell.given is not None for cell in cells),
        "count": len(cells),
    }  # fmt: skip
    return render(request, "catalogue/asked/fill_in.html", context)


def _blocking(assignment: Assignment) -> bool:
    return any(fault.blocks for fault in faults_of(cells_of(assignment, drafts=True)))


def _is_given(cells: list, key: str) -> bool:
    return any(cell.asked.key == key and cell.given is not None for cell in cells)


def _submit(request: Request, assignment: Assignment) -> HttpResponse:
    """Who answers has received the call: receipt is confirmed with the answer where it was not before."""
    if assignment.state == State.ISSUED:
        duties.acknowledge(request.actor, assignment)
    duties.submit(request.actor, assignment)
    messages.success(request, _("Submitted. You will be told how it is decided."))
    return redirect(assignment)


def workbook(request: Request, pk: int) -> HttpResponse:
    """GET: the workbook to fill in. POST: the filled-in one; all of it becomes the draft, or nothing."""
    assignment = _asked(request, pk)
    require(request.actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    if request.method != "POST":
        content = workbooks.write(assignment, cells_of(assignment, drafts=True))
        name = f"{assignment.call.reference}-{assignment.pk}.xlsx"
        return HttpResponse(
            content, content_type=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            count = take_workbook(request.actor, assignment, Path(upload.temporary_file_path()), upload.name)
        except Invalid as error:
            for words in error.fields.get("file", [str(error)]):
                form.add_error("file", words)
        else:
            words = ngettext("%(count)d figure was taken from the workbook. Look at it, then submit.",
                             "%(count)d figures were taken from the workbook. Look at them, then submit.", count)  # fmt: skip
            messages.success(request, words % {"count": count})
            return redirect("catalogue:fill_in", pk)
    return render(request, "catalogue/asked/workbook.html", {"assignment": assignment, "call": assignment.call, "form": form})  # fmt: skip


def given_figures(request: Request, pk: int) -> HttpResponse:
    """The answer in full, with what the checks say, what was corrected, and a place for reasons to return it."""
    assignment = _asked(request, pk)
    cells = cells_of(assignment, drafts=False)
    moves = open_steps(request.actor, assignment)
    form = ReturnFiguresForm(cells=cells) if any(move.step == Step.RETURN for move in moves) else None
    return _given(request, assignment, cells, moves, form)


def _given(request: Request, assignment: Assignment, cells: list, moves: list, form: ReturnFiguresForm | None) -> HttpResponse:  # fmt: skip
    faults, remarks = faults_of(cells), remarks_on(assignment)
    lines = [
        {
            "cell": cell,
            "faults": [fault for fault in faults if fault.item == cell.asked.key and cell.given],
            "remark": remarks.get(cell.asked.key, ""),
            "field": form[f"remark-{cell.asked.pk}"] if form else None,
        }
        for cell in cells
    ]
    context = {
        "assignment": assignment, "call": assignment.call, "lines": lines, "form": form,
        "deciding": [move for move in moves if move.step in DECIDING],
        "version": max((answer.version for cell in cells for answer in cell.answers), default=0),
    }  # fmt: skip
    return render(request, "catalogue/asked/given.html", context)


@require_POST
def return_figures(request: Request, pk: int) -> HttpResponse:
    assignment = _asked(request, pk)
    require_step(request.actor, assignment, Step.RETURN)
    cells = cells_of(assignment, drafts=False)
    form = ReturnFiguresForm(request.POST, cells=cells)
    if not form.is_valid():
        return _given(request, assignment, cells, open_steps(request.actor, assignment), form)
    duties.return_(request.actor, assignment, reason=form.cleaned_data["reason"], remarks=form.remarks())
    messages.success(request, _("Returned with your reasons."))
    return redirect(assignment)
