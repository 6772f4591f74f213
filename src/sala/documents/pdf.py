"""Official papers as PDF: from a template to bytes, in one language, with nothing fetched but our own fonts.

The layout engine knows no Lao: it neither breaks a Lao line nor keeps SARA AM apart from SARA AA in the text layer.
Every text of the page therefore gets its break marks here; intake.rejoined takes them out again.
"""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe

from sala.core import lao
from sala.core.errors import SalaError
from sala.core.language import current
from sala.core.models import PackFact

FONT = "sala-font:"
FONTS = ("noto-sans-lao-400", "noto-sans-lao-700", "noto-sans-latin-400", "noto-sans-latin-700")
UNBROKEN = ("style", "script", "title", "svg")


class FontsMissing(SalaError):
    code = "fonts-missing"
    status = 500


def html(template: str, context: Mapping[str, Any], language: str) -> str:
    """The words of a paper in one language, before they are laid out. Hashes are taken over this text."""
    frame = {
        "language": language,
        "motto": PackFact.words("motto"),
        "fonts": [f"{FONT}{name}.ttf" for name in FONTS],
        "is_example_country": bool(PackFact.get("is_invented")),
    }
    if "verify_url" in context:
        frame["qr"] = qr(context["verify_url"])
    with translation.override(language):
        return render_to_string(template, {**frame, **context})


def render(template: str, context: Mapping[str, Any], language: str) -> bytes:
    """A PDF (tagged, for screen readers) of a template in one language."""
    return from_html(html(template, context, language))


def pdf_response(
    template: str, context: Mapping[str, Any], file_name: str, language: str | None = None
) -> HttpResponse:
    """Answer a page as PDF, to be saved, in the reader's language. `documents/pdf/sheet.html` is the paper to extend."""
    response = HttpResponse(render(template, context, language or current()), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def from_html(markup: str) -> bytes:
    """A PDF of our own markup. Every Lao text in it may break at the end of a line."""
    import weasyprint  # takes a second, which pages and commands without a PDF should not wait for

    page = weasyprint.HTML(string=markup, url_fetcher=_fetcher())
    _break_texts(page.etree_element)
    target = io.BytesIO()
    page.write_pdf(target, finisher=_without_empty_strings, pdf_variant="pdf/ua-1")
    return target.getvalue()


def _without_empty_strings(document: Any, written: Any) -> None:
    """Take the empty strings out of the drawing of texts.

    The layout engine leaves them where a mark hangs on a letter. PDFium, which Chromium and its kin read PDF with, loses
    the last shift of a line that holds one, and draws the letters after a stacked vowel and tone over each other.
    """
    for item in written.objects:
        lines = getattr(item, "stream", None)
        if isinstance(lines, list):
            item.stream = [
                line.replace(b"<>", b" ") if isinstance(line, bytes) and line.endswith(b"] TJ") else line for line in lines
            ]  # fmt: skip


def qr(address: str) -> SafeString:
    """The address as a QR code, an SVG that scales to the box it stands in."""
    return mark_safe(segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S308


def _break_texts(root: Any) -> None:
    """Put break marks into every text below an element, whoever wrote it; texts that have them stay as they are."""
    if not isinstance(root.tag, str) or root.tag.rsplit("}", 1)[-1] in UNBROKEN:
        return
    root.text = _broken(root.text)
    for child in root:
        _break_texts(child)
        child.tail = _broken(child.tail)


def _broken(text: str | None) -> str | None:
    if not text or lao.BREAK in text:
        return text
    return lao.break_lines(text)


def font_path(name: str) -> Path:
    """A font file of the browser packages. Raises when the set-up step that makes them did not run."""
    path = Path(settings.STATICFILES_DIRS[0]) / "ttf" / name
    if not path.is_file():
        raise FontsMissing(f"The font {name} is missing. Run ./sala doctor, which makes the fonts.")
    return path


@cache
def _fetcher() -> Any:
    """Answers for our fonts and for nothing else: no network, no file, no data address."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyOurFonts(URLFetcher):
        def fetch(self, url, headers=None):
            name = url.removeprefix(FONT)
            if not url.startswith(FONT) or name.removesuffix(".ttf") not in FONTS:
                raise FatalURLFetchingError(f"A paper may not fetch {url[:100]}")
            return URLFetcherResponse(url, font_path(name).read_bytes(), {"Content-Type": "font/ttf"})

    return OnlyOurFonts()
