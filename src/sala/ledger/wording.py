"""What the program itself calls things: ages of a debt, and words in every language of the country."""

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from sala.core.language import Translated, languages
from sala.ledger.calculations import Band

BAND_NAMES: dict[Band, Any] = {
    Band.CURRENT: _("Not late"),
    Band.MONTH: _("1–30 days late"),
    Band.QUARTER: _("31–90 days late"),
    Band.YEAR: _("91–365 days late"),
    Band.OLDER: _("More than a year late"),
}


def in_each_language(say: Callable[[], Any]) -> Translated:
    """The words that `say` gives while each language is spoken."""
    texts = {}
    for code in languages():
        with translation.override(code):
            texts[code] = str(say())
    return Translated(texts)
