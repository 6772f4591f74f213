"""Telephone numbers as gateways of short messages want them, and how many parts a short message takes."""

import re

from django.conf import settings

FEWEST_DIGITS = 6
WITH_CODE = 12  # digits of a number that begins with the country's code although nothing says so
PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)  # what goes out seven bits a character; Lao never does
TWICE = frozenset("^{}\\[~]|€")  # take two places among those
MOST_PARTS = 2


def number_of(entered: str) -> str:
    """The number in the international form, +8562055512345, where the pack says the country's code; else as entered.

    The first where several were entered. Empty where it is no number.
    """
    first = re.split(r"[,;/\n]", entered.strip())[0].strip()
    digits = re.sub(r"\D", "", first)
    if len(digits) < FEWEST_DIGITS:
        return ""
    if first.startswith("+"):
        return f"+{digits}"
    code, trunk = settings.CALLING_CODE, settings.TRUNK_PREFIX
    if not code:
        return first
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith(code) and len(digits) >= WITH_CODE:
        return f"+{digits}"
    return f"+{code}{digits.removeprefix(trunk)}"


def parts(text: str) -> int:
    """How many messages the gateway is paid for: 70 characters each, 67 where there are several; 160 and 153 in plain Latin."""
    plain = all(letter in PLAIN or letter in TWICE for letter in text)
    length = len(text) + sum(letter in TWICE for letter in text) if plain else len(text.encode("utf-16-le")) // 2
    one, several = (160, 153) if plain else (70, 67)
    return 1 if length <= one else -(-length // several)


def short_text(words: str, link: str) -> str:
    """Words and the address of the page; the words are cut where the whole would take more than MOST_PARTS parts."""
    text = f"{words} {link}"
    while parts(text) > MOST_PARTS and len(words) > 1:
        words = words.rstrip("…")[:-1].rstrip() + "…"
        text = f"{words} {link}"
    return text
