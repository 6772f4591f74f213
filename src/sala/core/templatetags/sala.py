"""Template words of the product: texts with their language marked, numbers, dates, form fields, the language switch."""

import re
from datetime import date
from typing import Any

from django import template
from django.forms import CheckboxSelectMultiple, MultiWidget, RadioSelect
from django.http import HttpRequest
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sala.core import language, numbers
from sala.core import money as money_of
from sala.core.language import Translated
from sala.core.quantity import label_of

register = template.Library()
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
GROUPS = (MultiWidget, RadioSelect, CheckboxSelectMultiple)


@register.filter
def signed(value: float | None) -> str:
    """A difference in whole numbers, with its sign also where it is more; 0 has none."""
    if value is None:
        return ""
    text = numbers.display(abs(round(value)))
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


@register.filter
def words(value: Any) -> str:
    """A translated text in the reader's language; text in another one is marked as such for eyes and ears."""
    if isinstance(value, dict):
        wanted = language.current()
        found = _texts(value).text(wanted)
        if found.text and found.language != wanted:
            return format_html('<span lang="{}" class="other-language">{}</span>', found.language, found.text)
        return found.text
    return str(value or "")


@register.filter
def plain(value: Any) -> str:
    """A translated text without any mark, for titles and attributes."""
    return _texts(value).text().text if isinstance(value, dict) else str(value or "")


def _texts(value: dict[str, Any]) -> Translated:
    """What comes from the database is clean already; cleaning it for every line of a list costs more than the line."""
    return value if isinstance(value, Translated) else Translated(value)


@register.filter
def number(value: Any, places: str = "") -> str:
    if value in (None, ""):
        return ""
    return numbers.display(value, places=int(places) if places != "" else None)


@register.filter
def money(amount: Any, currency: str) -> str:
    """An amount in the smallest unit, with its currency."""
    return "" if amount in (None, "") else money_of.shown(int(amount), currency)


@register.filter
def figure(amount: Any, currency: str) -> str:
    """An amount in the smallest unit, without the name of its currency; for columns whose head says it."""
    return "" if amount in (None, "") else money_of.figure(int(amount), currency)


@register.filter
def unit(code: Any) -> str:
    """A unit in the reader's language: persons, ha."""
    return label_of(str(code or ""))


@register.filter
def percent(value: Any) -> str:
    """A share (0.25) as a number of hundredths, with one decimal (25.0); empty for none."""
    return "" if value in (None, "") else numbers.display(float(value) * 100, places=1)


@register.filter(expects_localtime=True)
def day(value: Any) -> str:
    """A date, the date of an instant in the country's time, or a date as results are kept (2026-11-30)."""
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        value = date.fromisoformat(value)
    return formats.date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value or "")


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return (mapping or {}).get(key)


@register.simple_tag(takes_context=True)
def same_page(context: template.Context, code: str) -> str:
    """Address of this very page in another language."""
    return with_query(context, lang=code)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """Address of this page with some query values changed; None or empty removes one. Changing a filter restarts paging."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return ""
    query = request.GET.copy()
    if "page" not in changes and "lang" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    encoded = query.urlencode()
    return f"{request.path}?{encoded}" if encoded else request.path


@register.inclusion_tag("core/parts/field.html")
def field(bound: Any, hint: Any = "") -> dict[str, Any]:
    """A form field with its label, hint and error in the words of the error summary."""
    return {"field": bound, "hint": hint or bound.help_text, "group": isinstance(bound.field.widget, GROUPS)}


@register.inclusion_tag("core/parts/narrow_fields.html")
def narrow_fields(form: Any) -> dict[str, Any]:
    """The fields of a form that narrows a list: those of its `first`, the others folded away until one of them is used."""
    first = [form[name] for name in form.first]
    more = [bound for bound in form if bound.name not in form.first]
    return {"first": first, "more": more, "is_used": any(bound.data or bound.errors for bound in more)}


@register.inclusion_tag("core/parts/errors.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """All errors of these forms in one list at the top, each a link to its field."""
    return {"forms": [form for form in forms if form is not None and getattr(form, "errors", None)]}


@register.simple_tag
def mark_invented(subject: Any, *, short: bool = False) -> SafeString | str:
    """The visible mark of invented records. short: in the cell of a table."""
    if getattr(subject, "is_invented", False):
        words = _("Invented") if short else _("Invented for demonstration")
        return format_html('<strong class="mark invented">{}</strong>', words)
    return ""


_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"')


@register.simple_block_tag(takes_context=True)
def narrowing(context: template.Context, content: str) -> SafeString:
    """The fields that narrow a list: folded away on a phone until one of them is used, open on a wide screen."""
    besides = {*_HIDDEN.findall(content), "page", "print"}  # how it is shown, not what
    used = any(value for name, value in context["request"].GET.items() if name not in besides)
    return format_html(
        '<details class="narrow no-print"{}><summary>{}</summary>{}</details>',
        SafeString(" open") if used else "",
        _("Narrow the list"),
        content,
    )
