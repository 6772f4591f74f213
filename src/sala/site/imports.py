"""What site takes from a country pack: its front doors."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from sala.core.language import Translated
from sala.core.models import Term
from sala.core.pack import Pack, PackError, Report
from sala.journal.queries import of_subject
from sala.people import policy as people
from sala.people.models import Organisation
from sala.places.models import Area
from sala.site.hosts import check_host, meet
from sala.site.models import Portal


def validate(pack: Pack) -> list[str]:
    faults = []
    portals = pack.listed("portals")
    if portals and sum(bool(entry.get("default")) for entry in portals) != 1:
        faults.append("portals.yaml: exactly one portal must be the default")
    for entry in portals:
        faults += pack.check_words(entry.get("name"), f"portals.yaml {entry.get('code')}")
        if not entry.get("owner"):
            faults.append(f"portals.yaml {entry.get('code')}: owner names the organisation that runs it")
    return faults + _faults_of_hosts(portals)


def _faults_of_hosts(portals: Sequence[Mapping[str, Any]]) -> list[str]:
    faults = []
    hosts = [(str(entry.get("code")), str(entry.get("host") or "").lower()) for entry in portals]
    for number, (code, host) in enumerate(hosts):
        try:
            if host:
                check_host(host)
        except ValidationError as error:
            faults.append(f"portals.yaml {code}: host {host}: {' '.join(error.messages)}")
        faults += [
            f"portals.yaml {code}: host {host} and that of {other} ({theirs}) may mean the same address"
            for other, theirs in hosts[:number] if host and theirs and meet(host, theirs)
        ]  # fmt: skip
    return faults


def apply(pack: Pack, actor: object) -> Report:
    report = Report()
    every_topic = list(Term.objects.filter(scheme="topic").order_by("order").values_list("code", flat=True))
    for entry in pack.listed("portals"):
        topics = every_topic if entry.get("topics") in (None, "all") else list(entry["topics"])
        wanted = {
            "host": entry.get("host") or "",
            "name": Translated(entry["name"]),
            "tagline": Translated(entry.get("tagline")),
            "intro": Translated(entry.get("intro")),
            "owner": _owner(entry),
            "place": Area.objects.get(code=str(entry["place"])),
            "topics": topics,
            "band": entry.get("theme", {}).get("band", "#0b4f4a"),
            "tier": entry.get("tier", "public"),
            "is_default": bool(entry.get("default")),
        }
        portal = Portal.objects.filter(code=entry["code"]).first()
        if portal is not None and (kept := _decided_here(portal) & wanted.keys()):
            report.lines.append(f"= portal {entry['code']} keeps what was decided here: {', '.join(sorted(kept))}")
            wanted = {name: value for name, value in wanted.items() if name not in kept}
        if portal is None:
            Portal.objects.create(code=entry["code"], **wanted)
            report.count("new", f"portal {entry['code']}")
        elif any(getattr(portal, name) != value for name, value in wanted.items()):
            Portal.objects.filter(pk=portal.pk).update(**wanted)
            report.count("changed", f"portal {entry['code']}")
        else:
            report.count("unchanged")
    return report


def _decided_here(portal: Portal) -> set[str]:
    """What its house, or the closing of its house, said since: no pack that is loaded again takes that back."""
    names: set[str] = set()
    for event in of_subject("portal", portal.pk):
        if event.verb == people.MOVE:
            names.add("owner")
        names |= set(event.content().get("fields") or {})
    return names


def _owner(entry: Mapping[str, Any]) -> Organisation:
    found = Organisation.objects.filter(code=entry["owner"]).first()
    if found is None:
        raise PackError(f"portals.yaml {entry['code']}: there is no organisation {entry['owner']}")
    return found
