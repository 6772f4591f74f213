"""The assessment of one concession: the grade with its reasons, answering, settling, validating, the sheet to print."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import can, require
from sala.concessions import policy, redaction
from sala.concessions.forms.assessment import AnswerForm, SettleDifferenceForm, ValidateForm, WhichVillageForm
from sala.concessions.models import Assessment, AssessmentState, Concession, FieldClass, Respondent
from sala.concessions.operations.assessing import answer, digest_of, settle_difference, validate
from sala.concessions.queries.assessments import (
    answers_of,
    asked_of,
    cell_of,
    evidence,
    lines_of,
    of_concession,
    villages_of,
)
from sala.concessions.views.profile import find
from sala.concessions.words import assessment as wording
from sala.documents.pdf import pdf_response
from sala.places.models import Area


def assessments(request: Request, reference: str) -> HttpResponse:
    """The assessment of the newest round."""
    found = find(request, reference)
    row = next(iter(of_concession(found)), None)
    if row is None or not _reads(request, found):
        raise Http404
    return redirect(row)


def _reads(request: Request, found: Concession) -> bool:
    judged = FieldClass.JUDGEMENT in redaction.classes_of(request.actor, found)
    return judged or redaction.holds(request.actor, found)


def find_assessment(request: Request, reference: str, slug: str) -> Assessment:
    """Of a concession whose grades the reader reads, or that the reader's organisation holds; else 404."""
    found = find(request, reference)
    if not _reads(request, found):
        raise Http404
    row = get_object_or_404(
        found.assessments.select_related("round__version", "round__area", "validated_by__organisation"),
        round__slug=slug,
    )
    row.concession = found
    return row


def assessment(request: Request, reference: str, slug: str) -> HttpResponse:
    row = find_assessment(request, reference, slug)
    return render(request, "concessions/assessment.html", _context(request, row))


def _context(request: Request, row: Assessment) -> dict[str, Any]:
    """What page and sheet show of one assessment, as far as the reader reads it."""
    actor, found = request.actor, row.concession
    judged = FieldClass.JUDGEMENT in redaction.classes_of(actor, found)
    office = judged and redaction.reads_by_office(actor, found)
    holder = redaction.holds(actor, found)
    is_open = row.round.closed_at is None and row.state != AssessmentState.SUPERSEDED
    context: dict[str, Any] = {
        "row": row, "concession": found, "round": row.round, "judged": judged, "office": office, "holder": holder,
        "is_open": is_open, "may_answer": office and is_open and can(actor, policy.ASSESS, found),
        "may_settle": office and row.state != AssessmentState.SUPERSEDED and can(actor, policy.ASSESS, found),
        "may_validate": office and row.state in (AssessmentState.DRAFT, AssessmentState.REOPENED) and can(actor, policy.GRADE, found),
        "respondents": Respondent.choices,
    }  # fmt: skip
    if holder and not office:
        context["asked"] = [(each, cell_of(said) if said else None) for each, said in asked_of(row, Respondent.COMPANY)]
    if judged:
        named = wording.Named.of(row.round.version)
        others = of_concession(found)
        context |= {
            "grade": wording.grade(row.grade), "tag": wording.tag(row.round.version, row.grade),
            "valid_grade": wording.grade(row.valid_grade),
            "reasons": wording.reasons(row, named), "lifts": wording.lifts(row, named),
            "changed": wording.changes(row.changed, named, in_full=office), "lines": lines_of(row, in_full=office),
            "others": [(each, wording.grade(each.valid_grade or each.grade)) for each in others if each.pk != row.pk],
            "steps": [
                (step, wording.grade(step.grade), wording.changes(step.changed, named, in_full=office))
                for step in row.steps.select_related("position__organisation", "document").order_by("-id")
            ],
        }  # fmt: skip
    if office:
        answers = answers_of(row)
        context |= {"answers": [(said, cell_of(said)) for said in answers if said.words or said.document_id],
                    "documents": evidence(actor, answers)}  # fmt: skip
    return context


def sheet(request: Request, reference: str, slug: str) -> HttpResponse:
    """The same on paper, for those who read the grade."""
    row = find_assessment(request, reference, slug)
    context = _context(request, row)
    if not context["judged"]:
        raise Http404
    title = ": ".join([_("Assessment"), str(row.concession)])
    address = request.build_absolute_uri(row.get_absolute_url())
    return pdf_response(
        "concessions/pdf/assessment.html", context | {"title": title, "address": address},
        f"{row.concession.reference}-{row.round.slug}.pdf",
    )  # fmt: skip


def answer_for(request: Request, reference: str, slug: str, respondent: str) -> HttpResponse:
    """Answer for a respondent: an office for all three, the holder for itself."""
    row = find_assessment(request, reference, slug)
    if respondent not in Respondent.values:
        raise Http404
    if respondent != Respondent.COMPANY or not redaction.holds(request.actor, row.concession):
        require(request.actor, policy.ASSESS, row.concession)
    area = None
    if respondent == Respondent.VILLAGE:
        area = Area.objects.filter(code__iexact=request.GET.get("area", "").strip()).first()
        if area is None:
            return _which_village(request, row)
    asked = asked_of(row, respondent, area)
    if not asked:
        raise Http404
    form = AnswerForm(request.POST or None, actor=request.actor, asked=asked)

    def work(data: dict[str, Any]) -> None:
        answer(request.actor, row, respondent=respondent, area=area, **form.said())

    who = ", ".join(str(part) for part in (Respondent(respondent).label, area and area.name) if part)
    return form_page(
        request, form, work, heading=f"{row.concession}: {who}", back=row,
        lead=_("Choose what applies. What nobody knows stays open and is told as missing."), done=_("The answers are entered."),
    )  # fmt: skip


def _which_village(request: Request, row: Assessment) -> HttpResponse:
    """The village is chosen before, so that its own answers can be filled in."""
    sent = request.POST if request.method == "POST" else None
    form = WhichVillageForm(sent, actor=request.actor, known=villages_of(row))
    if form.is_valid():
        return redirect(f"{request.path}?{urlencode({'area': form.cleaned_data['chosen'].code})}")
    heading = f"{row.concession}: {Respondent.VILLAGE.label}"
    shown = {"form": form, "heading": heading, "back": row, "button": _("Go on")}
    return render(request, "core/form.html", shown | {"lead": _("Which village answers?")})


def settle(request: Request, reference: str, slug: str, code: str) -> HttpResponse:
    row = find_assessment(request, reference, slug)
    require(request.actor, policy.ASSESS, row.concession)
    criterion = get_object_or_404(row.round.version.criteria, code=code)
    said = row.said.get(code) or {}
    if len(said) < 2:
        raise Http404
    form = SettleDifferenceForm(request.POST or None, actor=request.actor, said=said)
    told = "; ".join(f"{_source(source)}: {points}" for source, points in said.items())

    def work(data: dict[str, Any]) -> None:
        settle_difference(request.actor, row, criterion, **data)

    return form_page(
        request, form, work, heading=": ".join([_("What counts"), str(criterion)]), back=row, button=_("Settle"),
        lead=_("Points of each answer: %(told)s.") % {"told": told},
    )  # fmt: skip


def _source(source: str) -> str:
    kind, _colon, code = source.partition(":")
    return f"{wording.SOURCES[kind]} {code}".strip()


def validate_grade(request: Request, reference: str, slug: str) -> HttpResponse:
    row = find_assessment(request, reference, slug)
    require(request.actor, policy.GRADE, row.concession)
    form = ValidateForm(request.POST or None, actor=request.actor, initial={"digest": digest_of(row)})

    def work(data: dict[str, Any]) -> None:
        validate(request.actor, row, **data)

    return form_page(
        request, form, work, heading=": ".join([_("Validate the grade"), str(row.concession)]), back=row, button=_("Validate"),
        lead=_("Your post stands for it: %(grade)s. A new fact opens it again.") % {"grade": wording.grade(row.grade)},
        done=_("The grade is validated."),
    )  # fmt: skip
