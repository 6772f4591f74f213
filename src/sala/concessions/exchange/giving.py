"""What the register gives to others as Land Matrix tables: only what the reader may read, class of fields by class.

A constant number of queries, however many concessions: each table of ours is read once and grouped by concession.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.concessions.calculations.spans import holds
from sala.concessions.exchange.land_matrix import labels
from sala.concessions.exchange.land_matrix.cells import packed
from sala.concessions.exchange.land_matrix.writing import Rows
from sala.concessions.exchange.placing import home_names
from sala.concessions.models import (
    Accuracy,
    AffectedVillage,
    ApprovalStep,
    AreaPurpose,
    AreaShape,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    ConcessionKind,
    ConcessionState,
    FieldClass,
    Grant,
    JobCount,
    JobKind,
    Party,
    PartyKind,
    Shareholding,
)
from sala.concessions.queries.parties import ultimate_holders
from sala.concessions.redaction import readable
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import PackFact, Term
from sala.documents.models import Document
from sala.places.queries import country

S = ConcessionState
NEGOTIATION: dict[str, str] = {
    S.PROPOSED: "EXPRESSION_OF_INTEREST", S.REQUEST: "EXPRESSION_OF_INTEREST", S.SCREENED: "EXPRESSION_OF_INTEREST",
    S.OPINIONS: "UNDER_NEGOTIATION", S.MOU: "MEMORANDUM_OF_UNDERSTANDING", S.SURVEY: "UNDER_NEGOTIATION",
    S.NEGOTIATION: "UNDER_NEGOTIATION", S.SIGNED: "CONTRACT_SIGNED", S.REGISTERED: "CONTRACT_SIGNED",
    S.IMPLEMENTING: "CONTRACT_SIGNED", S.SUSPENDED: "CONTRACT_SIGNED", S.EXPIRED: "CONTRACT_EXPIRED",
    S.TERMINATED: "CONTRACT_CANCELED", S.RETURNED: "CONTRACT_CANCELED", S.TRANSFERRED: "CHANGE_OF_OWNERSHIP",
    S.REFUSED: "NEGOTIATIONS_FAILED", S.WITHDRAWN: "NEGOTIATIONS_FAILED", S.LAPSED: "NEGOTIATIONS_FAILED",
}  # fmt: skip
IMPLEMENTATION: dict[str, str] = {
    S.SIGNED: "PROJECT_NOT_STARTED", S.REGISTERED: "PROJECT_NOT_STARTED", S.IMPLEMENTING: "IN_OPERATION",
}  # fmt: skip
CLASSES: dict[str, str] = {
    PartyKind.COMPANY: "PRIVATE_COMPANY", PartyKind.PERSON: "INDIVIDUAL_ENTREPRENEUR", PartyKind.STATE: "STATE_OWNED_COMPANY",
}  # fmt: skip
ACCURACY: dict[str, str] = {
    Accuracy.SURVEY: "COORDINATES", Accuracy.IMAGERY: "COORDINATES", Accuracy.PAPER: "COORDINATES",
    Accuracy.SKETCH: "APPROXIMATE_LOCATION", Accuracy.POINT: "EXACT_LOCATION",
}  # fmt: skip
_PRODUCTS = {
    "mining": "Mineral resources area/yield/export", "hydropower": "Electricity generation",
    "animal": "Livestock area/yield/export",
}  # fmt: skip
_CROPS = "Crops area/yield/export"
Grouped = Mapping[int, list[Any]]


def tables(actor: Actor, rows: QuerySet[Concession]) -> dict[str, Rows]:
    """The six tables of these concessions, as far as the actor reads them. rows: narrowed as the list narrows them."""
    return _Register(actor, rows).tables()


def english(text: Translated) -> str:
    return text.text("en").text


class _Register:
    def __init__(self, actor: Actor, rows: QuerySet[Concession]):
        self.actor = actor
        mine = readable(actor, FieldClass.BASICS).filter(pk__in=rows.order_by().values("pk"), same_as__isnull=True)
        if not PackFact.get("is_invented"):  # what is invented in a real country goes to nobody else
            mine = mine.filter(is_invented=False)
        self.concessions: list[Any] = list(
            mine.order_by("reference").values_list(
                "pk", "reference", "kind", "name", "sector_id", "area_id", "state", "is_public", "is_confidential",
                "open_contracting_id", "entered_at", named=True,
            )
        )  # fmt: skip
        self.ids = [row.pk for row in self.concessions]
        self.open = {
            field_class: set(readable(actor, field_class).filter(pk__in=mine.order_by().values("pk")).values_list("pk", flat=True))
            for field_class in (
                FieldClass.PLACE, FieldClass.HECTARES, FieldClass.HOLDER, FieldClass.TERMS, FieldClass.PAPERS,
                FieldClass.VILLAGES, FieldClass.JOBS,
            )
        }  # fmt: skip
        whole = country()
        self.country_id, self.country = whole.pk, english(whole.name)
        self.home = next(iter(home_names(whole).values()), whole.code)
        self.terms = {
            term.pk: term for term in Term.objects.filter(scheme__in=("sector", "commodity", "concession-paper"))
        }
        self.sizes = self._grouped(
            ConcessionArea,
            "hectares",
            "pk",
            "purpose",
            "stated_ha",
            "mapped_ha",
            "measured_on",
            "is_current",
            "accuracy",
        )
        self.commodities = self._grouped(Commodity, None, "commodity_id", "hectares", "as_of", "is_current")
        self.grants = self._grouped(
            Grant, "holder", "pk", "holder_id", "share", "number", "signed_on", "decided_on", "starts_on", "ends_on", "term_months", "valid",
        )  # fmt: skip
        self.steps = self._grouped(ApprovalStep, "terms", "to_state", "decided_on")
        self.jobs = self._grouped(JobCount, "jobs", "kind", "as_of", "total", "foreign")
        self.villages = self._grouped(AffectedVillage, "villages", "area__name")
        self._read_parties()

    def _grouped(self, model: type[Model], field_class: str | None, *fields: str) -> Grouped:
        """Rows of one table by concession, only of those whose class is open."""
        found: dict[int, list[Any]] = defaultdict(list)
        wanted = self.open[FieldClass(field_class)] if field_class else set(self.ids)
        query = model._default_manager.filter(concession__in=list(wanted)).order_by("concession", "pk")
        for row in query.values_list("concession_id", *fields, named=True).iterator(5000):
            found[row.concession_id].append(row)
        return found

    def _read_parties(self) -> None:
        """Holders of what may be read, and those behind them whom the actor sees."""
        today = clock.today()
        direct = {grant.holder_id for grants in self.grants.values() for grant in grants}
        seen = set(visible(self.actor, Party).values_list("pk", flat=True))
        self.links = [
            link for link in Shareholding.objects.filter(valid__contains=today).order_by("pk").values_list(
                "pk", "owner_id", "owned_id", "role", "share", "source", named=True)
            if {link.owner_id, link.owned_id} <= seen
        ]  # fmt: skip
        owners: dict[int, list[int]] = defaultdict(list)
        for link in self.links:
            owners[link.owned_id].append(link.owner_id)
        wanted, edge = set(direct), list(direct)
        while edge:
            edge = [owner for party in edge for owner in owners.get(party, ()) if owner not in wanted]
            wanted.update(edge)
        self.links = [link for link in self.links if link.owned_id in wanted]
        self.parties = {
            party.pk: party
            for party in Party.objects.filter(pk__in=wanted).only(
                "number", "name", "country", "kind", "website", "note"
            )
        }
        self.tops = ultimate_holders(direct, today)

    def tables(self) -> dict[str, Rows]:
        return {
            "deals": self.deals(), "locations": self.locations(), "contracts": self.contracts(), "sources": self.sources(),
            "involvements": self.involvements(), "investors": self.investors(),
        }  # fmt: skip

    # ---- deals -------------------------------------------------------------------------------------------------

    def deals(self) -> Iterator[Mapping[str, str]]:
        for row in self.concessions:
            granted, developed = self._sizes(row, AreaPurpose.GRANTED), self._sizes(row, AreaPurpose.IMPLEMENTATION)
            requested = [size for size in self._sizes(row, AreaPurpose.REQUESTED) if size[1]]
            state = labels.label_of(NEGOTIATION.get(row.state, ""), labels.NEGOTIATION)
            work = labels.label_of(IMPLEMENTATION.get(row.state, ""), labels.IMPLEMENTATION)
            now = _current(granted)
            sector = self.terms[row.sector_id]
            yield {
                "Deal ID": row.reference,
                "Is public": _yes(row.is_public),
                "Target country": self.country,
                "Deal size": now,
                "Current size under contract": now,
                "Current size in operation (production)": _current(developed),
                "Current negotiation status": state,
                "Current implementation status": work,
                "Created at": row.entered_at.date().isoformat(),
                "Intended size (in ha)": _current(requested),
                "Size under contract (leased or purchased area, in ha)": packed(granted),
                "Size in operation (production, in ha)": packed(developed),
                "Intention of investment": f"#current##{_label(sector)}",
                "Nature of the deal": "Lease" if row.kind == ConcessionKind.LEASE else "Concession",
                "Negotiation status": self._states(row, state),
                "Implementation status": f"#current#{work}" if work else "",
                "Name of investment project": english(row.name),
                "Name of community": "".join(f"{english(one.area__name)}#" for one in self.villages.get(row.pk, ())),
                "Not public": _yes(row.is_confidential),
                **self._holder(row), **self._products(row), **self._work(row),
            }  # fmt: skip

    def _sizes(self, row: Any, purpose: str) -> list[tuple[str, str, str]]:
        found = []
        for size in self.sizes.get(row.pk, ()):
            hectares = size.stated_ha if size.stated_ha is not None else size.mapped_ha
            if size.purpose == purpose and hectares is not None:
                found.append((_day(size.measured_on), "current" if size.is_current else "", _number(hectares)))
        return found

    def _states(self, row: Any, state: str) -> str:
        steps: list[tuple[str, str, str]] = []
        for step in self.steps.get(row.pk, ()):
            label = labels.label_of(NEGOTIATION.get(step.to_state, ""), labels.NEGOTIATION)
            if label and (not steps or steps[-1][2] != label):
                steps.append((_day(step.decided_on), "", label))
        if steps and steps[-1][2] == state:
            steps[-1] = (steps[-1][0], "current", state)
        else:
            steps.append(("", "current", state))
        return packed(steps)

    def _holder(self, row: Any) -> dict[str, str]:
        today = clock.today()
        holding = [grant for grant in self.grants.get(row.pk, ()) if grant.valid is None or holds(grant.valid, today)]
        if not holding:
            return {}
        holder = self.parties[max(holding, key=lambda grant: grant.share).holder_id]
        tops = {
            pk: self.parties[pk]
            for grant in holding
            for pk, _share in self.tops.get(grant.holder_id, ())
            if pk in self.parties
        }
        ordered = sorted(tops.values(), key=lambda party: party.number)
        foreign = any(party.country and party.country != self.home for party in ordered)
        return {
            "Deal scope": "transnational" if foreign else "domestic",
            "Top parent companies": packed([(english(party.name), party.number, party.country) for party in ordered]),
            "Operating company: Investor ID": holder.number,
            "Operating company: Name": english(holder.name),
            "Operating company: Country of registration/origin": holder.country,
            "Operating company: Classification": labels.label_of(CLASSES.get(holder.kind, ""), labels.CLASSIFICATION),
            "Operating company: Investor homepage": holder.website,
        }

    def _products(self, row: Any) -> dict[str, str]:
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        sized = row.pk in self.open[FieldClass.HECTARES]
        for one in self.commodities.get(row.pk, ()):
            term = self.terms[one.commodity_id]
            heading = _PRODUCTS.get(term.data.get("kind", ""), _PRODUCTS.get(term.data.get("sector", ""), _CROPS))
            flag, hectares = "current" if one.is_current else "", _number(one.hectares) if sized else ""
            if heading == _PRODUCTS["hydropower"]:
                found[heading].append((_day(one.as_of), flag, hectares, _label(term), "", "", "", ""))
            else:
                found[heading].append((_day(one.as_of), flag, hectares, "", "", _label(term)))
        return {heading: packed(entries) for heading, entries in found.items()}

    def _work(self, row: Any) -> dict[str, str]:
        counts = self.jobs.get(row.pk, ())
        planned = [count for count in counts if count.kind == JobKind.PLANNED]
        present = sorted((count for count in counts if count.kind == JobKind.PRESENT), key=lambda count: count.as_of)
        last = present[-1].as_of if present else None
        return {
            "Jobs created (total)": "Yes" if counts else "",
            "Planned number of jobs (total)": str(max(planned, key=lambda count: count.as_of).total) if planned else "",
            "Current total number of jobs/employees/ daily/seasonal workers": packed(
                [(_day(one.as_of), "current" if one.as_of == last else "", one.total, "", "") for one in present]
            ),
            "Current foreign number of jobs/employees/ daily/seasonal workers": packed(
                [(_day(one.as_of), "current" if one.as_of == last else "", one.foreign, "", "")
                 for one in present if one.foreign is not None]
            ),
        }  # fmt: skip

    # ---- the other tables --------------------------------------------------------------------------------------

    def locations(self) -> Iterator[Mapping[str, str]]:
        places = dict(
            Concession.objects.filter(pk__in=list(self.open[FieldClass.PLACE])).values_list("pk", "area__name")
        )
        chosen = {
            size.pk: size.accuracy for sizes in self.sizes.values() for size in sizes if size.is_current and size.purpose == AreaPurpose.GRANTED
        }  # fmt: skip
        points = {
            concession: (area, point)
            for concession, area, point in AreaShape.objects.filter(
                area__concession__in=list(self.open[FieldClass.PLACE]),
                area__is_current=True,
                area__purpose=AreaPurpose.GRANTED,
            ).values_list("area__concession_id", "area_id", "point")
        }
        for row in self.concessions:
            if row.pk not in places:
                continue
            area, point = points.get(row.pk, (None, None))
            code = ACCURACY.get(chosen.get(area, Accuracy.POINT), "EXACT_LOCATION") if point else ""
            code = code or ("COUNTRY" if row.area_id == self.country_id else "ADMINISTRATIVE_REGION")
            yield {
                "ID": row.reference, "Deal ID": row.reference, "Spatial accuracy level": labels.label_of(code, labels.ACCURACY),
                "Location": f"{english(places[row.pk])}, {self.country}", "Point": f"{point.y:.6f},{point.x:.6f}" if point else "",
            }  # fmt: skip

    def contracts(self) -> Iterator[Mapping[str, str]]:
        for row in self.concessions:
            if row.pk not in self.open[FieldClass.TERMS]:
                continue
            for grant in self.grants.get(row.pk, ()):
                yield {
                    "ID": str(grant.pk), "Deal ID": row.reference, "Contract number": grant.number,
                    "Contract date": _day(grant.signed_on or grant.decided_on), "Contract expiration date": _day(grant.ends_on),
                    "Duration of the agreement": _number(grant.term_months / 12) if grant.term_months else "",
                }  # fmt: skip

    def sources(self) -> Iterator[Mapping[str, str]]:
        papers = ConcessionDocument.objects.filter(
            concession__in=list(self.open[FieldClass.PAPERS]),
            document__in=visible(self.actor, Document).order_by().values("pk"),
        ).order_by("concession__reference", "pk")
        fields = (
            "pk",
            "concession__reference",
            "role_id",
            "document__title",
            "document__number",
            "document__issued_on",
            "document__issuer__name",
        )
        for row in papers.values_list(*fields).iterator(5000):
            pk, reference, role, title, number, issued_on, issuer = row
            yield {
                "ID": str(pk), "Deal ID": reference, "Data source type": "Government sources", "Publication title": english(title),
                "Date": _day(issued_on), "Organisation": english(issuer) if issuer else "",
                "Comment on data source": " ".join(filter(None, (english(self.terms[role].name), number))),
            }  # fmt: skip

    def involvements(self) -> Iterator[Mapping[str, str]]:
        for link in self.links:
            owner, owned = self.parties.get(link.owner_id), self.parties.get(link.owned_id)
            if owner is None or owned is None:
                continue
            role = "LENDER" if link.role == Shareholding.Role.LENDER else "PARENT"
            yield {
                "Involvement ID": str(link.pk), "Investor ID Downstream": owned.number, "Investor Name Downstream": english(owned.name),
                "Investor ID Upstream": owner.number, "Investor Name Upstream": english(owner.name),
                "Relation type": labels.label_of(role, labels.ROLE), "Ownership share": _number(link.share), "Comment": link.source,
            }  # fmt: skip

    def investors(self) -> Iterator[Mapping[str, str]]:
        for party in sorted(self.parties.values(), key=lambda party: party.number):
            yield {
                "Investor ID": party.number, "Name": english(party.name), "Country of registration/origin": party.country,
                "Classification": labels.label_of(CLASSES.get(party.kind, ""), labels.CLASSIFICATION),
                "Investor homepage": party.website,
            }  # fmt: skip


def _label(term: Term) -> str:
    """What the other register calls a term: the first of its own labels, else the English name."""
    return next(iter(term.data.get("land_matrix", [])), "") or english(term.name)


def _yes(value: bool) -> str:
    return "Yes" if value else "No"


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def _current(sizes: list[tuple[str, str, str]]) -> str:
    return next((hectares for _on, flag, hectares in sizes if flag), "")
