"""The colour behind the name of a front door."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LEAST_CONTRAST = 4.5  # of white text on the band, as WCAG asks


def check_band(colour: str) -> None:
    """White text must be readable on it."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Write the colour as # and six digits, for instance #0b4f4a."))
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise ValidationError(_("White text cannot be read on this colour. Choose a darker one."))


def contrast_with_white(colour: str) -> float:
    """Contrast of white text on a colour (#rrggbb), 1 to 21, by WCAG's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
