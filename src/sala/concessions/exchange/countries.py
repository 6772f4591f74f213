"""Countries by the names that others write: ISO 3166-1 codes, also from cells that hold several names."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

# names of the United Nations and older ones that the Unicode list (CLDR) writes in another way
_ALSO = {
    "viet nam": "VN", "united states of america": "US", "united kingdom of great britain and northern ireland": "GB",
    "democratic republic of the congo": "CD", "united republic of tanzania": "TZ", "russian federation": "RU",
    "republic of korea": "KR", "democratic people s republic of korea": "KP", "myanmar": "MM", "congo": "CG", "turkey": "TR",
    "hong kong special administrative region": "HK", "china hong kong special administrative region": "HK",
    "macao special administrative region": "MO", "china macao special administrative region": "MO", "swaziland": "SZ",
    "bolivia plurinational state of": "BO", "venezuela bolivarian republic of": "VE", "iran islamic republic of": "IR",
    "micronesia federated states of": "FM", "czech republic": "CZ", "syrian arab republic": "SY", "republic of moldova": "MD",
    "sao tome and principe": "ST", "the former yugoslav republic of macedonia": "MK", "cape verde": "CV",
    "brunei darussalam": "BN", "state of palestine": "PS", "netherlands kingdom of the": "NL", "taiwan province of china": "TW",
    "united states virgin islands": "VI", "china taiwan province of china": "TW",
}  # fmt: skip
_NOT_A_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_SEPARATORS = re.compile(r"[^\w]+")


def _key(text: str) -> str:
    return " ".join(_SEPARATORS.sub(" ", text.casefold().replace("&", " and ")).split())


@cache
def _listed() -> dict[str, str]:
    territories = Locale("en").territories
    found = {
        _key(name): code
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_A_COUNTRY
    }
    return found | _ALSO


class Countries:
    """home  names of the country of this installation → its code; they come before all others"""

    def __init__(self, home: Mapping[str, str]):
        self.known = {**_listed(), **{_key(name): code for name, code in home.items()}}

    def one(self, text: str) -> str:
        """The code of one country, also of a two-letter code itself; empty when the name is not known."""
        word = text.strip()
        if len(word) == 2 and word.isupper() and word in self.known.values():
            return word
        return self.known.get(_key(word), "")

    def several(self, text: str) -> tuple[list[str], list[str]]:
        """(codes in order, names not known) of a cell in which names are joined by comma and space.

        Some names hold a comma themselves, so the longest name that is known is taken first.
        """
        pieces = [piece.strip() for piece in text.split(",")]
        codes, unknown, place = [], [], 0
        while place < len(pieces):
            for end in range(len(pieces), place, -1):
                code = self.one(", ".join(pieces[place:end]))
                if code:
                    codes.append(code)
                    place = end
                    break
            else:
                if pieces[place]:
                    unknown.append(pieces[place])
                place += 1
        return codes, unknown
