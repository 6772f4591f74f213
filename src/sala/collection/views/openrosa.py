"""What phones speak (OpenRosa, as ODK Collect): the list of forms, a form, its files, and the sending of answers.

The key of a phone stands in the address, since that is what Collect keeps; programs may send it as Bearer instead.
Every answer carries words in the reader's language, which Collect shows to whoever holds the phone.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, wraps
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from sala.collection.models import Channel, FormMedia, FormVersion
from sala.collection.operations import receive
from sala.collection.queries.lists import for_reader
from sala.collection.queries.phones import Listed, Phone, acting_for, listed_for, phone_of, version_for
from sala.collection.views.multipart import DISK_FULL, NoRoom, body_of
from sala.core import clock
from sala.core.errors import Missing, SalaError, SignInNeeded
from sala.core.files import store
from sala.core.middleware import unstorable
from sala.people.models import Position
from sala.people.queries import actor_of_post

ACCEPTED = 10_000_000  # bytes that are best sent at once; a longer answer comes in several posts
STATUS = {422: 400}  # the phone's words for what is wrong with what it sent
AGAIN = "60"  # seconds
MARKS = 500  # different lists of forms whose ETag a process keeps
TEXT_XML = "text/xml; charset=utf-8"

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


class Away(SalaError):
    status = 503
    code = "unavailable"


def phone_speaks(*methods: str) -> Callable[[View], View]:
    """A view for a phone: its key looked at, and everything that goes wrong said as OpenRosa says it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, token: str = "", **named: object) -> HttpResponse:
            try:
                response = _allowed(request, methods) or view(request, _phone(request, token), **named)
            except SalaError as error:
                response = _refused(error, by_header=not token)
            except DataError:
                response = _refused(unstorable())
            except (OperationalError, InterfaceError):
                log.warning("the database does not answer a phone", exc_info=True)
                response = _refused(Away(_("The service cannot be reached at the moment. Your answer stays on your phone; send it again later.")))  # fmt: skip
            except OSError as error:
                if error.errno not in DISK_FULL:
                    raise
                response = _refused(NoRoom(_("The disk of this service is full. Your answer stays on your phone; send it again later.")))  # fmt: skip
            response.headers["X-OpenRosa-Version"] = "1.0"
            response.headers["X-OpenRosa-Accept-Content-Length"] = str(ACCEPTED)
            response.headers["Date"] = http_date(clock.now().timestamp())
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response._has_been_logged = True  # type: ignore[attr-defined]  # the address would bring the key into the log
            return response

        return csrf_exempt(answered)

    return decorate


def _allowed(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    if request.method in methods:
        return None
    response = envelope(_("Phones send answers here. Set this address up in the app for forms."), 405)
    response.headers["Allow"] = ", ".join(methods)
    return response


def _phone(request: HttpRequest, token: str) -> Phone:
    secret = token or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    phone = phone_of(secret) if secret else None
    if phone is None:
        raise SignInNeeded(
            _("This phone may not send here any more, or its code was never valid. Nothing is lost: keep the answers and ask the office that gave you the code for a new one.")
        )  # fmt: skip
    return phone


def envelope(words: str, status: int, nature: str = "") -> HttpResponse:
    """The OpenRosaResponse that Collect shows."""
    mark = f' nature="{nature}"' if nature else ""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f"<message{mark}>{escape(words)}</message></OpenRosaResponse>"
    )
    return HttpResponse(body, status=status, content_type=TEXT_XML)


def _refused(error: SalaError, *, by_header: bool = False) -> HttpResponse:
    response = envelope(str(error), STATUS.get(error.status, error.status), f"error_{error.code}")
    if error.status == 503:
        response.headers["Retry-After"] = AGAIN
    if error.status == 401 and by_header:  # Collect, which has its key in the address, stumbles over this header
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


# ---- what a phone gets -------------------------------------------------------------------------------------------


@phone_speaks("GET", "HEAD")
def form_list(request: HttpRequest, phone: Phone) -> HttpResponse:
    """The forms that wait for the post of the phone. Query: formID, verbose=true, listAllVersions=true."""
    asked = request.GET.get
    verbose = asked("verbose") == "true"
    rows = listed_for(phone, form_id=asked("formID", ""), all_versions=asked("listAllVersions", "false") != "false")
    etag = _mark(tuple(rows), verbose, get_language() or "")
    response = get_conditional_response(request, etag=etag) or _document(_list(rows, _home(request), verbose))
    response.headers["ETag"] = etag
    return response


@lru_cache(maxsize=MARKS)
def _mark(rows: tuple[Listed, ...], verbose: bool, language: str) -> str:
    """ETag of the list. It lacks the address of the one phone, so that one reckoning serves all that get the same forms."""
    return _etag(_list(rows, settings.BASE_URL, verbose).encode())


def _list(rows: Iterable[Listed], home: str, verbose: bool) -> str:
    body = "".join(_told(row, home, verbose) for row in rows)
    return f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{body}</xforms>'


def _told(row: Listed, home: str, verbose: bool) -> str:
    at = f"{home}/forms/{row.slug}/{row.number}"
    more = f"<descriptionText>{escape(str(row.purpose))}</descriptionText>" if verbose and row.purpose else ""
    files = f"<manifestUrl>{at}/manifest</manifestUrl>" if row.has_files else ""
    return (
        f"<xform><formID>{escape(row.form_id)}</formID><name>{escape(str(row.title))}</name>"
        f"<version>{escape(row.version)}</version><hash>md5:{row.md5}</hash>{more}"
        f"<downloadUrl>{at}.xml</downloadUrl>{files}</xform>"
    )


@phone_speaks("GET", "HEAD")
def form_xml(request: HttpRequest, phone: Phone, slug: str, number: int) -> HttpResponse:
    version = _version(phone, slug, number)
    moment = version.published_at or version.uploaded_at
    return _unless_held(request, version.md5, moment, lambda: HttpResponse(version.xform, content_type=TEXT_XML))


@phone_speaks("GET", "HEAD")
def manifest(request: HttpRequest, phone: Phone, slug: str, number: int) -> HttpResponse:
    """The files that a version needs beside its XForm."""
    version = _version(phone, slug, number)
    at = f"{_home(request)}/forms/{slug}/{number}/media"
    body = "".join(
        f"<mediaFile><filename>{escape(file.name)}</filename><hash>md5:{_md5(phone, file)}</hash>"
        f"<downloadUrl>{at}/{quote(file.name)}</downloadUrl></mediaFile>"
        for file in version.files.all()
    )
    response = _document(f'<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{body}</manifest>')
    response.headers["ETag"] = etag = _etag(response.content)
    return get_conditional_response(request, etag=etag, response=response) or response


def _own_list(phone: Phone, file: FormMedia) -> tuple[bytes, str] | None:
    """A list that each reader gets with what that reader may know: that of the post which holds the phone."""
    return for_reader(file, actor_of_post(Position(pk=phone.position_id))) if file.source else None


def _md5(phone: Phone, file: FormMedia) -> str:
    own = _own_list(phone, file)
    return own[1] if own else file.md5


@phone_speaks("GET", "HEAD")
def media(request: HttpRequest, phone: Phone, slug: str, number: int, name: str) -> HttpResponse:
    version = _version(phone, slug, number)
    file: FormMedia | None = version.files.filter(name=name).first()
    if file is None:
        raise Missing(_("The form has no such file any more. Get the form anew."))
    own = _own_list(phone, file)
    if own is not None:
        content, md5 = own
        return _unless_held(
            request, md5, clock.now(), lambda: HttpResponse(content, content_type="text/csv; charset=utf-8")
        )
    path = store.path_of(file.sha256)
    return _unless_held(
        request, file.md5, file.made_at, lambda: FileResponse(path.open("rb"), as_attachment=True, filename=name)
    )


def _unless_held(
    request: HttpRequest, md5: str, since: datetime, make: Callable[[], HttpResponse | FileResponse]
) -> HttpResponse:
    """304 where the phone has this very content already."""
    etag, moment = f'"{md5}"', int(since.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=moment) or make()
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(moment)
    return response  # type: ignore[return-value]  # a FileResponse answers like any other


def _version(phone: Phone, slug: str, number: int) -> FormVersion:
    version = version_for(phone, slug, number)
    if version is None:
        raise Missing(_("This form does not wait for your post, or it is out of use. Get the list of forms anew."))
    return version


def _home(request: HttpRequest) -> str:
    """The address of this phone's door: with its key where the caller has it in the address."""
    token = request.resolver_match.kwargs.get("token") if request.resolver_match else None
    return settings.BASE_URL.rstrip("/") + reverse("openrosa:door", args=[token] if token else []).rstrip("/")


def _document(body: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode(), content_type=TEXT_XML)


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


# ---- what a phone sends ------------------------------------------------------------------------------------------


@phone_speaks("POST", "HEAD")
def submission(request: HttpRequest, phone: Phone) -> HttpResponse:
    """HEAD: whether answers are taken, and how much at once. POST: one answer, or some more of its files."""
    if request.method == "HEAD":
        return HttpResponse(status=204)
    with body_of(request) as posted:
        actor, position = acting_for(phone)
        got = receive(
            actor, posted.xml, posted.files, channel=Channel.PHONE, device_id=request.GET.get("deviceID", ""),
            waiting=dict.fromkeys(phone.asked, position),
        )  # fmt: skip
    if got.missing:
        words = _("Received. Still to come: %(names)s.") % {"names": ", ".join(got.missing[:5])}
    else:
        words = _("Received. Thank you.") if got.is_new else _("Received; it is whole now. Thank you.")
    return envelope(words, 201, "submit_success")


@phone_speaks("GET", "HEAD")
def door(request: HttpRequest, phone: Phone) -> HttpResponse:
    """Where a phone is set up: says that the address is right."""
    return envelope(_("This address is right: the app for forms gets its forms here."), 200)
