"""Several investors in one cell of the older tables: names joined by commas, which company names hold themselves."""

import re
from collections.abc import Sequence

from sala.concessions.exchange.land_matrix.cells import choices_of

# what may follow a comma within one name: forms of companies, in whatever spelling
_FORM = re.compile(
    r"^(ltd|limited|inc|incorporated|llc|l\.l\.c|plc|corp|corporation|co|company|s\.?a\.?|s\.?a\.?r\.?l|lda|ltda|gmbh|ag|b\.?v|n\.?v|pte|"
    r"pvt|sdn|bhd|s\.?p\.?a|s\.?r\.?l|a\.?s|kg|jsc|lp|l\.p|llp|etc)\b[\s.,]*((ltd|limited|inc|co|kg|bhd|company)\b[\s.,]*)*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"^(unknown|unnamed|not known|n/?a|none|-+|\?+)\b.*$", re.IGNORECASE)


def is_named(name: str) -> bool:
    """Whether a name names anybody: "Unknown" and "Unnamed investor 12" do not."""
    return bool(name.strip()) and not _NOBODY.match(name.strip())


def parted(text: str, countries: Sequence[str], known: Sequence[str] = ()) -> tuple[list[tuple[str, str]], bool]:
    """Investors of a cell as (name, country) and whether each one's country is certain.

    countries  codes of the cell beside it, in order; one country stands for all; with as many as names each has its own
    known      names that hold a comma themselves
    """
    names: list[str] = []
    for piece in choices_of(text, known):
        if names and _FORM.match(piece):
            names[-1] = f"{names[-1]}, {piece}"
        else:
            names.append(" ".join(piece.split()))
    if len(countries) == len(names):
        return list(zip(names, countries, strict=True)), True
    if len(set(countries)) == 1:
        return [(name, countries[0]) for name in names], True
    return [(name, "") for name in names], not countries
