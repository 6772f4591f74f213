"""What somebody typed into the search box, taken apart."""

from dataclasses import dataclass
from itertools import pairwise

from sala.core import lao
from sala.search import words
from sala.search.analysis import LONGEST_WORD, NEXT_TO, exact_key, key_of, lao_runs, latin_words, quoted
from sala.search.english import stems

LONGEST = 200  # characters that are read
LEAST_FOR_BEGINNING = 3  # letters from which the last word is taken as the beginning of one
FEWEST_CLUSTERS = 2  # of a Lao phrase that is looked for by its letters; one alone stands in half of all texts

ALL, APART, ANY = "all", "apart", "any"
IN_A_ROW = " <-> "


@dataclass(frozen=True)
class Question:
    """phrases  Lao words of each phrase    letters  the same phrases, unbroken
    latin    words in Latin letters and figures, with their stems (empty for words such as "the")
    ends_open  the last word is Latin and may be the beginning of a longer one
    exact    key of the whole, for a title, number or code typed exactly
    """

    text: str
    phrases: tuple[tuple[str, ...], ...]
    letters: tuple[str, ...]
    latin: tuple[tuple[str, str], ...]
    ends_open: bool
    exact: str

    def __bool__(self) -> bool:
        return bool(self.phrases or self.latin)

    def has_several_words(self) -> bool:
        return sum(map(len, self.phrases)) + len(self.latin) > 1

    def query(self, how: str = ALL) -> str:
        """Literal of a tsquery over words: all of them, or any. Three and more typed together stand one after another;
        of two the pairs tell that already (neighbours), without a look into each text."""
        between = " | " if how == ANY else " & "
        terms = [
            "(" + (IN_A_ROW if how == ALL and len(phrase) > 2 else between).join(map(quoted, phrase)) + ")"
            for phrase in self.phrases
        ]
        return between.join(terms + self._latin_terms())

    def neighbours(self, how: str = ALL) -> str:
        """Literal of a tsquery over pairs: the words typed together stand together. Empty when that is not asked."""
        if how != ALL:
            return ""
        pairs = [
            f"{left}{NEXT_TO}{right}"[:LONGEST_WORD] for phrase in self.phrases for left, right in pairwise(phrase)
        ]
        return " & ".join(map(quoted, dict.fromkeys(pairs)))

    def title_query(self) -> str:
        """The same words among those of a title, in any order."""
        terms = [f"~{word}" for phrase in self.phrases for word in phrase]
        terms += [f"~{stem or word}" for word, stem in self._telling()]
        return " & ".join(map(quoted, terms))

    def exact_query(self) -> str:
        """For the title, number or code that is exactly this."""
        return quoted(f"={self.exact}")

    def _telling(self) -> list[tuple[str, str]]:
        """Latin words without those too common to tell anything, unless there is nothing else."""
        telling = [(word, stem) for word, stem in self.latin if stem]
        return telling if telling or self.phrases else list(self.latin)

    def _latin_terms(self) -> list[str]:
        telling = self._telling()
        terms = [quoted(stem or word) for word, stem in telling]
        if self.ends_open and terms and telling[-1] == self.latin[-1]:
            terms[-1] = f"({terms[-1]} | {quoted(self.latin[-1][0])}:*)"
        return terms

    def pairs(self) -> str:
        """Literal of a tsquery over cluster pairs, empty when the letters alone say too little."""
        if not self.letters:
            return ""
        pairs: list[str] = []
        for letters in self.letters:
            runs = lao_runs(lao.normalise(letters))
            if sum(map(len, runs)) < FEWEST_CLUSTERS:
                return ""
            pairs += [first + second for run in runs for first, second in pairwise(run)]
        return " & ".join(map(quoted, dict.fromkeys(pairs)))

    def latin_query(self) -> str:
        return " & ".join(self._latin_terms())


def ask(text: str) -> Question:
    key = key_of(text[:LONGEST])
    found = [part for phrase in words.phrases(key) for part in _between_spaces(phrase)]
    latin = latin_words(key)
    roots = stems(latin)
    ends_open = bool(latin) and key.rstrip().endswith(latin[-1]) and len(latin[-1]) >= LEAST_FOR_BEGINNING
    return Question(
        text=text[:LONGEST],
        phrases=tuple(tuple(found)),
        letters=tuple("".join(part) for part in found),
        latin=tuple((word, roots[word]) for word in latin),
        ends_open=ends_open and not latin[-1].isdigit(),
        exact=exact_key(text[:LONGEST]),
    )


def _between_spaces(phrase: words.Phrase) -> list[tuple[str, ...]]:
    """Words typed without a space belong together. A space within a word was healed and parts nothing."""
    parts: list[list[str]] = []
    end = -1
    for word in phrase.words:
        if word.start == end:
            parts[-1].append(word.text)
        else:
            parts.append([word.text])
        end = word.end
    return [tuple(part) for part in parts]
