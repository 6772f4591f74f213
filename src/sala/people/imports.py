"""What people takes from a country pack: roles, national institutions, the pattern of local offices and their posts.

No person comes from a pack. Offices by pattern are made for every area of the pattern's level.
"""

from datetime import date
from typing import Any

from sala.core.language import Translated
from sala.core.models import Certainty, PackFact, Term
from sala.core.pack import Pack, Report, unique
from sala.people.models import Organisation, OrganisationKind, Position, PositionGrant, Role
from sala.people.operations.posts import USUAL_POSTS, reaches_across
from sala.places.models import Area, FacilityKind


def validate(pack: Pack) -> list[str]:
    faults = []
    organisations = pack.listed("organisations")
    faults += unique(organisations, "code", "organisations.yaml")
    codes = {entry["code"] for entry in organisations}
    roles = {entry["code"] for entry in pack.listed("roles")}
    sectors = {entry["code"] for entry in pack.listed("sectors")}
    for entry in pack.listed("roles"):
        unknown = [code for code in entry.get("gives") or [] if code not in roles]
        faults += [f"roles.yaml {entry['code']}: gives the unknown role {code}" for code in unknown]
    for entry in organisations:
        where = f"organisations.yaml {entry['code']}"
        faults += pack.check_words(entry.get("name"), where)
        if entry.get("kind") not in OrganisationKind.values:
            faults.append(f"{where}: unknown kind {entry.get('kind')}")
        if entry.get("parent") and entry["parent"] not in codes:
            faults.append(f"{where}: parent {entry['parent']} is not an organisation")
    for pattern in pack.listed("organisations", "patterns"):
        if pattern.get("kind") not in OrganisationKind.values:
            faults.append(f"organisations.yaml {pattern['code']}: unknown kind {pattern.get('kind')}")
    for kind, posts in pack.mapping("organisations", "positions").items():
        for post in posts:
            faults += [
                f"organisations.yaml positions {kind} {post['code']}: unknown sector {sector}"
                for sector in post.get("sectors", [])
                if sector not in sectors
            ]
            for role in post.get("roles", []):
                if role not in roles:
                    faults.append(f"organisations.yaml positions {kind} {post['code']}: unknown role {role}")
    for entry in pack.listed("facilities", "kinds"):
        faults += [
            f"facilities.yaml kinds {entry['code']}: kept_by {code} is not an organisation"
            for code in entry.get("kept_by") or []
            if code not in codes
        ]
    return faults + _second_factor(pack, roles)


def _second_factor(pack: Pack, roles: set[str]) -> list[str]:
    """Faults of the rule which roles need a second factor, from which day; a pack may have none."""
    rule = pack.info.get("second_factor")
    if not rule:
        return []
    where = "pack.yaml second_factor"
    faults = [f"{where}: unknown role {role}" for role in rule.get("roles", []) if role not in roles]
    if not rule.get("roles"):
        faults.append(f"{where}: roles is missing")
    try:
        date.fromisoformat(rule.get("from"))
    except (TypeError, ValueError):
        faults.append(f'{where}: from is a day between quotation marks, such as "2030-01-31"')
    if rule.get("certainty") not in Certainty.values:
        faults.append(f"{where}: certainty is confirmed or example")
    if rule.get("certainty") == Certainty.CONFIRMED and not rule.get("source"):
        faults.append(f"{where}: a confirmed rule names its source")
    return faults


def apply(pack: Pack, actor: object) -> Report:
    report = Report()
    _roles(report, pack)
    entries = _with_patterns(pack)
    _organisations(report, pack, entries)
    _positions(report, pack)
    _keepers(report, pack)
    return report


def _keepers(report: Report, pack: Pack) -> None:
    """Whose posts keep the registers of which kinds of facilities: `kept_by` of facilities.yaml."""
    for entry in pack.listed("facilities", "kinds"):
        wanted = sorted(Organisation.objects.filter(code__in=entry.get("kept_by") or []).values_list("pk", flat=True))
        if FacilityKind.objects.filter(code=entry["code"]).exclude(keepers=wanted).update(keepers=wanted):
            report.count("changed", f"keepers of {entry['code']}")


def _roles(report: Report, pack: Pack) -> None:
    for entry in pack.listed("roles"):
        wanted = {
            "name": Translated(entry["name"]), "verbs": sorted(entry["verbs"]), "gives": sorted(entry.get("gives") or []),
        }  # fmt: skip
        role = Role.objects.filter(code=entry["code"]).first()
        if role and all(getattr(role, name) == value for name, value in wanted.items()):
            report.count("unchanged")
            continue
        Role.objects.update_or_create(code=entry["code"], defaults=wanted)
        report.count("changed" if role else "new", f"role {entry['code']}")


def _with_patterns(pack: Pack) -> list[dict[str, Any]]:
    """National institutions and, for each area of a pattern's level, its office; parents before children."""
    country = pack.info["country_area"]
    entries = [{**entry, "area": entry.get("area") or country} for entry in pack.listed("organisations")]
    areas = list(Area.objects.select_related("level", "parent").filter(ended_on__isnull=True).order_by("code"))
    for pattern in pack.listed("organisations", "patterns"):
        special = {entry["area"]: entry for entry in pattern.get("exceptions", [])}
        for area in areas:
            if area.level.code != pattern["level"]:
                continue
            values = {"area": area.code, "province": area.parent.code if area.parent else ""}
            name = special.get(area.code, pattern)["name"]
            entries.append({
                **pattern,
                "code": pattern["code"].format(**values),
                "parent": pattern["parent"].format(**values) if pattern.get("parent") else None,
                "name": {code: text.replace("{area}", area.name.text(code).text) for code, text in name.items()},
                "area": area.code,
            })  # fmt: skip
    return entries


def _organisations(report: Report, pack: Pack, entries: list[dict[str, Any]]) -> None:
    areas = {area.code: area for area in Area.objects.all()}
    sectors = {term.code: term for term in Term.objects.filter(scheme="sector")}
    known = {organisation.code: organisation for organisation in Organisation.objects.all()}
    waiting = entries
    while waiting:
        ready = [entry for entry in waiting if not entry.get("parent") or entry["parent"] in known]
        if not ready:
            names = ", ".join(entry["code"] for entry in waiting[:5])
            report.refuse(f"organisations.yaml: no parent found for {names}")
            return
        fresh = []
        for entry in ready:
            wanted = {
                "name": Translated(entry["name"]),
                "kind": entry["kind"],
                "area": areas[entry["area"]],
                "sector": sectors.get(entry.get("sector") or ""),
                "website": entry.get("website") or "",
                "source": (entry.get("source") or "")[:200],
                "certainty": entry.get("certainty") or "confirmed",
                "is_invented": bool(pack.info.get("is_invented")),
            }
            organisation = known.get(entry["code"])
            if organisation is None:
                parent = known.get(entry.get("parent") or "")
                fresh.append(Organisation(code=entry["code"], parent=parent, path="", **wanted))
                report.count("new", f"organisation {entry['code']}")
            elif any(getattr(organisation, name) != value for name, value in wanted.items()):
                for name, value in wanted.items():
                    setattr(organisation, name, value)
                organisation.save()
                report.count("changed", f"organisation {entry['code']}")
            else:
                report.count("unchanged")
        Organisation.objects.bulk_create(fresh)
        for organisation in fresh:
            organisation.path = f"{organisation.parent.path if organisation.parent else '/'}{organisation.pk}/"
            known[organisation.code] = organisation
        Organisation.objects.bulk_update(fresh, ["path"], batch_size=1000)
        done = {entry["code"] for entry in ready}
        waiting = [entry for entry in waiting if entry["code"] not in done]


def _positions(report: Report, pack: Pack) -> None:
    """The posts that each kind of organisation has, some only in its sectors. Posts that exist are left to their own
    administrators."""
    kinds = pack.mapping("organisations", "positions")
    PackFact.objects.update_or_create(key=USUAL_POSTS, defaults={"value": kinds})
    roles = {role.code: role for role in Role.objects.all()}
    known = set(Position.objects.values_list("code", flat=True))
    fresh, grants = [], []
    for organisation in Organisation.objects.filter(closed_on__isnull=True).select_related("sector").order_by("code"):
        for post in kinds.get(organisation.kind, []):
            if "sectors" in post and (not organisation.sector or organisation.sector.code not in post["sectors"]):
                continue
            code = f"{organisation.code}-{post['code']}"
            if code in known:
                report.count("unchanged")
                continue
            position = Position(
                organisation=organisation, code=code, title=Translated(post["title"]), is_head=post["code"] == "head",
                is_invented=bool(pack.info.get("is_invented")),
            )  # fmt: skip
            fresh.append(position)
            grants += [
                PositionGrant(
                    position=position,
                    role=roles[role],
                    across_organisations=reaches_across(post, role),
                )
                for role in post.get("roles", [])
            ]
            report.count("new")
    Position.objects.bulk_create(fresh, batch_size=2000)
    PositionGrant.objects.bulk_create(grants, batch_size=2000)
