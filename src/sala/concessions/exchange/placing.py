"""Where the values of a deal of this country belong here: place, sector, commodities, sizes. What finds no place is told.

Words of the other register are matched with the vocabularies of the country pack: by the name of a term, or by the names
that the term lists under "land_matrix". Nothing is guessed: what is not certain goes to the larger place, or is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sala.concessions.exchange.countries import Countries
from sala.concessions.exchange.land_matrix import labels
from sala.concessions.models import Accuracy, AreaPurpose, ConcessionKind
from sala.core import clock
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.finder import Finder
from sala.places.matching import SAME_SOUND
from sala.places.models import Area
from sala.places.names import fold, similarity
from sala.places.queries import areas_on, country

Fault = tuple[str, str, str]  # column, text, what became of it

_EXACT = frozenset({"EXACT_LOCATION", "COORDINATES", "APPROXIMATE_LOCATION"})
_UNNAMED = frozenset({"", "agriunspecified", "forestunspecified", "other", "other (please specify)"})


@dataclass(frozen=True)
class Size:
    """hectares of a purpose, as of `on` (ISO date, month or year as written; empty when not known)."""

    purpose: str
    hectares: Decimal
    on: str
    current: bool

    @property
    def day(self) -> date | None:
        """The first day that the date may mean, for sorting; None when not known or in the future."""
        parts = [int(part) for part in self.on.split("-") if part]
        if not parts:
            return None
        try:
            day = date(*[*parts, 1, 1][:3])
        except ValueError:
            return None
        return day if day <= clock.today() else None


@dataclass
class Placed:
    kind: str
    sector: Term
    area: Area
    places: list[Area] = field(default_factory=list)
    commodities: list[Term] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    accuracy: str = Accuracy.UNIT
    point: tuple[float, float] | None = None
    faults: list[Fault] = field(default_factory=list)


def home_names(whole: Area) -> dict[str, str]:
    """Names of this country → its ISO code (its own code where none is kept)."""
    listed = whole.codes.filter(system="iso3166-1").values_list("value", flat=True)
    code = next((value for value in listed if len(value) == 2), whole.code)
    names = [*whole.name.values(), *whole.names.values_list("text", flat=True), *listed]
    return dict.fromkeys(names, code)


class Placer:
    """Built once for a file."""

    def __init__(self, keeper: Organisation):
        self.country = country()
        self.home = home_names(self.country)
        self.home_code = next(iter(self.home.values()), self.country.code)
        self.countries = Countries(self.home)
        self.finder = Finder(areas_on(clock.today()))
        self.sectors = {term.code: term for term in Term.objects.filter(scheme="sector")}
        self.commodities = _by_words(Term.objects.filter(scheme="commodity", retired=False))
        self.intentions = _by_words(self.sectors.values())
        self.unknown_sector: Term = keeper.sector or next(iter(self.sectors.values()))

    def is_home(self, deal: dict[str, Any]) -> bool:
        return self.home_code in self.countries.several(deal["country"])[0]

    def place(self, deal: dict[str, Any]) -> Placed:
        faults: list[Fault] = []
        commodities = self._commodities(deal, faults)
        area, places = self._areas(deal, faults)
        accuracy, point = self._point(deal, faults)
        return Placed(
            kind=self._kind(deal, faults), sector=self._sector(deal, commodities, faults), area=area, places=places,
            commodities=commodities, sizes=_sizes(deal, faults), accuracy=accuracy, point=point, faults=faults,
        )  # fmt: skip

    def _kind(self, deal: dict[str, Any], faults: list[Fault]) -> str:
        natures = deal.get("nature", [])
        if natures == ["LEASE"]:
            return ConcessionKind.LEASE
        if natures not in (["CONCESSION"], ["EXPLOITATION_PERMIT"]):
            faults.append(
                (
                    "Nature of the deal",
                    ", ".join(natures),
                    "does not tell a lease from a concession; entered as a concession",
                )
            )
        return ConcessionKind.CONCESSION

    def _commodities(self, deal: dict[str, Any], faults: list[Fault]) -> list[Term]:
        found: dict[int, Term] = {}
        for entry in deal.get("products", []):
            if entry["kind"] == "electricity" and "electricity" in self.commodities:
                term = self.commodities["electricity"]
                found[term.pk] = term
                continue
            for label in entry["choices"]:
                named = self.commodities.get(_key(label))
                if named is None:
                    faults.append((entry["kind"], label, "is no commodity here; left out"))
                elif entry["current"]:
                    found[named.pk] = named
        return list(found.values())

    def _sector(self, deal: dict[str, Any], commodities: Sequence[Term], faults: list[Fault]) -> Term:
        for term in commodities:
            if (sector := self.sectors.get(term.data.get("sector", ""))) is not None:
                return sector
        written = [label for entry in deal.get("intention", []) for label in entry["choices"]]
        for label in written:
            if (sector := self.intentions.get(_key(label))) is not None:
                return sector
        faults.append(
            (
                "Intention of investment",
                ", ".join(written),
                f"names no sector here; entered under {self.unknown_sector}",
            )
        )
        return self.unknown_sector

    def _areas(self, deal: dict[str, Any], faults: list[Fault]) -> tuple[Area, list[Area]]:
        if "locations" in deal:
            texts = [row.get("Location", "") for row in deal["locations"]]
        else:
            texts = [deal.get("location", "")]
        found: list[Area] = []
        for text in texts:
            found += self._named(text, faults)
        inner = [
            one for one in found if not any(other.pk != one.pk and other.path.startswith(one.path) for other in found)
        ]
        places = list({one.pk: one for one in inner}.values())
        if not places:
            return self.country, []
        if len(places) == 1:
            return places[0], []
        return self._common(places), places

    def _named(self, text: str, faults: list[Fault]) -> list[Area]:
        pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
        pieces = [piece for piece in pieces if self.countries.one(piece) != self.home_code]
        meant = {piece: self._meant(piece) for piece in pieces}
        certain = [ones[0] for ones in meant.values() if len(ones) == 1]
        found = []
        for piece, ones in meant.items():
            within = [
                one for one in ones if any(one.path.startswith(whole.path) and one.pk != whole.pk for whole in certain)
            ]
            widest = [one for one in ones if all(other.path.startswith(one.path) for other in ones)]
            chosen = ones if len(ones) == 1 else within if len(within) == 1 else widest
            if len(chosen) == 1:
                found.append(chosen[0])
            elif ones:
                faults.append(
                    ("Location", piece, f"may mean {', '.join(f'{one} ({one.code})' for one in ones)}; left out")
                )
            else:
                faults.append(("Location", piece, "is no place here; left out"))
        return found

    def _meant(self, piece: str) -> list[Area]:
        """All areas that a piece may mean. One that is called after the town in it is heard as the larger area as well."""
        found = {area.pk: area for area in self.finder.named(piece)}
        for level, keys in self.finder.loose.items():
            words = self.finder.words[level]
            for pk in keys.get(fold(piece, words), set()):
                found[pk] = self.finder.areas[pk]
        for area in list(found.values()):
            for pk in area.within()[:-1]:
                larger = self.finder.areas.get(pk)
                if larger is not None and _heard_alike(piece, larger):
                    found[larger.pk] = larger
        return list(found.values())

    def _common(self, places: Iterable[Area]) -> Area:
        chains = [one.within() for one in places]
        shared = [pk for pk, *others in zip(*chains, strict=False) if all(other == pk for other in others)]
        return self.finder.areas[shared[-1]] if shared and shared[-1] in self.finder.areas else self.country

    def _point(self, deal: dict[str, Any], faults: list[Fault]) -> tuple[str, tuple[float, float] | None]:
        """A point counts only where the other register says that it lies there; that of a region stands for the region."""
        points = [
            row["point"] for row in deal.get("locations", []) if row.get("point") and row.get("accuracy") in _EXACT
        ]
        if len(points) > 1:
            faults.append(
                ("Point", "; ".join(f"{y}, {x}" for x, y in points), "are several points; no single one is entered")
            )
        return (Accuracy.POINT, tuple(points[0])) if len(points) == 1 else (Accuracy.UNIT, None)


def _heard_alike(piece: str, area: Area) -> bool:
    words = area.level.words()
    return any(similarity(fold(piece, words), fold(text, words)) >= SAME_SOUND for text in area.name.values())


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _by_words(terms: Iterable[Term]) -> dict[str, Term]:
    found: dict[str, Term] = {}
    for term in terms:
        for text in (term.code, *term.name.values(), *term.data.get("land_matrix", [])):
            found.setdefault(_key(text), term)
    return found


def _sizes(deal: dict[str, Any], faults: list[Fault]) -> list[Size]:
    found = []
    if deal.get("intended"):
        found.append(Size(AreaPurpose.REQUESTED, Decimal(deal["intended"]), "", True))
    for key, purpose in (("contract", AreaPurpose.GRANTED), ("production", AreaPurpose.IMPLEMENTATION)):
        for entry in sorted(deal.get(key, []), key=lambda entry: (entry["current"], entry["on"])):
            if not entry["area"]:
                continue
            hectares = Decimal(entry["area"]).quantize(Decimal("0.01"))
            if not 0 <= hectares < 10**10:
                faults.append((key, entry["area"], "is no size of land; left out"))
                continue
            found.append(Size(purpose, hectares, entry["on"], entry["current"]))
    return found


def current(rows: Sequence[dict[str, Any]], part: str) -> Any:
    """The value of the entry that is current, else of the latest; "" when there is none."""
    chosen = [row for row in rows if row["current"]] or sorted(rows, key=lambda row: row["on"])
    return chosen[-1][part] if chosen else ""


def hectares_of(deal: dict[str, Any]) -> Decimal | None:
    """Size of a deal as the Land Matrix reckons it: by its state the intended, else the agreed, else the size at work."""
    state = current(deal.get("negotiation", []), "code")
    sizes = [current(deal.get("contract", []), "area"), current(deal.get("production", []), "area")]
    if state in labels.INTENDED:
        sizes.insert(0, deal.get("intended", ""))
    chosen = next((size for size in sizes if size), "")
    return Decimal(chosen).quantize(Decimal("0.01")) if chosen else None
