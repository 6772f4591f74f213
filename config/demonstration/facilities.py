"""Invented facilities of the demonstration, and the posts that run them.

Read from the key `facilities` of demonstration.yaml: lists as `./sala facilities import` reads them, and duties by kind
and place. A facility of which somebody has the duty already is left alone.
"""

from typing import Any

from sala.access.actor import Actor
from sala.core import clock
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.duties.models import Duty
from sala.duties.operations import assign_duty
from sala.people.models import Position
from sala.places import lists
from sala.places.models import Area
from sala.places.operations import ListDelivery, import_facilities
from sala.places.queries import facilities_of
from sala.places.reporting import report_of_list

FILE, KEY = "demonstration", "facilities"


@operation
def facilities(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        path = pack.path(entry["file"])
        delivery = ListDelivery(as_of=clock.today(), source=entry.get("source", ""), is_invented=True)
        report.merge(report_of_list(import_facilities(actor, lists.read(path, path.name), delivery)))
        for duty in entry.get("duties", []):
            _duties(actor, duty, report)
    return report


def _duties(actor: Actor, entry: dict[str, Any], report: Report) -> None:
    position = Position.objects.filter(code=entry["position"]).first()
    area = Area.objects.filter(code=entry["place"]).first()
    if position is None or area is None:
        raise PackError(f"{FILE}.yaml: {KEY}: there is no post {entry['position']} or no place {entry['place']}")
    start = clock.today().replace(month=1, day=1)
    for kind in entry["kinds"]:
        for facility in facilities_of(kind, area.path):
            if Duty.objects.filter(subject_type="facility", subject_id=facility.pk, kind=entry["kind"]).exists():
                report.count("unchanged")
                continue
            assign_duty(actor, position, kind=entry["kind"], subject=facility, start=start, is_invented=True)
            report.count("new", f"duty {entry['position']} {entry['kind']} {facility.code}")
