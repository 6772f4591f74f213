"""Inspections and orders of the demonstration: an order to inspect with answers from the ground, an order to many, and
improvement notices, one answered and one that is late.

Read from the key `concession_orders` of demonstration.yaml. What stands already is left alone.
"""

import io
from datetime import timedelta
from typing import Any

import shapely
from PIL import ExifTags, Image, ImageDraw

from config.demonstration.answers import example_answer
from sala.access.actor import Actor
from sala.collection.models import Channel, Expected, Form
from sala.collection.operations import answers, read_submission, receive
from sala.collection.operations.photos import open_photos
from sala.concessions.models import AreaPurpose, AreaShape, Concession, ConcessionOrder
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.inspections import Sent as Photo
from sala.concessions.operations.inspections import enter_inspection
from sala.concessions.operations.orders import Sent, Words, answer_order, draft_order, send_order
from sala.core import clock
from sala.core.files import store
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, Report
from sala.documents.working_days import add_working_days
from sala.duties.models import Assignment, Call
from sala.duties.operations import accept, acknowledge, submit
from sala.people.models import Position
from sala.people.queries import actor_of_post

FILE, KEY = "demonstration", "concession_orders"
BESIDE = 0.6  # of its width: how far the walk of one inspection begins beside the area


@operation
def orders(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        title = Translated(entry["title"])
        if Call.objects.filter(title=title, is_invented=True).exists():
            report.count("unchanged")
            continue
        rows = _rows(entry)
        if not rows.exists():
            continue
        made = _sent(actor, entry, title, rows)
        _work(actor, made, entry)
        report.count("new", f"order {made.call.reference} about {made.call.assignments.count()} concessions")
    if report.new:
        reckon(actor)
    return report


def _rows(entry: dict[str, Any]) -> Any:
    """Invented ones in the area of the entry, those that are drawn first; of a company only what it holds."""
    rows = Concession.objects.filter(is_invented=True, same_as__isnull=True, area__path__contains="/")
    rows = rows.filter(area__code__startswith=entry["area"], state__in=["signed", "registered", "implementing"])
    if "holder" in entry:
        rows = rows.filter(grants__holder__organisation__code=entry["holder"])
    drawn = AreaShape.objects.filter(geometry__isnull=False, area__purpose=AreaPurpose.GRANTED, area__is_current=True)
    with_shape = list(
        rows.filter(pk__in=drawn.values("area__concession")).order_by("reference").values_list("pk", flat=True)
    )
    others = list(rows.exclude(pk__in=with_shape).order_by("reference").values_list("pk", flat=True))
    chosen = [*with_shape, *others][entry.get("skip", 0) :][: entry["count"]]
    return Concession.objects.filter(pk__in=chosen)


def _sent(actor: Actor, entry: dict[str, Any], title: Translated, rows: Any) -> ConcessionOrder:
    words = Words(title, Translated(entry["purpose"]), Translated(entry["instruction"]))
    form = Form.objects.filter(form_id=entry.get("form", ""), is_published=True).first()
    made = draft_order(
        actor, rows, issuer=Position.objects.get(code=entry["issuer"]), kind=entry["kind"], addressee=entry["addressee"],
        words=words, due_on=add_working_days(clock.today(), entry["days"]), form=form, is_invented=True,
    )  # fmt: skip
    send_order(actor, made)
    return made


def _work(actor: Actor, made: ConcessionOrder, entry: dict[str, Any]) -> None:
    """Let the first of those asked answer, and let the day of the others pass where the entry says so."""
    parts = list(Assignment.objects.filter(call=made.call).select_related("position", "call").order_by("pk"))
    done, rest = parts[: entry.get("answered", 0)], parts[entry.get("answered", 0) :]
    for number, part in enumerate(done):
        concession = Concession.objects.get(pk=part.subject_id or 0)
        if made.kind == "inspect":
            _inspect(actor, part, concession, number)
            continue
        post = actor_of_post(part.position)
        acknowledge(post, part)
        if made.kind == "improve":
            answer_order(post, part, answer=entry["answer"], files=[_file(_photo(concession, number))])
        else:
            submit(post, Assignment.objects.get(pk=part.pk), answer=entry["answer"])
        if number < entry.get("accepted", 0):
            accept(actor, Assignment.objects.get(pk=part.pk))
    if late := entry.get("late"):
        day = clock.today() - timedelta(days=late)
        Assignment.objects.filter(pk__in=[part.pk for part in rest]).update(due_on=day)


def _inspect(actor: Actor, part: Assignment, concession: Concession, number: int) -> None:
    """An answer from the ground, approved; every third walk goes beside the area, and the last was entered by hand."""
    ground = _ground(concession)
    walk = _walk(ground, number)
    if number % 4 == 3 or ground is None:
        photos = [Photo(_keep(_photo(concession, n))[0], f"photo-{n}.jpg") for n in range(3)]
        open_photos([photo.sha256 for photo in photos])
        enter_inspection(
            actor_of_post(part.position), concession, inspected_on=clock.today(), activity="no", team="Invented officers", assignment=part,
            track=shapely.MultiLineString([walk]) if walk else None, photos=photos, signatures=2, is_invented=True,
        )  # fmt: skip
        return
    row = Expected.objects.select_related("form", "area", "assignment__call").get(assignment=part)
    points = ";".join(f"{y:.6f} {x:.6f} 0 {4 + number}" for x, y in walk) if walk else ""
    content = example_answer(
        row, number, team="Invented inspector", track=points, activity=("yes", "no", "unclear")[number % 3]
    )
    received = receive(actor_of_post(part.position), content, channel=Channel.IMPORT)
    read_submission(received.submission)
    answers.approve(actor, received.submission)


def _ground(concession: Concession) -> Any:
    shape = AreaShape.objects.filter(
        area__concession=concession, area__purpose=AreaPurpose.GRANTED, area__is_current=True, geometry__isnull=False
    ).first()
    return shapely.from_wkb(bytes(shape.geometry.wkb)) if shape and shape.geometry else None


def _walk(ground: Any, number: int) -> list[tuple[float, float]]:
    if ground is None:
        return []
    west, _south, east, _north = ground.bounds
    line = shapely.get_parts(ground)[0].exterior.simplify((east - west) / 100)
    beside = (east - west) * BESIDE if number % 3 == 1 else 0.0
    return [(x + beside, y) for x, y in line.coords]


def _photo(concession: Concession, number: int) -> bytes:
    """An invented picture of rows of trees, with the place that a camera writes; each third was taken far off."""
    ground = _ground(concession)
    point = ground.representative_point() if ground is not None else concession.area.label_point
    picture = Image.new("RGB", (960, 720), "#b9d9a3")
    draw = ImageDraw.Draw(picture)
    for row in range(7):
        for column in range(9 + row):
            x, y = 40 + column * (900 // (9 + row)), 90 + row * 90
            draw.ellipse(
                (x, y, x + 26 + 5 * row, y + 22 + 5 * row),
                fill=("#3f8f2f", "#2f7d2a", "#56a045")[(row + column + number) % 3],
            )
    notes = Image.Exif()
    notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{clock.now():%Y:%m:%d %H:%M:%S}"
    if point is not None:
        away = 0.2 if number % 3 == 2 else 0.0
        place = notes.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", _degrees(point.y + away)
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", _degrees(point.x)
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=80, exif=notes)
    return held.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    whole, rest = divmod(value, 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 3)


def _keep(content: bytes) -> tuple[str, int]:
    return store.keep_stream(io.BytesIO(content))


def _file(content: bytes) -> Sent:
    digest, size = _keep(content)
    open_photos([digest])
    return Sent(digest, "field.jpg", "image/jpeg", size)
