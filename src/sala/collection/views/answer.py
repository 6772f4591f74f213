"""One answer: its questions and values, what is to be looked at, its line of corrections, its files, and steps on it."""

from collections.abc import Callable
from typing import Any

import shapely
from django.forms import Form as PlainForm
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.collection import policy
from sala.collection.about import tell_names
from sala.collection.forms.answers import CommentForm, NoteForm, ReasonForm, ReturnForm
from sala.collection.models import FormVersion, Picture, Reading, Submission, SubmissionFile
from sala.collection.operations import answers as operations
from sala.collection.operations.hindrances import why_not
from sala.collection.queries.answers import line_of, other_that_stands
from sala.collection.queries.shown import Row, changes, rows_of, whole_flags
from sala.collection.states import MOVES, Step
from sala.core.files import store
from sala.places.maps import point_map

WITH = (
    "form__owner__area", "version", "position__organisation", "reading__office__area", "reading__area__parent",
    "reading__facility", "reading__expected__assignment__call", "reading__expected__respondent__organisation",
    "reading__expected__assignment__position__organisation",
)  # fmt: skip
BUTTONS = (Step.APPROVE, Step.RETURN, Step.TAKE, Step.REOPEN, Step.SET_ASIDE)  # in the order of the page


def find(request: Request, pk: int) -> Submission:
    found = get_object_or_404(visible(request.actor, Submission).select_related(*WITH), pk=pk)
    if (reading := reading_of(found)) is not None:
        tell_names(request.actor, [reading])
    return found


def reading_of(submission: Submission) -> Reading | None:
    return getattr(submission, "reading", None)


def version_of(submission: Submission) -> FormVersion | None:
    """The version whose questions show the answer: its own, else the one in use, as it was read."""
    return submission.version or submission.form.current or submission.form.versions.filter(is_published=True).first()


def files_of(submission: Submission) -> dict[str, SubmissionFile]:
    return {file.name: file for file in submission.files.all()}


def pictures_of(submission: Submission) -> dict[str, Picture]:
    """Hash of each photo that could be opened → what was found."""
    return {row.pk: row for row in Picture.objects.filter(pk__in=submission.files.values("sha256")).exclude(small="")}


def _rows(request: Request, submission: Submission, reading: Reading, steps: list[Any] | None = None) -> list[Row]:
    version = version_of(submission)
    return rows_of(reading, version, files_of(submission), request.actor, steps or []) if version else []


def answer(request: Request, pk: int) -> HttpResponse:
    found = find(request, pk)
    reading = reading_of(found)
    steps = list(found.steps.select_related("position__organisation").order_by("-pk"))
    context: dict[str, Any] = {
        "answer": found, "reading": reading, "files": list(found.files.all()), "pictures": pictures_of(found),
        "happened": [(step, Step(step.step).label) for step in steps],
    }  # fmt: skip
    if reading is not None:
        last = next((step for step in steps if step.step in (Step.RETURN, Step.APPROVE, Step.REOPEN)), None)
        returned = [last] if last is not None and last.step == Step.RETURN else []
        rows = _rows(request, found, reading, returned)
        checks = reading.office is not None and can(request.actor, policy.REVIEW, reading.office)
        sends = can(request.actor, policy.SEND, operations.answering_post(request.actor, reading))
        line = line_of(request.actor, found)
        steps_now = {step: why_not(request.actor, reading, step) for step in BUTTONS if checks and reading.state in MOVES[step][0]}  # fmt: skip
        context |= {
            "rows": rows, "flags": whole_flags(reading, rows), "returned": returned[0] if returned and reading.state == "returned" else None,
            "line": line if len(line) > 1 else [], "earlier": _earlier(found, line),
            "stands": other_that_stands(reading) if reading.state == "double" else None,
            "map": _map(reading), "moves": [step for step, hindered in steps_now.items() if not hindered],
            "hindered": next(filter(None, steps_now.values()), ""),
            "may_correct": reading.state == "returned" and sends,
            "may_comment": checks or sends,
            "missing": [name for name in found.files_named if name not in files_of(found)],
        }  # fmt: skip
    return render(request, "collection/answer.html", context)


def _map(reading: Reading) -> Any:
    if reading.point is None or reading.area is None:
        return ""
    return point_map(reading.area, shapely.Point(reading.point.x, reading.point.y))


def _earlier(found: Submission, line: list[Submission]) -> Submission | None:
    """What this one is compared with: the answer it corrects, else the one before it about the same."""
    corrected = next((one for one in line if one.instance_id == found.deprecated_id), None)
    return corrected or next((one for one in line if one.pk < found.pk), None)


def differences(request: Request, pk: int, other: int) -> HttpResponse:
    """What a later answer says otherwise than an earlier one of its line."""
    found, before = find(request, pk), find(request, other)
    now, then, version = reading_of(found), reading_of(before), version_of(found)
    if now is None or then is None or version is None or before.pk not in [one.pk for one in line_of(request.actor, found)]:  # fmt: skip
        raise Http404
    files = files_of(before) | files_of(found)
    said = changes(then, now, version, files, request.actor)
    context = {"answer": found, "reading": now, "before": before, "changes": said}
    return render(request, "collection/answer_changes.html", context)


def file(request: Request, pk: int, number: int) -> FileResponse:
    """A file exactly as it came, to be saved and never shown by the browser itself."""
    found = get_object_or_404(SubmissionFile, submission=find(request, pk), pk=number)
    return FileResponse(
        store.path_of(found.sha256).open("rb"), as_attachment=True, filename=found.name,
        content_type="application/octet-stream",
    )  # fmt: skip


def small_photo(request: Request, pk: int, number: int) -> FileResponse:
    """The small copy that the child made of a photo; the photo itself is only given to be saved."""
    found = get_object_or_404(SubmissionFile, submission=find(request, pk), pk=number)
    picture = get_object_or_404(Picture.objects.exclude(small=""), pk=found.sha256)
    answer = FileResponse(store.path_of(picture.small).open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def xml(request: Request, pk: int) -> HttpResponse:
    """The answer exactly as it was sent."""
    found = find(request, pk)
    headers = {"Content-Disposition": f'attachment; filename="answer-{found.pk}.xml"'}
    return HttpResponse(found.xml, content_type="text/xml; charset=utf-8", headers=headers)


def send_back(request: Request, pk: int) -> HttpResponse:
    """The answer with a box beside each question."""
    found, reading = _to_step(request, pk)
    form = ReturnForm(request.POST or None, rows=_rows(request, found, reading))
    return form_page(
        request, form,
        lambda data: operations.return_(request.actor, found, reason=data["reason"], remarks=form.remarks()),
        heading=_("Return this answer"), back=Back(found), button=_("Return"), template="collection/answer_return.html", pictures=pictures_of(found),
        done=_("The answer was returned; whoever sent it is told."), answer=found, reading=reading,
    )  # fmt: skip


def approve(request: Request, pk: int) -> HttpResponse:
    found, _reading = _to_step(request, pk)
    return _step_page(
        request, found, NoteForm, lambda data: operations.approve(request.actor, found, **data),
        heading=_("Approve this answer"), button=_("Approve"), done=_("The answer is approved."),
    )  # fmt: skip


def set_aside(request: Request, pk: int) -> HttpResponse:
    found, _reading = _to_step(request, pk)
    return _step_page(
        request, found, ReasonForm, lambda data: operations.set_aside(request.actor, found, **data),
        heading=_("Set this answer aside"), button=_("Set aside"), danger=True, done=_("The answer is set aside."),
        lead=_("It counts for nothing and stays readable. What was expected waits again."),
    )  # fmt: skip


def reopen(request: Request, pk: int) -> HttpResponse:
    found, _reading = _to_step(request, pk)
    return _step_page(
        request, found, ReasonForm, lambda data: operations.reopen(request.actor, found, **data),
        heading=_("Open this answer again"), button=_("Open again"), done=_("The answer waits to be checked again."),
    )  # fmt: skip


def take(request: Request, pk: int) -> HttpResponse:
    found, _reading = _to_step(request, pk)
    return _step_page(
        request, found, NoteForm, lambda data: operations.take(request.actor, found, reason=data["note"]),
        heading=_("Take this answer instead of the other"), button=_("Take this one"),
        done=_("This answer stands now; the other is kept as replaced."),
    )  # fmt: skip


def comment(request: Request, pk: int) -> HttpResponse:
    found = find(request, pk)
    return _step_page(
        request, found, CommentForm, lambda data: operations.comment(request.actor, found, **data),
        heading=_("Comment on this answer"), button=_("Send"), done=_("The comment was sent."),
    )  # fmt: skip


def _to_step(request: Request, pk: int) -> tuple[Submission, Reading]:
    """The answer, for those who check it; the operation asks again."""
    found = find(request, pk)
    reading = reading_of(found)
    if reading is None or reading.office is None:
        raise Http404
    require(request.actor, policy.REVIEW, reading.office)
    return found, reading


def _step_page(request: Request, found: Submission, form: type[PlainForm], work: Callable[[dict[str, Any]], Any],
               **told: Any) -> HttpResponse:  # fmt: skip
    bound = form(request.POST if request.method == "POST" else None)
    return form_page(request, bound, work, back=Back(found), **told)


class Back:
    """The way back to an answer, in words: an answer itself is known by a number that no reader knows."""

    def __init__(self, found: Submission):
        self.found = found

    def __str__(self) -> str:
        reading = reading_of(self.found)
        about = (reading.facility or reading.other or reading.area) if reading else None
        return f"{self.found.form}: {about}" if about else str(self.found.form)

    def get_absolute_url(self) -> str:
        return self.found.get_absolute_url()
