"""Looking up many areas by code and name: built once from a set of areas, then each look-up is a dictionary's."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from sala.core import clock, lao
from sala.places.models import Area, AreaCode, AreaName
from sala.places.names import fold_plain, plain, without_marks

Keys = dict[str, set[int]]


class Finder:
    """Codes and names of a set of areas.

    areas      those that may be found
    one_level  they are of one level: a number that lost its leading zeros in a spreadsheet is then understood
    system     only codes of this system; otherwise those of every system, and the area's own
    day        on which the codes are in force (default: today)
    """

    def __init__(self, areas: QuerySet[Area], one_level: bool = False, system: str = "", day: date | None = None):
        self.areas = {area.pk: area for area in areas.select_related("level")}
        self.words = {area.level_id: area.level.words() for area in self.areas.values()}
        self.by_code: Keys = {}
        self.strict: Keys = {}
        self.loose: dict[int, Keys] = {level: {} for level in self.words}
        self._add_codes(system, day or clock.today())
        self._add_names()
        lengths = {len(area.code) for area in self.areas.values() if area.code.isdecimal()}
        self.pad = lengths.pop() if one_level and len(lengths) == 1 else 0

    def _add_codes(self, system: str, day: date) -> None:
        rows = AreaCode.objects.filter(area__in=self.areas, valid__contains=day)
        if system:
            rows = rows.filter(system=system)
        else:
            for area in self.areas.values():
                self.by_code.setdefault(area.code.casefold(), set()).add(area.pk)
        for pk, value in rows.values_list("area_id", "value"):
            self.by_code.setdefault(value.casefold(), set()).add(pk)

    def _add_names(self) -> None:
        for area in self.areas.values():
            for text in area.name.values():
                self._add_name(area.pk, text)
        for pk, text in AreaName.objects.filter(area__in=self.areas).values_list("area_id", "text"):
            self._add_name(pk, text)

    def _add_name(self, pk: int, text: str) -> None:
        level = self.areas[pk].level_id
        self.strict.setdefault(lao.normalise(text), set()).add(pk)
        folded = fold_plain(plain(text), self.words[level])
        if folded:
            self.loose[level].setdefault(folded, set()).add(pk)

    def coded(self, value: str) -> list[Area]:
        """All areas that the code can mean."""
        code = lao.digits(value.strip()).casefold()
        found = self.by_code.get(code)
        if found is None and self.pad and code.isdecimal():
            found = self.by_code.get(code.zfill(self.pad))
        return self._of(found or ())

    def named(self, text: str) -> list[Area]:
        """All areas that the name can mean: by the strict key, else without spaces, diacritics and level words.

        Each level forgives its own words only, so that the name of a village never finds a district.
        """
        exact = lao.normalise(text)
        found = self.strict.get(exact)
        if found:
            return self._of(found)
        key = without_marks(exact)
        loose: set[int] = set()
        for level, keys in self.loose.items():
            loose |= keys.get(fold_plain(key, self.words[level]), set())
        return self._of(loose)

    def one(self, value: str, within: Area | None = None) -> Area | None:
        """The one area that a code or a name means; None when there is none or more than one.

        within  a name is looked for inside this area only; a code needs no such help
        """
        coded = self.coded(value)
        if coded:
            return coded[0] if len(coded) == 1 else None
        found = self.named(value)
        if within is not None:
            found = [area for area in found if area.path.startswith(within.path)]
        return found[0] if len(found) == 1 else None

    def _of(self, ids: Iterable[int]) -> list[Area]:
        return [self.areas[pk] for pk in ids]
