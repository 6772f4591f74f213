"""Investors of another register as parties here: found again by number or, where a file has none, by name and country."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from sala.concessions.calculations.names import name_key, name_keys
from sala.concessions.models import OutsideParty, Party, PartyKind, Shareholding
from sala.concessions.operations.numbering import next_party_numbers
from sala.core.language import Translated, languages, required_language
from sala.core.pack import Report
from sala.people.models import Organisation

BATCH = 1000
KINDS = {
    "PRIVATE_COMPANY": PartyKind.COMPANY, "STOCK_EXCHANGE_LISTED_COMPANY": PartyKind.COMPANY,
    "INDIVIDUAL_ENTREPRENEUR": PartyKind.PERSON, "INVESTMENT_FUND": PartyKind.COMPANY,
    "SEMI_STATE_OWNED_COMPANY": PartyKind.COMPANY, "STATE_OWNED_COMPANY": PartyKind.STATE,
    "GOVERNMENT": PartyKind.STATE, "GOVERNMENT_INSTITUTION": PartyKind.STATE,
    "MULTILATERAL_DEVELOPMENT_BANK": PartyKind.COMPANY, "BILATERAL_DEVELOPMENT_BANK": PartyKind.STATE,
    "COMMERCIAL_BANK": PartyKind.COMPANY, "INSURANCE_FIRM": PartyKind.COMPANY, "PRIVATE_EQUITY_FIRM": PartyKind.COMPANY,
    "ASSET_MANAGEMENT_FIRM": PartyKind.COMPANY,
}  # fmt: skip
WHOLE = Decimal(100)
_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Named:
    """An investor as a file has it. number: empty in files without; country: ISO code, or empty."""

    name: str
    country: str = ""
    number: str = ""
    kind: str = PartyKind.UNKNOWN
    website: str = ""


class Investors:
    """Those of one register that are known here; new ones are kept for `save`."""

    def __init__(self, source: str, keeper: Organisation):
        self.source, self.keeper = source, keeper
        self.by_number: dict[str, Party] = {}
        self.by_name: dict[str, list[Party]] = defaultdict(list)
        self.numbered: set[int] = set()  # identities of parties that a number of the register means
        self.new: list[Party] = []
        self.links: list[tuple[str, Party]] = []
        self.changed: dict[int, Party] = {}
        for row in OutsideParty.objects.filter(source=source).select_related("party"):
            self._know(row.outside_id, row.party)

    def _know(self, outside_id: str, party: Party) -> None:
        self.by_number[outside_id] = party
        if not outside_id.startswith("name:"):
            self.numbered.add(id(party))
        for text in party.name.values():
            known = self.by_name[name_key(text)]
            if all(other is not party for other in known):
                known.append(party)

    def find(self, named: Named) -> Party:
        """The party, new or known; what the file says more of it is added."""
        outside_id = named.number or f"name:{name_key(named.name)}:{named.country}"[:220]
        party = self.by_number.get(outside_id) or self._by_name(named)
        if party is None:
            party = self._enter(named)
        if outside_id not in self.by_number:
            self.links.append((outside_id, party))
            self._know(outside_id, party)
        self._complete(party, named)
        return party

    def _by_name(self, named: Named) -> Party | None:
        fitting = [
            party
            for party in self.by_name.get(name_key(named.name), [])
            if not (party.country and named.country and party.country != named.country)
            and not (named.number and id(party) in self.numbered)
        ]
        return fitting[0] if len(fitting) == 1 or (fitting and not named.number) else None

    def _enter(self, named: Named) -> Party:
        texts = dict.fromkeys({required_language(), *({"en"} & set(languages()))}, named.name)
        party = Party(
            name=Translated(texts), kind=named.kind, country=named.country, website=named.website, area=self.keeper.area,
            keeper=self.keeper, keys=name_keys([named.name]), source=self.source,
        )  # fmt: skip
        self.new.append(party)
        return party

    def _complete(self, party: Party, named: Named) -> None:
        before = (party.country, party.kind, party.website)
        party.country = party.country or named.country
        party.website = party.website or named.website
        if party.kind == PartyKind.UNKNOWN:
            party.kind = named.kind
        if party.pk and (party.country, party.kind, party.website) != before:
            self.changed[party.pk] = party

    def save(self, report: Report) -> None:
        """Write new parties, completed ones, and by which numbers they are known."""
        for party, number in zip(self.new, next_party_numbers(len(self.new)) if self.new else [], strict=True):
            party.number = number
        Party.objects.bulk_create(self.new, batch_size=BATCH)
        Party.objects.bulk_update(self.changed.values(), ["country", "kind", "website"], batch_size=BATCH)
        OutsideParty.objects.bulk_create(
            (OutsideParty(source=self.source, outside_id=outside_id, party=party) for outside_id, party in self.links),
            batch_size=BATCH,
        )
        report.new += len(self.new)
        report.changed += len(self.changed)
        if self.new:
            report.lines.append(f"+ {len(self.new)} parties")
        report.lines += [f"~ party {party.number}: completed" for party in self.changed.values()]


def web_address(text: str) -> str:
    """An address of the web as it is kept; empty for what is none."""
    word = text.strip().split()[0] if text.strip() else ""
    address = word if word.startswith(("http://", "https://")) or not word else f"http://{word}"
    try:
        _web_address(address)
    except ValidationError:
        return ""
    return address if len(address) <= 200 else ""


def join(source: str, rows: Iterable[Mapping[str, Any]], investors: Investors, report: Report) -> None:
    """Enter who holds shares in whom, or lends. rows: owner and owned (Party), role, share, where (for the report)."""
    wanted: dict[tuple[int, int, str], Decimal | None] = {}
    for row in rows:
        owner, owned = row["owner"], row["owned"]
        if owner.pk == owned.pk:
            report.lines.append(f"? {row['where']}: {owner} holds shares in itself; left out")
            continue
        key = (owner.pk, owned.pk, row["role"])
        if key in wanted:
            report.lines.append(f"? {row['where']}: {owner} → {owned} stands in the file already; the first row counts")
            continue
        wanted[key] = row["share"]
    _drop_impossible(wanted, report)
    present = {
        (row.owner_id, row.owned_id, row.role): row
        for row in Shareholding.objects.filter(valid__endswith__isnull=True, owner__in={key[0] for key in wanted})
    }
    made = [
        Shareholding(owner_id=owner, owned_id=owned, role=role, share=share, source=source)
        for (owner, owned, role), share in wanted.items()
        if (owner, owned, role) not in present
    ]
    Shareholding.objects.bulk_create(made, batch_size=BATCH)
    changed = []
    for key, share in wanted.items():
        held = present.get(key)
        if held is not None and held.source == source and share is not None and held.share != share:
            report.lines.append(f"~ shares of {key[0]} in {key[1]}: {held.share} → {share}")
            held.share = share
            changed.append(held)
    Shareholding.objects.bulk_update(changed, ["share"], batch_size=BATCH)
    report.new += len(made)
    report.changed += len(changed)
    report.unchanged += len(wanted) - len(made) - len(changed)
    if made:
        report.lines.append(f"+ {len(made)} links between parties")


def _drop_impossible(wanted: dict[tuple[int, int, str], Decimal | None], report: Report) -> None:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for (_owner, owned, role), share in wanted.items():
        if role != Shareholding.Role.LENDER:
            sums[owned] += share or 0
    impossible = {owned for owned, total in sums.items() if total > WHOLE}
    impossible |= {key[1] for key, share in wanted.items() if share is not None and not 0 <= share <= WHOLE}
    for owned in sorted(impossible):
        report.lines.append(f"? shares in party {owned} add up to {sums[owned]} %: entered as links without shares")
    wanted.update({key: None for key in wanted if key[1] in impossible})
