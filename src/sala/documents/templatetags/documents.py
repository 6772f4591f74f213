"""Template words of papers and document pages."""

from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString

from sala.core import lao
from sala.core.files.detect import FORMATS
from sala.core.language import Translated
from sala.documents.models.document import DocumentFile

register = template.Library()

TYPES = {
    "application/pdf": "PDF", "text/html": "HTML", "text/plain": "TXT", "text/csv": "CSV",
    FORMATS["docx"][0]: "DOCX",
}  # fmt: skip


@register.filter
def breaks(value: Any) -> str:
    """Text with a mark wherever a Lao line may break, for print."""
    return lao.break_lines(str(value or ""))


@register.filter
def written_in(value: Any, code: str) -> str:
    """A translated text in one language, else in the required one."""
    return Translated(value).text(code).text if isinstance(value, dict) else str(value or "")


@register.filter
def file_kind(file: DocumentFile) -> str:
    """Type and size for a link, such as "PDF, 1.2 MB"."""
    kind = TYPES.get(file.media_type, file.media_type)
    return f"{kind}, {filesizeformat(file.bytes)}"


@register.filter
def in_groups(value: str, size: int = 8) -> SafeString | str:
    """A long hash in groups that an eye can compare."""
    return " ".join(value[start : start + size] for start in range(0, len(value), size))
