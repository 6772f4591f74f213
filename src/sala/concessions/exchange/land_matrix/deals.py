"""One deal as it is kept here, from a row of any vintage. Plain values only; a key is there when the vintage has the column.

id, country (as written), nature (codes), intended (ha), contract and production (entries with area), negotiation and
implementation (entries with code), intention (entries with area and choices), products (entries with kind, area and
choices), investors and parents (id, name, country), operator (id, name, country, class …), project, communities,
confidential, rest (heading → text of every other column). See cells for entries.
"""

import re
from collections.abc import Mapping
from typing import Any

from sala.concessions.exchange.land_matrix import cells, labels
from sala.concessions.exchange.land_matrix.headings import PLAIN

Faults = list[tuple[str, str, str]]  # column, text, key of cells.WHY

_YEAR = re.compile(r"^\[([^\]]*)\]\s*(.*)$", re.DOTALL)
_SIZES = {
    "contract": "Size under contract (leased or purchased area, in ha)",
    "production": "Size in operation (production, in ha)",
}
_STATES: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "negotiation": ("Negotiation status", labels.NEGOTIATION),
    "implementation": ("Implementation status", labels.IMPLEMENTATION),
}
_PRODUCTS = {
    "crop": "Crops area/yield/export",
    "animal": "Livestock area/yield/export",
    "mineral": "Mineral resources area/yield/export",
}
_JOBS = {
    "total": "Current total number of jobs/employees/ daily/seasonal workers",
    "foreign": "Current foreign number of jobs/employees/ daily/seasonal workers",
    "domestic": "Current domestic number of jobs/employees/ daily/seasonal workers",
}
_OPERATOR = {
    "id": "Operating company: Investor ID",
    "name": "Operating company: Name",
    "country": "Operating company: Country of registration/origin",
    "class": "Operating company: Classification",
    "homepage": "Operating company: Investor homepage",
}
_ELECTRICITY = "Electricity generation"
_NATURE, _INTENDED, _INTENTION = "Nature of the deal", "Intended size (in ha)", "Intention of investment"
_DERIVED = frozenset(
    {"Deal size", "Current size under contract", "Current size in operation (production)", "Current negotiation status",
     "Current implementation status"}
)  # fmt: skip


def deal_of(row: Mapping[str, str]) -> tuple[dict[str, Any], Faults]:
    """The deal of a row (heading → text), and what in it could not be read."""
    values = {PLAIN.get(heading, heading): text.strip() for heading, text in row.items()}
    reader = _Reader(values)
    deal: dict[str, Any] = {"id": values.pop("Deal ID"), "country": values.pop("Target country")}
    deal |= reader.sizes() | reader.states() | reader.nature() | reader.purposes() | reader.parties() | reader.others()
    deal["rest"] = {heading: text for heading, text in reader.left() if text and heading not in _DERIVED}
    return deal, reader.faults


class _Reader:
    def __init__(self, values: dict[str, str]):
        self.values, self.faults = values, Faults()
        self.used = {"Deal ID", "Target country"}

    def take(self, heading: str) -> str | None:
        """The text of a column, empty or not; None when the vintage has no such column."""
        self.used.add(heading)
        return self.values.get(heading)

    def left(self) -> list[tuple[str, str]]:
        return [(heading, text) for heading, text in self.values.items() if heading not in self.used]

    def packed(self, heading: str, *parts: str) -> list[dict[str, Any]] | None:
        text = self.take(heading)
        if text is None:
            return None
        found, faults = cells.entries(text, parts)
        self.faults += [(heading, wrong, why) for wrong, why in faults]
        return found

    def sizes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        text = self.take(_INTENDED)
        if text is not None:
            number = cells.number_of(text)
            if number is None:
                self.faults.append((_INTENDED, text, "number"))
            found["intended"] = number or ""
        for key, heading in _SIZES.items():
            rows = self.packed(heading, "area")
            if rows is not None:
                found[key] = rows
        return found

    def states(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, (heading, table) in _STATES.items():
            text = self.take(heading)
            if text is None:
                continue
            year = _YEAR.match(text)
            rows, faults = cells.entries(f"{year[1]}#current#{year[2]}" if year else text, ("label",))
            self.faults += [(heading, wrong, why) for wrong, why in faults]
            for entry in rows:
                label = entry.pop("label")
                entry["code"] = labels.code_of(label, table) or label
                if label and entry["code"] not in table:
                    self.faults.append((heading, label, "label"))
            found[key] = [entry for entry in rows if entry["code"] or entry["on"]]
        return found

    def nature(self) -> dict[str, Any]:
        text = self.take(_NATURE)
        if text is None:
            return {}
        found = []
        for label in (one for part in text.split("|") for one in cells.choices_of(part)):
            code = labels.code_of(label, labels.NATURE)
            if code is None:
                self.faults.append((_NATURE, label, "label"))
            found.append(code or label)
        return {"nature": found}

    def purposes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        intention = self.packed(_INTENTION, "area", "choices")
        if intention is not None:
            found["intention"] = intention
        products = []
        for kind, heading in _PRODUCTS.items():
            rows = self.packed(heading, "area", "yield", "export", "choices")
            products += [{"kind": kind, **entry} for entry in rows or ()]
        rows = self.packed(_ELECTRICITY, "area", "choices", "export", "turbines", "now", "intended")
        products += [{"kind": "electricity", **entry} for entry in rows or ()]
        if any(heading in self.values for heading in (*_PRODUCTS.values(), _ELECTRICITY)):
            found["products"] = products
        return found

    def parties(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        name, country = self.take("Investor name"), self.take("Investor country")
        if name is not None:
            found["investors_written"] = {"name": name, "country": country or ""}
        parents = self.take("Top parent companies")
        if parents is not None:
            found["parents"] = cells.named(parents, ("name", "id", "country"))
        operator = {key: self.take(heading) for key, heading in _OPERATOR.items()}
        if operator["id"] is not None:
            found["operator"] = {key: text or "" for key, text in operator.items()}
        return found

    def others(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, heading in (
            ("project", "Name of investment project"),
            ("location", "Location"),
            ("created", "Created at"),
        ):
            text = self.take(heading)
            if text is not None:
                found[key] = text
        communities = self.take("Name of community")
        if communities is not None:
            found["communities"] = cells.names(communities)
        jobs = {kind: self.packed(heading, "jobs", "employees", "workers") for kind, heading in _JOBS.items()}
        if any(rows is not None for rows in jobs.values()):
            found["jobs"] = {kind: rows for kind, rows in jobs.items() if rows}
        hidden = self.take("Not public")
        if hidden is not None:
            found["confidential"] = labels.truth(hidden) is True
        return found
