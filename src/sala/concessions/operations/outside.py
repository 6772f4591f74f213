"""Taking in the deals of another register: those of this country as proposals, those abroad for the networks of holders.

An office that wrote in a concession since has the word: the import then only keeps what the other register says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.names import name_key
from sala.concessions.exchange.investors import is_named, parted
from sala.concessions.exchange.land_matrix.reading import WORDS
from sala.concessions.exchange.placing import Placed, Placer, Size, current, hectares_of
from sala.concessions.models import (
    Concession,
    ConcessionArea,
    ConcessionState,
    ForeignDeal,
    OutsideDeal,
    OutsideImport,
    Party,
    PartyKind,
    Shareholding,
)
from sala.concessions.operations import changes
from sala.concessions.operations.areas import set_area
from sala.concessions.operations.changes import Why
from sala.concessions.operations.concessions import change, enter
from sala.concessions.operations.grants import grant
from sala.concessions.operations.outside_parties import BATCH, KINDS, Investors, Named, join, web_address
from sala.core import clock
from sala.core.language import languages, required_language
from sala.core.operation import operation
from sala.core.pack import Report
from sala.journal.operations import record
from sala.people.models import Organisation

REFUSED = frozenset({"no-number", "twice", "no-deal"})
CONCLUDED = frozenset(
    {"ORAL_AGREEMENT", "CONTRACT_SIGNED", "CHANGE_OF_OWNERSHIP", "CONTRACT_CANCELED", "CONTRACT_EXPIRED"}
)
SHOWN = 200  # characters of a value in a report


@dataclass(frozen=True)
class OutsideDelivery:
    """What is said of a file.

    source  the register it comes from           as_of   the day it describes       keeper  office that keeps the entries
    asked   how it was narrowed there, in words  sha256  of the file
    """

    source: str
    as_of: date
    keeper: Organisation
    file_name: str
    sha256: str
    asked: str = ""


@operation
def import_deals(actor: Actor, read: Mapping[str, Any], delivery: OutsideDelivery) -> tuple[OutsideImport, Report]:
    """Take in what `exchange.land_matrix.reading.read` found. The same file again changes nothing."""
    taken = OutsideImport(
        source=delivery.source, file_name=delivery.file_name, sha256=delivery.sha256, as_of=delivery.as_of,
        asked=delivery.asked, position_id=actor.position_id, read_at=clock.now(),
    )  # fmt: skip
    require(actor, policy.IMPORT, taken)
    taken.position_id = actor.position_id
    taken.save()
    run = _Run(actor, taken, delivery)
    run.tell_faults(read["faults"])
    run.take_investors(read["investors"], read["involvements"])
    run.take_deals(read["deals"])
    report = run.report
    taken.report = {
        "new": report.new, "changed": report.changed, "unchanged": report.unchanged, "refused": len(report.refused),
        "lines": [*report.lines, *report.refused],
    }  # fmt: skip
    taken.save(update_fields=["report"])
    record(
        actor, policy.IMPORT, taken, change="deals read", sha256=delivery.sha256, new=report.new, changed=report.changed,
        unchanged=report.unchanged, refused=len(report.refused),
    )  # fmt: skip
    return taken, report


class _Run:
    def __init__(self, actor: Actor, taken: OutsideImport, delivery: OutsideDelivery):
        self.actor, self.taken, self.delivery = actor, taken, delivery
        self.report = Report()
        self.placer = Placer(delivery.keeper)
        self.investors = Investors(delivery.source, delivery.keeper)

    # ---- what is told ------------------------------------------------------------------------------------------

    def tell_faults(self, faults: list[list[Any]]) -> None:
        for file, row, number, column, text, why in faults:
            words = (
                f"{file} row {row}{f', {number}' if number else ''}: {column}: “{_short(text)}” {WORDS.get(why, why)}"
            )
            if why in REFUSED:
                self.report.refuse(words)
            else:
                self.report.lines.append(f"? {words}")

    def tell(self, deal: str, column: str, text: str, words: str) -> None:
        self.report.lines.append(f"? {deal}: {column}: “{_short(text)}” {words}")

    # ---- parties -----------------------------------------------------------------------------------------------

    def take_investors(self, investors: list[dict[str, Any]], involvements: list[dict[str, Any]]) -> None:
        for row in investors:
            if not is_named(row["name"]):
                self.tell(row["id"], "Name", row["name"], "names nobody; kept as a party that is not known")
            self.investors.find(self._named(row))
        links = []
        for row in involvements:
            owner, owned = (
                self.investors.by_number.get(row[end][0]) or self.investors.find(Named(row[end][1], number=row[end][0]))
                for end in ("owner", "owned")
            )
            role = Shareholding.Role.LENDER if row["role"] == "LENDER" else Shareholding.Role.PARENT
            links.append({
                "owner": owner, "owned": owned, "role": role, "share": Decimal(row["share"]) if row["share"] else None,
                "where": "{} row {}".format(*row["place"]),
            })  # fmt: skip
        before = len(self.investors.new)
        self.investors.save(self.report)
        self.report.unchanged += len(investors) - min(before, len(investors))
        join(self.delivery.source, links, self.investors, self.report)
        self.investors.new, self.investors.links, self.investors.changed = [], [], {}

    def _named(self, row: Mapping[str, str]) -> Named:
        codes, unknown = self.placer.countries.several(row["country"])
        if unknown or len(codes) > 1:
            self.tell(row["id"], "Country of registration/origin", row["country"], "is not one known country; left out")
        website = web_address(row.get("homepage", ""))
        if row.get("homepage") and not website:
            self.tell(row["id"], "Investor homepage", row["homepage"], "is no address of the web; left out")
        return Named(row["name"], codes[0] if len(codes) == 1 and not unknown else "", row["id"],
                     KINDS.get(row.get("class", ""), PartyKind.UNKNOWN), website)  # fmt: skip

    def _parties(self, deal: dict[str, Any]) -> list[Party]:
        """Everybody whom a deal names, the operating company first; each once."""
        found: list[Party] = []
        operator = deal.get("operator") or {}
        if operator.get("name") and is_named(operator["name"]):
            found.append(self.investors.find(self._named({**operator, "class": ""})))
        for parent in deal.get("parents", []):
            if is_named(parent["name"]):
                found.append(self.investors.find(self._named(parent)))
        written = deal.get("investors_written") or {"name": "", "country": ""}
        codes, unknown = self.placer.countries.several(written["country"])
        if unknown:
            self.tell(deal["id"], "Investor country", ", ".join(unknown), "is no known country; left out")
        pairs, sure = parted(written["name"], codes)
        if not sure:
            self.tell(
                deal["id"],
                "Investor country",
                written["country"],
                "cannot be told apart for several investors; left out",
            )
        for name, code in pairs:
            if is_named(name):
                found.append(self.investors.find(Named(name, code)))
            elif name:
                self.tell(deal["id"], "Investor name", name, "names nobody; left out")
        return list({id(party): party for party in found}.values())

    # ---- deals -------------------------------------------------------------------------------------------------

    def take_deals(self, deals: list[dict[str, Any]]) -> None:
        known: dict[str, OutsideDeal | ForeignDeal] = {}
        for model in (OutsideDeal, ForeignDeal):
            known |= {row.outside_id: row for row in model.objects.filter(source=self.delivery.source)}
        todo = []
        for values in deals:
            deal = {key: value for key, value in values.items() if key != "place"}
            row = known.get(deal["id"])
            if row is not None and row.as_of > self.delivery.as_of:
                self.report.lines.append(
                    f"= {deal['id']}: what is here describes a later day ({row.as_of}); nothing changed"
                )
                self.report.count("unchanged")
                continue
            todo.append((deal, row, self._parties(deal)))
        self.investors.save(self.report)
        foreign: list[tuple[ForeignDeal, list[Party]]] = []
        for deal, row, parties in todo:
            codes, unknown = self.placer.countries.several(deal["country"])
            if row is None and self.placer.home_code in codes:
                self._propose(deal, parties)
            elif row is None:
                if unknown or not codes:
                    self.tell(
                        deal["id"], "Target country", deal["country"], "is no known country; kept as a deal abroad"
                    )
                foreign.append((self._foreign(deal, codes), parties))
                self.report.count("new", f"deal {deal['id']} abroad")
            else:
                self._renew(row, deal, parties)
        self._write_foreign(foreign)
        missing = len(known) - sum(row is not None for _deal, row, _parties in todo)
        if missing and deals:
            self.report.lines.append(f"= {missing} deals known here are not in this file or older in it; they stay")

    def _foreign(self, deal: dict[str, Any], codes: list[str]) -> ForeignDeal:
        row = ForeignDeal(source=self.delivery.source, outside_id=deal["id"])
        self._fill(row, deal)
        row.country = codes[0] if codes else ""
        return row

    def _fill(self, row: ForeignDeal, deal: dict[str, Any]) -> None:
        row.values, row.as_of, row.imported = deal, self.delivery.as_of, self.taken
        row.state, row.hectares = current(deal.get("negotiation", []), "code")[:40], hectares_of(deal)

    def _write_foreign(self, foreign: list[tuple[ForeignDeal, list[Party]]]) -> None:
        ForeignDeal.objects.bulk_create([row for row, _parties in foreign], batch_size=BATCH)
        through = ForeignDeal.parties.through
        through.objects.bulk_create(
            (through(foreigndeal_id=row.pk, party_id=party.pk) for row, parties in foreign for party in parties),
            batch_size=BATCH,
        )

    def _renew(self, row: OutsideDeal | ForeignDeal, deal: dict[str, Any], parties: list[Party]) -> None:
        """A deal that is known: what this file says otherwise is taken over; columns that it lacks stay."""
        merged = {**row.values, **deal, "rest": {**row.values.get("rest", {}), **deal.get("rest", {})}}
        different = {key: (row.values.get(key), merged[key]) for key in merged if row.values.get(key) != merged[key]}
        if not different:
            self.report.count("unchanged")
            if row.as_of != self.delivery.as_of:
                type(row).objects.filter(pk=row.pk).update(as_of=self.delivery.as_of)
            return
        if isinstance(row, ForeignDeal):
            self._fill(row, merged)
        else:
            row.values, row.as_of, row.imported = merged, self.delivery.as_of, self.taken
            self._bring_up_to_date(row, merged, parties)
        row.save()
        row.parties.add(*parties)
        self.report.count("changed")
        for key, (old, new) in different.items():
            self.report.lines.append(f"~ {deal['id']}: {key}: {_told(old)} → {_told(new)}")

    # ---- proposals for this country ----------------------------------------------------------------------------

    def _propose(self, deal: dict[str, Any], parties: list[Party]) -> None:
        placed = self._placed(deal)
        source = f"{self.delivery.source} {deal['id']}"
        concession = enter(
            self.actor, kind=placed.kind, name=self._name(deal, parties, source), sector=placed.sector, area=placed.area,
            lead=self.delivery.keeper, commodities=placed.commodities, places=placed.places, reason=source,
            state=ConcessionState.PROPOSED, outside_source=self.delivery.source, outside_id=deal["id"], source=source,
            is_confidential=deal.get("confidential", False), confidential_reason=source if deal.get("confidential") else "",
        )  # fmt: skip
        self._set_sizes(concession, placed, source)
        self._grant(concession, deal, placed, parties, source)
        concession.refresh_from_db(fields=["version"])
        row = OutsideDeal.objects.create(
            source=self.delivery.source, outside_id=deal["id"], as_of=self.delivery.as_of, values=deal, imported=self.taken,
            concession=concession, version=concession.version,
        )  # fmt: skip
        row.parties.set(parties)
        self.report.count("new", f"{concession.reference}: deal {deal['id']}, {placed.area}")

    def _placed(self, deal: dict[str, Any]) -> Placed:
        placed = self.placer.place(deal)
        for column, text, words in placed.faults:
            self.tell(deal["id"], column, text, words)
        return placed

    def _name(self, deal: dict[str, Any], parties: list[Party], source: str) -> dict[str, str]:
        text = deal.get("project") or (str(parties[0]) if parties else source)
        return dict.fromkeys({required_language(), *({"en"} & set(languages()))}, text)

    def _set_sizes(self, concession: Concession, placed: Placed, source: str) -> None:
        for size in placed.sizes:
            if size.current:
                self._set_size(concession, size, placed, source)
            else:
                self._keep_older(concession, size, source)

    def _set_size(self, concession: Concession, size: Size, placed: Placed, source: str) -> None:
        point = Point(*placed.point, srid=4326) if placed.point else None
        set_area(
            self.actor, concession, purpose=size.purpose, accuracy=placed.accuracy, stated_ha=size.hectares, point=point,
            measured_on=size.day, reason=source, method=source, note=_as_written(size),
        )  # fmt: skip

    def _keep_older(self, concession: Concession, size: Size, source: str) -> None:
        """A size that held before: kept with its day, and never current."""
        row = ConcessionArea(
            concession=concession, purpose=size.purpose, accuracy="unit", stated_ha=size.hectares, measured_on=size.day,
            method=source, note=_as_written(size), is_current=False,
        )  # fmt: skip
        row.save()
        changes.entered(self.actor, concession, row, Why(source, effective_on=size.day))

    def _grant(
        self, concession: Concession, deal: dict[str, Any], placed: Placed, parties: list[Party], source: str
    ) -> None:
        if current(deal.get("negotiation", []), "code") not in CONCLUDED or not parties:
            return
        operator = (deal.get("operator") or {}).get("name", "")
        if len(parties) > 1 and not (operator and name_key(operator) in parties[0].keys):
            self.tell(
                deal["id"],
                "Investor name",
                ", ".join(map(str, parties)),
                "are several; who holds which share is to be entered",
            )
            return
        contract: dict[str, str] = next(iter(deal.get("contracts", [])), {})
        granted = [size.hectares for size in placed.sizes if size.purpose == "granted" and size.current]
        grant(
            self.actor, concession, holder=parties[0], granted_ha=granted[-1] if granted else None, reason=source,
            signed_on=_full_day(contract.get("Contract date", "")), number=contract.get("Contract number", "")[:80],
            ends_on=_full_day(contract.get("Contract expiration date", "")),
        )  # fmt: skip

    def _bring_up_to_date(self, row: OutsideDeal, deal: dict[str, Any], parties: list[Party]) -> None:
        concession = Concession.objects.get(pk=row.concession_id)
        if concession.version != row.version or concession.state != ConcessionState.PROPOSED:
            self.report.lines.append(
                f"! {deal['id']}: an office keeps {concession.reference} since; compare and change it there"
            )
            return
        placed = self._placed(deal)
        source = f"{row.source} {row.outside_id}"
        reason = f"{source}, {self.delivery.as_of}"
        concession = change(
            self.actor, concession, concession.version, reason=reason, kind=placed.kind, sector=placed.sector, area=placed.area,
            commodities=placed.commodities, name=self._name(deal, parties, source),
        )  # fmt: skip
        for size in placed.sizes:
            same = concession.areas.filter(purpose=size.purpose, stated_ha=size.hectares, note=_as_written(size))
            if size.current and not same.filter(is_current=True).exists():
                self._set_size(concession, size, placed, reason)
            elif not size.current and not same.exists():
                self._keep_older(concession, size, reason)
        concession.refresh_from_db(fields=["version"])
        row.version = concession.version


def _as_written(size: Size) -> str:
    """The date of a size where it is less than a day: only the day that it may begin with is in the column."""
    return f"as of {size.on}" if size.on and len(size.on) < 10 else ""


def _full_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _told(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        parts = ("on", "area", "code")
        return "; ".join(" ".join(str(row[part]) for part in parts if row.get(part)) for row in value)[:SHOWN] or "none"
    if isinstance(value, dict):
        return _short(", ".join(f"{key}: {text}" for key, text in value.items()))
    return _short(str(value if value not in (None, "", []) else "none"))
