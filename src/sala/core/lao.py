"""The Lao script: search keys, words, orthographic clusters, line breaks.

Stored text stays as typed (NFC). Search keys fold the ways in which people type the same word: a decomposed SARA AM,
the two spellings of the H-nasals, tone before vowel, zero-width marks, Lao digits. Words and line breaks come from
ICU's Lao dictionary; clusters are the smallest written units (a consonant with what hangs on it) and need none.
"""

import re
import unicodedata

from icu4py.breakers import LineBreaker, WordBreaker

ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
LAO_DIGITS = {0x0ED0 + digit: str(digit) for digit in range(10)}
BREAK = "\u200b"

_TONES = "\u0ec8-\u0ecd"
_VOWEL_MARKS = "\u0eb1\u0eb4-\u0eb9\u0ebb"
_TONE_BEFORE_VOWEL = re.compile(f"([\u0ec8-\u0ecc]+)([{_VOWEL_MARKS}\u0ebc]+)")
_TONE_AROUND_NIKHAHIT = re.compile("\u0ecd([\u0ec8-\u0ecb]+)")
_REPEATED_MARK = re.compile(f"([{_VOWEL_MARKS}{_TONES}])\\1+")
_LAO = re.compile("[\u0e80-\u0eff]")
_CLUSTER = re.compile(
    "[\u0ec0-\u0ec4]*"  # vowels written before their consonant
    "[\u0e81-\u0eae\u0edc-\u0edf]"  # the consonant
    f"[{_VOWEL_MARKS}\u0ebc{_TONES}]*"  # marks above and below
    "[\u0eb0\u0eb2\u0ebd]?"  # vowels written after it
    f"[{_TONES}]*"
    "|[0-9a-z]+|[\u0e80-\u0eff]",
)


def has_lao(text: str) -> bool:
    return bool(_LAO.search(text))


def stored(text: str) -> str:
    """Text as it is kept: NFC, without invisible marks."""
    return unicodedata.normalize("NFC", text).translate(ZERO_WIDTH)


def digits(text: str) -> str:
    """Lao digits written as 0-9."""
    return text.translate(LAO_DIGITS)


def normalise(text: str) -> str:
    """Search key of a text: every accepted spelling of a word gives the same key. Lower case, single spaces."""
    key = unicodedata.normalize("NFKC", text).translate(ZERO_WIDTH).translate(LAO_DIGITS).casefold()
    key = key.replace("\u0ec0\u0ec0", "\u0ec1")  # two E typed for one EI
    key = key.replace("\u0edc", "\u0eab\u0e99").replace("\u0edd", "\u0eab\u0ea1")
    key = key.replace("\u0eab\u0ea5", "\u0eab\u0ebc").replace("\u0eab\u0ea3", "\u0eab\u0ebc")
    key = _REPEATED_MARK.sub(r"\1", key)
    key = _TONE_BEFORE_VOWEL.sub(r"\2\1", key)
    # SARA AM comes as nikhahit + aa; a tone may stand before or after the nikhahit
    key = _TONE_AROUND_NIKHAHIT.sub("\\1\u0ecd", key)
    return " ".join(key.split())


def words(text: str) -> list[str]:
    """Words of a text by ICU's dictionary, without spaces and punctuation."""
    pieces = map(str, WordBreaker(text, "lo"))
    return [piece for piece in pieces if piece[:1].isalnum() or any(map(str.isalnum, piece))]


def keys(text: str) -> frozenset[str]:
    """Search keys of the words of a text, in whatever spelling, without marks that repeat a word.

    ICU knows words as they are usually written, so the folding of the key is undone for finding where they end.
    """
    usual = (
        _NIKHAHIT_AA.sub("\\1\u0eb3", normalise(text))
        .replace("\u0eab\u0e99", "\u0edc")
        .replace("\u0eab\u0ea1", "\u0edd")
    )
    return frozenset(normalise(word) for word in words(usual) if word != "\u0ec6")


_NIKHAHIT_AA = re.compile("([\u0ec8-\u0ecb]?)\u0ecd\u0eb2")


def clusters(text: str) -> list[list[str]]:
    """Runs of orthographic clusters of a normalised text; a run ends at a space or punctuation."""
    return [_CLUSTER.findall(run) for run in re.findall("[\u0e80-\u0eff0-9a-z]+", text)]


def break_lines(text: str) -> str:
    """Text with a zero-width space wherever a line may break, and SARA AM split, for engines without Lao rules.

    WeasyPrint draws an unbroken Lao paragraph off the page and confuses SARA AM with SARA AA in the text layer.
    """
    if not has_lao(text):
        return text
    pieces = [str(piece) for piece in LineBreaker(text, "lo")]
    joined = BREAK.join(piece for piece in pieces if piece)
    joined = joined.replace(" " + BREAK, " ")
    return _SARA_AM.sub(lambda found: "\u0ecd" + (found.group(1) or "") + "\u0eb2", joined)


_SARA_AM = re.compile("([\u0ec8-\u0ecb])?\u0eb3")
