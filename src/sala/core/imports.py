"""What the core takes from a country pack: facts of the country and the vocabularies."""

from sala.core.language import Translated
from sala.core.models import PackFact, Term
from sala.core.pack import Pack, Report

FACTS = ("code", "name", "short_name", "disclaimer", "motto", "country_area", "currency", "utm_zones", "outline",
         "holidays", "week_start", "code_systems", "second_factor", "concessions", "is_invented")  # fmt: skip
# scheme → (file, key)
VOCABULARIES = {
    "sector": ("sectors", "sectors"),
    "topic": ("topics", "topics"),
    "licence": ("vocabularies", "licences"),
    "frequency": ("vocabularies", "update_frequencies"),
    "document-kind": ("vocabularies", "document_kinds"),
    "restriction": ("vocabularies", "restriction_reasons"),
    "commodity": ("vocabularies", "commodities"),
    "concession-paper": ("vocabularies", "concession_papers"),
    "concession-obligation": ("vocabularies", "concession_obligations"),
    "charge-kind": ("vocabularies", "charge_kinds"),
    "published-figure": ("published_figures", "published_figures"),
}


def validate(pack: Pack) -> list[str]:
    faults = []
    for key in (
        "code",
        "name",
        "languages",
        "required_language",
        "time_zone",
        "currency",
        "country_area",
        "levels",
    ):
        if key not in pack.info:
            faults.append(f"pack.yaml: {key} is missing")
    for scheme, (name, key) in VOCABULARIES.items():
        for entry in pack.listed(name, key):
            faults += pack.check_words(entry.get("name"), f"{name}.yaml {scheme} {entry.get('code')}")
    return faults


def apply(pack: Pack, actor: object) -> Report:
    report = Report()
    for key in FACTS:
        if key in pack.info:
            _fact(report, key, pack.info[key])
        elif PackFact.objects.filter(key=key).delete()[0]:
            report.count("changed", f"fact {key}")
    _fact(report, "sources", pack.listed("sources"))
    for scheme, (name, key) in VOCABULARIES.items():
        for order, entry in enumerate(pack.listed(name, key)):
            keep_term(report, scheme, order, entry)
    return report


def _fact(report: Report, key: str, value: object) -> None:
    row = PackFact.objects.filter(key=key).first()
    if row and row.value == value:
        report.count("unchanged")
        return
    PackFact.objects.update_or_create(key=key, defaults={"value": value})
    report.count("changed" if row else "new", f"fact {key}")


def keep_term(report: Report, scheme: str, order: int, entry: dict) -> None:
    """Take one entry of a vocabulary over from the pack: code, name, and the rest as its data."""
    data = {key: value for key, value in entry.items() if key not in ("code", "name")}
    wanted = {"name": Translated(entry["name"]), "order": order, "data": data, "retired": False}
    term, made = Term.objects.get_or_create(scheme=scheme, code=entry["code"], defaults=wanted)
    if made:
        report.count("new", f"{scheme} {term.code}")
        return
    if any(getattr(term, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(term, name, value)
        term.save()
        report.count("changed", f"{scheme} {term.code}")
    else:
        report.count("unchanged")
