"""Papers of collection: a form to fill in by hand, and the sheet that a village speaker reads out."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.collection import paper
from sala.collection.about import tell_names
from sala.collection.models import Expected, Form, FormVersion, VersionState
from sala.collection.queries.forms import texts_of
from sala.collection.queries.owed import fill_url
from sala.collection.queries.rounds import answers_of
from sala.collection.views.round_board import Board
from sala.collection.views.rounds import find_round
from sala.core import clock
from sala.core.errors import Invalid
from sala.core.language import languages, required_language
from sala.documents.pdf import pdf_response, qr
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.places.models import Area

VILLAGES_AT_ONCE = 200  # sheets in one file
READ_OUT = 8  # questions of one form that are read out


def language_of(request: Request) -> str:
    """The country's language, unless the address asks for another with ?in="""
    asked = request.GET.get("in", "")
    return asked if asked in languages() else required_language()


# ---- a form to fill in by hand -----------------------------------------------------------------------------------


def form_paper(request: Request, slug: str) -> HttpResponse:
    """The form to be filled in by hand; ?expected= prints the place or facility and the period on it."""
    form = get_object_or_404(visible(request.actor, Form).select_related("owner"), slug=slug)
    rows = visible(request.actor, FormVersion).filter(form=form)
    version = rows.filter(state=VersionState.CURRENT).first() or get_object_or_404(rows.order_by("-number")[:1])
    language = language_of(request)
    expected = _expected(request, form)
    address = fill_url(form.slug, expected.pk) if expected else form.get_absolute_url()
    with translation.override(language):
        title = form.title.text(language).text
        context = {
            "title": title, "form": form, "version": version, "expected": expected,
            "lines": paper.lines_of(version, language), "qr": qr(settings.BASE_URL.rstrip("/") + address),
            "code": f"{form.form_id} {expected.subject.code if expected else ''}".strip(),
            "due": expected.assignment.due_on if expected else None, "empty_rows": range(paper.ROWS),
            "blocks": range(1, 4),
        }  # fmt: skip
    return pdf_response("collection/pdf/form.html", context, f"{form.slug}.pdf", language)


def _expected(request: Request, form: Form) -> Expected | None:
    number = request.GET.get("expected", "")
    if not (number.isascii() and number.isdigit()):
        return None
    rows = visible(request.actor, Expected).select_related("area", "facility", "assignment__call", "respondent")
    found = get_object_or_404(rows, pk=int(number), form=form)
    tell_names(request.actor, [found], request.actor.position_ids)
    return found


# ---- the sheet of the village speaker ----------------------------------------------------------------------------


def speaker_sheets(request: Request, reference: str) -> HttpResponse:
    """One page for each village that still has something to answer: what is asked, why, until when, by whom, and the
    text to be read out. Narrowed as the page of answers is.
    """
    call = find_round(request, reference)
    board = Board(request, call)
    rows = list(answers_of(board.found()).select_related("form__owner", "area__level", "area__parent", "facility", "respondent__organisation", "assignment__position__organisation"))  # fmt: skip
    tell_names(request.actor, rows, request.actor.position_ids)
    villages: dict[int, list[Expected]] = {}
    for row in rows:
        villages.setdefault(row.area_id, []).append(row)
    if not villages:
        raise Invalid(_("Nothing is to be read out: no answer is found. Choose another state or place."))
    if len(villages) > VILLAGES_AT_ONCE:
        words = _("These are sheets of %(count)d places. Choose an office or place with at most %(most)d.")
        raise Invalid(words % {"count": len(villages), "most": VILLAGES_AT_ONCE})
    language = language_of(request)
    with translation.override(language):
        asked = _questions({row.form for row in rows}, language)
        sheets = [_sheet(found, asked) for found in villages.values()]
        sheets.sort(key=lambda sheet: (sheet["place"].parent_id or 0, sheet["place"].code))
        context = {
            "title": call.title.text(language).text, "call": call, "sheets": sheets, "made_on": clock.today(),
            "due": reckon(call.due_on, calendar=Calendar()).last if call.due_on else None,
        }  # fmt: skip
    return pdf_response("collection/pdf/speaker.html", context, f"{call.reference}-sheets.pdf", language)


def _sheet(rows: list[Expected], asked: dict[int, list[str]]) -> dict[str, Any]:
    place: Area = rows[0].area
    forms = list(dict.fromkeys(row.form for row in rows))
    return {
        "place": place,
        "office": rows[0].assignment.position,
        "rows": rows,
        "forms": [(form, asked[form.pk]) for form in forms],
        "minutes": sum(form.minutes or 0 for form in forms) or None,
        "names_people": any(form.asks_of_persons for form in forms),
    }


def _questions(forms: set[Form], language: str) -> dict[int, list[str]]:
    """Form → its first questions, as they are read out."""
    found: dict[int, list[str]] = {}
    versions = FormVersion.objects.filter(form__in=forms, state=VersionState.CURRENT).defer("xform")
    by_form = {version.form_id: version for version in versions}
    for form in forms:
        version = by_form.get(form.pk)
        fields = version.questions() if version else []
        texts = [texts_of(version, each["labels"]).text(language).text for each in fields if each["type"] not in paper.BY_ITSELF | paper.PICTURES | paper.POINTS and each["labels"]]  # type: ignore[arg-type]  # fmt: skip
        found[form.pk] = [text for text in texts if text and "${" not in text][:READ_OUT]
    return found
