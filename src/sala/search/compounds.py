"""Which compounds of Lao give up their parts: computed from nothing but ICU's own dictionary.

A dictionary lists both true compounds (rice field + year) and words that only look like two (the syllables of loans
from Pali, of names, of fixed expressions). What tells them apart is how their parts behave in all other entries:

free        a part stands beside many plainly native words (with tone mark or vowels that loans lack); the syllables of
            loans stand beside other loan syllables
productive  the first part opens and the second closes many entries
not a unit  the whole is itself not a part of many longer entries; a fixed expression is

The thresholds were tuned on tests/search_relevance; no word was picked by hand.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

FREE = 0.15  # least share of native partners
PRODUCTIVE = 85  # least product of the two counts, for a whole that is no part of longer entries
LONG = 6  # code points; a part this long is a word of its own
ENTIRE = 3  # code points the other part has at least then

_CONSONANT = "[\u0e81-\u0eae\u0edc\u0edd]"
_NATIVE = re.compile("[\u0ec8-\u0ecb\u0ec1\u0ec3\u0eb7\u0eb6\u0ebd\u0edc\u0edd\u0ebc]|\u0ebb\u0ea7")
_BOUND = re.compile(f"(\u0eb0$|{_CONSONANT}[\u0eb4\u0eb8\u0eb6]$|^{_CONSONANT}{{1,2}}$)")
_OLD_SPELLING = re.compile("\u0ecd[\u0ec8-\u0ecb]?\u0eb2")  # SARA AM in two characters: never met in a key


class Lexicon:
    """A word list with what each word is joined to in the others."""

    def __init__(self, words: Iterable[str]):
        self.words = set(words)
        self.longest = max(map(len, self.words), default=0)
        self.after: dict[str, list[str]] = defaultdict(list)  # word → what follows it in longer entries
        self.before: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.words):
            for cut in range(1, len(word)):
                first, rest = word[:cut], word[cut:]
                if first in self.words and rest in self.words:
                    self.after[first].append(rest)
                    self.before[rest].append(first)

    def freedom(self, word: str) -> float:
        partners = [other for other in (*self.after[word], *self.before[word]) if len(other) <= LONG + 1]
        return (sum(map(is_native, partners)) + 0.5) / (len(partners) + 3)

    def may_stand_alone(self, word: str) -> bool:
        if _BOUND.search(word):
            return False
        return len(word) >= LONG or is_native(word) or self.freedom(word) >= FREE

    def cuts(self, word: str) -> list[int]:
        """Lengths at which this word falls into two words that readers would look for."""
        if _OLD_SPELLING.search(word):
            return []
        as_unit = len(self.after[word]) + len(self.before[word])
        return [cut for cut in range(2, len(word) - 1) if self._parts_at(word[:cut], word[cut:], as_unit)]

    def _parts_at(self, first: str, rest: str, as_unit: int) -> bool:
        if first not in self.words or rest not in self.words:
            return False
        if not (self.may_stand_alone(first) and self.may_stand_alone(rest)):
            return False
        short, long = sorted((len(first), len(rest)))
        if long >= LONG and short >= ENTIRE:
            return True
        return len(self.after[first]) * len(self.before[rest]) >= PRODUCTIVE * (1 + as_unit) ** 2


def is_native(word: str) -> bool:
    return bool(_NATIVE.search(word))


def found_in(words: Iterable[str]) -> list[tuple[str, int]]:
    """All compounds with the length of their first part, sorted."""
    lexicon = Lexicon(words)
    return sorted((word, cut) for word in lexicon.words for cut in lexicon.cuts(word))


def listed(words: Iterable[str]) -> str:
    """One line a compound, the cut marked, for these dictionary words."""
    return "".join(f"{word[:cut]}|{word[cut:]}\n" for word, cut in found_in(words))
