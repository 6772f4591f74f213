"""Filling in a form in the browser, from its own page or typed in from paper, and taking in what is sent from there.

The library that draws forms writes styles into the page and compiles its reading of formulas in the browser; both are
allowed on these addresses only.
"""

import hashlib
import json
from typing import Any, BinaryIO, cast

from csp.constants import NONCE, SELF, UNSAFE_INLINE, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.http import FileResponse, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sala.access.request import Request
from sala.access.scope import require
from sala.collection import operations, policy
from sala.collection.fill_config import import_map, kept_assets, library_words, scopes, static_root, words
from sala.collection.forms.answers import HandedInForm
from sala.collection.models import Channel, Expected, Form, FormMedia, FormVersion, Submission
from sala.collection.operations.intake import HandedIn, Incoming
from sala.collection.operations.sending import sending_position
from sala.collection.queries.filling import answers_to_correct, forms_for_filling, waiting_rows, written_in
from sala.collection.queries.lists import for_reader
from sala.collection.queries.waiting import expected_of
from sala.core import language, lao
from sala.core.errors import Gone, Invalid, SignInNeeded
from sala.core.files import store
from sala.people.device_mark import mark_device, mark_of

CSP = {
    "script-src": [SELF, NONCE, WASM_UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE], "font-src": [SELF, "data:"],
    "img-src": [SELF, "data:", "blob:"], "media-src": [SELF, "blob:"], "worker-src": [SELF, "blob:"],
    "connect-src": [SELF, "data:", "blob:"],
}  # fmt: skip
ENTERED = (Channel.BROWSER, Channel.PAPER)


def find(request: Request, slug: str) -> Form:
    rows = forms_for_filling(request.actor).select_related("owner__area", "level", "facility_kind")
    form = get_object_or_404(rows, slug=slug)
    if not request.actor.is_signed_in:
        raise SignInNeeded(
            _("Sign in to fill in this form. Ask whoever gave it to you for the paper form if you cannot.")
        )
    return form


def find_version(request: Request, form: Form) -> FormVersion:
    """The version in use; for a trial the one whose number is asked, to those who write or put in use the form."""
    if number := lao.digits(request.GET.get("preview", "")):
        require(request.actor, policy.EDIT, form)
        return get_object_or_404(form.versions, number=int(number) if number.isdecimal() else 0)
    if (version := form.current) is None:
        raise Gone(_("This form is not in use. What you sent before is kept; ask its office what is asked instead."))
    return version


def find_expected(request: Request, form: Form) -> Expected | None:
    """The row of a round that the address names, of those that wait for the reader's posts."""
    if not (number := request.GET.get("expected", "")):
        return None
    return get_object_or_404(waiting_rows(request.actor, form), pk=int(number) if number.isdecimal() else 0)


def find_answer(request: Request, form: Form) -> Submission | None:
    if not (number := request.GET.get("answer", "")):
        return None
    rows = answers_to_correct(request.actor).filter(form=form).select_related("reading__expected")
    return get_object_or_404(rows, pk=int(number) if number.isdecimal() else 0)


@never_cache
@require_GET
@csp_update(CSP)  # type: ignore[arg-type]
def fill(request: Request, slug: str) -> HttpResponse:
    """The form to fill in; before it, where several places or facilities wait, the choice which it is about."""
    form = find(request, slug)
    version = find_version(request, form)
    preview = bool(request.GET.get("preview"))
    channel = Channel.PAPER if request.GET.get("channel") == Channel.PAPER else Channel.BROWSER
    answer, row = find_answer(request, form), find_expected(request, form)
    if not preview:
        sending_position(request.actor, form, [answer.instance_id] if answer else [])
    waiting = list(waiting_rows(request.actor, form)[:1000]) if not preview else []
    chosen = bool(row or answer or preview or "about" in request.GET)
    if not chosen and len(waiting) == 1 and channel == Channel.BROWSER:
        row, chosen = waiting[0], True
    if not chosen and waiting:
        return render(request, "collection/choose_subject.html", {"form": form, "rows": waiting, "channel": channel})
    if answer and row is None:
        row = answer.reading.expected
    opened = row.assignment.call.opens_on if row else None
    said = {name: getattr(answer, name) for name in HandedInForm.base_fields} if answer else {}
    handed_in = HandedInForm(opened=opened, initial=said) if channel == Channel.PAPER and not preview else None
    context = {
        "form": form, "version": version, "row": row, "handed_in": handed_in, "answer": answer, "channel": channel, "preview": preview,
        "step": answer.steps.filter(step="return").last() if answer else None, "more": len(waiting) > 1,
        "config": _config(request, form, version, row, answer, channel, preview), "import_map": json.dumps(import_map()),
    }  # fmt: skip
    return mark_device(request, render(request, "collection/fill.html", context))


def _shared(request: Request, slug: str = "") -> dict[str, Any]:
    """What the scripts of the page of a form and of the page of what is kept are both told."""
    return {
        "person": mark_of(request), "language": language.current(), "words": words(), "csrf": get_token(request),
        "scopes": scopes(slug), "worker": reverse("collection:fill_worker"),
        "signIn": f"{reverse('people:sign_in')}?{urlencode({'next': request.get_full_path()})}",
    }  # fmt: skip


def _config(request: Request, form: Form, version: FormVersion, row: Expected | None, answer: Submission | None,
            channel: str, preview: bool) -> dict[str, Any]:  # fmt: skip
    files = reverse("collection:fill_media", args=[form.slug, "-"]).removesuffix("-")
    told = {
        "form": form.slug, "title": str(form.title), "about": _about(form, row) if row else "",
        "channel": channel, "expected": str(row.pk) if row else "", "preview": preview,
        "formLanguage": version.language_map.get(language.current(), ""),
        "xform": f"{reverse('collection:fill_form', args=[form.slug, version.number])}?v={version.md5}",
        "media": {file.name: f"{files}{version.number}/{file.name}?v={_md5(request, file)}" for file in version.files.all()},
        "written": written_in(form, version, row.subject, row.area, request.actor) if row and not answer else {},
        "post": reverse("collection:send_answer", args=[form.slug]), "library": library_words(), "answer": None,
    }  # fmt: skip
    if answer:
        told["answer"] = {
            "instance": answer.instance_id, "url": reverse("collection:fill_answer", args=[form.slug, answer.pk]),
            "files": [
                {"name": file.name, "url": reverse("collection:fill_answer_file", args=[form.slug, answer.pk, file.pk])}
                for file in answer.files.all()
            ],
        }  # fmt: skip
    return _shared(request, form.slug) | told


def _about(form: Form, row: Expected) -> str:
    return f"{row.subject.name}, {row.area.name}" if form.place_question else str(row.subject.name)


def _md5(request: Request, file: FormMedia) -> str:
    own = for_reader(file, request.actor)
    return own[1] if own else file.md5


@require_GET
def fill_form(request: Request, slug: str, number: int) -> HttpResponse:
    """The XForm of a version, under an address that changes with it."""
    version = get_object_or_404(find(request, slug).versions, number=number)
    if not version.is_published:
        require(request.actor, policy.EDIT, version.form)
    return HttpResponse(version.xform, content_type="text/xml; charset=utf-8")


@require_GET
def fill_media(request: Request, slug: str, name: str) -> HttpResponse | FileResponse:
    """A file of a version; name: its number and the name of the file. Lists of other registers as the reader may know them."""
    number, _slash, file = name.partition("/")
    rows = find(request, slug).versions.filter(number=int(number) if number.isdecimal() else 0)
    found = get_object_or_404(get_object_or_404(rows).files, name=file)
    if (own := for_reader(found, request.actor)) is not None:
        return HttpResponse(own[0], content_type="text/csv; charset=utf-8")
    return FileResponse(store.path_of(found.sha256).open("rb"), filename=found.name)


@never_cache
@require_GET
def fill_answer(request: Request, slug: str, pk: int) -> HttpResponse:
    """An answer as it was sent, for correcting it."""
    rows = answers_to_correct(request.actor).filter(form=find(request, slug))
    return HttpResponse(get_object_or_404(rows, pk=pk).xml, content_type="text/xml; charset=utf-8")


@never_cache
@require_GET
def fill_answer_file(request: Request, slug: str, pk: int, file: int) -> FileResponse:
    rows = answers_to_correct(request.actor).filter(form=find(request, slug))
    found = get_object_or_404(get_object_or_404(rows, pk=pk).files, pk=file)
    kind = found.media_type or "application/octet-stream"
    return FileResponse(
        store.path_of(found.sha256).open("rb"), as_attachment=True, filename=found.name, content_type=kind
    )


@require_POST
def send_answer(request: Request, slug: str) -> HttpResponse:
    """Take in an answer, or some more of its files, from the page that fills in the form."""
    if not request.actor.is_signed_in or request.POST.get("person", "") != mark_of(request):
        raise SignInNeeded(_("Sign in as the person who filled this in; then it is sent."))
    form = get_object_or_404(Form, slug=slug)
    xml = request.FILES.get("xml_submission_file")
    if xml is None:
        raise Invalid(_("There is no answer in what was sent. Open the form again and send it anew."))
    channel = request.POST.get("channel", Channel.BROWSER)
    files = [
        Incoming(name=file.name or "", media_type=file.content_type or "", content=cast(BinaryIO, file.file))
        for file in request.FILES.getlist("file")
    ]
    received = operations.receive(
        request.actor, xml.read(), files, channel=channel if channel in ENTERED else Channel.BROWSER, form=form,
        said_for=_said_for(request, form), handed_in=_handed_in(request) if channel == Channel.PAPER else None,
    )  # fmt: skip
    if not received.missing:
        operations.read_now(received.submission)
    told = {
        "answer": received.submission.pk, "url": received.submission.get_absolute_url(),
        "is_new": received.is_new, "missing": received.missing,
    }  # fmt: skip
    return JsonResponse(told, status=201 if received.is_new else 200)


def _handed_in(request: Request) -> HandedIn:
    """What was said beside an answer that is typed in; the page asks for it, and nobody must know it."""
    asked = HandedInForm(request.POST)
    if not asked.is_valid():
        raise Invalid(fields={name: list(map(str, errors)) for name, errors in asked.errors.items()})
    said = asked.cleaned_data
    return HandedIn(said["handed_in_on"], said["given_by"].strip(), said["handed_how"])


def _said_for(request: Request, form: Form) -> Expected | None:
    """The row of a round that was chosen on the page, however it stands by now; none where its round has closed."""
    number = request.POST.get("expected", "")
    rows = expected_of(request.actor.position_ids).filter(form=form)
    return rows.filter(pk=int(number)).first() if number.isdecimal() else None


@never_cache
@require_GET
@csp_update({"script-src": [SELF, NONCE]})  # type: ignore[arg-type]
def outbox(request: Request) -> HttpResponse:
    """What this device still keeps: drafts and finished answers. The browser knows it, the server does not."""
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("Sign in to see what this device still keeps for you."))
    context = {"config": _shared(request) | {"isOutbox": True}, "import_map": json.dumps(import_map())}
    return mark_device(request, render(request, "collection/outbox.html", context))


@require_GET
def fill_worker(request: Request) -> HttpResponse:
    """The service worker of the pages that fill in forms; it changes when one of the files that it keeps does."""
    assets = kept_assets()
    name = "sala-assets-" + hashlib.sha256("\n".join(assets).encode()).hexdigest()[:12]
    told = json.dumps({"assets": assets, "folder": static_root(), "name": name})
    script = json.dumps(static("collection/worker.js"))
    return HttpResponse(
        f"self.SALA = {told};\nimportScripts({script});\n", content_type="text/javascript; charset=utf-8"
    )
